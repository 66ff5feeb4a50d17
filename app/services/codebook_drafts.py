"""Writing a codebook's next version: a draft that is edited, asked about, adopted by another.

An adopted version is never changed or deleted. Adopting promises that every answer is coded anew.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Codebook, CodebookDraft
from app.services import lineage, recoding
from app.services.codebook_checks import (
    CodebookProblemsError,
    Document,
    check,
    read_yaml,
    write_yaml,
)
from app.services.codebook_edits import Edited, make_id, theme_ids
from app.services.codebooks import Book, book_of, read_book
from app.store import audit, coding, outbox
from app.store import codebooks as store
from app.store.actors import Actor
from app.store.errors import ConflictError

CATCH = "catch"  # the job that counts which answers hold a theme's seed phrases
EMPTY: Document = {"version": 1, "families": {}}
Edit = Callable[[Document, set[str]], Edited]


class SecondPersonNeededError(Exception):
    """Whoever asked for a version to be adopted cannot adopt it."""


class NothingChangedError(ValueError):
    """The draft says what the version in use says."""


class NotAskedError(ConflictError):
    """Nobody asks for this draft to be adopted, or it was edited since."""


class NameTakenError(ValueError):
    """Another codebook has this name."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What adopting would mean for one theme of the version in use."""

    theme: str
    label: str
    becomes: str
    reviewed: int
    suggested: int


def begin(session: Session, key: str, *, by: Actor, now: datetime) -> CodebookDraft:
    """Return the draft of a codebook's next version; make it from the newest where missing."""
    known = store.find_draft(session, key)
    if known is not None:
        return known
    newest = store.list_versions(session, key)[0]
    draft = _draft(newest.key, newest.name, read_yaml(newest.document), by, now)
    draft.base_id = newest.id
    session.add(draft)
    _finish(session, draft, "codebook.draft", by, now)
    return draft


def create(
    session: Session, name: str, text: str | None, *, by: Actor, now: datetime
) -> CodebookDraft:
    """Return the draft of a new codebook, from a file's `text` or empty.

    Raise NameTakenError, or CodebookProblemsError with all that is wrong with the file.
    """
    document = read_yaml(text) if text else copy.deepcopy(EMPTY)
    key = make_id(name, ())
    if store.find_draft(session, key) or store.list_versions(session, key):
        raise NameTakenError(name)
    draft = _draft(key, name, document, by, now)
    session.add(draft)
    _finish(session, draft, "codebook.draft", by, now)
    return draft


def replace_document(
    session: Session, draft_id: UUID, revision: int, text: str, *, by: Actor, now: datetime
) -> CodebookDraft:
    """Put a file in place of a draft: themes it no longer has are retired, others are added.

    Raise CodebookProblemsError, or RetiredIdError where it uses an id that was retired.
    """
    document = read_yaml(text)
    draft = _open(session, draft_id, revision)
    old, new = theme_ids(draft.document), theme_ids(document)
    check_ids(session, draft.key, [theme for theme in new if theme not in old])
    gone = [lineage.step(lineage.RETIRE, [t], []) for t in old if t not in new]
    fresh = [lineage.step(lineage.ADD, [], [t]) for t in new if t not in old]
    _write(session, draft, document, [*gone, *fresh], by=by, now=now)
    return draft


def check_ids(session: Session, key: str, fresh: list[str]) -> None:
    """Raise CodebookProblemsError for ids that an earlier version used and dropped."""
    used = used_ids(session, key)
    problems = [f"themes.{t}: this id was used before; give the theme another" for t in fresh]
    taken = [problem for t, problem in zip(fresh, problems, strict=True) if t in used]
    if taken:
        raise CodebookProblemsError(taken)


def edit(
    session: Session, draft_id: UUID, revision: int, change: Edit, *, by: Actor, now: datetime
) -> CodebookDraft:
    """Change a draft; raise ConflictError when somebody else changed it meanwhile.

    `change` gets the document and every id that any version has used.
    """
    draft = _open(session, draft_id, revision)
    used = used_ids(session, draft.key) | set(theme_ids(draft.document)) | _stepped(draft)
    edited = change(draft.document, used)
    _write(session, draft, edited.document, [edited.step] if edited.step else [], by=by, now=now)
    return draft


def used_ids(session: Session, key: str) -> set[str]:
    """Return every theme id that a version of this codebook has used."""
    versions = store.list_versions(session, key)
    return {theme for version in versions for theme in read_book(version.document).themes}


def ask(session: Session, draft_id: UUID, revision: int, *, by: Actor, now: datetime) -> None:
    """Ask another person to adopt a draft.

    Raise CodebookProblemsError for what is wrong with it, NothingChangedError where it says
    nothing new.
    """
    draft = _open(session, draft_id, revision)
    problems = check(draft.document)
    if problems:
        raise CodebookProblemsError(problems)
    if not changes(session, draft):
        raise NothingChangedError
    draft.asked_by, draft.asked_at = by.user_id, now
    _finish(session, draft, "codebook.ask", by, now)


def adopt(session: Session, draft_id: UUID, revision: int, *, by: Actor, now: datetime) -> Codebook:
    """Adopt a draft as the second person; its answers are coded anew in the background.

    Raise NotAskedError, SecondPersonNeededError or RecodingUnderwayError.
    """
    draft = _open(session, draft_id, revision)
    if draft.asked_at is None or draft.asked_by is None:
        raise NotAskedError(str(draft_id))
    if draft.asked_by == by.user_id:
        raise SecondPersonNeededError
    recoding.check_none_open(session, draft.key)
    versions = store.list_versions(session, draft.key)
    if versions and versions[0].id != draft.base_id:
        raise ConflictError(f"{draft.key} has a newer version")
    number = versions[0].version + 1 if versions else 1
    codebook = Codebook(
        key=draft.key,
        version=number,
        name=draft.name,
        document=write_yaml({**draft.document, "version": number}),
        lineage=list(draft.lineage),
        adopted_at=now,
    )
    session.add(codebook)
    session.flush()
    detail = {"key": draft.key, "version": number, "asked_by": str(draft.asked_by)}
    session.delete(draft)
    recoding.start(session, codebook, model=None, by=by, now=now)
    audit.add_event(
        session,
        by=by,
        act="codebook.adopt",
        kind="codebook",
        object_id=codebook.id,
        now=now,
        detail=detail,
    )
    session.commit()
    return codebook


def discard(session: Session, draft_id: UUID, *, by: Actor, now: datetime) -> None:
    """Throw a draft away; versions stay."""
    draft = store.get_draft(session, draft_id, lock=True)
    session.delete(draft)
    _finish(session, draft, "codebook.discard", by, now)


def count_caught(session: Session, draft_id: UUID, *, now: datetime) -> None:
    """Ask the worker how many answers hold a seed phrase of each theme of a draft."""
    draft = store.get_draft(session, draft_id)
    outbox.add_job(session, CATCH, now=now, subject_id=draft.id)
    session.commit()


def changes(session: Session, draft: CodebookDraft) -> list[str]:
    """Return what a draft changes, in words."""
    return lineage.describe(base_book(session, draft), book_of(draft.document), draft.lineage)


def incomparable(session: Session, draft: CodebookDraft) -> list[str]:
    """Return which series would end or begin with a draft."""
    return lineage.incomparable(base_book(session, draft), book_of(draft.document), draft.lineage)


def trace_of(session: Session, draft: CodebookDraft) -> lineage.Trace:
    """Return where the themes of the version in use would go."""
    themes = base_book(session, draft).themes
    return lineage.trace(themes, theme_ids(draft.document), draft.lineage)


def list_effects(session: Session, draft: CodebookDraft) -> list[Effect]:
    """Return what would move if a draft were adopted: codes of people and of the machine."""
    if draft.base_id is None:
        return []
    old, new = base_book(session, draft), book_of(draft.document)
    moved = {t: to for t, to in trace_of(session, draft).to.items() if to != (t,)}
    reviewed = store.count_reviewed(session, draft.base_id, moved)
    suggested = store.count_suggested(session, draft.base_id, moved)
    return [
        Effect(
            theme,
            old.label(theme),
            " or ".join(new.label(t) for t in to) or "nothing",
            reviewed.get(theme, 0),
            suggested.get(theme, 0),
        )
        for theme, to in moved.items()
    ]


def base_book(session: Session, draft: CodebookDraft) -> Book:
    """Return the version a draft started from; an empty one for a new codebook."""
    if draft.base_id is None:
        return book_of({})
    return read_book(coding.get_codebook(session, draft.base_id).document)


def _draft(
    key: str, name: str, document: Mapping[str, Any], by: Actor, now: datetime
) -> CodebookDraft:
    return CodebookDraft(
        key=key,
        name=name,
        document=dict(document),
        lineage=[],
        caught={},
        edited_by=by.user_id,
        edited_at=now,
    )


def _open(session: Session, draft_id: UUID, revision: int) -> CodebookDraft:
    draft = store.get_draft(session, draft_id, lock=True)
    if draft.revision != revision:
        raise ConflictError(f"codebook draft {draft_id} was edited meanwhile")
    return draft


def _write(
    session: Session,
    draft: CodebookDraft,
    document: Document,
    steps: list[dict[str, Any]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    draft.document = document
    draft.lineage = [*draft.lineage, *steps]
    draft.revision += 1
    draft.edited_by, draft.edited_at = by.user_id, now
    draft.asked_by = draft.asked_at = None
    _finish(session, draft, "codebook.edit", by, now, [step["kind"] for step in steps])


def _finish(
    session: Session,
    draft: CodebookDraft,
    act: str,
    by: Actor,
    now: datetime,
    kinds: list[str] | None = None,
) -> None:
    detail = {"key": draft.key, "revision": draft.revision, "steps": kinds or []}
    audit.add_event(
        session, by=by, act=act, kind="codebook_draft", object_id=draft.id, now=now, detail=detail
    )
    session.commit()


def _stepped(draft: CodebookDraft) -> set[str]:
    """Return ids that stood in this draft once: they are not given to another theme either."""
    return {theme for step in draft.lineage for theme in (*step["from"], *step["to"])}
