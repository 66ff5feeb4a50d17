"""What stands beside a word: titles, ranks, "ask for", "said", a signature, a month's date."""

import re

from nlp.redact import cues
from nlp.redact.words import Token, is_initial, next_token

_SIGNED = re.compile(
    r"(?:[.!?,\n]|\bx+|thanks|thank you|regards|cheers|love)[\s,\-]*$", re.IGNORECASE
)


def cue_before(text: str, tokens: list[Token], i: int) -> int:
    """Return 3 after a title or rank, 2 where a name is expected, 1 where one may stand, else 0."""
    if i == 0:
        return 0
    token, previous = tokens[i], tokens[i - 1]
    gap = text[previous.end : token.start]
    if len(gap) > 4 or "\n" in gap:
        return 2 * signs_off(text, token)
    if text[previous.end - 2 : previous.end].lower() == "'s":
        return 0  # "my husband's hand"
    titled = _title_before(text, tokens, i, gap.strip(" "))
    return _cue_by_words(text, tokens, i, gap) if titled is None else titled


def _cue_by_words(text: str, tokens: list[Token], i: int, gap: str) -> int:
    token, key = tokens[i], tokens[i - 1].word.key
    if (key in cues.RELATIONS and gap.strip() in _APPOSITION) or signs_off(text, token):
        return 2
    if any(c in gap for c in ".!?;"):
        return 0
    if _is_expected(tokens, i):
        return 2
    return int(
        key in cues.WEAK_BEFORE or (gap == ", " and text[token.end : token.end + 1] in _CLOSES)
    )


_CLOSES = frozenset({",", ".", "'"})
_APPOSITION = frozenset({"", ",", "-", "(", ":", "'", '"'})


def _title_before(text: str, tokens: list[Token], i: int, gap: str) -> int | None:
    """Return how much a title, rank or initial straight before says; None where there is none."""
    previous = tokens[i - 1]
    if gap not in {"", "."}:
        return None
    if previous.word.key in cues.TITLES | cues.RANKS:
        return _title_strength(tokens, i)
    if is_initial(text, previous) and (gap or text[previous.start] != "A"):
        return 2
    if len(previous.word.key) == 1 and previous.hidden:
        return 2
    return None


def _title_strength(tokens: list[Token], i: int) -> int:
    key = tokens[i - 1].word.key
    if key == "miss" and i >= 2 and tokens[i - 2].word.key in cues.WHO_MISSES:
        return 0
    return 2 if key in cues.AMBIGUOUS_TITLES else 3


def _is_expected(tokens: list[Token], i: int) -> bool:
    """Whether the words before call for a name: "ask for", "called", another name, "and"."""
    key = tokens[i - 1].word.key
    if key in cues.STRONG_BEFORE or key in cues.SELF or tokens[i - 1].hidden > 0:
        return True
    if i < 2:
        return False
    return (tokens[i - 2].word.key, key) in cues.STRONG_PAIRS or (
        key in {"and", "or"} and tokens[i - 2].hidden > 0
    )


def signs_off(text: str, token: Token) -> bool:
    """Whether the word ends the answer after a stop or thanks, as a signature does."""
    tail = text[token.end : token.end + 24].strip(" .x\n!")
    if tail and (len(tail.split()) > 1 or len(text) - token.end > 24):
        return False
    return (
        token.start > 12 and _SIGNED.search(text, max(0, token.start - 14), token.start) is not None
    )


def cue_after(text: str, tokens: list[Token], i: int) -> int:
    """Return 2 before a verb only people do, 1 before one they may, else 0."""
    following = next_token(text, tokens, i)
    if following is None:
        return 0
    key = following.word.key
    return 2 if key in cues.SAYING else 1 if key in cues.BEING else 0


def starts_sentence(text: str, token: Token) -> bool:
    """Return whether nothing or a full stop comes before the word."""
    before = text[max(0, token.start - 3) : token.start].rstrip(" ")
    return not before or before[-1] in ".!?\n"


def is_month(text: str, tokens: list[Token], i: int) -> bool:
    """Return whether a name of a month is the month here ("in May", "5 April")."""
    token = tokens[i]
    near = text[max(0, token.start - 8) : token.start] + text[token.end : token.end + 6]
    if any(c.isdigit() for c in near):
        return True
    if i and tokens[i - 1].word.key in cues.BEFORE_MONTH:
        return True
    following = next_token(text, tokens, i)
    return (
        token.word.key == "may"
        and token.opens
        and (following is None or following.word.key in cues.AFTER_MODAL)
    )
