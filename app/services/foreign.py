"""Questionnaires in other programs' files, as the content of a new survey."""

from pathlib import Path

import surveys
from app.services import editing
from surveys import Survey

MAX_REASONS = 20
MAX_NOTE = 3_900
TOLD = ("mapped", "reported", "check")  # what a designer has to know; "kept" needs no line


class UnreadableError(ValueError):
    """The file is not taken; `reasons` say why, with the place in the file."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons[:MAX_REASONS]


def read(path: Path, title: str) -> Survey:
    """Return the questionnaire in a file (Heard, XLSForm or LimeSurvey) with its report as note.

    What Heard cannot hold is listed there, never dropped silently. Raises UnreadableError.
    """
    # Spreadsheet readers are large: loaded in the one request that wants them.
    from surveys.exchange.command import read as read_any
    from surveys.exchange.report import RefusedError, Report

    report = Report()
    try:
        found = read_any(path, report)
    except RefusedError as refused:
        lines = [f"{line.place}: {line.message}" for line in refused.lines]
        raise UnreadableError(lines) from refused
    except surveys.SurveyError as error:
        raise UnreadableError([f"{p.where}: {p.message}" for p in error.problems]) from error
    except RecursionError as error:
        raise UnreadableError(["The file is nested too deep."]) from error
    told = [f"{line.place}: {line.message}" for line in report.lines if line.fate in TOLD]
    note = "\n".join(told) or "Everything in the file was kept."
    content = editing.copy_of(found, title)
    return content.model_copy(update={"version_note": note[:MAX_NOTE]})
