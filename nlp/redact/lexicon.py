"""The word lists redaction goes by: the case prior, names by origin, and what is never a name."""

import lzma
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"


def fold(word: str) -> str:
    """Return the word in lower case without diacritics, as the lists hold it."""
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    lowered = lowered.translate(_UNDECOMPOSED)
    parts = unicodedata.normalize("NFD", lowered)
    return "".join(c for c in parts if "\u0900" <= c <= "\u0d7f" or not unicodedata.combining(c))


# Letters that do not decompose, and Arabic-script letters written in more than one way.
_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "ə": "e", "ħ": "h"}
    | dict.fromkeys("أإآٱ", "ا")
    | dict.fromkeys("يیئ", "ي")
    | {"ک": "ك", "ہ": "ه", "ة": "ه", "ۃ": "ه", "ھ": "ه"}
)


def _read_prior() -> Mapping[str, str]:
    """Return word to class: e everyday, l lower case, m mixed, t mostly with a capital."""
    prior: dict[str, str] = {}
    name, word = "", ""
    for line in lzma.decompress((DATA / "case_prior.txt.xz").read_bytes()).decode().split("\n"):
        if line.startswith("#"):
            name, word = line[1:], ""
        else:
            word = word[: ord(line[0]) - ord("A")] + line[1:]
            prior[word] = name
    return prior


PRIOR = _read_prior()
COMMON_WORDS = frozenset(w for w, name in PRIOR.items() if name in "el")


def read_lists(folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield (file, heading, folded entry) for each entry of the plain lists in a data folder.

    A list is words or phrases between commas; a line "# heading" names what follows, and lines
    that begin "##" are notes.
    """
    for path in sorted((DATA / folder).glob("*.txt")):
        heading = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("##"):
                continue
            if line.startswith("#"):
                heading = line[1:].strip()
                continue
            for entry in line.split(","):
                if entry.strip():
                    yield path.stem, heading, fold(" ".join(entry.split()))


@cache
def name_origins() -> Mapping[str, frozenset[str]]:
    """Return each listed name, folded, with the origins it is listed under."""
    origins: dict[str, set[str]] = {}
    for _, heading, name in read_lists("names"):
        for form in {name, name.replace("-", ""), name.replace("'", "")}:
            origins.setdefault(form, set()).add(heading)
    return {name: frozenset(found) for name, found in origins.items()}


@cache
def names(kind: str) -> frozenset[str]:
    """Return the listed "given" names or "surnames", folded, also without hyphen or apostrophe."""
    found = {name for file, _, name in read_lists("names") if file.startswith(kind)}
    return frozenset(
        found | {n.replace("-", "") for n in found} | {n.replace("'", "") for n in found}
    )


@cache
def word_names() -> frozenset[str]:
    """Return given names that are English words as well ("Joy", "Mark")."""
    english = {"Anglo", "West African", "Caribbean and African American"}
    return frozenset(
        n for f, heading, n in read_lists("names") if f == "words" and heading in english
    )


@cache
def large_places() -> frozenset[str]:
    """Return the places too large to identify anyone, some of which are names as well."""
    return frozenset(entry for file, _, entry in read_lists("known") if file == "places")


@cache
def native_names() -> frozenset[str]:
    """Return names in Arabic, Gurmukhi and Cyrillic script, folded."""
    return frozenset(name for file, _, name in read_lists("names") if file == "native")


@cache
def never_names() -> frozenset[str]:
    """Return single words and phrases that are not personal data: towns, bodies, brands, days."""
    return frozenset(entry for _, _, entry in read_lists("known"))


def read_table(name: str) -> dict[str, Any]:
    """Return a rule table of the data folder with its `<FRAGMENT>`s written out."""
    text = (DATA / f"{name}.toml").read_text(encoding="utf-8")
    fragments: dict[str, str] = tomllib.loads(text).get("fragments", {})
    for _ in range(2):  # a fragment may hold another
        for fragment, pattern in fragments.items():
            text = text.replace(f"<{fragment}>", pattern)
    return tomllib.loads(text)
