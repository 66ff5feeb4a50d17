"""Figures from elsewhere that stand beside our own and are never mixed with them; the cascade.

Source: domain.md 8 (benchmarks, each with its publication and year) and S13 (need cascade).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .pages import View
from .questions import Question
from .release import direct
from .rows import option_row
from .tables import SafeCell


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A published percentage, and the question and options of ours that come nearest."""

    key: str
    label: str
    percent: float
    source: str
    year: str
    question: str
    values: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return the percentage as published."""
        return f"{self.percent:g}%"


AGREE, DISAGREE = ("4", "5"), ("1", "2")
VC = "Victims' Commissioner, survey of victims"
PSNI = "Police Service of Northern Ireland, victim survey"
CSEW = "Crime Survey for England and Wales"
BENCHMARKS = (
    Benchmark(
        "dissatisfied",
        "Not satisfied with the police",
        40,
        VC,
        "2023",
        "police_satisfied",
        DISAGREE,
    ),
    Benchmark(
        "not_informed",
        "Not kept up to date by the police",
        46,
        VC,
        "2023",
        "police_informed",
        DISAGREE,
    ),
    Benchmark("again", "Would report again", 71, VC, "2023", "likely_again", AGREE),
    Benchmark(
        "respect",
        "Treated with respect by the police",
        86.8,
        PSNI,
        "2022/23",
        "police_respect",
        AGREE,
    ),
    Benchmark(
        "informed", "Kept up to date by the police", 58.6, PSNI, "2022/23", "police_informed", AGREE
    ),
    Benchmark(
        "satisfied", "Satisfied with the police", 70.2, PSNI, "2022/23", "police_satisfied", AGREE
    ),
    Benchmark(
        "rj", "Told about or offered restorative justice", 4.8, CSEW, "2018-19", "told_rj", ("yes",)
    ),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """A benchmark with our own figure; an empty cell where this survey does not ask."""

    benchmark: Benchmark
    own: SafeCell


def beside(view: View, questions: Sequence[Question]) -> list[Beside]:
    """Return every benchmark that this survey has a question for, with our own figure."""
    by_name = {q.name: q for q in questions}
    return [
        Beside(b, together(view, by_name[b.question], b.values))
        for b in BENCHMARKS
        if b.question in by_name and view.release.has(f"asked:{by_name[b.question].id}")
    ]


def together(view: View, question: Question, values: Sequence[str]) -> SafeCell:
    """Return the share who chose any of these options of one question.

    Made only from counts that may be shown themselves, so it tells nothing they do not.
    """
    base = f"asked:{question.id}"
    cells = [
        view.cell(option_row(question.id, o.id), base)
        for o in question.options
        if o.value in values
    ]
    whole = view.count(base)
    hidden = next((cell for cell in cells if cell.count is None), None)
    if whole.count is None or hidden is not None or not cells:
        return SafeCell(base=whole.count, why=whole.why or (hidden.why if hidden else ""))
    return direct(sum(cell.count or 0 for cell in cells), whole.count, view.release.limits)


@dataclass(frozen=True, slots=True)
class Cascade:
    """The need cascade: published shares applied to a number of victims, as a scenario."""

    victims: int = 100_000
    want: float = 0.20
    short_term: float = 0.60
    met: float = 0.60

    def steps(self) -> list[tuple[str, str, int]]:
        """Return each step: its key, what it is, and how many people."""
        want = self.victims * self.want
        special = want * (1 - self.short_term)
        return [
            ("victims", "Victims of crime", self.victims),
            ("want", "Would want support", round(want)),
            ("short", "of them, short-term support", round(want * self.short_term)),
            ("special", "of them, specialist support", round(special)),
            ("met", "Specialist need met", round(special * self.met)),
            ("unmet", "Specialist need not met", round(special * (1 - self.met))),
        ]


CASCADE_SOURCE = (
    "Crime Survey for England and Wales as cited in the Thames Valley needs assessment: 20% of "
    "victims want support, 60% of them short-term, 40% specialist; about 60% of specialist need met"
)
