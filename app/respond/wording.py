"""Words a respondent reads that belong to the journey rather than to a questionnaire."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.languages import gettext, speaking
from app.packs import Line

# A first page, a link preview, a tab: none of these words may be on them (safety.md T3, R6).
TELLING = re.compile(
    r"abus|assault|attack|court|crime|criminal|domestic|harass|hate|offend|police|rape"
    r"|safeguard|sexual|stalk|victim|violen",
    re.IGNORECASE,
)

ABOUT_LEAVING = (
    "“Exit this page” is at the top of every page. One tap takes you to a weather page.",
    "On a computer you can also press Shift three times.",
    "When you exit, words you have not sent are deleted, unless you asked for a code.",
    "Leaving cannot hide everything: a browser or phone company may show this site was opened.",
    "They do not show your answers.",
    "With scripts off and no signal, Exit cannot load another page. Close the tab instead.",
)
CONFIDENTIAL = (
    "Your answers are private. They are not anonymous: your support service can tell which "
    "answers came through your own link, if you have one."
)
ANONYMOUS = (
    "Your answers are anonymous. We do not ask who you are and we cannot find out, so we cannot "
    "act on what you write here for you or get in touch."
)
BOX_CONFIDENTIAL = (
    "Nobody reads this straight away. We keep it private, but we may have to tell someone if you "
    "or a child could be badly hurt."
)
BOX_ANONYMOUS = (
    "Nobody reads this straight away. We do not know who you are, so we cannot act on what you "
    "write here. If you need help, please use the phone numbers on this page."
)
CODE_WARNING = "Do not write this down if someone might find it."
# Said in the language a person asked for, above questions that are not in it.
NOT_YET = (
    "We are sorry: these questions are not in your language yet. You do not have to answer them. "
    "You can call one of these numbers and ask whether somebody speaks your language."
)

HAND_OVER = (
    "Nobody can see what you answered. Please give this tablet to the person running the session."
)
CHILDLINE = (
    "If you want to talk to someone now, you can call Childline free on 0800 1111, day or night."
)

FOR_CHILDREN = "Childline"

# Pages about the journey itself: a heading and what there is to say.
NOTICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "not_open": (
        "This link is not open",
        (
            "It may have been used already, or it may have ended.",
            "If you think somebody else used your link, tell the person who gave it to you.",
        ),
    ),
    "not_now": ("That is fine", ("You can use your link again another day. Nothing was kept.",)),
    "less_often": ("We will ask less often", ("Thank you for telling us. Nothing else was kept.",)),
    "stopped": (
        "We will not ask again",
        ("Your link is closed. This changes nothing about the support you get.",),
    ),
    "not_me": (
        "Thank you for telling us",
        ("The link is closed, and anything sent through it has been set aside.",),
    ),
    # Said before a link is looked up, and true of any link, so that it tells of none (T17).
    "not_mine": (
        "Thank you for telling us",
        (
            (
                "If this link was made for one person, it is closed now, and anything sent through "
                "it has been set aside."
            ),
            (
                "If many people share it, like a link on a poster, it stays open for them, and "
                "nothing is kept about you."
            ),
            (
                "If you are worried about something that was sent, tell the person who gave you "
                "the link, or call one of the numbers on this page."
            ),
        ),
    ),
    "no_place": (
        "Your browser did not keep our place",
        (
            (
                "Nothing was sent. These pages need a cookie: a small note that your browser keeps "
                "for us until you exit or close it. None of your answers are in it."
            ),
            (
                "If you can, allow cookies for this website and open your link again, or use "
                "another browser or phone that is safe for you."
            ),
            (
                "There are other ways. Ask the person who gave you the link whether you can answer "
                "on paper or by phone."
            ),
        ),
    ),
    "closed": (
        "This has closed",
        ("It ended before you could send your answers. Nothing was kept. We are sorry.",),
    ),
    "already": (
        "We already have answers from this link",
        (
            "Nothing new was stored.",
            "If you did not send them, tell the person who gave you the link.",
        ),
    ),
    "taken_back": (
        "Your answers have been taken back",
        (
            "What you wrote has been deleted, with any quotes from it.",
            "It is gone from our pages and reports within a minute.",
            "Nobody is told that you did this, and it changes nothing about your support.",
        ),
    ),
    "sent_already": (
        "Your answers have been sent already",
        ("With your six words you can take them back, or stop us quoting them.",),
    ),
    "not_sent": (
        "Your answers have not been sent yet",
        ("With your six words you can carry on answering, or take your answers back.",),
    ),
    "quotes_stopped": (
        "We will not quote your words",
        ("Any quotes from what you wrote are gone from our pages and reports within a minute.",),
    ),
    "asked": (
        "Somebody will be in touch",
        ("They will use the way and the times you said are safe, and no other.",),
    ),
    "handed_over": (
        "You have finished",
        (HAND_OVER,),
    ),
    "with_a_grown_up": (
        "These questions are for you and a grown-up to do together",
        (
            "Ask a worker, or another grown-up you trust, to open them with you.",
            CHILDLINE,
        ),
    ),
    "finished": ("You can close this page now", ("Thank you for your time.",)),
}


@dataclass(frozen=True, slots=True)
class NotYet:
    """What is said to somebody who asked for a language that the questions are not in."""

    tag: str
    words: str
    help: str  # what the help lines go by


def not_yet(tag: str) -> NotYet:
    """Return it in the language asked for."""
    with speaking(tag):
        return NotYet(tag, gettext(NOT_YET), gettext("Phone numbers for help now"))


def is_neutral(words: str) -> bool:
    """Return whether a bystander learns nothing from these words."""
    return not TELLING.search(words)


def neutral_lines(lines: Sequence[Line]) -> list[Line]:
    """Return the help lines that may stand on a page anyone might open."""
    return [line for line in lines if is_neutral(f"{line.name} {line.note}")]


def childrens_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the help lines with what is there for a child right after the emergency ones."""
    return tuple(sorted(lines, key=lambda line: (not line.urgent, FOR_CHILDREN not in line.name)))


def progress(place: int) -> str:
    """Return where a person is: a number that only their own steps change, and no total.

    How many questions follow depends on the answers, so any total would grow under their eyes.
    """
    return gettext("Question %(number)s") % {"number": place}


def duration(minutes: int | None) -> str:
    """Return how long it takes, as a person would say it."""
    if not minutes:
        return gettext("You can stop at any time.")
    if minutes == 1:
        return gettext("It takes about a minute. You can stop at any time.")
    words = gettext("It takes about %(number)s minutes. You can stop at any time.")
    return words % {"number": minutes}
