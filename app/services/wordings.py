"""Wording of messages: one person writes, another lets it out, and the linter refuses both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.models import MessageTemplate, Role
from app.packs import Pack
from app.services import neutral
from app.services.links import TOKEN_BYTES
from app.store import audit, wordings
from app.store.actors import Actor

DRAFT = "draft:"  # a draft stands beside what is in use, under this and the same name
KINDS = {"check_in": "Asking how things are"}
CHANNELS = {"sms": "Text message", "email": "E-mail"}
MOST_TEXTS = 1  # safety.md R22
SAMPLE = "A" * (TOKEN_BYTES * 4 // 3)


class WordingRefusedError(ValueError):
    """The wording would give somebody away, or costs too much; `advice` says what to change."""

    def __init__(self, advice: Sequence[str]) -> None:
        super().__init__("\n".join(advice))
        self.advice = list(advice)


class NotASecondPersonError(Exception):
    """Whoever wrote it, or somebody without the approver's role, tried to let it out."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote for one kind of message, channel and language."""

    kind: str
    channel: str
    language: str
    subject: str
    body: str


def filled(body: str, public_url: str) -> str:
    """Return a message as it arrives, with a link of the usual length."""
    return body.replace("{link}", f"{public_url}/s/{SAMPLE}")


def advise(words: Words, *, pack: Pack, public_url: str) -> list[str]:
    """Return everything to change before this wording may be sent; empty when it will do."""
    services = (service.name for service in pack.services)
    names = (pack.body_name, pack.body_short, pack.support_name, pack.panel_name, *services)
    is_text = words.channel == "sms"
    advice = neutral.advise(words.body, own_names=names, is_text=is_text, language=words.language)
    if not is_text:
        advice += [f"Subject: {line}" for line in _subject(words, names)]
    length = neutral.length(filled(words.body, public_url))
    if is_text and length.texts > MOST_TEXTS:
        outside = "".join(length.outside_gsm)
        why = f" because of {outside}" if outside else ""
        advice.append(
            f"Make it shorter: with its link it takes {length.texts} texts{why}. One is the most."
        )
    return advice


def _subject(words: Words, names: tuple[str, ...]) -> list[str]:
    subject = words.subject
    found = neutral.advise_name(subject, words.language)
    found += [f"Leave out “{n}”." for n in names if n.lower() in subject.lower()]
    return found if subject.strip() else ["say something plain, such as “How are things?”"]


def write(
    session: Session, words: Words, *, pack: Pack, public_url: str, by: Actor, now: datetime
) -> MessageTemplate:
    """Keep a draft beside what is in use; raise WordingRefusedError."""
    advice = advise(words, pack=pack, public_url=public_url)
    if advice:
        raise WordingRefusedError(advice)
    row = wordings.find(session, DRAFT + words.kind, words.channel, words.language)
    if row is None:
        row = MessageTemplate(
            id=uuid4(), key=DRAFT + words.kind, channel=words.channel, language=words.language
        )
        session.add(row)
    row.subject = words.subject.strip() or None if words.channel == "email" else None
    row.body = words.body
    row.written_by = by.user_id
    _note(session, row, "wording.write", by, now)
    session.commit()
    return row


def approve(
    session: Session, draft_id: UUID, *, pack: Pack, public_url: str, by: Actor, now: datetime
) -> MessageTemplate:
    """Put a draft in use; raise NotASecondPersonError or WordingRefusedError."""
    draft = wordings.get_draft(session, draft_id, prefix=DRAFT)
    if not may_approve(draft, by):
        raise NotASecondPersonError(str(draft_id))
    advice = advise(words_of(draft), pack=pack, public_url=public_url)
    if advice:  # the pack has changed since it was written
        raise WordingRefusedError(advice)
    kind = draft.key.removeprefix(DRAFT)
    row = wordings.find(session, kind, draft.channel, draft.language)
    if row is None:
        row = MessageTemplate(id=uuid4(), key=kind, channel=draft.channel, language=draft.language)
        session.add(row)
    row.subject, row.body, row.written_by = draft.subject, draft.body, draft.written_by
    row.approved_by, row.approved_at = by.user_id, now
    session.delete(draft)
    _note(session, row, "wording.approve", by, now)
    session.commit()
    return row


def discard(session: Session, draft_id: UUID, *, by: Actor, now: datetime) -> None:
    """Drop a draft; what is in use stays."""
    draft = wordings.get_draft(session, draft_id, prefix=DRAFT)
    session.delete(draft)
    _note(session, draft, "wording.discard", by, now)
    session.commit()


def may_approve(draft: MessageTemplate, actor: Actor) -> bool:
    """Return whether this person may let it out: an approver who did not write it."""
    return Role.APPROVER in actor.roles and actor.user_id != draft.written_by


def words_of(row: MessageTemplate) -> Words:
    """Return what a row says."""
    kind = row.key.removeprefix(DRAFT)
    return Words(kind, row.channel, row.language, row.subject or "", row.body)


def _note(session: Session, row: MessageTemplate, act: str, by: Actor, now: datetime) -> None:
    audit.add_event(
        session, by=by, act=act, kind="wording", object_id=row.id, now=now,
        detail={"channel": row.channel, "language": row.language},
    )  # fmt: skip
