"""Compile the case-frequency prior from spacy-lookups-data; run when that package changes.

`python -m nlp.redact.build_prior` writes `nlp/data/case_prior.txt.xz`. The package is needed only
here. Source: spacy-lookups-data 1.0.5 (MIT), `en_lexeme_prob`: log-probabilities of a million
English word forms, case kept, counted by Explosion on public web comments.
"""

import gzip
import json
import lzma
import math
import re
import sys
from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

OUT = Path(__file__).parents[1] / "data" / "case_prior.txt.xz"
EVERYDAY = -11.2  # log-probability of the lower-case form; about the 7,000 commonest words
KNOWN_LOWER = -17.6  # rarer lower-case forms are as often names as words
KNOWN_TITLE = -18.2
MOSTLY_TITLE = 2.0  # times as often with a capital as without
OFTEN_TITLE = 0.45
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)?")


def classify(probabilities: Mapping[str, float]) -> dict[str, list[str]]:
    """Return words by class: e everyday, l lower case, m mixed, t mostly with a capital."""
    lower: dict[str, float] = defaultdict(float)
    title: dict[str, float] = defaultdict(float)
    for form, logp in probabilities.items():
        key = form.lower()
        if not _WORD.fullmatch(key) or len(key) < 2:
            continue
        if form == key:
            lower[key] += math.exp(logp)
        elif form == key.capitalize():
            title[key] += math.exp(logp)
    classes: dict[str, list[str]] = {"e": [], "l": [], "m": [], "t": []}
    for key in sorted(lower.keys() | title.keys()):
        name = _class(lower.get(key, 0.0), title.get(key, 0.0))
        if name:
            classes[name].append(key)
    return classes


def _class(lower: float, title: float) -> str:
    if title >= MOSTLY_TITLE * lower:
        return "t" if title >= math.exp(KNOWN_TITLE) else ""
    if lower < math.exp(KNOWN_LOWER):
        return ""
    if title >= OFTEN_TITLE * lower:
        return "m"
    return "e" if lower >= math.exp(EVERYDAY) else "l"


def pack(classes: Mapping[str, list[str]]) -> bytes:
    """Return the classes as one compressed text: a line "#class", then front-coded words."""
    lines: list[str] = []
    for name, words in classes.items():
        lines.append(f"#{name}")
        before = ""
        for word in words:
            shared = 0
            while shared < min(len(word), len(before), 25) and word[shared] == before[shared]:
                shared += 1
            lines.append(chr(ord("A") + shared) + word[shared:])
            before = word
    return lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME)


def main() -> None:
    """Write the prior and say how large it is."""
    source = files("spacy_lookups_data") / "data" / "en_lexeme_prob.json.gz"
    probabilities = json.loads(gzip.decompress(source.read_bytes()))
    classes = classify(probabilities)
    OUT.write_bytes(pack(classes))
    counts = ", ".join(f"{name} {len(words):,}" for name, words in classes.items())
    sys.stdout.write(f"{OUT.name}: {OUT.stat().st_size:,} bytes; {counts}\n")


if __name__ == "__main__":
    main()
