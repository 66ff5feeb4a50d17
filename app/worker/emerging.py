"""Groups among answers the codebook explains badly; and what a draft's seeds would catch."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import EmergingGroup, EmergingText, MachineCoding, RunState
from app.store import codebooks as codebooks_store
from app.store import emerging as store
from app.store.errors import NotFoundError
from nlp import codebook as nlp_codebook
from nlp.coder import Candidate, Coding, Polarity, Safeguarding
from nlp.emerge import Group, find_groups, least_explained
from nlp.phrases import Phrases
from nlp.spans import Level
from nlp.vectors import Encoder

MOST = 6000  # answers looked at, the newest of a survey
TAUGHT = "en"


def emerge(session: Session, run_id: UUID, encoder: Encoder | None, now: datetime) -> None:
    """Find groups and keep them as rows; no commit. Earlier groups of the survey go."""
    run = store.get_run(session, run_id)
    rows = store.list_codings(session, run.survey_id, limit=MOST)
    codings = [_coding(row) for row, _ in rows]
    chosen = least_explained(codings)
    texts = [codings[i].redacted for i in chosen]
    people = [str(rows[i][1]) for i in chosen]
    groups = find_groups(texts, people, encoder)
    for position, group in enumerate(groups):
        members = [rows[chosen[i]][0] for i in group.members]
        run.groups.append(_group(group, members, position))
    run.looked_at, run.least_explained = len(rows), len(chosen)
    run.state, run.finished_at = RunState.READY, now
    store.delete_earlier(session, run)


def catch(session: Session, draft_id: UUID) -> None:
    """Count how many answers hold a seed phrase of each theme of a draft; no commit."""
    try:
        draft = codebooks_store.get_draft(session, draft_id)
    except NotFoundError:
        return
    try:
        book = nlp_codebook.parse(draft.document)
    except nlp_codebook.CodebookError:
        return
    phrases, found, total = Phrases(book), Counter[str](), 0
    for survey in codebooks_store.list_surveys(session, draft.key):
        rows = store.list_codings(session, survey.id, limit=MOST)
        total += len(rows)
        for hit in phrases.hits([row.redacted or "" for row, _ in rows]):
            found.update(hit.keys())
    draft.caught = {"of": total, "themes": dict(found), "revision": draft.revision}


def _group(group: Group, members: Sequence[MachineCoding], position: int) -> EmergingGroup:
    found = EmergingGroup(
        position=position,
        words=list(group.name),
        nearest=_nearest(members),
        stability=group.stability,
    )
    found.texts = [
        EmergingText(text_id=row.text_id, position=place) for place, row in enumerate(members)
    ]
    return found


def _nearest(members: Sequence[MachineCoding]) -> str | None:
    """Return the theme that is likeliest over a group, whether or not it was decided."""
    weights: Counter[str] = Counter()
    for row in members:
        for candidate in row.candidates:
            weights[candidate["theme"]] += candidate["probability"]
    return weights.most_common(1)[0][0] if weights else None


def _coding(row: MachineCoding) -> Coding:
    """Return a stored coding as far as the search for groups looks at it."""
    return Coding(
        id=str(row.text_id),
        language=row.language,
        redactions=(),
        redacted=row.redacted or "",
        themes=(),
        candidates=tuple(Candidate(c["theme"], c["probability"]) for c in row.candidates),
        families=(),
        confidence=row.confidence,
        sentiment=Polarity(row.sentiment),
        gaps=(),
        safeguarding=Safeguarding(Level(row.risk_level), row.risk_score),
        coder=row.coder,
        needs_reader=row.language != TAUGHT,
    )
