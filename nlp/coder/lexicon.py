"""Words that praise and words that blame, turned round by a denial before them.

Source: the negation window of Pang, Lee and Vaithyanathan (2002), on lists written for Heard.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nlp.coder.calibrate import Doubles
from nlp.coder.words import tokens

_PRAISE = """
good great brilliant excellent lovely kind helpful helped helps amazing fantastic wonderful
perfect patient respectful respect polite supportive friendly professional happy pleased
grateful thanks thank thankful safe safer better easy quick quickly prompt promptly believed
listened understanding understood caring cared clear clearly useful worth works worked fair
gentle reassured reassuring comfortable looked superb outstanding impressed appreciated
appreciate best love loved star legend angel ace spot-on faultless thorough protects protected
granted paid glad proud calm stronger improved improving marvellous kindly kindness seriously
informed flawless caught found
"""
_BLAME = """
bad awful terrible rude dismissive useless poor slow unhelpful unkind horrible appalling
dreadful disgraceful disrespectful impatient unsafe unhappy disappointed disappointing angry
ignored ignore doubted doubt blamed blame judged laughed sarcastic curt patronising patronised
fobbed failed fail fails refused lost broke broken crashed crashing impossible difficult hard
confusing late delay delays delayed waiting wait waited worse worst scared afraid frightened
terrified anxious nightmare joke disgusting insulting insult wasted waste shocking mistake
fault complaints complaint complain chase chasing hopeless pointless unfair uninformed rejected
forgot forgotten cold bored abandoned alone nobody
"""
_DENIED_BY = """
not no never nobody none nothing without hardly barely didn't don't wasn't isn't weren't aren't
couldn't can't cannot won't wouldn't doesn't hadn't haven't hasn't nor neither stopped
"""
_DENIALS = frozenset(_DENIED_BY.split())
_ENDS = re.compile(r"[.,;:!?()\n]+|\b(?:but|though|although|however|then)\b", re.IGNORECASE)
_WINDOW = 4
PRAISE, BLAME = frozenset(_PRAISE.split()), frozenset(_BLAME.split())


@lru_cache(maxsize=8192)
def lean(text: str) -> Doubles:
    """How many words praise and how many blame, damped; shape (2,), each in [0, 1).

    A word with a denial among the four before it in the same clause counts for the other side.
    """
    counts = [_counts(tokens(part)) for part in _ENDS.split(text)]
    total = np.array(counts, dtype=np.float64).sum(axis=0)
    damped: Doubles = np.tanh(0.7 * total)
    damped.flags.writeable = False  # one array serves every caller
    return damped


def _counts(words: Sequence[str]) -> tuple[int, int]:
    praise = blame = 0
    since = _WINDOW + 1
    for word in words:
        denied = since <= _WINDOW
        if word in PRAISE:
            praise, blame = (praise, blame + 1) if denied else (praise + 1, blame)
        elif word in BLAME and word not in _DENIALS:
            praise, blame = (praise + 1, blame) if denied else (praise, blame + 1)
        since = 1 if word in _DENIALS else since + 1
    return praise, blame
