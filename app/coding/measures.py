"""What the agreement page prints: figures with their intervals, in words where they are few."""

from collections.abc import Iterable
from typing import Any

from app.figures.agreement import ENOUGH_PAIRS, Estimate, MachineAgreement, ThemeAgreement
from app.services.codebooks import Book, plain
from app.services.doubling import Difference, MachineReport
from app.services.reviews import Opened

BAND_WORDS = {
    "firm": "firm",
    "tentative": "tentative",
    "revise": "low: look at the definition",
    "few": f"fewer than {ENOUGH_PAIRS} pairs: too early to say",
}


def double_words(drawn: int, done: int) -> str:
    """Return how far the second coding has come."""
    if not drawn:
        return "Nothing is drawn for a second coding yet."
    return f"{done:,} of {drawn:,} answers drawn have been coded by a second person, blind."


def people_rows(found: Iterable[ThemeAgreement], book: Book | None) -> list[dict[str, str]]:
    """Return how far two people agree, a row a theme."""
    return [
        {
            "theme": label(item.theme, book),
            "pairs": f"{item.table.n:,}",
            "used": f"{item.table.both} both, {item.table.first + item.table.second} one only",
            "kappa": estimate(item.kappa),
            "alpha": estimate(item.alpha),
            "band": BAND_WORDS[item.band],
            "use": "yes" if item.is_publishable else "not yet",
        }
        for item in found
    ]


def machine_words(report: MachineReport) -> str:
    """Return whom a coder version was compared with, and what that is worth."""
    base = f"{report.coder}: {report.pairs:,} answers of the random sample"
    if report.is_blind:
        return f"{base}, coded by people who saw no suggestions"
    return f"{base}, decided by people who saw the suggestions, which flatters the machine"


def machine_rows(report: MachineReport, book: Book | None) -> list[dict[str, str]]:
    """Return how the machine fares, a row a theme."""
    return [_machine_row(item, book) for item in report.themes]


def sides(found: Difference, opened: Opened) -> list[dict[str, Any]]:
    """Return two codings as they stand beside each other."""
    return [
        {
            "name": name,
            "title": title,
            "codes": [
                {
                    "label": opened.book.label(code.theme),
                    "polarity": code.polarity or "",
                    "differs": code.theme in found.themes | found.polarities,
                }
                for code in sorted(review.codes, key=lambda code: code.theme)
            ],
            "note": review.note or "",
        }
        for name, title, review in (
            ("first", "First coding, with suggestions in sight", found.first),
            ("second", "Second coding, blind", found.second),
        )
    ]


def labels(themes: Iterable[str], book: Book | None) -> str:
    """Return themes as one line."""
    return ", ".join(sorted(label(theme, book) for theme in themes))


def label(theme: str, book: Book | None) -> str:
    """Return a theme's label."""
    return book.label(theme) if book else plain(theme)


def estimate(found: Estimate | None) -> str:
    """Return a value with its interval."""
    if found is None:
        return "cannot be worked out"
    if found.low == found.high:  # nobody differed, or one of the two never used it
        return f"{found.value:.2f} (no interval)"
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _machine_row(item: MachineAgreement, book: Book | None) -> dict[str, str]:
    return {
        "theme": label(item.theme, book),
        "used": f"{item.table.both + item.table.second}",
        "precision": _share(item.precision),
        "recall": _share(item.recall),
        "f1": _share(item.f1),
        "kappa": estimate(item.kappa),
        "alone": "yes" if item.may_count_alone else "not yet",
    }


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
