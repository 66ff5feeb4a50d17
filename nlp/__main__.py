"""`python -m nlp`: code, train, evaluate, redact, emerge, explain; standard input and output."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nlp import codebook, redact
from nlp.codebook import Codebook, CodebookError
from nlp.coder import build_shipped, load_built, load_coder, save_model
from nlp.coder.pipeline import ThemeCoder
from nlp.examples import DataError, Example, load
from nlp.persist import ModelError, is_replaceable
from nlp.seam import code_lines, parse_line, text_lines, to_line

OK, SOME_REFUSED, BAD_OPTIONS = 0, 1, 2


class UsageError(Exception):
    """Options that cannot be followed; the message is one line a problem."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 where lines were refused, 2 for bad options."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except CodebookError as error:
        return _fail(error.problems)
    except (UsageError, DataError, ModelError) as error:
        return _fail(str(error).split("\n"))
    except BrokenPipeError:
        return SOME_REFUSED
    return status


def _fail(problems: Sequence[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return BAD_OPTIONS


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nlp", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    code = commands.add_parser("code", help="code JSON lines from standard input")
    _add_coder(code)
    code.set_defaults(run=_code)
    train = commands.add_parser("train", help="train a model directory")
    _add_data(train)
    train.add_argument("--out", type=Path, required=True, help="directory to write")
    train.add_argument("--shipped", action="store_true", help="build the shipped coder")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument(
        "--fine-tune", action="store_true", help="tune the encoder too: many minutes, no torch"
    )
    train.set_defaults(run=_train)
    evaluate = commands.add_parser("evaluate", help="score a coder on reviewed answers")
    _add_data(evaluate)
    evaluate.add_argument(
        "--model", type=Path, help="the coder to score; the shipped one if absent"
    )
    evaluate.set_defaults(run=_evaluate)
    emerge = commands.add_parser("emerge", help="groups of answers the codebook explains badly")
    _add_coder(emerge)
    emerge.add_argument("--seed", type=int, default=0)
    emerge.set_defaults(run=_emerge)
    explain = commands.add_parser("explain", help="why each theme was coded")
    _add_coder(explain)
    explain.set_defaults(run=_explain)
    redact_lines = commands.add_parser("redact", help="hide personal data in plain lines")
    redact_lines.set_defaults(run=_redact)
    return parser


def _add_coder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--codebook", type=Path, help="start cold from this codebook's seeds")
    parser.add_argument("--model", type=Path, help="use this model directory")


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="CSV with text and labels, or JSON lines")
    parser.add_argument("--codebook", type=Path, help="codebook YAML")
    parser.add_argument("--unlabelled", type=Path, help="more answers, whose labels are ignored")
    parser.add_argument("--question-column", help="column that holds the question")


def _code(options: argparse.Namespace) -> int:
    coder = _coder(options.model, options.codebook)
    refused = code_lines(coder, sys.stdin.buffer, sys.stdout.buffer)
    return SOME_REFUSED if refused else OK


def _coder(model: Path | None, book: Path | None) -> ThemeCoder:
    if model and book:
        raise UsageError("--model carries its codebook; give --model or --codebook, not both")
    if model:
        return load_coder(model)
    if book:
        return _cold(codebook.load(book))
    return load_built(_say)


def _cold(book: Codebook) -> ThemeCoder:
    from nlp.cold import cold_coder

    for line in book.advice():
        _say(f"codebook: {line}")
    return cold_coder(book, _say)


def _train(options: argparse.Namespace) -> int:
    from nlp.card import model_card
    from nlp.train import gather, train
    from nlp.vectors import find_encoder

    if options.out.exists() and not is_replaceable(options.out):
        raise UsageError(f"--out {options.out} holds other files; give a new or an empty directory")
    if options.shipped:
        print(f"coder {build_shipped(options.out, _say)[:8]} written to {options.out}")
        return OK
    if not options.codebook:
        raise UsageError("--codebook is needed")
    book = codebook.load(options.codebook)
    for line in book.advice():
        _say(f"codebook: {line}")
    labelled = _examples(options.data, book, options.question_column)
    unlabelled = _examples(options.unlabelled, book, options.question_column)
    unlabelled += [e for e in labelled if e.themes is None]
    encoder = find_encoder()
    material = gather(book, [e for e in labelled if e.themes is not None], unlabelled)
    model = train(material, encoder, options.seed, _say, fine_tune=options.fine_tune)
    digest = save_model(model, options.out, model_card(model))
    print(f"coder {digest[:8]} written to {options.out}")
    return OK


def _examples(path: Path | None, book: Codebook, question_column: str | None) -> list[Example]:
    if path is None:
        return []
    loaded = load(path, book, question_column)
    for note in loaded.notes():
        _say(f"{path}: {note}")
    return loaded.examples


def _evaluate(options: argparse.Namespace) -> int:
    from nlp.evaluate import evaluate

    if not options.data:
        raise UsageError("--data is needed")
    coder = _coder(options.model, None if options.model else options.codebook)
    if options.model and options.codebook:
        given = codebook.load(options.codebook)
        if set(given.ids) != set(coder.book.ids):
            raise UsageError("--codebook has other themes than the model's own codebook")
    examples = _examples(options.data, coder.book, options.question_column)
    print(f"{coder.version} on {options.data} ({len(examples)} answers)")
    for line in evaluate(coder, examples, coder.book.ids).lines():
        print(line)
    return OK


def _emerge(options: argparse.Namespace) -> int:
    from nlp.emerge import find_groups, least_explained
    from nlp.vectors import find_encoder

    coder = _coder(options.model, options.codebook)
    lines = [parse_line(raw) for raw in sys.stdin.buffer if raw.strip()]
    items = [line.item for line in lines if line.item is not None]
    codings = coder.code(items)
    chosen = least_explained(codings)
    texts = [codings[i].redacted for i in chosen]
    _say(f"{len(texts)} of {len(items)} answers are explained least")
    ids = [items[i].respondent or items[i].id for i in chosen]
    for group in find_groups(texts, ids, find_encoder(), options.seed):
        shown = {
            "name": list(group.name),
            "respondents": group.respondents,
            "stability": round(group.stability, 3),
            "ids": [items[chosen[i]].id for i in group.members],
            "quotes": [texts[i] for i in group.quotes],
        }
        sys.stdout.buffer.write(to_line(shown))
    return SOME_REFUSED if len(items) < len(lines) else OK


def _explain(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from nlp.explain import explain

    coder = _coder(options.model, options.codebook)
    lines = [parse_line(raw) for raw in sys.stdin.buffer if raw.strip()]
    items = [line.item for line in lines if line.item is not None]
    codings = coder.code(items)
    for item, reasons in zip(items, explain(coder, codings), strict=True):
        shown = {"id": item.id, "themes": [asdict(reason) for reason in reasons]}
        sys.stdout.buffer.write(to_line(shown))
    return SOME_REFUSED if len(items) < len(lines) else OK


def _redact(_: argparse.Namespace) -> int:
    for text in text_lines(sys.stdin.buffer):
        hidden = redact.apply(text, redact.find(text)).text
        sys.stdout.buffer.write(f"{hidden}\n".encode("utf-8", "replace"))
    return OK


if __name__ == "__main__":
    sys.exit(main())
