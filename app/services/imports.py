"""Load historical answers as responses: idempotent, their human codes taken as reviewed."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

import surveys
from app.clock import LONDON
from app.models import Channel, Codebook, Collector, Survey, SurveyMode, seal
from app.services import publishing, recoding
from app.services.codebooks import Book, read_book
from app.services.import_files import FileRow, Label, Refused
from app.store import audit
from app.store import imports as imports_store
from app.store import surveys as surveys_store
from app.store.errors import NotFoundError
from surveys import ids

CODE_IMPORT = "code_import"  # read by the worker after every answer that was just sent
REVIEWER = "import"
DOCUMENT = "imported_answers"  # the variable name of every questionnaire made here
ASKED = "What would you like to tell us?"
MOST_QUESTIONS = 50
POLARITIES = frozenset({"positive", "negative", "mixed", "neutral"})


class ImportRefusedError(ValueError):
    """Nothing was imported; the message says what to do."""


@dataclass(slots=True)
class Report:
    """What became of a file, row by row."""

    read: int = 0
    stored: int = 0
    there: int = 0  # stored by an earlier run
    labelled: int = 0
    refused: list[Refused] = field(default_factory=list)
    unknown: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Target:
    """Where rows go."""

    survey: Survey
    collector: Collector
    codebook: Codebook
    version_id: UUID
    questions: Mapping[str, str]  # wording, name or id to question id


def import_rows(
    session: Session,
    target: Target,
    rows: Iterable[FileRow | Refused],
    *,
    default_question: str,
    now: datetime,
) -> Report:
    """Store the rows that are new, with their human codes and a coding job each, in one commit."""
    report = Report()
    keys = _Keys(imports_store.list_import_keys(session, target.survey.id))
    maker = _Maker(target, read_book(target.codebook.document), report, now)
    for row in rows:
        report.read += 1
        if isinstance(row, Refused):
            report.refused.append(row)
            continue
        key = keys.next(row)
        if row.received_on is not None and row.received_on > maker.today:
            report.refused.append(Refused(row.line, "its date lies in the future"))
        elif keys.is_stored(key):
            report.there += 1
        else:
            maker.add(row, target.questions[row.question or default_question], key)
    imports_store.insert_rows(session, maker.rows)
    audit.add_event(
        session,
        by=None,
        act="import.store",
        kind="survey",
        object_id=target.survey.id,
        now=now,
        detail={"read": report.read, "stored": report.stored, "refused": len(report.refused)},
    )
    session.commit()
    return report


def open_target(
    session: Session,
    *,
    slug: str,
    name: str,
    codebook: Codebook | None,
    default_codebook: Codebook,
    wordings: Iterable[str],
    is_synthetic: bool,
    now: datetime,
) -> Target:
    """Return where to put rows; create the survey, its questions and its way in where missing.

    Each step is committed and found again, so an import that was cut short can be run anew.
    Raise ImportRefusedError for a survey these rows do not belong to.
    """
    wanted = list(dict.fromkeys(wordings))
    if len(wanted) > MOST_QUESTIONS:
        raise ImportRefusedError(
            f"The question column holds {len(wanted)} different questions; "
            f"at most {MOST_QUESTIONS} are plausible. Name another column."
        )
    survey = imports_store.find_survey(session, slug)
    if survey is None:
        survey = publishing.create_survey(
            session,
            name=name,
            slug=slug,
            mode=SurveyMode.ANONYMOUS,
            by=None,
            now=now,
            codebook_id=(codebook or default_codebook).id,
            is_synthetic=is_synthetic,
        )
    _set_codebook(session, survey, codebook, default_codebook, now)
    questions = _questions(session, survey, wanted, now)
    collector = imports_store.find_collector(session, survey.id, Channel.IMPORT)
    if collector is None:
        collector = publishing.open_collector(
            session, survey, name="Import", channel=Channel.IMPORT, by=None, now=now
        )
    return Target(
        survey=survey,
        collector=collector,
        codebook=imports_store.get_codebook(session, survey.codebook_id or default_codebook.id),
        version_id=surveys_store.latest_version(session, survey.id).id,
        questions=questions,
    )


class _Keys:
    """Gives each row of a file its key: its own id or content, and which one of its like it is."""

    def __init__(self, stored: set[str]) -> None:
        self._stored = stored
        self._seen: Counter[str] = Counter()

    def next(self, row: FileRow) -> str:
        self._seen[row.key] += 1
        whole = f"{row.key}\x1f{self._seen[row.key]}"
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()

    def is_stored(self, key: str) -> bool:
        return key in self._stored


class _Maker:
    """Turns file rows into table rows."""

    def __init__(self, target: Target, book: Book, report: Report, now: datetime) -> None:
        self.today = now.astimezone(LONDON).date()
        self.rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._target = target
        self._book = book
        self._report = report
        self._now = now
        self._themes = {_flat(t.label): t.id for t in reversed(list(book.themes.values()))}
        self._themes |= {_flat(theme_id): theme_id for theme_id in book.themes}

    def add(self, row: FileRow, question_id: str, key: str) -> None:
        response_id, text_id = uuid4(), uuid4()
        self.rows["response"].append(self._response(response_id, row, key))
        blank = {"part": 0, "option_id": None, "number": None, "day": None}
        self.rows["answer"].append(
            {"id": uuid4(), "response_id": response_id, "question_id": question_id}
            | {"state": "answered"}
            | blank
        )
        self.rows["text"].append(
            {
                "id": text_id,
                "response_id": response_id,
                "question_id": question_id,
                "part": "",
                "body_sealed": seal("answer_text", "body_sealed", text_id, row.text),
                "typed_by_worker": False,
            }
        )
        self.rows["job"].append(coding_job(response_id, self._now))
        self._report.stored += 1
        self._review(row, text_id)

    def _response(self, response_id: UUID, row: FileRow, key: str) -> dict[str, Any]:
        target = self._target
        return {
            "id": response_id,
            "survey_id": target.survey.id,
            "version_id": target.version_id,
            "collector_id": target.collector.id,
            "channel": Channel.IMPORT,
            "received_on": row.received_on or self.today,
            "disposition": "complete",
            "is_synthetic": target.survey.is_synthetic,
            "submission_key": uuid4().hex,
            "import_key": key,
            # Counted from the import: an old answer brought here is not gone the next night.
            "purge_on": self.today + timedelta(days=target.survey.retention_days),
            "language": "en",
            "eligible": True,
            "is_test": False,
            "quote_consent": False,
        }

    def _review(self, row: FileRow, text_id: UUID) -> None:
        """Take human codes as decided. No labels means unlabelled, not "no theme" (35)."""
        known = self._known(row)
        if not known:
            return
        review_id = uuid4()
        self._report.labelled += 1
        self.rows["review"].append(
            {
                "id": review_id,
                "text_id": text_id,
                "codebook_id": self._target.codebook.id,
                "reviewer_key": REVIEWER,
                "drawn": "import",
                "sentiment": row.sentiment if row.sentiment in POLARITIES else None,
                "unsure": len(known) < len(row.labels),
                "is_current": True,
                "reviewed_at": self._now,
            }
        )
        self.rows["code"] += [_code(review_id, theme, label) for theme, label in known.items()]
        self.rows["gap"] += [
            _gap(review_id, gap)
            for gap in row.gaps
            if gap["need"] in self._book.needs and gap["barrier"] in self._book.barriers
        ]

    def _known(self, row: FileRow) -> dict[str, Label]:
        known: dict[str, Label] = {}
        for label in row.labels:
            theme = self._themes.get(_flat(label.name))
            if theme is None:
                self._report.unknown[label.name].append(row.line)
            else:
                known.setdefault(theme, label)
        return known


def _set_codebook(
    session: Session, survey: Survey, codebook: Codebook | None, default: Codebook, now: datetime
) -> None:
    if codebook is None or survey.codebook_id == codebook.id:
        return
    held = imports_store.get_codebook(session, survey.codebook_id or default.id)
    if held.key != codebook.key:
        raise ImportRefusedError(
            f"Survey {survey.slug} is coded under {held.name!r}. Use another --survey for another "
            "codebook."
        )
    survey.codebook_id = codebook.id  # a newer version of the same one; committed with the rows
    recoding.start(session, codebook, model=codebook.model, by=None, now=now)


def _questions(
    session: Session, survey: Survey, wanted: list[str], now: datetime
) -> dict[str, str]:
    """Return the question each wording stands for; publish a version that has those missing."""
    present = _present(session, survey)
    names = _names(present) if present else {}
    missing = [wording for wording in wanted if wording not in names]
    if missing:
        if present is not None and present.name != DOCUMENT:
            raise ImportRefusedError(
                f"Survey {survey.slug} does not ask {missing[0]!r}. Give --question with the name "
                "of one of its questions to write in, or use another --survey."
            )
        document = questionnaire_document(survey.name, present, missing)
        publishing.publish(session, survey, document, by=None, now=now)
        names = _names(surveys.load(document))
    return {wording: names[wording] for wording in wanted}


def _present(session: Session, survey: Survey) -> surveys.Survey | None:
    try:
        version = surveys_store.latest_version(session, survey.id)
    except NotFoundError:
        return None
    return surveys_store.questionnaire(version)


def _names(survey: surveys.Survey) -> dict[str, str]:
    asked = [q for q in surveys.pages_of(survey) if q.kind in surveys.TEXT]
    words = {question.text.in_(survey.source_language): question.id for question in asked}
    return words | {q.name: q.id for q in asked} | {q.id: q.id for q in asked}


def questionnaire_document(
    title: str, present: surveys.Survey | None, wordings: list[str]
) -> dict[str, Any]:
    """Return a questionnaire of open questions only; those already asked keep their ids."""
    held = surveys.dump(present) if present else {}
    questions = list(held.get("questions", []))
    for number, wording in enumerate(wordings, start=len(questions) + 1):
        questions.append(
            {
                "id": ids.new_id("q"),
                "name": f"answer_{number}",
                "kind": "long_text",
                "text": {"en": wording.replace("{{", "{ {")},
                "support": True,
            }
        )
    return {
        "format": "heard-survey/1",
        "id": held.get("id") or ids.new_id("s"),
        "name": DOCUMENT,
        "title": title,
        "public_title": {"en": "Your views"},
        "mode": "anonymous",
        "languages": ["en"],
        "questions": questions,
    }


def _code(review_id: UUID, theme: str, label: Label) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "review_id": review_id,
        "theme": theme,
        "polarity": label.polarity if label.polarity in POLARITIES else None,
        "start": label.start,
        "end": label.end,
        "origin": "import",
    }


def _gap(review_id: UUID, gap: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {
        name: gap[name] if isinstance(gap.get(name), int) else None
        for name in ("duration_days", "start", "end")
    }
    return {
        "id": uuid4(),
        "review_id": review_id,
        "need": gap["need"],
        "barrier": gap["barrier"],
        "origin": "import",
        **numbers,
    }


def coding_job(response_id: UUID, now: datetime) -> dict[str, Any]:
    """Return the row of the job that has the worker read an answer of long ago."""
    return {
        "id": uuid4(),
        "kind": CODE_IMPORT,
        "subject_id": response_id,
        "payload": {},
        "run_after": now,
        "attempts": 0,
    }


def _flat(name: str) -> str:
    return " ".join(name.casefold().split())
