"""Intake of free text: Unicode tidy-up with a way back, nil answers, sentences and clauses."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.spans import Span

_ONE_TO_ONE: dict[int, str] = {
    **dict.fromkeys(map(ord, "‘’‚‛`´ʼ′"), "'"),
    **dict.fromkeys(map(ord, "“”„‟«»″"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–−﹘﹣－"), "-"),
    **dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
    **dict.fromkeys((*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)), " "),
    **dict.fromkeys((0x0A, 0x2028, 0x2029, 0x85), "\n"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    **{zero + n: str(n) for zero in (0x660, 0x6F0, 0x966, 0xA66, 0xFF10) for n in range(10)},
}
# Zero-width and direction marks that can hide a name from a pattern; joiners stay, because
# Urdu and Punjabi spelling and joined emoji need them.
_DROPPED = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff\u061c") | frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
_COMPATIBLE = re.compile("[\uff01-\uffef\U0001d400-\U0001d7ff\ufb00-\ufdff\ufe70-\ufefc①-ⓩ]")
_AWKWARD = re.compile("[" + "".join(_DROPPED) + "]")
_PLAIN = re.compile(r"[\n\x20-\x7e]*+")

_END = re.compile(r"(?<![.!?…؟۔।])[.!?…؟۔।]++[\"')\]]*+(?=\s|$)|(?<!\n)\n++")
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "rev",
        "sgt",
        "insp",
        "no",
        "tel",
        "ref",
        "eg",
        "e.g",
        "ie",
        "i.e",
        "etc",
        "vs",
        "approx",
        "prof",
        "hon",
        "ext",
        "d.o.b",
    ]
)
_BREAK = re.compile(
    r"(?:[;:—]|(?<!\.)\.{2,}+|\s-++(?=\s)|,\s++(?=(?:but|though|although|however|yet|then|whereas|except"
    r"|and then|so|which|who|while|until|because|and|ale|iar|dar|ond)\b)"
    r"|\s(?=(?:but|though|although|however|whereas|except)\s))\s*",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")

_NIL = frozenset(
    """n/a|na|n.a|none|nil|nope|no|nah|naw|x|xx|xxx|nothing|nowt|nothing really|not really
    |no comment|no comments|nothing to add
    |nothing else|nothing else to add|nothing more to add|no thanks
    |no thank you|no ta|dont know|don't know|dunno|idk|not applicable|not sure|no answer|none really
    |as above|see above|no nothing|no nothing else|nothing comes to mind|cant think of anything
    |can't think of anything|nothing to say|no further comment|no further comments|prefer not to say
    |rather not say|skip|pass|null|same|no idea|none thanks|nothing thanks|nothing thank you|no none
    |dim|dim byd|na dim|nic|brak|nie|nie wiem|nimic|nu|nu stiu|nu știu|لا|لا شيء|لا شي|کچھ نہیں
    |نہیں|ਨਹੀਂ|ਕੁਝ ਨਹੀਂ|nada""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_SAYS_NOTHING_WAS_GOOD = frozenset(
    [
        "none",
        "nothing",
        "nope",
        "no",
        "nah",
        "nowt",
        "nil",
        "nothing really",
        "not really",
        "none really",
        "no nothing",
        "dim",
        "dim byd",
        "nic",
        "nimic",
        "لا شيء",
        "کچھ نہیں",
        "ਕੁਝ ਨਹੀਂ",
    ]
)
_ASKS_FOR_GOOD = re.compile(r"\b(?:well|good|best|helpful|helped|liked|positive)\b", re.IGNORECASE)
LONGEST_NIL = 80  # no way of saying nothing is longer
_TRIM = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class Tidied:
    """Tidied text and the way back to the text it came from.

    Attributes:
        offsets: For each code point of `text` that of the original where it begins,
            and one last entry, the length of the original; len(text) + 1 in all.
    """

    text: str
    offsets: Sequence[int]

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of the original that [start, end) of `text` stands for."""
        return self.offsets[start], self.offsets[end] if end > start else self.offsets[start]


def tidy(text: str) -> Tidied:
    """Return text fit for patterns: NFC, plain quotes, digits and spaces, nothing invisible.

    Lone surrogates become U+FFFD and control characters spaces, so the result always encodes.
    Linear in the length of the text; never raises.
    """
    if _PLAIN.fullmatch(text):
        return Tidied(text, range(len(text) + 1))
    plain = text.translate(_ONE_TO_ONE)
    simple = not _AWKWARD.search(plain) and not _COMPATIBLE.search(plain)
    if simple and unicodedata.is_normalized("NFC", plain):
        return Tidied(plain, range(len(plain) + 1))
    return _rebuilt(plain)


def _rebuilt(plain: str) -> Tidied:
    pieces: list[str] = []
    offsets: list[int] = []
    for start, cluster in _clusters(plain):
        piece = "" if cluster in _DROPPED else unicodedata.normalize("NFC", cluster)
        if _COMPATIBLE.match(cluster):
            piece = unicodedata.normalize("NFKC", cluster)
        pieces.append(piece)
        offsets.extend([start] * len(piece))
    offsets.append(len(plain))
    return Tidied("".join(pieces), offsets)


def _clusters(plain: str) -> Iterator[tuple[int, str]]:
    start = 0
    for at in range(1, len(plain) + 1):
        if at == len(plain) or not unicodedata.combining(plain[at]) or at - start > 30:
            yield start, plain[start:at]
            start = at


def is_nil(text: str, question: str | None = None) -> bool:
    """Return whether the answer says nothing ("n/a", "-", "no comment").

    "Nothing" to a question about what went well is a verdict, so it is not nil there.
    """
    words = " ".join(tidy(text).text.casefold().split())
    if len(words) > LONGEST_NIL:
        return not any(c.isalnum() or unicodedata.category(c) == "So" for c in words)
    bare = _TRIM.sub("", words)
    if not bare:
        return not any(unicodedata.category(c) == "So" for c in text)
    if bare not in _NIL:
        return len(bare) == 1 and not bare.isdigit()
    asks_for_good = question is not None and _ASKS_FOR_GOOD.search(question) is not None
    return not (asks_for_good and bare in _SAYS_NOTHING_WAS_GOOD)


def sentences(text: str) -> list[Span]:
    """Return the sentences of `text` in order, without surrounding white space."""
    spans: list[Span] = []
    start = 0
    for end in _END.finditer(text):
        before = text[max(start, end.start() - 8) : end.start()].rsplit(None, 1)
        if end.group().startswith(".") and before and before[-1].lower() in _ABBREVIATIONS:
            continue
        _add(spans, text, start, end.end())
        start = end.end()
    _add(spans, text, start, len(text))
    return spans


def clauses(text: str) -> list[Span]:
    """Return the clauses of `text` in order: sentences cut at "but", dashes, semicolons and so on.

    A piece of fewer than two words stays with its neighbour, so every clause can be read alone.
    """
    spans: list[Span] = []
    for sentence in sentences(text):
        start = sentence.start
        for cut in _BREAK.finditer(text, sentence.start, sentence.end):
            if _is_short(text, start, cut.start()) or _is_short(text, cut.end(), sentence.end):
                continue
            _add(spans, text, start, cut.start())
            start = cut.end()
        _add(spans, text, start, sentence.end)
    return spans


def _is_short(text: str, start: int, end: int) -> bool:
    return len(text[start : min(end, start + 60)].split(None, 2)) < 2


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped and (_WORD.search(stripped) or not spans):
        begin = start + len(piece) - len(piece.lstrip())
        spans.append(Span(begin, begin + len(stripped)))
