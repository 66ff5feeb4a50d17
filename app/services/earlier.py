"""Answers that were given in another tool: rows of its file become responses of a survey.

A person has looked at which column answers which question. Whatever names people is never read.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

import surveys
from app.clock import LONDON
from app.models import Channel, Survey
from app.services import publishing, walking
from app.services.foreign import UnreadableError
from app.services.imports import coding_job
from app.services.sending import COLUMNS, answer_rows
from app.store import audit, responses
from app.store import imports as store
from app.store import surveys as surveys_store
from app.store.actors import Actor
from surveys.kinds import SEVERAL_OF

if TYPE_CHECKING:
    from surveys.exchange.report import Line
    from surveys.exchange.responses import Response
    from surveys.exchange.sheets import Sheet

MAX_BYTES = 8 * 1024 * 1024  # the file travels in the page while its columns are looked at
JOINED = " | "  # between a question and one of its answers, where a tool gives each a column


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file, what it is for, and what it may answer: value and words of each."""

    heading: str
    use: str
    suggested: str
    offered: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class File:
    """A file of answers, looked at and not yet read."""

    tool: str
    rows: int
    columns: Sequence[Column]


@dataclass(slots=True)
class Stored:
    """What became of a file. Its lines name rows and columns, never what anybody wrote."""

    read: int = 0
    new: int = 0
    there: int = 0  # stored from the same file before
    off_path: int = 0  # answers to questions that this person would not have been asked
    lines: list[str] = field(default_factory=list)


def look(data: bytes, name: str, survey: surveys.Survey) -> File:
    """Return the columns of a file with what each may answer; raise UnreadableError."""
    from surveys.exchange.responses_in import suggest_mapping, use_of

    with _on_disk(data, name) as (_, sheet):
        suggested = suggest_mapping(sheet, survey)
        twice = {heading for heading in sheet.headings if sheet.headings.count(heading) > 1}
        if twice - {""}:
            named = "”, “".join(sorted(twice - {""}))
            raise UnreadableError([f"Several columns are headed “{named}”. Rename them first."])
        columns = [
            Column(
                heading,
                use_of(heading).value,
                suggested.get(heading, ""),
                list(_offered(survey, is_ticked=JOINED in heading)),
            )
            for heading in sheet.headings
            if heading
        ]
        return File(sheet.tool.value, len(sheet.rows), columns)


def store_file(
    session: Session,
    survey_id: UUID,
    data: bytes,
    name: str,
    mapping: Mapping[str, str],
    *,
    by: Actor,
    now: datetime,
) -> Stored:
    """Store the rows that are new, in one commit; raise UnreadableError."""
    from surveys.exchange.report import Report
    from surveys.exchange.responses_in import read_responses

    row = surveys_store.get_survey(session, survey_id)
    version = surveys_store.latest_version(session, survey_id)
    survey = surveys_store.questionnaire(version)
    today, report = now.astimezone(LONDON).date(), Report()
    with _on_disk(data, name) as (path, _):
        found = read_responses(path, survey, report, day=today, mapping=mapping)
    stored = Stored(read=found.read, lines=[_told(line) for line in report.lines])
    collector = store.find_collector(
        session, survey_id, Channel.IMPORT
    ) or publishing.open_collector(
        session, row, name="Earlier answers", channel=Channel.IMPORT, by=by, now=now
    )
    maker = _Maker(row, survey, version.id, collector.id, now)
    known = store.list_import_keys(session, survey_id)
    for response in found.responses:
        if response.id in known:
            stored.there += 1
        elif response.day > today:
            stored.lines.append(f"A row dated {response.day:%-d %B %Y}: its date is in the future.")
        else:
            known.add(response.id)
            stored.off_path += maker.add(response)
            stored.new += 1
    store.insert_rows(session, maker.rows)
    audit.add_event(
        session,
        by=by,
        act="import.store",
        kind="survey",
        object_id=survey_id,
        now=now,
        detail={"read": stored.read, "stored": stored.new, "there": stored.there},
    )
    session.commit()
    return stored


def _told(line: "Line") -> str:
    place = str(line.place).removeprefix("responses, ")
    return f"{place[:1].upper()}{place[1:]}: {line.message}"


class _Maker:
    """Turns responses of a file into table rows."""

    def __init__(
        self, row: Survey, survey: surveys.Survey, version_id: UUID, way_in: UUID, now: datetime
    ) -> None:
        self.rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._survey, self._now = survey, now
        today = now.astimezone(LONDON).date()
        self._common = {
            "survey_id": row.id,
            "version_id": version_id,
            "collector_id": way_in,
            "channel": Channel.IMPORT,
            "language": survey.source_language,
            "disposition": "complete",
            "is_test": False,
            "is_synthetic": row.is_synthetic,
            "quote_consent": False,  # nobody was asked by us
            "purge_on": today + timedelta(days=row.retention_days),  # as other imports (0052)
        }

    def add(self, response: "Response") -> int:
        """Add one; return how many of its answers its other answers contradict."""
        given = surveys.Answers(response.answers, day=response.day)
        # What was not asked there is not "skipped" here.
        sent = walking.asked_answers(self._survey, given, ended=False)
        ending = surveys.ending(self._survey, given)
        found = surveys.dimension_values(self._survey, given)
        response_id = uuid4()
        self.rows["response"].append(
            {
                **self._common,
                "id": response_id,
                "received_on": response.day,
                "eligible": ending is None or ending.outcome is surveys.Outcome.COMPLETE,
                "submission_key": uuid4().hex,
                "import_key": response.id,
                **{column: found.get(dimension) for dimension, column in COLUMNS.items()},
            }
        )
        choices, texts = responses.build_rows(response_id, *answer_rows(sent))
        self.rows["answer"] += choices
        self.rows["text"] += texts
        if texts:
            self.rows["job"].append(coding_job(response_id, self._now))
        return len(given) - len(sent)


def _offered(survey: surveys.Survey, *, is_ticked: bool) -> Iterator[tuple[str, str]]:
    for number, page in enumerate(surveys.pages_of(survey), 1):
        if page.kind is surveys.Kind.INFO or page.kind is surveys.Kind.RANKING:
            continue
        words = f"{number}. {page.text.in_(survey.source_language) or page.name}"
        if not is_ticked:
            yield page.id, words
        elif page.kind in SEVERAL_OF:
            for option in page.live_options:
                yield f"{page.id}/{option.id}", f"{words}: {option.text.in_('en')}"


@contextmanager
def _on_disk(data: bytes, name: str) -> "Iterator[tuple[Path, Sheet]]":
    """Lend a file where the readers of `surveys.exchange` can open it."""
    from surveys.exchange.report import RefusedError, Report
    from surveys.exchange.sheets import read_sheet

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"answers{Path(name).suffix[:8].lower()}"
        path.write_bytes(data)
        try:
            yield path, read_sheet(path, Report())
        except RefusedError as refused:
            raise UnreadableError([line.message for line in refused.lines]) from refused
