"""What the law asks a public website to say: privacy, cookies, accessibility, how to complain.

The address, the title and the headings say nothing about the subject; who the body is stands
behind a fold (safety.md T3).
"""

from dataclasses import dataclass
from datetime import date

from app.packs import Pack

CONTACT_DAYS, DRAFT_DAYS = 30, 30


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    id: str
    heading: str
    paragraphs: tuple[str, ...]


def sections(pack: Pack) -> tuple[Section, ...]:
    """Return the sections of the page, in order."""
    return (_privacy(), _rights(), _cookies(), _accessibility(pack))


def due_words(due: date) -> str:
    """Return a day as people write it."""
    return f"{due:%-d %B %Y}"


def _privacy() -> Section:
    return Section(
        "privacy",
        "Privacy",
        (
            (
                "We ask for your views so that services can be made better. It is a task in the "
                "public interest, set by law. You choose whether to answer, and what."
            ),
            (
                "We keep what you choose and what you write. We do not keep your internet address, "
                "where you are, or which phone you use. What you write is encrypted."
            ),
            (
                "Some answers may be about health or about something that happened to you. The law "
                "protects these most, and so do we: few people may read them, and each reading is "
                "recorded."
            ),
            (
                "Before the first question a page says who reads the answers, when, and "
                "what cannot "
                "stay private because somebody could be badly hurt."
            ),
            (
                "Answers that were not sent are deleted when you exit, or "
                f"{DRAFT_DAYS} days later if you took a code. Sent answers are deleted by "
                "themselves "
                "when the time set for the survey is over. Ways to reach you go when they are safe "
                f"no longer, and {CONTACT_DAYS} days after we were in touch."
            ),
            (
                "Nothing is sold, and no decision about you is made by a computer. A program sorts "
                "what is written by subject; people check it."
            ),
        ),
    )


def _rights() -> Section:
    return Section(
        "rights",
        "Your rights",
        (
            (
                "With your six words you can take your answers back at any time: go to this "
                "website "
                "and type them in. Your words are gone within a minute."
            ),
            (
                "You can ask for a copy of what we hold about you, ask us to correct it, or "
                "object. "
                "In an anonymous survey we cannot find your answers without your six words."
            ),
        ),
    )


def _cookies() -> Section:
    return Section(
        "cookies",
        "Cookies",
        (
            "Two cookies, both needed for the pages to work. Neither follows you anywhere.",
            (
                "“visit” keeps your place between pages. It goes when you exit, when you close the "
                "browser, or soon after you send."
            ),
            (
                "“heard_public” protects the buttons from being pressed by another website. "
                "It goes "
                "when you exit or close the browser."
            ),
            "Nothing else is stored on your phone or computer.",
        ),
    )


def _accessibility(pack: Pack) -> Section:
    return Section(
        "accessibility",
        "Accessibility",
        (
            (
                "We want everyone to be able to use these pages: with a keyboard, a switch or a "
                "screen reader, at 400% zoom, on an old phone, without scripts, and in other "
                "languages where the first page offers them."
            ),
            (
                "They are built to meet the Web Content Accessibility Guidelines 2.2 at level AA, "
                "and every kind of page is tested against them by program before each release. We "
                "know of no part that does not meet them. This page itself is in English only."
            ),
            (
                f"If something does not work for you, tell us: {pack.contact_email}. We answer "
                "within ten working days."
            ),
        ),
    )
