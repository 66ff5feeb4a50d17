"""People's names: listed, looking like names by the case prior, or standing where a name stands.

Recall comes first: a word that may be a name is hidden and marked uncertain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from nlp.redact import cues
from nlp.redact.fuzzy import is_near_name, is_near_word
from nlp.redact.lexicon import (
    PRIOR,
    fold,
    large_places,
    names,
    native_names,
    never_names,
    word_names,
)
from nlp.spans import Kind, Redaction

_MARK = "\u0300-\u036f\u064b-\u0652\u0670\u0900-\u0903\u093a-\u094f\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71"
_LETTERS = rf"[^\W\d_](?:[^\W\d_]|[{_MARK}])*"
_TOKEN = re.compile(rf"{_LETTERS}(?:['\-]{_LETTERS})*")
_OPENS = re.compile(r"(?:^|[.!?:;\n•*\"(\[—]|\s-|(?<!\w)'|\d[.)])[\s\"'(\-]*$")
_BETWEEN_NAMES = re.compile(r"[ ]{1,2}|\. ?|-| ?[&] ?")
_SIGNED = re.compile(
    r"(?:[.!?,\n]|\bx+|thanks|thank you|regards|cheers|love)[\s,\-]*$", re.IGNORECASE
)
MANY_WORDS = 4
MANY_CAPITALS = 0.6  # share of words from which capitals say nothing any more


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
    is_place: bool
    is_word_name: bool

    @property
    def is_native(self) -> bool:
        """Whether the word is a listed name in a script of its own, with or without a prefix."""
        return not self.key.isascii() and (
            self.key in native_names() or self.key.lstrip("ولبفك") in native_names()
        )

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


_CONTRACTION = re.compile(r"(?:\w+n't|\w+'(?:d|ll|ve|re|m|all)|let's|y'all|o'clock|ma'am|'em)")


@lru_cache(maxsize=100_000)
def look_up(low: str) -> Word:
    """Return what the lists and the prior know of a word in lower case."""
    key = fold(low)
    if _CONTRACTION.fullmatch(key):
        return Word(
            key,
            "e",
            is_given=False,
            is_surname=False,
            is_known=False,
            is_place=False,
            is_word_name=False,
        )
    if key.endswith(("'s", "s'")) and len(key) > 3:
        key = key[:-2] if key.endswith("'s") else key[:-1]
    given, surname = key in names("given"), key in names("surnames")
    prior = PRIOR.get(key, PRIOR.get(low, ""))
    if "-" in key and not given and not surname and not prior:
        parts = [p for p in key.split("-") if p]
        given = any(p in names("given") and PRIOR.get(p, "t") in "tm" for p in parts)
        prior = "l" if all(PRIOR.get(p, "") in {"e", "l"} for p in parts) else ""
    given = given or key in names("words")
    word_name = (given or surname) and (
        prior in {"e", "l"} or (prior == "m" and key in word_names())
    )
    word_name = word_name or key in _ALSO_WORDS
    if key in cues.FUNCTION and key not in _FUNCTION_NAMES:
        given = surname = word_name = False
    known = key in never_names()
    return Word(key, prior, given, surname, known, key in large_places(), word_name)


# Names the prior has mostly seen with a capital, which open a sentence or stand in one as words.
_ALSO_WORDS = frozenset(
    "frank bill rob pat sue nick dean jack guy carol don max ray miles grant robin harry terry".split()
)
_FUNCTION_NAMES = frozenset({"will", "may"})


def find_names(text: str, *, is_english: bool = True) -> Iterator[Redaction]:
    """Yield people's names in tidied text, in order.

    Args:
        is_english: False where the prior does not know the ordinary words, so that only a listed
            name with a capital, or a name in its own script, is evidence.
    """
    tokens = _tokens(text)
    for i, token in enumerate(tokens):
        if not is_english:
            token.hidden = _judge_foreign(tokens, i)
        elif token.shape or token.word.is_listed or token.word.prior in {"", "t", "m"}:
            token.hidden = _judge(text, tokens, i)
    if is_english:
        _spread(text, tokens)
    yield from _joined(text, tokens)


def _judge_foreign(tokens: list[_Token], i: int) -> int:
    """Judge a word of a text that is not English: by the lists, a capital and a title."""
    token = tokens[i]
    word = token.word
    if word.is_native:
        return 1
    if not token.shape or len(word.key) < 3 or word.is_known or word.key in cues.TITLES:
        return 0
    if i and (tokens[i - 1].word.key in cues.TITLES or tokens[i - 1].hidden):
        return 1
    return 1 if word.is_listed and not token.opens else int(word.is_given and not word.is_word_name)


def _tokens(text: str) -> list[_Token]:
    matches = list(_TOKEN.finditer(text))
    raws = [m.group() for m in matches]
    many = len(raws) >= MANY_WORDS
    shouted = many and sum(raw.isupper() for raw in raws) >= MANY_CAPITALS * len(raws)
    titled = many and sum(raw[0].isupper() for raw in raws) >= MANY_CAPITALS * len(raws)
    tokens: list[_Token] = []
    for m, raw in zip(matches, raws, strict=True):
        shape = Shape.LOWER if shouted else _shape(raw)
        opens = bool(shape) and (
            titled or _OPENS.search(text, max(0, m.start() - 12), m.start()) is not None
        )
        token = _Token(m.start(), m.end(), look_up(raw.lower()), shape, opens)
        if opens and tokens and _is_initial(text, tokens[-1]) and token.start - tokens[-1].end <= 2:
            token.opens = titled
        tokens.append(token)
    return tokens


def _shape(raw: str) -> Shape:
    if raw.isupper() and len(raw) > 1:
        return Shape.UPPER
    return Shape.TITLE if raw[0].isupper() else Shape.LOWER


def _judge(text: str, tokens: list[_Token], i: int) -> int:
    """Return 2 for a name, 1 for what may be one, 0 for no name."""
    token = tokens[i]
    word = token.word
    if word.is_native:
        return 2
    if len(word.key) < 2 or word.key in cues.TITLES | cues.RANKS:
        return int(len(word.key) == 1 and _is_titled(text, tokens, i))
    before = _cue_before(text, tokens, i)
    if word.is_known and not _may_be_person(tokens, i, before):
        return 0
    if token.shape == Shape.LOWER:
        return _judge_lower(text, tokens, i, before)
    if token.shape == Shape.UPPER and not word.is_listed and before < 3:
        return 0
    return _judge_title(text, tokens, i, before)


def _may_be_person(tokens: list[_Token], i: int, before: int) -> bool:
    """Whether a known word ("Chelsea", "Barry") is more likely somebody's name here."""
    word = tokens[i].word
    if not word.is_listed:
        return False
    if before >= 3 or (before == 2 and word.is_given):
        return True
    if not (word.is_place and word.is_given) or (i and tokens[i - 1].word.key in cues.LOCATIVE):
        return False
    return bool(tokens[i].shape) or i == 0 or before > 0


def _is_titled(text: str, tokens: list[_Token], i: int) -> bool:
    """Whether a single capital follows a title ("Mrs C")."""
    if i == 0 or tokens[i - 1].word.key not in cues.TITLES - cues.AMBIGUOUS_TITLES:
        return False
    gap = text[tokens[i - 1].end : tokens[i].start]
    return gap == " " or (gap == ". " and tokens[i].word.key not in {"i", "a"})


def _judge_title(text: str, tokens: list[_Token], i: int, before: int) -> int:
    token = tokens[i]
    word = token.word
    if word.key in cues.MONTH_NAMES and _is_month(text, tokens, i):
        return 0
    following = _next(text, tokens, i)
    if following and following.word.key == "law" and text[token.end - 2 : token.end] == "'s":
        return 0  # Clare's Law, Sarah's Law
    if word.is_listed and not word.is_word_name and not word.is_ordinary:
        return 2
    if token.opens:
        return _judge_opening(text, tokens, i, before)
    if word.is_given:
        return 2
    if word.prior in {"", "t"}:
        return 1
    return int(before >= 3 or (before == 2 and (word.is_surname or word.prior in {"l", "m"})))


def _judge_opening(text: str, tokens: list[_Token], i: int, before: int) -> int:
    """Judge a capital at the start of a sentence, which says nothing by itself."""
    word = tokens[i].word
    if word.key in cues.FUNCTION and not word.is_given:
        return 0
    after = _cue_after(text, tokens, i)
    if word.is_given:
        if before >= 2 or after >= 1 or _ends_at_once(text, tokens[i]):
            return 0 if _continues_as_verb(text, tokens, i) else 2
        following = _next(text, tokens, i)
        return int(
            following is not None and following.shape == Shape.TITLE and _may_be_surname(following)
        )
    if word.prior == "t":
        return 0 if word.key.endswith("ly") else 1
    if word.prior == "":
        slip = is_near_word(word.key)
        return int(not slip or (after + before > 0 and is_near_name(word.key)))
    return 1 if before >= 3 and not word.is_ordinary else 0


def _judge_lower(text: str, tokens: list[_Token], i: int, before: int) -> int:
    word = tokens[i].word
    if word.key in cues.FUNCTION and not (word.is_given and before >= 2):
        return 0
    if word.key in cues.MONTH_NAMES and (before < 2 or _is_month(text, tokens, i)):
        return 0
    after = _cue_after(text, tokens, i)
    if word.is_given and not word.is_word_name:
        return 0 if i and tokens[i - 1].word.key in _ARTICLES else 2
    if word.is_given:
        return _judge_lower_word_name(text, tokens, i, before, after)
    if word.is_surname:
        if word.prior == "t":
            return int(before + after > 0 or _starts_sentence(text, tokens[i]))
        if word.prior == "":
            return 1
        return int(before >= 3 or (before == 2 and tokens[i - 1].hidden == 2))
    if word.prior == "":
        return _judge_lower_unknown(word, before, after)
    if word.prior == "t":
        return int(bool(before) or after >= 2)
    return int(before >= 3 and not word.is_ordinary and after > 0)


_ARTICLES = frozenset("the a an".split())
_WORD_ENDINGS = ("ed", "ing", "ly", "ous", "ful", "able", "tion", "ness", "ment", "s'")


def _judge_lower_unknown(word: Word, before: int, after: int) -> int:
    """Judge a word in no list and unknown to the prior: a rare name, a misspelt one or a typo."""
    if before >= 3:
        return 1
    if word.key.endswith(_WORD_ENDINGS) or is_near_word(word.key):
        return int(before == 2 and is_near_name(word.key))
    return int(before >= 2 or is_near_name(word.key))


def _starts_sentence(text: str, token: _Token) -> bool:
    before = text[max(0, token.start - 3) : token.start].rstrip(" ")
    return not before or before[-1] in ".!?\n"


def _judge_lower_word_name(text: str, tokens: list[_Token], i: int, before: int, after: int) -> int:
    """Judge "joy" or "mark" without a capital: only where a name stands."""
    following = _next(text, tokens, i)
    if tokens[i].word.key in _MODALS and following and following.word.key not in _AFTER_WILL:
        return 0
    if before == 2 and _signs_off(text, tokens[i]) and text[tokens[i].end :].strip(" .x!"):
        return 0
    if following and following.word.is_surname and following.word.prior in {"", "t"}:
        return 1
    if _starts_sentence(text, tokens[i]) and text[tokens[i].end : tokens[i].end + 1] == ".":
        return 1
    starts = i == 0 or tokens[i - 1].word.key in cues.CLAUSE_START
    rare = tokens[i].word.prior != "e"
    if before >= 2 and (rare or before >= 3 or after > 0 or tokens[i - 1].hidden == 0):
        return 1
    return int(starts and (after >= 2 or (after == 1 and rare)))


_MODALS = frozenset({"will", "may"})
_AFTER_WILL = frozenset("was is from said told rang who has had did came helped and at".split())


def _ends_at_once(text: str, token: _Token) -> bool:
    """Whether a full stop or comma follows: "Grace. Her name..."."""
    return text[token.end : token.end + 1] in {".", ",", "!"} and token.word.key not in _VERBS


_VERBS = frozenset(["will", "may", "can", "art", "rich", "sunny", "hope"])


def _cue_before(text: str, tokens: list[_Token], i: int) -> int:
    """Return 3 after a title or rank, 2 where a name is expected, 1 where one may stand, else 0."""
    if i == 0:
        return 0
    token, previous = tokens[i], tokens[i - 1]
    gap = text[previous.end : token.start]
    key = previous.word.key
    if len(gap) > 4 or "\n" in gap:
        return 2 * _signs_off(text, token)
    if gap.strip(" ") in {"", "."}:
        if key in cues.TITLES | cues.RANKS:
            return _title_strength(tokens, i)
        if _is_initial(text, previous) and (gap.strip() or text[previous.start] != "A"):
            return 2
    if key in cues.RELATIONS and gap.strip() in {"", ",", "-", "(", ":", "'", '"'}:
        return 2
    if any(c in gap for c in ".!?;"):
        return 2 * _signs_off(text, token)
    if _is_expected(tokens, i) or _signs_off(text, token):
        return 2
    return int(key in cues.WEAK_BEFORE or (gap == ", " and text[token.end : token.end + 1] == ","))


def _title_strength(tokens: list[_Token], i: int) -> int:
    key = tokens[i - 1].word.key
    if (
        key == "miss"
        and i >= 2
        and tokens[i - 2].word.key in {"i", "you", "we", "they", "to", "will"}
    ):
        return 0
    return 2 if key in cues.AMBIGUOUS_TITLES else 3


def _is_expected(tokens: list[_Token], i: int) -> bool:
    """Whether the words before call for a name: "ask for", "called", another name, "and"."""
    key = tokens[i - 1].word.key
    if key in cues.STRONG_BEFORE or key in cues.SELF or tokens[i - 1].hidden > 0:
        return True
    if i < 2:
        return False
    return (tokens[i - 2].word.key, key) in cues.STRONG_PAIRS or (
        key in {"and", "or"} and tokens[i - 2].hidden > 0
    )


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
        and following.word.key in _AFTER_MODAL
    )


_AFTER_MODAL = frozenset(
    [
        "be",
        "not",
        "never",
        "have",
        "i",
        "you",
        "he",
        "she",
        "they",
        "we",
        "it",
        "my",
        "the",
        "a",
        "this",
        "that",
        "anyone",
    ]
)


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
        t.word.key for t in tokens if t.hidden and len(t.word.key) > 2 and t.word.prior in {"", "t"}
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
        return word.key not in {"i", "a", "n", "u", "x", "r", "b", "c"} and bool(right.shape)
    if word.key in cues.FUNCTION | cues.SAYING | {"law"} or left.word.key.endswith("'s"):
        return False
    if right.shape == Shape.TITLE and left.shape:
        return (
            not word.is_known and (word.is_surname or word.prior not in {"e"})
        ) or word.is_surname
    return word.is_surname and word.prior in {"", "t"} and (not word.is_known or left.hidden == 2)


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
    """Return where the name begins with its titles: "Dr Osei", "Mr and Mrs Lloyd"."""
    start = tokens[first].start
    for i in range(first - 1, max(-1, first - 4), -1):
        gap = text[tokens[i].end : start]
        if tokens[i].word.key in cues.TITLES and gap in {" ", ". ", ".", " & "}:
            start = tokens[i].start
        elif not (
            i and tokens[i].word.key in {"and", "a"} and tokens[i - 1].word.key in cues.TITLES
        ):
            break
        else:
            start = tokens[i].start
    return start
