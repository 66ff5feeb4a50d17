"""The designer's working copy: begun, edited under optimistic locking, undone (safety.md F14)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import surveys
from app.models import DraftRevision, Survey, SurveyDraft
from app.store import audit, designs
from app.store import surveys as surveys_store
from app.store.actors import Actor
from app.store.errors import ConflictError, NotFoundError
from surveys import Code, Problem

Edit = Callable[[surveys.Survey], surveys.Survey]
Part = Callable[[surveys.Survey], Any]  # what one page edits; two edits clash if it changed
TRIES = 3
MAX_CHANGE = 200
ASIDE = "Set aside:"
AROUND = ("title", "public_title", "minutes", "promise", "thanks", "names", "sections", "endings")

# A saved draft may be unfinished; its rules and names may not point into nothing.
BROKEN_RULES = frozenset({Code.DANGLING, Code.FORWARD, Code.OPTION_MISSING, Code.TYPE_MISMATCH})
BROKEN_NAMES = frozenset({Code.DUPLICATE_ID, Code.DUPLICATE_NAME, Code.DUPLICATE_VALUE})
BROKEN_PIPES = frozenset({Code.PIPE_DANGLING, Code.PIPE_FORWARD, Code.PIPE_KIND})
ALWAYS_REFUSED = BROKEN_RULES | BROKEN_NAMES


class EditRefusedError(ValueError):
    """The edit would break the form; `reasons` are sentences for the designer."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Working:
    """The working copy as read. Revision 0: nothing was edited since the last version."""

    survey: surveys.Survey
    revision: int
    row: SurveyDraft | None


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What somebody else did to the same part, and where this person's words are kept."""

    working: Working
    who: str
    at: datetime
    change: str
    kept_at: int | None


class EditedMeanwhileError(Exception):
    """Somebody changed the same part first: nothing of theirs was overwritten."""

    def __init__(self, meanwhile: Meanwhile) -> None:
        super().__init__(meanwhile.change)
        self.meanwhile = meanwhile


def find_working(session: Session, survey_id: UUID) -> Working:
    """Return the draft, or the newest version where nothing was edited since; NotFoundError."""
    row = designs.find_draft(session, survey_id)
    if row is not None:
        return Working(surveys.load(row.document), row.revision, row)
    version = surveys_store.latest_version(session, survey_id)
    questionnaire = surveys_store.questionnaire(version)
    return Working(questionnaire.model_copy(update={"minor_edits": ()}), 0, None)


def begin(
    session: Session, survey: Survey, content: surveys.Survey, *, by: Actor, now: datetime
) -> None:
    """Add a new survey's first draft to this transaction."""
    session.add(
        SurveyDraft(
            survey_id=survey.id,
            document=surveys.dump(content),
            revision=1,
            edited_by=by.user_id,
            edited_at=now,
        )
    )


def save(
    session: Session,
    survey_id: UUID,
    edit: Edit,
    *,
    revision: int,
    change: str,
    by: Actor,
    now: datetime,
    part: Part | None = None,
    refuse: frozenset[Code] = ALWAYS_REFUSED,
) -> Working:
    """Apply one edit to the draft and return the draft as it was written.

    An edit made from an older revision is applied all the same when nobody touched its `part`.
    Raises EditedMeanwhileError, after keeping this person's words in the history;
    EditRefusedError when the edit would break the form; surveys.SurveyError for impossible values.
    """
    for _ in range(TRIES):
        working = find_working(session, survey_id)
        if part is not None and _has_clashed(session, survey_id, working, revision, part):
            _refuse_clash(session, survey_id, working, edit, revision, part, change, by, now)
        changed = _checked(working.survey, edit(working.survey), refuse)
        if surveys.dump(changed) == surveys.dump(working.survey):
            return working
        if _write(session, survey_id, working, changed, change, by, now):
            _audit(session, survey_id, working.revision + 1, by, now)
            session.commit()
            return Working(changed, working.revision + 1, working.row)
        session.rollback()
    raise ConflictError(f"survey {survey_id}")


def restore(
    session: Session, survey_id: UUID, revision: int, *, by: Actor, now: datetime
) -> Working:
    """Bring the draft back to what it was at a revision; itself an edit that can be undone."""
    kept = designs.find_revision(session, survey_id, revision)
    if kept is None:
        raise NotFoundError(f"revision {revision}")
    earlier = surveys.load(kept.document)
    return save(
        session,
        survey_id,
        lambda _draft: earlier,
        revision=revision,
        change=f"Undid: {kept.change}",
        by=by,
        now=now,
        refuse=frozenset(),
    )


def put_back(
    session: Session, survey_id: UUID, revision: int, *, by: Actor, now: datetime
) -> Working:
    """Use words that were set aside, leaving alone what they do not speak of."""
    base, mine = (_at(session, survey_id, number) for number in (revision, revision + 1))
    if base is None or mine is None:
        raise NotFoundError(f"revision {revision}")
    return save(
        session,
        survey_id,
        partial(_with_difference, base=base, mine=mine),
        revision=revision,
        change="Used words that had been set aside",
        by=by,
        now=now,
    )


def is_aside(session: Session, survey_id: UUID, revision: int) -> bool:
    """Return whether an edit is one that was set aside because somebody else was first."""
    kept = designs.find_revision(session, survey_id, revision)
    return kept is not None and kept.change.startswith(ASIDE)


def published_ids(session: Session, survey_id: UUID) -> frozenset[str]:
    """Return every id of a question, option or row that a version has had: never deleted."""
    found: set[str] = set()
    for version in designs.list_questionnaires(session, survey_id):
        for question in version.questions:
            found.add(question.id)
            found.update(option.id for option in question.options)
            found.update(row.id for row in question.rows)
    return frozenset(found)


def taken_out(session: Session, survey_id: UUID, draft: surveys.Survey) -> list[surveys.Question]:
    """Return questions of earlier versions that the draft no longer asks, newest wording."""
    present = {question.id for question in draft.questions}
    gone: dict[str, surveys.Question] = {}
    for version in designs.list_questionnaires(session, survey_id):
        gone |= {q.id: q for q in version.questions if q.id not in present}
    return list(gone.values())


def _with_difference(
    draft: surveys.Survey, base: surveys.Survey, mine: surveys.Survey
) -> surveys.Survey:
    """Return the draft with what `mine` changed in `base`, a question or a page's words whole."""
    before = {question.id: question for question in base.questions}
    changed = {q.id: q for q in mine.questions if before.get(q.id) != q}
    around = {
        name: getattr(mine, name) for name in AROUND if getattr(mine, name) != getattr(base, name)
    }
    questions = tuple(changed.get(question.id, question) for question in draft.questions)
    return draft.model_copy(update={**around, "questions": questions})


def _checked(
    before: surveys.Survey, after: surveys.Survey, refuse: frozenset[Code]
) -> surveys.Survey:
    """Return the edited survey as it will be read back; raise for what the edit would break."""
    after = surveys.load(surveys.dump(after))
    known = {(p.code, p.message) for p in surveys.check(before)}
    new = [p for p in surveys.check(after) if p.code in refuse]
    reasons = [_reason(p, after) for p in new if (p.code, p.message) not in known]
    if reasons:
        raise EditRefusedError(list(dict.fromkeys(reasons)))
    return after


def _reason(problem: Problem, survey: surveys.Survey) -> str:
    name = problem.where.removeprefix("questions.").split(".")[0]
    question = surveys.find_by_name(survey, name)
    title = question.text.in_(survey.source_language) if question else ""
    return f"“{title}”: {problem.message}" if title else problem.message


def _write(
    session: Session,
    survey_id: UUID,
    working: Working,
    changed: surveys.Survey,
    change: str,
    by: Actor,
    now: datetime,
) -> bool:
    """Write the next revision and keep the present one; False when another was quicker."""
    try:
        if not _put(session, survey_id, working, surveys.dump(changed), by, now):
            return False
        _keep(session, survey_id, working, change, by, now)
        session.flush()
    except IntegrityError:
        session.rollback()
        return False
    return True


def _put(
    session: Session,
    survey_id: UUID,
    working: Working,
    document: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> bool:
    edited: dict[str, Any] = {"edited_by": by.user_id, "edited_at": now}
    if working.row is not None:
        return designs.write_draft(session, working.row, document, **edited)
    session.add(SurveyDraft(survey_id=survey_id, document=dict(document), revision=1, **edited))
    session.flush()
    return True


def _keep(
    session: Session, survey_id: UUID, working: Working, change: str, by: Actor, now: datetime
) -> None:
    session.add(
        DraftRevision(
            survey_id=survey_id,
            revision=working.revision,
            document=surveys.dump(working.survey),
            change=change[:MAX_CHANGE],
            edited_by=by.user_id,
            edited_at=now,
        )
    )
    designs.forget_old_revisions(session, survey_id, working.revision)


def _has_clashed(
    session: Session, survey_id: UUID, working: Working, revision: int, part: Part
) -> bool:
    if revision == working.revision:
        return False
    base = _at(session, survey_id, revision)
    return base is None or part(base) != part(working.survey)


def _at(session: Session, survey_id: UUID, revision: int) -> surveys.Survey | None:
    kept = designs.find_revision(session, survey_id, revision)
    return surveys.load(kept.document) if kept else None


def _refuse_clash(
    session: Session,
    survey_id: UUID,
    working: Working,
    edit: Edit,
    revision: int,
    part: Part,
    change: str,
    by: Actor,
    now: datetime,
) -> NoReturn:
    """Keep the loser's words in the history, then say who was first."""
    who, at, what = _first(session, survey_id, working, revision, part)
    kept_at = _set_aside(session, survey_id, working, edit, change, by, now)
    if kept_at is not None:
        working = find_working(session, survey_id)
    raise EditedMeanwhileError(Meanwhile(working, who, at, what, kept_at))


def _first(
    session: Session, survey_id: UUID, working: Working, revision: int, part: Part
) -> tuple[str, datetime, str]:
    """Return who changed the part last since a revision, when, and what they did."""
    after = part(working.survey)
    for edit in designs.list_revisions(session, survey_id):
        if part(surveys.load(edit.document)) != after or edit.revision == revision:
            names = designs.list_names(session)
            return names.get(edit.edited_by, "Someone"), edit.edited_at, edit.change
    raise ConflictError(f"survey {survey_id}")  # its history is older than we keep


def _set_aside(
    session: Session,
    survey_id: UUID,
    working: Working,
    edit: Edit,
    change: str,
    by: Actor,
    now: datetime,
) -> int | None:
    """Write the loser's text as an edit and take it back at once, so that history holds it."""
    try:
        mine = _checked(working.survey, edit(working.survey), frozenset())
    except (LookupError, ValueError):
        return None  # the question is gone, or the words do not fit: the page still shows them
    if not _write(session, survey_id, working, mine, f"{ASIDE} {change}", by, now):
        return None
    aside = find_working(session, survey_id)
    _write(session, survey_id, aside, working.survey, "Kept what was saved first", by, now)
    _audit(session, survey_id, aside.revision + 1, by, now)
    session.commit()
    return aside.revision


def _audit(session: Session, survey_id: UUID, revision: int, by: Actor, now: datetime) -> None:
    audit.add_event(
        session,
        by=by,
        act="draft.edit",
        kind="survey",
        object_id=survey_id,
        now=now,
        detail={"revision": revision},
    )
