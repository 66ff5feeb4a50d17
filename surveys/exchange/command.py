"""`python -m surveys convert`: the document to standard output, the report to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from surveys.check import check
from surveys.document import dumps, load
from surveys.exchange.limits import Content, look
from surveys.exchange.report import Fate, Line, Place, RefusedError, Report
from surveys.model import Survey
from surveys.problems import SurveyError


def convert(path: Path, to: str, out: Path | None) -> int:
    """Convert one file; return 0 when it is accepted, 1 when it is refused with every reason."""
    report = Report()
    try:
        survey = read(path, report)
        _WRITERS[to](survey, out, report)
    except RefusedError as refused:
        _say([*report.lines, *refused.lines])
        return 1
    except SurveyError as error:
        _say([Line(Fate.REFUSED, Place(p.where), p.code, p.message) for p in error.problems])
        return 1
    except RecursionError:
        _say([Line(Fate.REFUSED, Place(), "file", "The file is nested too deep.")])
        return 1
    except OSError as error:
        _say([Line(Fate.REFUSED, Place(str(path)), "file", error.strerror or str(error))])
        return 1
    _say(report.lines)
    return 0


def read(path: Path, report: Report) -> Survey:
    """Return the survey in a file of any format we read, with what `check` finds in the report.

    Raises RefusedError, SurveyError for a Heard document that does not read, and OSError.
    """
    content = look(path, report)
    survey = _read(path, content, report)
    for problem in check(survey):
        report.add(Fate.CHECK, Place(problem.where), problem.code, problem.message)
    return survey


def _read(path: Path, content: Content, report: Report) -> Survey:
    if content is Content.TEXT:
        start = path.read_bytes()[:2_000].removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith((b"{", b"[")):
            return load(path.read_bytes())
        if start.startswith(b"<"):
            from surveys.exchange.lss_in import read_lss

            return read_lss(path, report)
    # Loaded only now: pyxform takes half a second, and a hostile file never gets this far.
    from surveys.exchange.xlsform_in import read_xlsform

    return read_xlsform(path, report)


def _write_heard(survey: Survey, out: Path | None, _report: Report) -> None:
    text = dumps(survey)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def _write_workbook(survey: Survey, out: Path | None, report: Report) -> None:
    from surveys.exchange.xlsform_out import write_xlsform

    if out is not None:
        write_xlsform(survey, out, report)
        return
    with TemporaryDirectory() as folder:
        made = Path(folder) / "form.xlsx"
        write_xlsform(survey, made, report)
        sys.stdout.buffer.write(made.read_bytes())


def _write_paper(survey: Survey, out: Path | None, report: Report) -> None:
    from surveys.exchange.paper import write_paper

    if out is not None:
        write_paper(survey, out, report)
        return
    with TemporaryDirectory() as folder:
        made = Path(folder) / "form.pdf"
        write_paper(survey, made, report)
        sys.stdout.buffer.write(made.read_bytes())


_WRITERS: Mapping[str, Callable[[Survey, Path | None, Report], None]] = {
    "heard": _write_heard,
    "xlsform": _write_workbook,
    "paper": _write_paper,
}


def _say(lines: list[Line]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
