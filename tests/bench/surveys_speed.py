"""How fast the survey engine is, against the targets of its issue; run by `make bench`."""

from __future__ import annotations

import resource
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from surveys import Answers, Chosen, Number, check, load, page_path
from surveys.exchange.responses import Response, table_of
from surveys.exchange.responses_out import write_csv

DAY = date(2026, 6, 15)


def survey(count: int):
    questions = []
    for n in range(count):
        options = [
            {"id": f"o_{v}", "value": v, "text": {"en": v}} for v in ("yes", "no", "maybe", "other")
        ]
        asked = {
            "id": f"q_{n}",
            "name": f"v{n}",
            "kind": "single",
            "text": {"en": f"Question {n}?"},
        }
        if n % 3 == 2:
            asked["kind"] = "number"
        else:
            asked["options"] = options
        if n % 2 and n % 3 != 1:
            earlier = n - 1 if (n - 1) % 3 != 2 else n - 2
            asked["show_when"] = {
                "op": "any",
                "of": [
                    {"op": "selected", "question": f"q_{earlier}", "option": "o_yes"},
                    {"op": "not", "rule": {"op": "answered", "question": f"q_{earlier}"}},
                ],
            }
        questions.append(asked)
    title = {"en": "A few questions"}
    return load(
        {"id": "s", "name": "s", "title": "s", "public_title": title, "questions": questions}
    )


def answers(made) -> Answers:
    given = {}
    for question in made.questions:
        number = question.kind == "number"
        given[question.id] = Number(Decimal(7)) if number else Chosen(("o_yes",))
    return Answers(given, day=DAY)


def line(what: str, found: float, target: float, unit: str, *, more_is_better: bool) -> None:
    ratio = found / target if more_is_better else target / found
    print(f"{what}: {found:,.1f} {unit} (target {target:,.0f}), {ratio:.1f} × the target")


def bench_paths() -> None:
    made, count = survey(100), 5_000
    page_path(made, answers(made))
    people = [answers(made) for _ in range(count)]  # answers keep the path once it was worked out
    start = time.perf_counter()
    for given in people:
        page_path(made, given)
    rate = count / (time.perf_counter() - start)
    line("100-question paths", rate, 5_000, "a second", more_is_better=True)


def bench_check() -> None:
    made = survey(2_000)
    start = time.perf_counter()
    check(made)
    line("check of 2,000 questions", time.perf_counter() - start, 1, "s", more_is_better=False)


def bench_csv(count: int = 100_000) -> None:
    made = survey(300)
    given = dict(answers(made))
    table = table_of([made])
    responses = (Response(f"r{n}", 1, DAY, given) for n in range(count))
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        written = write_csv(table, responses, Path(folder) / "out.csv")
        spent = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    line(f"CSV of {written:,} × 300", spent, 60, "s", more_is_better=False)
    line("its memory", memory, 300, "MB", more_is_better=False)


if __name__ == "__main__":
    bench_paths()
    bench_check()
    bench_csv()
