"""Words that tell a gap from a need that was met, refused by the person, or only imagined."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from nlp.coder.calibrate import Doubles
from nlp.coder.lexicon import lean, plainness

_DECLINED = re.compile(
    r"\b(?:(?:said|told them|told her|told him) no\b|turned? (?:it|them|him|her|that|both) down"
    r"|declined|did ?n[o']?t (?:want|need|fancy|take (?:it|them) up)|do ?n[o']?t need|no need"
    r"|was ?n[o']?t for me|no thank(?:s| you)|my choice|i chose not"
    r"|(?:and|but|so) (?:i|we) (?:refused|declined)|(?:i|we) refused (?:the|it|their|any))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no ?(?:one|body)|never|nothing|not|without|nowhere|nor|neither|none|no|cannot|\w+n't"
    r"|cant|dont|didnt|wasnt|wont|couldnt|isnt|hasnt|havent)\b",
    re.IGNORECASE,
)
_AND_YET = re.compile(r"\b(?:but|then|should|would|when)\b", re.IGNORECASE)
_WANTING = re.compile(
    r"\b(?:would|wud|should|shud|could|wish|if only|still|wait(?:ing|ed|s)?|late|later|too|only"
    r"|stopped|stops|ended|ends|but|except|instead|refused|until|unless|told to|lost|wrong|closed"
    r"|asked|need|needs|want|more|months?|weeks?|years?|before|half|supposed|promised|meant|because"
    r"|hard|who|how|why|where|when|pounds)\b|[?£]",
    re.IGNORECASE,
)
_MET = re.compile(
    r"\b(?:and (?:got|there was|they|she|he|it)|there was one|was there|as long as"
    r"|was given (?:one|it)|got (?:one|her|him|it|them)|happy with|told me|rang|came to me|helped"
    r"|had an?)\b",
    re.IGNORECASE,
)
# A wish and its fulfilment in one breath, a burden spared, an ending in good time.
_FULFILLED = re.compile(
    r"\b(?:(?:asked|promised|needed|wanted|wait(?:ed|ing)?|lists?)\b[^.;!?]{0,40}?"
    r"\b(?:and|then|which) (?:it |they |she |he |i |we |then )?"
    r"(?:came|did|had|got|there (?:was|were)|given|started|happened|arrived|fitted)\b(?! n[o']?t)"
    r"|(?:some(?:one|body)|they|she|he) (?:told|showed|explained)(?: to)? (?:me|us)"
    r" (?:how|what|where|who)"
    r"|(?:never|did ?n[o']?t|without) (?:have|had|having) to (?:pay|wait|ask|chase|beg|push)"
    r"|(?:once|when|until|till) (?:i|we) (?:was|were|felt) ready)\b",
    re.IGNORECASE,
)
_WORDS = Path(__file__).parents[1] / "data" / "gap_words.toml"
_WAITS = re.compile(
    r"\b(?:wait(?:s|ed|ing)?|lists?|queue|still|by the time|took|yet|chas(?:ed|ing))\b",
    re.IGNORECASE,
)
SHORT, SHORTER = 16, 12  # words; longer answers praise one thing and miss another
_IMAGINED = re.compile(
    r"\b(?:would(?:'ve| have|n't)?|could(?:'ve| have)|should(?:'ve| have|n't)?|wish|if only"
    r"|wud|shud|ought to|needed|need|wanted)\b",
    re.IGNORECASE,
)
_REFUSED_SENSE = re.compile(
    r"\b(?:no ?(?:one|body)|never|nothing|not|still|without|waiting|waited|nowhere|nor|neither|none"
    r"|couldn't|can't|cant|didn't|didnt|wouldn't|won't|isn't|no)\b",
    re.IGNORECASE,
)


def is_settled(text: str) -> bool:
    """Whether an answer plainly says no to help, or plainly says it was given.

    Kept narrow: of the 688 training answers with a gap it settles 3, of the 1,065 without one 30.
    """
    declined = _DECLINED.search(text)
    if declined:
        rest = f"{text[: declined.start()]} {text[declined.end() :]}"
        return not _DENIED.search(rest) and not _AND_YET.search(rest)
    words = len(text.split())
    if words <= SHORTER:
        text = _FULFILLED.sub(" helped ", text)
    if words > SHORT or _DENIED.search(text) or _WANTING.search(text):
        return False
    praise, blame = lean(text)[:2]
    met = words <= SHORTER and _MET.search(text) is not None
    return met or bool(praise > 0 and blame == 0)


def speaks_of_waiting(text: str) -> bool:
    """Whether an answer says that somebody is or was kept waiting."""
    return _WAITS.search(text) is not None


def signs_of(text: str) -> Doubles:
    """Whether an answer declines, imagines or denies, and what its words say; shape (12,)."""
    patterns = (_DECLINED, _IMAGINED, _REFUSED_SENSE)
    said, plain = lean(text), plainness(text)
    found = [float(bool(p.search(text))) for p in patterns]
    return np.array([*found, *said, *(plain * said), plain])


def words_of(text: str, needs: Sequence[str], barriers: Sequence[str]) -> Doubles:
    """How much a text's words speak of each need, then of each barrier: 0, 1/2 or 1."""
    plain = text.replace("’", "'")
    known = _patterns()
    patterns = [*(known.get(("needs", n)) for n in needs)]
    patterns += [known.get(("barriers", b)) for b in barriers]
    return np.array([min(len(p.findall(plain)), 2) / 2 if p else 0.0 for p in patterns])


@cache
def _patterns() -> dict[tuple[str, str], re.Pattern[str]]:
    known = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return {
        (part, name): re.compile(pattern, re.IGNORECASE)
        for part, own in known.items()
        for name, pattern in own.items()
    }
