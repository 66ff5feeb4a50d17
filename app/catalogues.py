"""The words of victims' pages in other languages: gettext catalogues, read once a process.

Only the `.po` files are kept: each is read when a language is first asked for, so there is
nothing to compile and no binary that could differ from what a reviewer read.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.pofile import read_po
from babel.support import NullTranslations

from surveys import MESSAGES

FOLDER = Path(__file__).resolve().parent / "translations"
SOURCE = "en"
# Short sentences, big letters and signs: English to a browser, a language of its own to a survey.
EASY_READ = "en-x-easy"
SENTENCE_ENDS = re.compile(r"(?<=[.?!]) +(?=[A-Z“])")
# Each in its own words: nobody has to read English to leave it.
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        EASY_READ: "Easy Read",
        "cy": "Cymraeg",
        "pl": "Polski",
        "ro": "Română",
        "pa": "ਪੰਜਾਬੀ",
        "ur": "اردو",
        "ar": "العربية",
    }
)
# Languages that have a catalogue, and what staff call them.
TRANSLATED: Mapping[str, str] = MappingProxyType(
    {
        "cy": "Welsh",
        "pl": "Polish",
        "ur": "Urdu",
        "ar": "Arabic",
        "pa": "Punjabi",
        "ro": "Romanian",
    }
)


class Catalogue(NullTranslations):
    """One language's words by the English ones; what is missing stays English."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self.words = words

    def gettext(self, message: str) -> str:
        """Return the words in this language."""
        return self.words.get(message, message)

    ugettext = gettext


class EasyRead(Catalogue):
    """English, one idea a line."""

    def gettext(self, message: str) -> str:
        """Return the words with each sentence on a line of its own."""
        return one_idea_a_line(message)

    ugettext = gettext


ENGLISH = Catalogue({})


@cache
def catalogue(tag: str) -> Catalogue:
    """Return a language's catalogue; the English one for a language without any."""
    if tag == EASY_READ:
        return EasyRead({})
    path = _path(tag)
    if tag not in TRANSLATED or not path.exists():
        return ENGLISH
    with path.open("rb") as lines:
        entries = read_po(lines, locale=None, abort_invalid=True)
    return Catalogue(
        {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}
    )


@cache
def fingerprint(tag: str) -> str:
    """Return what changes whenever a word of the catalogue does: a review holds for one of it."""
    words = sorted(catalogue(tag).words.items())
    return hashlib.sha256(repr(words).encode("utf-8")).hexdigest()[:32]


@cache
def messages(tag: str) -> Mapping[str, str]:
    """Return what a person reads when an answer cannot be stored as it is."""
    say = catalogue(tag).gettext
    return {code: say(words) for code, words in MESSAGES.items()}


def one_idea_a_line(words: str) -> str:
    """Return a text with a line for each of its sentences; the page keeps the lines."""
    return SENTENCE_ENDS.sub("\n", words)


def browser_tag(tag: str) -> str:
    """Return the tag a browser and a screen reader know a language by."""
    return SOURCE if tag == EASY_READ else tag


def _path(tag: str) -> Path:
    return FOLDER / tag / "LC_MESSAGES" / "messages.po"
