"""Personal data in one answer: every finder run once, overlaps settled, offsets mapped back."""

from collections.abc import Iterable

from nlp.redact.names import find_names
from nlp.redact.places import find_neighbours, find_places
from nlp.redact.structured import find_structured
from nlp.spans import Kind, Redaction
from nlp.text import tidy


def find(text: str, language: str = "en") -> list[Redaction]:
    """Return the personal data in `text`: sorted, not overlapping, in its own code points.

    Args:
        text: As given, untidied; lone surrogates and control characters are allowed.
        language: ISO 639-1; outside English a capital alone is no evidence of a name.

    Recall comes first, so what may be personal data is returned with `uncertain` set. Time is
    linear in the length of the text.
    """
    tidied = tidy(text)
    plain = tidied.text
    is_english = language == "en"
    people = list(find_names(plain, is_english=is_english))
    found = [
        *find_structured(plain),
        *find_places(plain, is_english=is_english),
        *people,
        *find_neighbours(plain, people),
    ]
    settled = _settled(found, plain)
    spans = ((tidied.to_original(r.start, r.end), r) for r in settled)
    return [Redaction(start, end, r.kind, r.uncertain) for (start, end), r in spans if end > start]


def _settled(found: Iterable[Redaction], text: str) -> list[Redaction]:
    """Merge what overlaps: the widest span hides all, and its kind is that of the surest."""
    merged: list[Redaction] = []
    for item in sorted(found, key=lambda r: (r.start, -r.end)):
        if merged and (item.start < merged[-1].end or _is_one_address(merged[-1], item, text)):
            last = merged[-1]
            better = max((last, item), key=_weight)
            merged[-1] = Redaction(
                last.start, max(last.end, item.end), better.kind, last.uncertain and item.uncertain
            )
        else:
            merged.append(item)
    return merged


def _weight(item: Redaction) -> tuple[bool, bool, int]:
    return not item.uncertain, item.kind is not Kind.PERSON, item.end - item.start


_PLACES = frozenset({Kind.ADDRESS, Kind.PLACE})


def _is_one_address(left: Redaction, right: Redaction, text: str) -> bool:
    """Whether two places are told in one breath: "Lighthouse gym on Canal Street"."""
    between = text[left.end : right.start]
    return left.kind in _PLACES and right.kind in _PLACES and between in {", ", " on ", " in "}
