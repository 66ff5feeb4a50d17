"""The body of `flask import-answers`: a file, a codebook and a survey become responses."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.models import Codebook
from app.services import imports
from app.services.import_files import Columns, FileRow, column_names, read_rows
from app.services.imports import ASKED, ImportRefusedError, Report
from app.services.tabular import TableError
from app.worker.codebooks import adopt_default, adopt_file
from nlp.codebook import CodebookError

SHOWN = 20  # rows named one by one before the rest are counted


@dataclass(frozen=True, slots=True)
class Request:
    """What the command was told."""

    file: Path
    survey: str
    columns: Columns
    name: str | None = None
    question: str = ASKED
    codebook: Path | None = None
    is_synthetic: bool = False


def import_file(session: Session, request: Request, *, now: datetime) -> Report:
    """Import a file; raise ImportRefusedError with one clear sentence when it cannot be."""
    try:
        data = request.file.read_bytes()
        columns = _with_question(request.columns, column_names(data, request.file.name))
        rows = list(read_rows(data, request.file.name, columns))
        default, codebook = _codebooks(session, request, now)
    except (TableError, CodebookError) as error:
        raise ImportRefusedError(str(error)) from error
    except OSError as error:
        raise ImportRefusedError(f"{request.file} cannot be read: {error.strerror}.") from error
    asked = (r.question or request.question for r in rows if isinstance(r, FileRow))
    target = imports.open_target(
        session,
        slug=request.survey,
        name=request.name or request.survey.replace("-", " ").capitalize(),
        codebook=codebook,
        default_codebook=default,
        wordings=asked,
        is_synthetic=request.is_synthetic,
        now=now,
    )
    return imports.import_rows(session, target, rows, default_question=request.question, now=now)


def tell(report: Report, say: Callable[[str], None]) -> None:
    """Say what became of the file. Nothing of what anybody wrote is printed."""
    say(f"rows read: {report.read}")
    say(f"rows stored: {report.stored} ({report.labelled} with human codes, taken as reviewed)")
    say(f"rows already there: {report.there}")
    say(f"rows refused: {len(report.refused)}")
    for refused in report.refused[:SHOWN]:
        say(f"  line {refused.line}: {refused.why}")
    if len(report.refused) > SHOWN:
        say(f"  and {len(report.refused) - SHOWN} more")
    for label, lines in sorted(report.unknown.items()):
        where = ", ".join(str(line) for line in lines[:SHOWN])
        more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
        say(f"unknown label {label!r} left out: line {where}{more}")


def _with_question(columns: Columns, present: tuple[str, ...]) -> Columns:
    """Take the column `question` for granted where there is one, as `python -m nlp train` does."""
    if columns.question is None and "question" in present:
        return replace(columns, question="question")
    return columns


def _codebooks(
    session: Session, request: Request, now: datetime
) -> tuple[Codebook, Codebook | None]:
    default = adopt_default(session, now=now)
    given = adopt_file(session, request.codebook, now=now) if request.codebook else None
    return default, given
