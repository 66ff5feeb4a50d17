"""What the coding page posts. One form of many parts, so it is read here, not by WTForms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, NumberRange

from app.services.codebooks import POLARITIES, STRENGTHS
from app.services.reading import Piece, WordsNotFoundError, find_words, words_between
from app.services.reviews import CodeChoice, Decision, GapChoice, Opened, mark_of

NOTE_LENGTH = 4000
# What stands on the page and is kept half done; `polarity.` and `strength.` go before a theme.
KEPT = frozenset({
    "keep", "polarity", "strength", "gap", "gap_need", "gap_barrier", "sentiment", "none_fits",
    "theme", "theme_polarity", "theme_words", "theme_start", "theme_end", "theme_strength",
    "unsure", "note", "seen", "coder",
})  # fmt: skip
PLACE_DIGITS = 9  # no answer is longer; Python refuses to read thousands of digits
ROWS = 12  # themes added to one answer; more is a slip


@dataclass(frozen=True, slots=True)
class Row:
    """A theme somebody adds, with the words it rests on."""

    theme: str = ""
    polarity: str = "negative"
    words: str = ""
    start: str = ""
    end: str = ""
    strength: str = ""  # of a turn in a group: how it came up

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was entered."""
        return not self.theme and not self.words.strip()


@dataclass(frozen=True, slots=True)
class Draft:
    """All that stands on the coding page, before it is checked."""

    kept: dict[str, str] = field(default_factory=dict)  # suggested theme to polarity
    strengths: dict[str, str] = field(default_factory=dict)  # suggested theme to how it came up
    rows: tuple[Row, ...] = ()
    gaps: frozenset[str] = frozenset()  # "need.barrier" of suggested gaps kept
    gap_need: str = ""
    gap_barrier: str = ""
    sentiment: str = ""
    none_fits: bool = False
    unsure: bool = False
    note: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to change, and where on the page."""

    where: str
    words: str


def first_draft(opened: Opened) -> Draft:
    """Return the page as it opens: nothing decided, or what the current review decided."""
    review = opened.review
    if review is None:
        return Draft(sentiment=opened.sentiment)
    suggested = {code.theme for code in opened.codes}
    rows = [
        Row(
            code.theme,
            code.polarity or "neutral",
            words_between(opened.pieces, code.start or 0, code.end or 0) if code.end else "",
            str(code.start if code.start is not None else ""),
            str(code.end if code.end is not None else ""),
            code.strength or "",
        )
        for code in review.codes
        if code.theme not in suggested
    ]
    return Draft(
        kept={c.theme: c.polarity or "neutral" for c in review.codes if c.theme in suggested},
        strengths={c.theme: c.strength or "" for c in review.codes},
        rows=tuple(rows),
        gaps=frozenset(f"{gap.need}.{gap.barrier}" for gap in review.gaps),
        sentiment=review.sentiment or "",
        none_fits=not review.codes,
        unsure=review.unsure,
        note=review.note or "",
        seen=mark_of(review),
    )


def read_draft(form: MultiDict[str, str], opened: Opened) -> Draft:
    """Return what was posted, untouched; "accept" ticks everything suggested."""
    suggested = {code.theme: code.polarity for code in opened.codes}
    pairs = {f"{gap.need}.{gap.barrier}" for gap in opened.gaps}
    accepts = form.get("act") == "accept"
    ticked = suggested if accepts else {t: p for t, p in suggested.items() if t in _all(form)}
    return Draft(
        kept={t: form.get(f"polarity.{t}", p) for t, p in ticked.items()},
        strengths={t: form.get(f"strength.{t}", "") for t in suggested},
        rows=_rows(form),
        gaps=frozenset(pairs if accepts else pairs & set(form.getlist("gap"))),
        gap_need=form.get("gap_need", ""),
        gap_barrier=form.get("gap_barrier", ""),
        sentiment=form.get("sentiment", ""),
        none_fits="none_fits" in form,
        unsure="unsure" in form,
        note=form.get("note", "")[:NOTE_LENGTH],
        seen=form.get("seen", ""),
    )


def fields_of(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return what of a posted page is kept half done."""
    return {name: values for name, values in form.lists() if name.partition(".")[0] in KEPT}


def decide(draft: Draft, opened: Opened) -> tuple[Decision | None, list[Problem]]:
    """Return the decision a draft amounts to, or all that is still to change."""
    problems: list[Problem] = []
    suggested = {code.theme: code for code in opened.codes}
    codes = [
        CodeChoice(
            theme,
            polarity,
            suggested[theme].start,
            suggested[theme].end,
            draft.strengths.get(theme) or None,
        )
        for theme, polarity in draft.kept.items()
    ]
    for number, row in enumerate(draft.rows):
        problems += _row_problems(row, number, opened, {code.theme for code in codes})
        if not problems:
            where = _where(row, opened.pieces)
            codes.append(CodeChoice(row.theme, row.polarity, *where, row.strength or None))
    gaps = _gaps(draft, opened, problems)
    if not codes and not problems and not draft.none_fits:
        problems.append(Problem("none_fits", "Tick what stands, or tick that no theme fits."))
    if any(code.polarity not in POLARITIES for code in codes):
        problems.append(Problem("sentiment", "Choose how each theme is spoken of."))
    if any(code.strength not in {None, *STRENGTHS} for code in codes):
        problems.append(Problem("sentiment", "Choose from the list how each theme came up."))
    if problems:
        return None, problems
    sentiment = draft.sentiment if draft.sentiment in POLARITIES else None
    return Decision(tuple(codes), gaps, sentiment, draft.unsure, draft.note), []


def _all(form: MultiDict[str, str]) -> set[str]:
    return set(form.getlist("keep"))


def _rows(form: MultiDict[str, str]) -> tuple[Row, ...]:
    names = ("theme", "theme_polarity", "theme_words", "theme_start", "theme_end")
    lists: list[Sequence[Any]] = [form.getlist(name) for name in names]
    strengths = chain(form.getlist("theme_strength"), repeat(""))  # asked of turns in a group only
    rows = (Row(*values) for values in zip(*lists, strengths, strict=False))
    return tuple(row for row in rows if not row.is_empty)[:ROWS]


def _row_problems(row: Row, number: int, opened: Opened, taken: set[str]) -> list[Problem]:
    if row.theme not in opened.book.themes:
        return [Problem(f"theme-{number}", "Choose a theme for these words.")]
    if row.theme in taken:
        label = opened.book.label(row.theme)
        return [Problem(f"theme-{number}", f"“{label}” stands already. Take one of the two away.")]
    try:
        _where(row, opened.pieces)
    except WordsNotFoundError:
        words = "Those words are not in the answer. Copy them from it, or leave the box empty."
        return [Problem(f"words-{number}", words)]
    return []


def _where(row: Row, pieces: Sequence[Piece]) -> tuple[int | None, int | None]:
    """Return the range of the words; where they stand more than once, the one selected."""
    if not row.words.strip():
        return None, None
    start, end = _place(row.start), _place(row.end)
    if start is None or end is None:
        return find_words(pieces, row.words)
    if words_between(pieces, start, end).split() == row.words.split():
        return start, end
    return find_words(pieces, row.words)


def _place(typed: str) -> int | None:
    return int(typed) if typed.isdecimal() and len(typed) < PLACE_DIGITS else None


def _gaps(draft: Draft, opened: Opened, problems: list[Problem]) -> tuple[GapChoice, ...]:
    kept = [
        GapChoice(gap.need, gap.barrier, gap.duration_days, gap.start, gap.end)
        for gap in opened.gaps
        if f"{gap.need}.{gap.barrier}" in draft.gaps
    ]
    if not draft.gap_need and not draft.gap_barrier:
        return tuple(kept)
    if draft.gap_need not in opened.book.needs or draft.gap_barrier not in opened.book.barriers:
        problems.append(Problem("gap_need", "Choose both a need and what stood in its way."))
    elif all((g.need, g.barrier) != (draft.gap_need, draft.gap_barrier) for g in kept):
        kept.append(GapChoice(draft.gap_need, draft.gap_barrier))
    return tuple(kept)


class OriginalForm(FlaskForm):
    """Why an answer has to be read as it was written."""

    reason = RadioField(
        "Why do you need to read it as it was written?",
        validators=[InputRequired("Choose why.")],
    )


class DrawForm(FlaskForm):
    """How many answers a second person should code."""

    size = IntegerField(
        "How many answers?",
        description="At least 50. A tenth to a quarter of what was read is usual.",
        default=50,
        validators=[
            InputRequired("Enter how many."),
            NumberRange(1, 2000, message="Enter a number from 1 to 2,000."),
        ],
    )


class QuoteForm(FlaskForm):
    """Words of an answer that others may read."""

    words = TextAreaField(
        "The words",
        description="Copy them from the answer above. Short ones are safer, and stronger.",
        validators=[DataRequired("Copy the words from the answer.")],
    )
    theme = RadioField(
        "Which theme do they stand for?", validators=[InputRequired("Choose a theme.")]
    )
    take_out = TextAreaField(
        "Also take out",
        description="Words somebody could be recognised by: dates, ages, jobs, small places, "
        "unusual events. One on each line.",
    )


class ApproveForm(FlaskForm):
    """A second person's word that nobody can be recognised."""

    safe = BooleanField(
        "Nobody who knows this person could recognise them from it",
        validators=[InputRequired("Tick it when you are sure.")],
    )
