"""Looking for themes that nobody thought of, and making a candidate of one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import CodebookDraft, EmergingRun, RunState
from app.services import codebook_drafts
from app.services.codebook_checks import Document
from app.services.codebook_edits import Edited, Wording, add_family, add_theme, family_of, theme_ids
from app.store import audit, coding, outbox, surveys
from app.store import emerging as store
from app.store.actors import Actor
from app.store.errors import ConflictError, NotFoundError

EMERGE = "emerge"
FEWEST = 5  # respondents; a smaller group could point at somebody
NO_DEFINITION = "Candidate theme: write what belongs here before it is adopted."
FAMILY = "Candidates"


def ask(session: Session, survey_id: UUID, *, by: Actor, now: datetime) -> EmergingRun:
    """Ask the worker to look for groups; raise ConflictError while it does already."""
    survey = surveys.get_survey(session, survey_id)
    latest = store.find_latest(session, survey_id)
    if latest is not None and latest.state in (RunState.WAITING, RunState.RUNNING):
        raise ConflictError(str(latest.id))
    codebook_id = survey.codebook_id or store.find_codebook_of(session, survey_id)
    if codebook_id is None:
        raise NotFoundError(f"no answer of {survey_id} is coded yet")
    run = EmergingRun(
        survey_id=survey_id, codebook_id=codebook_id, asked_by=by.user_id, asked_at=now
    )
    session.add(run)
    session.flush()
    outbox.add_job(session, EMERGE, now=now, subject_id=run.id)
    audit.add_event(session, by=by, act="emerging.ask", kind="survey", object_id=survey_id, now=now)
    session.commit()
    return run


def note_read(
    session: Session, group_id: UUID, texts: list[UUID], *, by: Actor, now: datetime
) -> None:
    """Record that somebody is shown answers of a group."""
    for text_id in texts:
        audit.add_event(
            session,
            by=by,
            act="text.read",
            kind="text",
            object_id=text_id,
            now=now,
            detail={"for": "emerging", "group": str(group_id)},
        )
    session.commit()


def make_candidate(
    session: Session, group_id: UUID, *, by: Actor, now: datetime
) -> tuple[CodebookDraft, str]:
    """Make a theme of a group in the draft of the codebook's next version; return both.

    Its seeds are the words that several people share, never anybody's sentence: a codebook is
    kept for good, and answers are not.
    """
    group = store.get_group(session, group_id, FEWEST)
    codebook = coding.get_codebook(session, group.codebook_id)
    draft = codebook_drafts.begin(session, codebook.key, by=by, now=now)
    if group.theme is not None and group.theme in theme_ids(draft.document):
        return draft, group.theme
    label = ", ".join(group.words).capitalize()
    wording = Wording(label, NO_DEFINITION, seeds=tuple(group.words))
    family = _family(draft, group.nearest)

    def change(document: Document, used: set[str]) -> Edited:
        if family is None:
            return add_family(document, FAMILY, wording, used)
        return add_theme(document, family, wording, used)

    draft = codebook_drafts.edit(session, draft.id, draft.revision, change, by=by, now=now)
    theme = draft.lineage[-1]["to"][0]
    store.set_theme(session, group_id, theme)
    outbox.add_job(session, codebook_drafts.CATCH, now=now, subject_id=draft.id)
    session.commit()
    return draft, theme


def _family(draft: CodebookDraft, nearest: str | None) -> str | None:
    """Return the family of the nearest theme, or the first there is."""
    if nearest in theme_ids(draft.document):
        return family_of(draft.document, str(nearest))
    return next(iter(draft.document.get("families") or {}), None)
