"""People's names: listed, looking like names by the case prior, or standing where a name stands.

Recall comes first: a word that may be a name is hidden and marked uncertain.
"""

from collections.abc import Iterator
from itertools import pairwise

from nlp.redact import cues
from nlp.redact.judge import judge, judge_foreign
from nlp.redact.words import Shape, Token, is_initial, read_tokens
from nlp.spans import Kind, Redaction

_DOTTED = frozenset({". ", "."})
_SPACES = frozenset({" ", "  ", "-"})


def find_names(text: str, *, is_english: bool = True) -> Iterator[Redaction]:
    """Yield people's names in tidied text, in order.

    Args:
        is_english: False where the prior does not know the ordinary words, so that only a listed
            name with a capital, or a name in its own script, is evidence.
    """
    tokens = read_tokens(text)
    for i, token in enumerate(tokens):
        if not is_english:
            token.hidden = judge_foreign(tokens, i)
        elif token.shape or token.word.is_listed or token.word.prior in {"", "t", "m"}:
            token.hidden = judge(text, tokens, i)
    if is_english:
        _spread(text, tokens)
    yield from _joined(text, tokens)


def _spread(text: str, tokens: list[Token]) -> None:
    """Hide surnames and initials beside a name, and every further mention of the same name."""
    for left, right in pairwise(tokens):
        if left.hidden and not right.hidden and text[left.end : right.start] == " ":
            right.hidden = int(_follows_as_surname(text, left, right))
    for left, right in pairwise(reversed(tokens)):
        if left.hidden and not right.hidden:
            right.hidden = int(_precedes(text, right, text[right.end : left.start]))
    mentioned = {
        t.word.key for t in tokens if t.hidden and len(t.word.key) > 2 and t.word.prior in {"", "t"}
    }
    sure = {t.word.key for t in tokens if t.hidden == 2}
    for token in tokens:
        if not token.hidden and not token.word.is_known:
            again = token.shape and not token.opens and token.word.key in sure
            token.hidden = int(token.word.key in mentioned or bool(again))


def _precedes(text: str, token: Token, gap: str) -> bool:
    """Whether the word before a name is part of it: an initial, or a listed given name."""
    if is_initial(text, token) and (gap == " " or gap in _DOTTED):
        return True
    return gap == " " and _precedes_as_given(token)


def _follows_as_surname(text: str, left: Token, right: Token) -> bool:
    word = right.word
    if len(word.key) == 1:
        closes = left.hidden == 2 and text[right.end : right.end + 1] in {",", ".", ""}
        return word.key not in _NOT_INITIALS and (bool(right.shape) or closes)
    if word.key in cues.FUNCTION | cues.SAYING | {"law"} or left.word.key.endswith("'s"):
        return False
    if right.shape and left.shape:
        return _is_surname_in_capitals(right)
    return word.is_surname and word.prior in {"", "t"} and (not word.is_known or left.hidden == 2)


_NOT_INITIALS = frozenset(["i", "a", "n", "u", "x", "r"])


def _is_surname_in_capitals(token: Token) -> bool:
    word = token.word
    if token.shape == Shape.UPPER:
        return word.is_surname or word.key in cues.SUFFIXES
    return word.is_surname or word.is_accented or (not word.is_known and word.prior != "e")


def _precedes_as_given(left: Token) -> bool:
    """Whether a capitalised word before a name is its first part, listed or not."""
    word = left.word
    if left.shape != Shape.TITLE or word.key in cues.FUNCTION | cues.TITLES | cues.RANKS:
        return False
    if word.is_given:
        return True
    return not word.is_known and word.prior in ({"", "t"} if left.opens else {"", "t", "m"})


def _joined(text: str, tokens: list[Token]) -> Iterator[Redaction]:
    i = 0
    while i < len(tokens):
        if not tokens[i].hidden:
            i += 1
            continue
        first = last = i
        while (step := _reaches(text, tokens, last)) > last:
            last = step
        start = _with_title(text, tokens, _from_particle(text, tokens, first))
        end = tokens[last].end
        if text[end - 2 : end].lower() == "'s":
            end -= 2
        yield Redaction(
            start, end, Kind.PERSON, max(t.hidden for t in tokens[first : last + 1]) < 2
        )
        i = last + 1


def _reaches(text: str, tokens: list[Token], last: int) -> int:
    """Return the index of the next part of the same name, or `last` where it ends."""
    if text[tokens[last].end - 2 : tokens[last].end].lower() == "'s":
        return last
    for step in range(last + 1, min(last + 4, len(tokens))):
        gap = text[tokens[step - 1].end : tokens[step].start]
        ends = gap in _DOTTED and len(tokens[step - 1].word.key) > 1
        if ends or (gap not in _DOTTED and gap not in _SPACES):
            return last
        if tokens[step].hidden:
            return step
        if tokens[step].word.key not in cues.PARTICLES:
            return last
    return last


def _from_particle(text: str, tokens: list[Token], first: int) -> int:
    """Return where a name begins with its particles: "van der Merwe", not "his van Merwe"."""
    at = first
    while at and tokens[at - 1].word.key in cues.PARTICLES:
        if text[tokens[at - 1].end : tokens[at].start] != " ":
            break
        at -= 1
    own = {tokens[k].word.key for k in range(at, first)}
    return at if own - _WORDS_TOO else first


_WORDS_TOO = frozenset(["ten", "op", "den", "bin", "do", "e", "o", "st", "van", "ur", "y", "la"])


def _with_title(text: str, tokens: list[Token], first: int) -> int:
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
