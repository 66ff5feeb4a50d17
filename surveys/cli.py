"""The command line: `python -m surveys check | walk | explore | compare | lint | convert`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from surveys.check import check
from surveys.document import MAX_BYTES, load
from surveys.explore import explore
from surveys.model import Survey
from surveys.paths import page_path
from surveys.problems import PUBLISH_ONLY, Code, Problem, SurveyError
from surveys.walk import read_answers


def main(argv: Sequence[str], today: date) -> int:
    """Run one command; return 0 when all is well, 1 with problems, 2 for wrong options."""
    options = _parser().parse_args(argv)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    command: Callable[[argparse.Namespace, date], int] = options.run
    try:
        return command(options, today)
    except SurveyError as error:
        _print_problems(error.problems)
        return 1
    except OSError as error:
        _print_problems([Problem("unreadable", str(error.filename), f"{error.strerror}.")])
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m surveys", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "check", "print every problem of a document", _check)
    walk = _command(commands, "walk", "print the questions asked, given answers", _walk)
    walk.add_argument("--answers", type=Path, required=True, help="JSON object by variable name")
    walk.add_argument("--today", type=date.fromisoformat, help="the day of the answers")
    _command(commands, "explore", "shortest, longest, minutes, what nobody reaches", _explore)
    _command(commands, "lint", "advice on wording, with reasons", _lint)
    compare = commands.add_parser("compare", help="what changed between two versions, in words")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)
    compare.set_defaults(run=_compare)
    convert = _command(commands, "convert", "read or write another format", _convert)
    convert.add_argument("--to", choices=("heard", "xlsform", "paper"), default="heard")
    convert.add_argument("--out", type=Path)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    words: str,
    run: Callable[[argparse.Namespace, date], int],
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=words, description=words)
    command.add_argument("file", type=Path)
    command.set_defaults(run=run)
    return command


def read_survey(path: Path) -> Survey:
    """Return the survey in a file.  Raises SurveyError, also for a file that is too large."""
    return load(_bytes(path))


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        message = f"The file is larger than {MAX_BYTES // 1_000_000} MB."
        raise SurveyError((Problem(Code.TOO_LARGE, path.name, message),))
    return path.read_bytes()


def _check(options: argparse.Namespace, _today: date) -> int:
    problems = check(read_survey(options.file))
    _print_problems(problems)
    return 1 if problems else 0


def _walk(options: argparse.Namespace, today: date) -> int:
    survey = read_survey(options.file)
    broken = [problem for problem in check(survey) if problem.code not in PUBLISH_ONLY]
    if broken:
        raise SurveyError(tuple(broken))
    answers, ignored = read_answers(survey, _bytes(options.answers), options.today or today)
    for problem in ignored:
        sys.stderr.write(f"{problem}\n")
    for page in page_path(survey, answers):
        _say(page.name)
    return 0


def _explore(options: argparse.Namespace, _today: date) -> int:
    found = explore(survey := read_survey(options.file))
    names = {page.id: page.name for page in survey.questions}
    names |= {row.id: row.name for question in survey.questions for row in question.rows}
    _say(f"ways through: {found.routes}{' or more' if found.more_routes else ''}")
    _say(f"shortest: {len(found.shortest)} pages, {found.fewest_minutes:.1f} minutes")
    _say(f"longest: {len(found.longest)} pages, {found.most_minutes:.1f} minutes")
    _say(f"shortest way: {', '.join(found.shortest)}")
    _say(f"longest way: {', '.join(found.longest)}")
    for page in sorted(names[page] for page in found.not_seen):
        certain = page in {names[p] for p in found.never_reached}
        _say(f"{'never reached' if certain else 'not reached in this sample'}: {page}")
    return 0


def _lint(options: argparse.Namespace, _today: date) -> int:
    # Loaded here so that check and walk start quickly.
    lint = importlib.import_module("surveys.lint").lint
    for advice in lint(read_survey(options.file)):
        _say(advice)
    return 0  # advice never fails a build: a person weighs it


def _compare(options: argparse.Namespace, _today: date) -> int:
    compare = importlib.import_module("surveys.compare").compare
    for change in compare(read_survey(options.old), read_survey(options.new)):
        _say(change)
    return 0


def _convert(options: argparse.Namespace, _today: date) -> int:
    # By name, because `surveys` proper never imports `surveys.exchange`: only this command does.
    convert = importlib.import_module("surveys.exchange.command").convert
    result: int = convert(options.file, options.to, options.out)
    return result


def _say(line: object) -> None:
    sys.stdout.write(f"{line}\n")


def _print_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        clean = (" ".join(str(part).split()) for part in _parts(problem))
        _say("\t".join(clean))


def _parts(problem: Problem) -> tuple[str, str, str]:
    return problem.code, problem.where, problem.message
