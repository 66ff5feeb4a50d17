"""What the desk says about answers and suggestions: plain words, ready to print."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import surveys
from app.db import db
from app.services.codebooks import POLARITIES, Book, plain
from app.services.reviews import Opened
from app.store import surveys as surveys_store
from app.store.coding import Order

from .forms import Draft

ORDER_WORDS = {
    Order.FLAGGED: "Flagged first",
    Order.UNCERTAIN: "Least certain first",
    Order.RANDOM: "Random sample",
    Order.NEWEST: "Newest first",
}
ORDER_HINTS = {
    Order.FLAGGED: "Answers that may need care, most urgent first",
    Order.UNCERTAIN: "Where the machine was least sure, your time teaches it most",
    Order.RANDOM: "In an order nobody can choose: these answers stand for all of them in figures",
    Order.NEWEST: "What came in last",
}
TURN = "turn"  # the question of what was said in a group
# Domain §3.8; a survey's question prompts every answer, so there it would say nothing.
STRENGTH_WORDS = {
    "": "How it came up: not said",
    "spontaneous": "Brought up unasked",
    "prompted": "When asked",
    "debated": "Argued over",
}
ENOUGH = 100  # settled.md 33: reviewed at random before a share is shown
WHY_ORIGINAL = {
    "hidden": "A hidden word looks wrong",
    "meaning": "It cannot be understood without the hidden words",
    "showing": "Something that should be hidden still shows",
}


def sample_words(total: int, read: int, random: int) -> str:
    """Return how much of the answers people have read, and what that is enough for."""
    if not total:
        return "No answers have come in yet."
    share = round(100 * read / total)
    more = max(0, ENOUGH - random)
    enough = (
        f"{more} more until their shares can be shown to commissioners."
        if more
        else "That is enough to show shares to commissioners."
    )
    return (
        f"People have read {read:,} of {total:,} answers ({share}%). "
        f"{random:,} of them were drawn at random. {enough}"
    )


def risk_words(level: str) -> str:
    """Return what an analyst should know before opening an answer."""
    return {"urgent": "Read with care", "concern": "Read with care"}.get(level, "")


def suggestions(opened: Opened, draft: Draft) -> list[dict[str, Any]]:
    """Return the suggested themes as the page shows them, numbered as in the text."""
    return [
        {
            "number": number,
            "theme": code.theme,
            "label": opened.book.label(code.theme),
            "definition": theme.definition if theme else "",
            "polarity": draft.kept.get(code.theme, code.polarity),
            "suggested": code.polarity,
            "certainty": f"{round(100 * code.probability)}%",
            "is_kept": code.theme in draft.kept,
            "strength": draft.strengths.get(code.theme, ""),
        }
        for number, code in enumerate(ordered_codes(opened), 1)
        for theme in [opened.book.themes.get(code.theme)]
    ]


def gap_suggestions(opened: Opened, draft: Draft) -> list[dict[str, Any]]:
    """Return the suggested gaps, lettered as in the text."""
    return [
        {
            "letter": letter,
            "key": f"{gap.need}.{gap.barrier}",
            "label": f"{plain(gap.need)}: {plain(gap.barrier).lower()}",
            "duration": f"about {gap.duration_days} days" if gap.duration_days else "",
            "is_kept": f"{gap.need}.{gap.barrier}" in draft.gaps,
        }
        for letter, gap in zip("abcdefghijklmnop", ordered_gaps(opened), strict=False)
    ]


def badges(opened: Opened) -> Mapping[str, str]:
    """Return the number or letter under which each suggestion stands in the text."""
    numbers = {c.theme: str(n) for n, c in enumerate(ordered_codes(opened), 1)}
    letters = {
        f"{g.need}.{g.barrier}": letter
        for letter, g in zip("abcdefghijklmnop", ordered_gaps(opened), strict=False)
    }
    return numbers | letters


def ordered_codes(opened: Opened) -> Sequence[Any]:
    """Return suggested themes in the order of the text."""
    return sorted(opened.codes, key=lambda code: (code.start, code.theme))


def ordered_gaps(opened: Opened) -> Sequence[Any]:
    """Return suggested gaps in the order of the text."""
    return sorted(opened.gaps, key=lambda gap: (gap.start, gap.need, gap.barrier))


def theme_choices(book: Book) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the themes by family, for a list to choose from."""
    return [(family.label, [(t.id, t.label) for t in family.themes]) for family in book.families]


def gap_choices(book: Book) -> dict[str, list[tuple[str, str]]]:
    """Return needs and barriers, for lists to choose from."""
    return {
        "needs": [(need, plain(need)) for need in book.needs],
        "barriers": [(barrier, plain(barrier)) for barrier in book.barriers],
    }


def polarity_choices() -> list[tuple[str, str]]:
    """Return the polarities, for a list to choose from."""
    return [(polarity, polarity.capitalize()) for polarity in POLARITIES]


def strength_choices(text: Any) -> list[tuple[str, str]]:
    """Return how a theme can come up in a group, for a list; elsewhere nobody is asked."""
    return list(STRENGTH_WORDS.items()) if text.question_id == TURN else []


def question_of(text: Any) -> str:
    """Return the question an answer belongs to."""
    return question_words(text.response.version_id, text.question_id)


def question_words(version_id: UUID, question_id: str) -> str:
    """Return a question as it was asked."""
    if question_id == TURN:
        return "Something said in a group or an interview"
    version = surveys_store.get_version(db.session, version_id)
    asked = surveys.find_question(surveys_store.questionnaire(version), question_id)
    return asked.text.in_("en") if asked else "An answer"
