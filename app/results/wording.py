"""Names and sentences of the results pages, made from safe cells by rule."""

from collections.abc import Iterable

from app.figures.codebook import Book
from app.figures.pages import View
from app.services.naming import (
    DIMENSION_LABELS,
    day_words,
    facet_words,
    period_words,
    value_label,
)

__all__ = [
    "DIMENSION_LABELS",
    "day_words",
    "facet_words",
    "origin_words",
    "period_words",
    "reading_note",
    "share_read_words",
    "value_label",
]

READING_NOTES = {
    "read": (
        "A person has read these answers. Shares are of the answers read, with the range the true "
        "share is likely to lie in (95 times out of 100)."
    ),
    "sample": (
        "People read {drawn} answers drawn at random out of {texts}. Shares are estimates for all "
        "answers, with the range the true share is likely to lie in (95 times out of 100). For "
        "shares in the middle, a computer's reading of the other answers narrows the range."
    ),
    "counts": (
        "People have read {read} of {texts} answers so far. Shares are not shown until at least "
        "100 answers drawn at random have been read: until then a share could mislead."
    ),
}


def origin_words(book: Book, theme_id: str) -> str:
    """Return where a theme of a later codebook comes from, and what of its past compares."""
    origin = book.origins.get(theme_id)
    if origin is None:
        return ""
    day, before = day_words(origin.in_use), " and ".join(f"“{name}”" for name in origin.before)
    made = {
        "merge": f"Until {day} this was counted as {before}.",
        "split": f"Until {day} this was part of {before}.",
    }.get(origin.kind, f"This theme is in use since {day}.")
    if origin.since is None:
        return f"{made} Earlier answers are counted in the same way, so quarters can be compared."
    return (
        f"{made} Answers read before {day_words(origin.since)} were not read with this theme in "
        "mind: those quarters are left out until people have read them again."
    )


def reading_note(view: View) -> str:
    """Return how the written answers were read, in one or two sentences."""
    rows = {"texts": "written", "read": "read", "drawn": "sample"}
    return READING_NOTES[view.reading].format(
        **{key: view.count(row).count_words for key, row in rows.items()}
    )


def share_read_words(view: View) -> str:
    """Return the share of written answers that a person has read; always shown."""
    read, texts = view.count("read"), view.count("written")
    if read.count is None or texts.count is None:
        return f"Written answers read by a person: {read.count_words}."
    share = read.count * 100 // texts.count
    return (
        f"{read.count_words} of {texts.count_words} written answers have been read "
        f"by a person ({share}%)."
    )


def quotes_note(facets: Iterable[str], locked: Iterable[str]) -> str:
    """Return why no quotation stands beside filtered figures; nothing beside unfiltered ones."""
    if not set(facets) - set(locked):
        return ""
    return (
        "Quotations stand beside figures without a filter only. Filter after filter, they would "
        "tell who said them."
    )
