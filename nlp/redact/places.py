"""Addresses, and places small enough to identify a person; the patterns are `data/places.toml`."""

import re
from collections.abc import Iterator

from nlp.redact.cues import FUNCTION
from nlp.redact.lexicon import COMMON_WORDS, PRIOR, fold, names, never_names, read_table
from nlp.spans import Kind, Redaction

_TABLE = read_table("places")
_ADDRESS = re.compile(_TABLE["patterns"]["address"])
_FLAT = re.compile(_TABLE["patterns"]["flat"])
_HOUSE_NUMBER = re.compile(_TABLE["patterns"]["house_number"])
_NEIGHBOUR = re.compile(_TABLE["patterns"]["neighbour"])
_DOOR = re.compile(_TABLE["patterns"]["door"])
_NAMED_STREET = re.compile(_TABLE["patterns"]["named_street"])
_STREET_CUE = re.compile(_TABLE["patterns"]["street_cue"])
_ORGANISATION = re.compile(_TABLE["patterns"]["organisation"])
_ORG_LOWER = re.compile(_TABLE["patterns"]["org_lower"])
_PUB = re.compile(_TABLE["patterns"]["pub"])
_WORKS_AT = re.compile(_TABLE["patterns"]["works_at"])
_VILLAGE = re.compile(_TABLE["patterns"]["village"])
_SAINT = re.compile(_TABLE["patterns"]["saint"])
_UNITS = frozenset(_TABLE["words"]["units"].split())
_PUBLIC = frozenset(_TABLE["words"]["public"].split())
_HAS_DIGIT = re.compile(r"\d")
_HAS_CAPITAL = re.compile(r"[A-Z]")


def find_places(text: str) -> Iterator[Redaction]:
    """Yield addresses and identifying places in tidied text; spans may overlap."""
    if _HAS_DIGIT.search(text):
        yield from _numbered(text)
    yield from _cued(text)
    if _HAS_CAPITAL.search(text):
        yield from _named(text)


def _numbered(text: str) -> Iterator[Redaction]:
    for match in _ADDRESS.finditer(text):
        words = [w.strip(".,'") for w in match["name"].lower().split()]
        if words and not _is_prose(words, match):
            yield Redaction(*match.span("v"), Kind.ADDRESS)
    for pattern in (_FLAT, _HOUSE_NUMBER):
        for match in pattern.finditer(text):
            if match["v"].lower() not in {"flat a", "flat i"}:
                yield Redaction(*match.span("v"), Kind.ADDRESS)
    for match in _DOOR.finditer(text):
        yield Redaction(*match.span("v"), Kind.ADDRESS, uncertain=True)


def find_neighbours(text: str, people: list[Redaction]) -> Iterator[Redaction]:
    """Yield house numbers given straight after a person's name ("Mrs Osei at 31")."""
    for person in people:
        match = _NEIGHBOUR.match(text, person.end)
        if match:
            yield Redaction(*match.span("v"), Kind.ADDRESS)


def _is_prose(words: list[str], match: re.Match[str]) -> bool:
    if words[0] in _UNITS or any(w in FUNCTION and w not in {"st", "the"} for w in words[1:]):
        return True
    weak = match["type"].lower() in {
        "end",
        "side",
        "point",
        "house",
        "place",
        "way",
        "park",
        "view",
        "cross",
        "bank",
        "path",
        "gate",
        "row",
        "corner",
        "bridge",
        "ride",
        "common",
        "field",
        "fields",
        "yard",
        "square",
    }
    return weak and not match["name"][0].isupper() and not match["type"][0].isupper()


def _cued(text: str) -> Iterator[Redaction]:
    for match in _STREET_CUE.finditer(text):
        if not set(match["v"].lower().split()[:-1]) & (FUNCTION | _PUBLIC):
            yield Redaction(*match.span("v"), Kind.ADDRESS)
    for match in _ORG_LOWER.finditer(text):
        if not set(match["v"].lower().split()[:-1]) & (FUNCTION | _PUBLIC):
            yield Redaction(*match.span("v"), Kind.PLACE, uncertain=True)
    for match in _PUB.finditer(text):
        if match["v"][0].isupper() or match.group().lower().startswith("the "):
            yield Redaction(*match.span("v"), Kind.PLACE, uncertain=match["v"].islower())


def _named(text: str) -> Iterator[Redaction]:
    for match in _NAMED_STREET.finditer(text):
        if not _is_public(match["v"]):
            yield Redaction(*match.span("v"), Kind.ADDRESS, uncertain=True)
    for match in _ORGANISATION.finditer(text):
        if not _is_public(match["v"]):
            yield Redaction(*match.span("v"), Kind.PLACE)
    for match in _WORKS_AT.finditer(text):
        if not _is_public(match["v"]) and not _is_known(match["v"]):
            yield Redaction(*match.span("v"), Kind.PLACE, uncertain=True)
    for match in _SAINT.finditer(text):
        yield Redaction(*match.span("v"), Kind.PLACE, uncertain=True)
    for match in _VILLAGE.finditer(text):
        if _is_small_place(match["v"]):
            yield Redaction(*match.span("v"), Kind.PLACE, uncertain=True)


def _is_public(value: str) -> bool:
    words = [fold(w) for w in value.split()]
    return words[0] in _PUBLIC or (words[0] == "the" and words[1:2] != [] and words[1] in _PUBLIC)


def _is_known(value: str) -> bool:
    words = [fold(w).removesuffix("'s") for w in value.split()]
    return fold(value) in never_names() or all(
        w in never_names() or w in COMMON_WORDS for w in words
    )


def _is_small_place(value: str) -> bool:
    first = fold(value.split()[0].split("-")[0])
    if first in never_names() or fold(value) in never_names() or first in names("given"):
        return False
    return PRIOR.get(first, "") in {"", "t"} and first not in FUNCTION
