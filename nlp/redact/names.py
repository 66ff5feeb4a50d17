"""People's names: listed, looking like names by the case prior, or standing where a name stands.

Recall comes first: a word that may be a name is hidden and marked uncertain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache

from nlp.redact import cues
from nlp.redact.fuzzy import is_near_name
from nlp.redact.lexicon import PRIOR, fold, names, never_names
from nlp.spans import Kind, Redaction

_TOKEN = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:;\n•*\"(\[—]|\s-|(?<!\w)'|\d[.)])[\s\"'(\-]*$")
_BETWEEN_NAMES = re.compile(r"[ ]{1,2}|\. ?|-| ?[&] ?")
_SIGNED = re.compile(
    r"(?:[.!?,\n]|\bx+|thanks|thank you|regards|cheers|love)[\s,\-]*$", re.IGNORECASE
)
_MANY_CAPITALS = 0.6
_LATIN = re.compile(r"[A-Za-z]")


class Shape(IntEnum):
    """How a word is written."""

    LOWER = 0
    TITLE = 1
    UPPER = 2


@dataclass(frozen=True, slots=True)
class Word:
    """What is known about a word before its neighbours are looked at.

    Attributes:
        prior: Class of the case prior, "" when the word is unknown.
        is_word_name: A listed name that is an ordinary word as well ("Joy", "Will").
    """

    key: str
    prior: str
    is_given: bool
    is_surname: bool
    is_known: bool
    is_word_name: bool

    @property
    def is_listed(self) -> bool:
        """Whether the word is on a list of names."""
        return self.is_given or self.is_surname

    @property
    def is_ordinary(self) -> bool:
        """Whether the word is written in lower case more often than not."""
        return self.prior in {"e", "l"}


@dataclass(slots=True)
class _Token:
    start: int
    end: int
    word: Word
    shape: Shape
    opens: bool
    hidden: int = 0  # 0 no, 1 uncertain, 2 certain


@cache
def _word_names() -> frozenset[str]:
    return frozenset(n for n in names("words"))


@lru_cache(maxsize=100_000)
def look_up(low: str) -> Word:
    """Return what the lists and the prior know of a word in lower case."""
    key = fold(low)
    if key.endswith(("'s", "s'")) and len(key) > 3:
        key = key[:-2] if key.endswith("'s") else key[:-1]
    given, surname = key in names("given"), key in names("surnames")
    prior = PRIOR.get(key, PRIOR.get(low, ""))
    if "-" in key and not given and not surname and not prior:
        parts = [p for p in key.split("-") if p]
        given = any(p in names("given") and PRIOR.get(p, "t") in "tm" for p in parts)
        prior = "l" if all(PRIOR.get(p, "") in {"e", "l"} for p in parts) else ""
    word_name = key in _word_names() or ((given or surname) and prior in {"e", "l"})
    given = given or key in _word_names()
    if key in cues.FUNCTION and key not in _FUNCTION_NAMES:
        given = surname = word_name = False
    return Word(key, prior, given, surname, key in never_names(), word_name)


_FUNCTION_NAMES = frozenset({"will", "may"})


def find_names(text: str, *, capitals_mean_names: bool = True) -> Iterator[Redaction]:
    """Yield people's names in tidied text, in order.

    Args:
        capitals_mean_names: False for languages whose ordinary words the prior does not know, so
            that a capital on an unlisted word is no evidence.
    """
    tokens = _tokens(text)
    if not tokens:
        return
    for i, token in enumerate(tokens):
        if token.shape or token.word.is_listed or token.word.prior in {"", "t", "m"}:
            token.hidden = _judge(text, tokens, i, capitals_mean_names)
        elif i and tokens[i - 1].word.key in _PLAIN_TITLES and token.word.key not in cues.FUNCTION:
            token.hidden = 1
    _spread(text, tokens)
    yield from _joined(text, tokens)


_PLAIN_TITLES = (cues.TITLES | cues.RANKS) - cues.AMBIGUOUS_TITLES


def _tokens(text: str) -> list[_Token]:
    matches = list(_TOKEN.finditer(text))
    capitals = sum(m.group()[0].isupper() for m in matches)
    shout = len(matches) >= 4 and capitals >= _MANY_CAPITALS * len(matches)
    shouted_all = sum(m.group().isupper() for m in matches) >= _MANY_CAPITALS * len(matches)
    flat = shout and (len(matches) >= 6 or shouted_all)
    tokens = []
    for m in matches:
        raw = m.group()
        shape = Shape.LOWER if flat else _shape(raw)
        opens = bool(shape) and _OPENS.search(text, max(0, m.start() - 12), m.start()) is not None
        tokens.append(_Token(m.start(), m.end(), look_up(raw.lower()), shape, opens))
    return tokens


def _shape(raw: str) -> Shape:
    if raw.isupper() and len(raw) > 1:
        return Shape.UPPER
    return Shape.TITLE if raw[0].isupper() else Shape.LOWER


def _judge(text: str, tokens: list[_Token], i: int, capitals_mean_names: bool) -> int:
    """Return 2 for a name, 1 for what may be one, 0 for no name."""
    token = tokens[i]
    word = token.word
    if len(word.key) < 2 or word.key in cues.TITLES | cues.RANKS:
        return 0
    before = _cue_before(text, tokens, i)
    if word.is_known:
        return 1 if before >= 3 and word.is_listed else 0
    if token.shape == Shape.LOWER:
        return _judge_lower(text, tokens, i, before)
    if token.shape == Shape.UPPER and not word.is_listed and before < 3:
        return 0
    if not capitals_mean_names and not word.is_listed and before < 2:
        return 0
    return _judge_title(text, tokens, i, before)


def _judge_title(text: str, tokens: list[_Token], i: int, before: int) -> int:
    token = tokens[i]
    word = token.word
    if word.key in cues.MONTH_NAMES and _is_month(text, tokens, i):
        return 0
    if word.is_listed and not word.is_word_name and not word.is_ordinary:
        return 2
    if token.opens:
        return _judge_opening(text, tokens, i, before)
    if word.is_given:
        return 2
    if word.prior in {"", "t"}:
        return 1
    if before >= 3 or (before == 2 and word.is_surname):
        return 1
    return 1 if word.prior == "m" and before >= 2 else 0


def _judge_opening(text: str, tokens: list[_Token], i: int, before: int) -> int:
    """Judge a capital at the start of a sentence, which says nothing by itself."""
    word = tokens[i].word
    after = _cue_after(text, tokens, i)
    if word.is_given:
        if before >= 2 or after >= 2 or (after == 1 and word.key not in _VERBS):
            return 2
        following = _next(text, tokens, i)
        return (
            1 if following and following.shape == Shape.TITLE and _may_be_surname(following) else 0
        )
    if word.prior == "t":
        return 1
    if word.prior == "":
        return (
            1 if after or before or is_near_name(word.key) or _stands_alone(text, tokens[i]) else 0
        )
    return 0


_VERBS = frozenset(
    [
        "will",
        "may",
        "mark",
        "grace",
        "pat",
        "rob",
        "sue",
        "bill",
        "drew",
        "grant",
        "chase",
        "hope",
        "jack",
        "art",
        "rich",
        "sunny",
    ]
)


def _judge_lower(text: str, tokens: list[_Token], i: int, before: int) -> int:
    word = tokens[i].word
    if word.key in cues.FUNCTION and not (word.is_given and before >= 3):
        return 0
    if word.is_listed and not word.is_word_name and not word.is_ordinary:
        return 2 if word.is_given or before else 1
    after = _cue_after(text, tokens, i)
    if word.is_given:
        settled = before >= 2 and not _continues_as_verb(text, tokens, i)
        return 1 if settled or (after >= 2 and (before or i == 0)) else 0
    if word.is_listed:
        return 1 if before >= 3 or (i and tokens[i - 1].hidden == 2) else 0
    if word.prior == "":
        return 1 if before >= 2 or is_near_name(word.key) else 0
    if word.prior == "t":
        return 1 if before or after >= 2 else 0
    return 1 if before >= 3 and not word.is_ordinary else 0


def _cue_before(text: str, tokens: list[_Token], i: int) -> int:
    """Return 3 after a title or rank, 2 where a name is expected, 1 where one may stand, else 0."""
    token = tokens[i]
    if i == 0:
        return 0
    previous = tokens[i - 1]
    gap = text[previous.end : token.start]
    if len(gap) > 4 or "\n" in gap:
        return 2 if _signs_off(text, token) else 0
    key = previous.word.key
    if gap.strip(" ") in {"", "."} and key in cues.TITLES | cues.RANKS:
        return 2 if key in cues.AMBIGUOUS_TITLES else 3
    if key in cues.RELATIONS and gap.strip() in {"", ",", "-", "(", ":", "'", '"'}:
        return 2
    if any(c in gap for c in ".!?;"):
        return 2 if _signs_off(text, token) else 0
    if key in cues.STRONG_BEFORE or key in cues.SELF:
        return 2
    if i >= 2 and (tokens[i - 2].word.key, key) in cues.STRONG_PAIRS:
        return 2
    if previous.hidden:
        return 2
    if key in {"and", "or"} and i >= 2 and tokens[i - 2].hidden:
        return 2
    if _signs_off(text, token):
        return 2
    return 1 if key in cues.WEAK_BEFORE else 0


def _signs_off(text: str, token: _Token) -> bool:
    """Whether the word ends the answer after a stop or thanks, as a signature does."""
    tail = text[token.end : token.end + 24].strip(" .x\n!")
    if tail and (len(tail.split()) > 1 or len(text) - token.end > 24):
        return False
    return (
        token.start > 12 and _SIGNED.search(text, max(0, token.start - 14), token.start) is not None
    )


def _cue_after(text: str, tokens: list[_Token], i: int) -> int:
    """Return 2 before a verb only people do, 1 before one they may, else 0."""
    following = _next(text, tokens, i)
    if following is None:
        return 0
    key = following.word.key
    return 2 if key in cues.SAYING else 1 if key in cues.BEING else 0


def _next(text: str, tokens: list[_Token], i: int) -> _Token | None:
    if i + 1 >= len(tokens) or text[tokens[i].end : tokens[i + 1].start].strip(" ,"):
        return None
    return tokens[i + 1]


def _continues_as_verb(text: str, tokens: list[_Token], i: int) -> bool:
    following = _next(text, tokens, i)
    return (
        tokens[i].word.key in _VERBS
        and following is not None
        and following.word.key
        in {"be", "not", "never", "have", "i", "you", "he", "she", "they", "my", "the", "a"}
    )


def _stands_alone(text: str, token: _Token) -> bool:
    return token.start == 0 and token.end >= len(text.rstrip(" .!,"))


def _may_be_surname(token: _Token) -> bool:
    word = token.word
    return not word.is_known and (word.is_surname or word.prior in {"", "t"}) and len(word.key) > 1


def _is_month(text: str, tokens: list[_Token], i: int) -> bool:
    token = tokens[i]
    near = text[max(0, token.start - 8) : token.start] + text[token.end : token.end + 6]
    if any(c.isdigit() for c in near):
        return True
    if i and tokens[i - 1].word.key in cues.BEFORE_MONTH:
        return True
    following = _next(text, tokens, i)
    return (
        token.word.key == "may"
        and token.opens
        and (
            following is None
            or following.word.key in {"i", "be", "have", "not", "you", "we", "they", "as"}
        )
    )


def _spread(text: str, tokens: list[_Token]) -> None:
    """Hide surnames and initials beside a name, and every further mention of the same name."""
    for i in range(1, len(tokens)):
        left, right = tokens[i - 1], tokens[i]
        if not (left.hidden and not right.hidden):
            continue
        gap = text[left.end : right.start]
        if gap == " " and _follows_as_surname(left, right):
            right.hidden = 1
    for i in range(len(tokens) - 2, -1, -1):
        left, right = tokens[i], tokens[i + 1]
        gap = text[left.end : right.start]
        if (
            right.hidden and not left.hidden and gap in {" ", ". ", "."} and _is_initial(text, left)
        ) or (right.hidden and not left.hidden and gap == " " and _precedes_as_given(left)):
            left.hidden = 1
    mentioned = {
        t.word.key for t in tokens if t.hidden and not t.word.is_ordinary and len(t.word.key) > 2
    }
    capital = {t.word.key for t in tokens if t.hidden == 2}
    for token in tokens:
        if (
            not token.hidden
            and not token.word.is_known
            and (
                token.word.key in mentioned
                or (token.shape and not token.opens and token.word.key in capital)
            )
        ):
            token.hidden = 1


def _follows_as_surname(left: _Token, right: _Token) -> bool:
    word = right.word
    if len(word.key) == 1:
        return right.shape == Shape.TITLE and word.key not in {"i", "a"}
    if word.key in cues.FUNCTION or word.key in cues.SAYING or left.word.key.endswith("'s"):
        return False
    if right.shape == Shape.TITLE and left.shape:
        return (
            not word.is_known and (word.is_surname or word.prior not in {"e"})
        ) or word.is_surname
    return word.is_surname and word.prior != "e" and not word.is_known


def _precedes_as_given(left: _Token) -> bool:
    word = left.word
    return (
        bool(left.shape) and word.is_listed and word.key not in cues.FUNCTION and not word.is_known
    )


def _is_initial(text: str, token: _Token) -> bool:
    return len(token.word.key) == 1 and bool(token.shape) and text[token.start] != "I"


def _joined(text: str, tokens: list[_Token]) -> Iterator[Redaction]:
    i = 0
    while i < len(tokens):
        if not tokens[i].hidden:
            i += 1
            continue
        first = last = i
        while (step := _reaches(text, tokens, last)) > last:
            last = step
        start = _with_title(text, tokens, first)
        end = tokens[last].end
        if text[end - 2 : end].lower() == "'s":
            end -= 2
        yield Redaction(
            start, end, Kind.PERSON, max(t.hidden for t in tokens[first : last + 1]) < 2
        )
        i = last + 1


def _reaches(text: str, tokens: list[_Token], last: int) -> int:
    """Return the index of the next part of the same name, or `last` where it ends."""
    if text[tokens[last].end - 2 : tokens[last].end].lower() == "'s":
        return last
    for step in range(last + 1, min(last + 4, len(tokens))):
        gap = text[tokens[step - 1].end : tokens[step].start]
        if gap not in {" ", "  ", "-", ". ", "."} or (
            gap in {". ", "."} and tokens[step].opens and len(tokens[step - 1].word.key) > 1
        ):
            return last
        if tokens[step].hidden:
            return step
        if tokens[step].word.key not in cues.PARTICLES:
            return last
    return last


def _with_title(text: str, tokens: list[_Token], first: int) -> int:
    if first == 0:
        return tokens[first].start
    title = tokens[first - 1]
    gap = text[title.end : tokens[first].start]
    if title.word.key in cues.TITLES and gap in {" ", ". ", "."}:
        return title.start
    return tokens[first].start
