"""What the law asks a public website to say: privacy, cookies, accessibility, how to complain.

The address, the title and the headings say nothing about the subject; who the body is stands
behind a fold (safety.md T3). Written in English and marked for the catalogues; a view speaks it.
"""

from dataclasses import dataclass
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from app.catalogues import SOURCE, browser_tag
from app.languages import gettext, language
from app.packs import Pack

CONTACT_DAYS, DRAFT_DAYS = 30, 30
MONTH = 30.5


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    id: str
    heading: str
    paragraphs: tuple[str, ...]


def sections(pack: Pack) -> tuple[Section, ...]:
    """Return the sections of the page in the language of this request, in order."""
    return (_privacy(pack), _rights(), _cookies(), _accessibility(pack))


def due_words(due: date) -> str:
    """Return a day as people write it in the language of this request."""
    try:
        locale = Locale.parse(browser_tag(language()))
    except UnknownLocaleError:
        locale = Locale(SOURCE)
    return format_date(due, "d MMMM y", locale=locale)


def _privacy(pack: Pack) -> Section:
    unsent = gettext(
        "Answers that were not sent are deleted when you exit, or %(days)s days later if you "
        "took a code. Sent answers are deleted by themselves when the time set for the survey is "
        "over."
    )
    ways = gettext(
        "Ways to reach you are deleted when they are safe no longer, and %(days)s days after we "
        "were in touch. A complaint is deleted %(months)s months after we answered it."
    )
    months = round(pack.complaint_days / MONTH)
    return Section(
        "privacy",
        gettext("Privacy"),
        (
            gettext(
                "We ask for your views so that services can be made better. It is a task in the "
                "public interest, set by law. You choose whether to answer, and what."
            ),
            gettext(
                "We keep what you choose and what you write. We do not keep your internet "
                "address, where you are, or which phone you use. What you write is encrypted."
            ),
            gettext(
                "Some answers may be about health or about something that happened to you. The "
                "law protects these most, and so do we: few people may read them, and each "
                "reading is recorded."
            ),
            gettext(
                "Before the first question a page says who reads the answers, when, and what "
                "cannot stay private because somebody could be badly hurt."
            ),
            unsent % {"days": DRAFT_DAYS},
            ways % {"days": CONTACT_DAYS, "months": months},
            gettext(
                "Nothing is sold, and no decision about you is made by a computer. A program "
                "sorts what is written by subject; people check it."
            ),
        ),
    )


def _rights() -> Section:
    return Section(
        "rights",
        gettext("Your rights"),
        (
            gettext(
                "With your six words you can take your answers back at any time: go to this "
                "website and type them in. Your words are gone within a minute."
            ),
            gettext(
                "You can ask for a copy of what we hold about you, ask us to correct it, or "
                "object. In an anonymous survey we cannot find your answers without your six "
                "words."
            ),
        ),
    )


def _cookies() -> Section:
    place = gettext(
        "“%(name)s” keeps your place between pages. It goes when you exit, when you close the "
        "browser, or soon after you send."
    )
    guard = gettext(
        "“%(name)s” protects the buttons from being pressed by another website. It goes when you "
        "exit or close the browser."
    )
    return Section(
        "cookies",
        gettext("Cookies"),
        (
            gettext(
                "Two cookies, both needed for the pages to work. Neither follows you anywhere."
            ),
            place % {"name": "visit"},
            guard % {"name": "heard_public"},
            gettext("Nothing else is stored on your phone or computer."),
        ),
    )


def _accessibility(pack: Pack) -> Section:
    tell = gettext(
        "If something does not work for you, tell us: %(email)s. We answer within ten working days."
    )
    return Section(
        "accessibility",
        gettext("Accessibility"),
        (
            gettext(
                "We want everyone to be able to use these pages: with a keyboard, a switch or a "
                "screen reader, at 400% zoom, on an old phone, without scripts, and in other "
                "languages where the first page offers them."
            ),
            gettext(
                "They are built to meet the Web Content Accessibility Guidelines 2.2 at level "
                "AA, and every kind of page is tested against them by program before each "
                "release. We know of no part that does not meet them."
            ),
            tell % {"email": pack.contact_email},
        ),
    )
