"""What the words of a text say by themselves: praise, blame, acts done and acts left undone.

A denial turns what follows it in the same clause, a wish ("would have helped") makes an act one
left undone. Source: the negation window of Pang, Lee and Vaithyanathan (2002), on lists written for
Heard (`nlp/data/valence.toml`).
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from nlp.coder.calibrate import Doubles
from nlp.coder.words import tokens

_LISTS = tomllib.loads((Path(__file__).parents[1] / "data" / "valence.toml").read_text("utf-8"))
PRAISE, BLAME = frozenset(_LISTS["praise"].split()), frozenset(_LISTS["blame"].split())
_DENIALS, _WISHES = frozenset(_LISTS["denials"].split()), frozenset(_LISTS["wishes"].split())
_ACTS, _TO_ACT = frozenset(_LISTS["acts"].split()), frozenset(_LISTS["to_act"].split())
_WISHED_FOR = frozenset(_LISTS["wished_for"].split())
_NOTHING = frozenset(("nothing", "nobody", "none", "no", "neither"))
_RECEIVED = frozenset(("got", "get", "had", "have", "received", "receive", "given"))
_PASSIVE = frozenset(("was", "were", "been", "got", "get", "wasn't", "weren't", "being"))
_OWN = frozenset(("i", "i've", "i'd", "we", "we've", "we'd"))
_MARKS = {"goodturn": "praise", "badturn": "blame", "doneturn": "done", "undoneturn": "undone"}
_WRITTEN = {kind: mark for mark, kind in _MARKS.items()}
_TURNED = {
    "praise": "blame", "blame": "praise", "done": "undone", "to do": "undone", "undone": "done",
    "wished": "wished", "": "",
}  # fmt: skip
_IDIOMS = re.compile(
    "|".join(
        rf"(?P<{kind}>\b(?:{'|'.join(found)}))" for kind, found in sorted(_LISTS["idioms"].items())
    ),
    re.IGNORECASE,
)
# "Nothing but" affirms what follows, "anything but" denies it.
_AFFIRMS = re.compile(r"\b(?:nothing|nowt|none|no one|nobody) but\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:anything but|far from|anywhere near|nowhere near|less than|the opposite of)\b",
    re.IGNORECASE,
)
_NEVER_ANYTHING_BUT = re.compile(r"\b(?:never|not|n't) (?:once )?anything but\b", re.IGNORECASE)
_ENDS = re.compile(
    r"[.,;:!?()\n]+|\b(?:but|though|although|however|then|and|until|till|so|because|when|while"
    r"|yet|except)\b",
    re.IGNORECASE,
)
PLAIN = 12  # a longer answer tells a story; at twice as many its words are not trusted at all
_WINDOW = 4
_FAR, _NEAR, _OWN_ACT = 99, 3, 2
_ALL = re.compile(
    r"^\W*(?:absolutely |literally |just )?(?:every(?:thing|one|body)|every single thing"
    r"|all of (?:it|them)|the (?:whole )?lot"
    r"|(?P<none>nothing|not an? (?:single )?thing|not one thing|none of (?:it|them)|no ?one|nobody"
    r"|nowt|sod all|naff all))"
    r"(?: (?:really|at all|tbh|honestly|to be honest|(?:that )?(?:they|you|he|she) (?:did|said)))*"
    r"\W*$",
    re.IGNORECASE,
)
_ASKS_GOOD = re.compile(r"\b(?:good|well|helped|helpful|liked?|best|useful)\b", re.IGNORECASE)
_ASKS_BAD = re.compile(
    r"\b(?:better|improved?|missing|not get|differently|worst|wrong|change)\b", re.IGNORECASE
)


@lru_cache(maxsize=8192)
def lean(text: str) -> Doubles:
    """How much a text praises, blames, tells of acts done and of acts not done; shape (4,).

    Each is a damped count in [0, 1). A word with a denial among the four before it in the same
    clause counts for the other side.
    """
    plain = _NEVER_ANYTHING_BUT.sub("always", text.replace("’", "'"))
    plain = _DENIES.sub("not", _AFFIRMS.sub("only", _IDIOMS.sub(_marked, plain)))
    counts = [_counts(tokens(part)) for part in _ENDS.split(plain)]
    damped: Doubles = np.tanh(0.7 * np.array(counts, dtype=np.float64).sum(axis=0))
    damped.flags.writeable = False  # one array serves every caller
    return damped


def plainness(text: str) -> float:
    """How far a text can be taken at its word: 1 up to `PLAIN` words, then less."""
    return min(1.0, max(0.0, 2 - len(text.split()) / PLAIN))


def outright(text: str, question: str) -> int:
    """1 where "everything" or "nothing" is the whole of a good verdict, -1 of a bad one, else 0."""
    found = _ALL.match(text)
    if found is None or not question:
        return 0
    if _ASKS_BAD.search(question):
        return 0 if found["none"] else -1
    if _ASKS_GOOD.search(question):
        return -1 if found["none"] else 1
    return 0


def _marked(match: re.Match[str]) -> str:
    return f" {_WRITTEN.get(match.lastgroup or '', '')} "


def _counts(words: Sequence[str]) -> tuple[int, int, int, int]:
    found: Counter[str] = Counter()
    denied = wished = own = acted = _FAR
    for word in words:
        kind = _kind(word, wished <= _WINDOW, own)
        said = _TURNED[kind] if denied <= _WINDOW else kind
        found[said] += 1
        if word in _NOTHING and acted <= _NEAR:
            found["done"] -= 1
            found["undone"] += 1
            acted = _FAR
        acted = 1 if said == "done" else acted + 1
        denied = 1 if word in _DENIALS else denied + 1
        wished = 1 if word in _WISHES else wished + 1
        own = 1 if word in _OWN else _FAR if word in _PASSIVE else own + 1
    return found["praise"], found["blame"], found["done"], found["undone"] + found["wished"]


def _kind(word: str, wished: bool, own: int) -> str:
    """What a word says before any denial; `own` is how far back the writer was named."""
    if word in _MARKS:
        return _MARKS[word]
    act = word in _ACTS or word in _TO_ACT
    if wished and (word in _WISHED_FOR or act):
        return "wished" if own > _WINDOW or word in _WISHED_FOR else ""
    if word in PRAISE or word in BLAME:
        return "praise" if word in PRAISE else "blame"
    if act and (own > _OWN_ACT or word in _RECEIVED):
        return "done" if word in _ACTS else "to do"
    return ""
