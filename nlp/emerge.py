"""Emerging themes: groups of answers the codebook explains badly, for a person to look at.

k-means over the sentence vectors of the least explained answers; a group counts when it comes back
under other seeds, and is never shown under five respondents. Source: Hennig (2007) for stability
by Jaccard; Grootendorst (2022) for class TF-IDF names.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD

from nlp.coder.words import fit_words, tokens
from nlp.coding import Coding
from nlp.text import is_nil
from nlp.vectors import Encoder

FEWEST = 5  # respondents; a smaller group could point at somebody
LEAST_EXPLAINED = 0.3  # share of the answers looked at
SEEDS = 10
STABLE = 0.5  # mean Jaccard over seeds under which a group is chance (Hennig's "dissolved")
PER_GROUP = 12  # answers a group has on average; sets how many are looked for
NAME_WORDS = 4
QUOTES = 3
_WIDTH = 50
_STOP_WORDS = """
    a an the and or but if of to in on at for from with by as is was were be been am are it its
    it's i i'm i've me my mine we us our you your he him his she her they them their this that
    these those there here who what which when where how why so than then too very just not no
    nor do did does don't didn't have had has would could should can can't will get got go went
    about all any after before because more some up out over again only being into had hadn't
    wasn't one
"""
_STOP = frozenset(_STOP_WORDS.split())
_WAYS_TO_SAY_NOTHING = """
    nothing none no not n a na nope nah nil nowt comment comments further more to add say else
    really at all the moment thanks thank you i have i've can can't cannot think of that this
    anything any comes springs to mind sorry do don't know idea applicable me suggestions
    complaints as above before answer honestly tbh good fine ok okay
"""
_NOTHING_SAID = frozenset(_WAYS_TO_SAY_NOTHING.split())

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Group:
    """A candidate theme.

    Attributes:
        name: Words that set the group apart, best first; each used by at least two respondents.
        members: Positions of its answers, nearest to the middle first.
        respondents: How many people they come from.
        stability: Mean Jaccard with the nearest group under other seeds, in [0, 1].
    """

    name: tuple[str, ...]
    members: tuple[int, ...]
    respondents: int
    stability: float

    @property
    def quotes(self) -> tuple[int, ...]:
        """Positions of the answers that show it best."""
        return self.members[:QUOTES]


def least_explained(codings: Sequence[Coding], share: float = LEAST_EXPLAINED) -> list[int]:
    """Positions of the answers whose likeliest theme is least likely.

    Answers that say nothing ("n/a", "nothing to add") are left out before any are counted: they
    are many, alike and explained by no theme, so they would be the first group of all.
    """
    said = [i for i, c in enumerate(codings) if not c.needs_reader and not _is_empty(c.redacted)]
    told = {i: max((c.probability for c in codings[i].candidates), default=0.0) for i in said}
    return sorted(sorted(said, key=lambda i: (told[i], i))[: int(np.ceil(share * len(said)))])


def _is_empty(text: str) -> bool:
    """Whether a redacted answer is one word or made only of ways to say nothing."""
    words = {word for word in tokens(text) if word[0].isalnum()}
    return is_nil(text) or len(words) < 2 or words <= _NOTHING_SAID


def find_groups(
    texts: Sequence[str], respondents: Sequence[str], encoder: Encoder | None, seed: int = 0
) -> list[Group]:
    """Groups among redacted `texts`, largest first; empty where there are too few to tell.

    Deterministic for the same texts, encoder and seed.

    Raises:
        ValueError: The two sequences differ in length.
    """
    if len(texts) != len(respondents):
        raise ValueError(f"{len(texts)} texts, {len(respondents)} respondents")
    wanted = len(texts) // PER_GROUP
    if wanted < 2:
        return []
    vectors = _vectors(texts, encoder, seed)
    runs = [_labels(vectors, wanted, seed + k) for k in range(SEEDS)]
    split = [tokens(text) for text in texts]
    found = []
    for label in range(wanted):
        members = np.flatnonzero(runs[0] == label)
        people = {respondents[int(i)] for i in members}
        stability = float(np.mean([_jaccard(members, run) for run in runs[1:]]))
        if len(people) < FEWEST or stability < STABLE:
            continue
        middle = vectors[members].mean(axis=0)
        order = members[np.argsort(-(vectors[members] @ middle), kind="stable")]
        name = _name(split, members, respondents)
        found.append(Group(name, tuple(int(i) for i in order), len(people), stability))
    return sorted(found, key=lambda g: (-g.respondents, g.members))


def _vectors(texts: Sequence[str], encoder: Encoder | None, seed: int) -> Floats:
    if encoder is not None:
        return np.stack([e.sentence for e in encoder.encode(texts)]).astype(np.float64)
    split = [tokens(text) for text in texts]
    counted = fit_words(split).transform(split)
    width = min(_WIDTH, min(counted.shape) - 1)
    if width < 2:
        return np.zeros((len(texts), 2))
    reduced: Floats = TruncatedSVD(width, random_state=seed).fit_transform(counted)
    scaled: Floats = reduced / np.maximum(np.linalg.norm(reduced, axis=1, keepdims=True), 1e-9)
    return scaled


def _labels(vectors: Floats, wanted: int, seed: int) -> NDArray[Any]:
    found = min(wanted, len(np.unique(vectors, axis=0)))
    model = KMeans(found, n_init=1, random_state=seed)
    labels: NDArray[Any] = model.fit_predict(vectors)
    return labels


def _jaccard(members: NDArray[Any], run: NDArray[Any]) -> float:
    """Best overlap of a group with any group of another run."""
    own = set(members.tolist())
    best = 0.0
    for label in set(run[members].tolist()):
        other = set(np.flatnonzero(run == label).tolist())
        best = max(best, len(own & other) / len(own | other))
    return best


def _name(
    split: Sequence[Sequence[str]], members: NDArray[Any], respondents: Sequence[str]
) -> tuple[str, ...]:
    inside = [(respondents[i], set(split[i])) for i in members]
    everywhere = Counter(word for words in split for word in set(words))
    users: dict[str, set[str]] = {}
    for person, words in inside:
        for word in words - _STOP:
            if len(word) > 2 and not word.startswith("hidden"):
                users.setdefault(word, set()).add(person)
    weights = {
        word: len(people) / len(inside) * np.log(1 + len(split) / everywhere[word])
        for word, people in users.items()
        if len(people) >= 2
    }
    return tuple(sorted(weights, key=lambda w: (-weights[w], w))[:NAME_WORDS])
