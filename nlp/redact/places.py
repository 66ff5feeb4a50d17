"""Addresses, and places small enough to identify a person; the patterns are `data/places.toml`."""

import re
from collections.abc import Iterable, Iterator

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
_NAMED_PUB = re.compile(_TABLE["patterns"]["named_pub"])
_TWO_WORDS = re.compile(_TABLE["patterns"]["two_words"])
_SCHOOL = re.compile(_TABLE["patterns"]["school"])
_INITIALS = re.compile(_TABLE["patterns"]["initials"])
_FOREIGN_STREET = re.compile(_TABLE["patterns"]["foreign_street"])
_MONTHS = frozenset(["may", "june", "april", "august", "march"])
_UNITS = frozenset(_TABLE["words"]["units"].split())
_PUBLIC = frozenset(_TABLE["words"]["public"].split())
_HAS_DIGIT = re.compile(r"\d")
_HAS_CAPITAL = re.compile(r"[A-Z]")


def find_places(text: str, *, is_english: bool = True) -> Iterator[Redaction]:
    """Yield addresses and identifying places in tidied text; spans may overlap.

    Outside English only what has a number is found: the cue words are English.
    """
    if _HAS_DIGIT.search(text):
        yield from _numbered(text)
    if is_english:
        yield from _cued(text)
        if _HAS_CAPITAL.search(text):
            yield from _named(text)


def _numbered(text: str) -> Iterator[Redaction]:
    for match in _ADDRESS.finditer(text):
        words = [w.strip(".,'") for w in match["name"].lower().split()]
        if words and not _is_prose(words, match):
            yield Redaction(*match.span("v"), Kind.ADDRESS)
    for pattern in (_FLAT, _HOUSE_NUMBER, _FOREIGN_STREET):
        for match in pattern.finditer(text):
            if match["v"].lower() not in {"flat a", "flat i"}:
                yield Redaction(*match.span("v"), Kind.ADDRESS)
    for match in _DOOR.finditer(text):
        yield Redaction(*match.span("v"), Kind.ADDRESS, uncertain=True)


def find_neighbours(text: str, people: Iterable[Redaction]) -> Iterator[Redaction]:
    """Yield house numbers given straight after a person's name ("Mrs Osei at 31")."""
    for person in people:
        match = _NEIGHBOUR.match(text, person.end)
        if match:
            yield Redaction(*match.span("v"), Kind.ADDRESS)


def _is_prose(words: list[str], match: re.Match[str]) -> bool:
    """Whether a number and a street word are prose: "2 minutes down the road"."""
    if words[0] in _MONTHS or (match["type"].lower() == "court" and set(words) & _PUBLIC):
        return True
    if match["name"][0].isupper() and match["type"][0].isupper():
        return False
    if words[0] in _UNITS or any(w in FUNCTION and w not in {"st", "the"} for w in words[1:]):
        return True
    if match["type"].lower() in _STRONG_TYPES:
        return False
    return all(w in COMMON_WORDS for w in words)


_STRONG_TYPES = frozenset(
    [
        "street",
        "st",
        "road",
        "rd",
        "avenue",
        "ave",
        "lane",
        "ln",
        "close",
        "drive",
        "crescent",
        "cres",
        "terrace",
        "gardens",
        "gdns",
        "grove",
        "mews",
    ]
)


def _cued(text: str) -> Iterator[Redaction]:
    for match in _STREET_CUE.finditer(text):
        if _is_specific(match):
            yield Redaction(*match.span("v"), Kind.ADDRESS)
    for pattern in (_ORG_LOWER, _SCHOOL):
        for match in pattern.finditer(text):
            if _is_specific(match):
                yield Redaction(*match.span("v"), Kind.PLACE, uncertain=True)
    for match in _PUB.finditer(text):
        if match["v"][0].isupper() or match.group().lower().startswith("the "):
            yield Redaction(*match.span(), Kind.PLACE, uncertain=match["v"].islower())


def _is_specific(match: re.Match[str]) -> bool:
    return not set(match["v"].lower().split()[:-1]) & (FUNCTION | _PUBLIC)


def _named(text: str) -> Iterator[Redaction]:
    for pattern, kind, is_one, is_uncertain in _CAPITALISED:
        for match in pattern.finditer(text):
            if is_one(match["v"]):
                yield Redaction(*match.span("v"), kind, is_uncertain)


def _is_not_public(value: str) -> bool:
    return not _is_public(value)


def _is_unknown(value: str) -> bool:
    return not _is_public(value) and not _is_known(value)


def _always(value: str) -> bool:
    return bool(value)


def _is_public(value: str) -> bool:
    bare = fold(value).removeprefix("the ")
    words = bare.split()
    if words[-1] == "court" and set(words) & _PUBLIC:
        return True  # a court of law, not a block of flats
    return bare in never_names() or words[0] in _PUBLIC


def _is_known(value: str) -> bool:
    """Whether every word of a capitalised run is a body, a town or a brand, or of everyday use."""
    words = [fold(w).removesuffix("'s") for w in value.split()]
    return all(w in never_names() or w in FUNCTION or w in _EVERYDAY for w in words)


_EVERYDAY = frozenset(word for word, name in PRIOR.items() if name == "e")


def _is_small_place(value: str) -> bool:
    words = [fold(w) for w in re.split(r"[ -]", value)]
    if fold(value) in never_names() or words[0] in _MONTHS:
        return False
    return any(
        PRIOR.get(word, "") in {"", "t"}
        and word not in never_names()
        and word not in FUNCTION
        and word not in names("given")
        for word in words
    )


_CAPITALISED = (
    (_NAMED_STREET, Kind.ADDRESS, _is_not_public, True),
    (_ORGANISATION, Kind.PLACE, _is_not_public, False),
    (_WORKS_AT, Kind.PLACE, _is_unknown, True),
    (_NAMED_PUB, Kind.PLACE, _is_unknown, True),
    (_TWO_WORDS, Kind.PLACE, _is_unknown, True),
    (_SAINT, Kind.PLACE, _always, True),
    (_VILLAGE, Kind.PLACE, _is_small_place, True),
    (_INITIALS, Kind.PERSON, _always, True),
)
