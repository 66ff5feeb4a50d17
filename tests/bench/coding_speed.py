"""Speed and memory of redaction and coding, as ratios to spacy.blank("en") tokenising.

usage: PYTHONPATH=. python tests/bench/coding_speed.py [ANSWERS] [MODEL]; 10,000 of 17 words each.
"""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import spacy

from nlp import corpora, persist, redact
from nlp.codebook import DEFAULT, load
from nlp.coder import BUILT
from nlp.coder.model import unpack
from nlp.coder.pipeline import ThemeCoder
from nlp.coding import Item
from nlp.vectors import MiniLm, find_encoder

WORDS = 17


class Timed(MiniLm):
    """The encoder with a stop-watch."""

    seconds = 0.0

    def encode(self, texts, spans=None):  # type: ignore[no-untyped-def]
        began = time.process_time()
        found = super().encode(texts, spans)
        self.seconds += time.process_time() - began
        return found

    def through(self, layers, states):  # type: ignore[no-untyped-def]
        began = time.process_time()
        found = super().through(layers, states)
        self.seconds += time.process_time() - began
        return found

    def hidden(self, texts, layer):  # type: ignore[no-untyped-def]
        began = time.process_time()
        found = super().hidden(texts, layer)
        self.seconds += time.process_time() - began
        return found


def answers(number: int) -> list[str]:
    """Distinct answers of about 17 words, cut from the training corpus."""
    words = [w for e in corpora.train(load(DEFAULT)) for w in e.item.text.split()]
    return [" ".join(words[(i * 7) % (len(words) - WORDS) :][:WORDS]) for i in range(number)]


def seconds(work: Callable[[], object]) -> float:
    """Processor time, best of two: what other programs do meanwhile does not count."""
    times = []
    for _ in range(2):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def megabytes() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    stored = persist.load(Path(sys.argv[2]) if len(sys.argv) > 2 else BUILT)
    texts = answers(number)
    items = [Item(str(i), text, "What could have been better?") for i, text in enumerate(texts)]
    blank = spacy.blank("en")
    base = seconds(lambda: [blank.make_doc(text) for text in texts])
    print(f"{number} answers; spacy.blank tokenising {base:.2f} s = 1")
    took = seconds(lambda: [redact.find(text) for text in texts])
    print(f"redaction            {took / base:7.1f} x   (aim 20)")
    plain = ThemeCoder(unpack(stored), stored.digest, None)
    took = seconds(lambda: plain.code(items))
    print(f"coding, no vectors   {took / base:7.1f} x   (aim 80), {number / took:.0f} answers/s")
    print(f"peak memory          {megabytes():7.0f} MB  (aim 500)")
    if find_encoder() is None:
        print("vectors are not installed")
        return
    from nlp.vectors import find_folder

    encoder = Timed(find_folder())  # type: ignore[arg-type]
    coder = ThemeCoder(unpack(stored, encoder), stored.digest, encoder)
    few = items[: min(number, 1000)]
    began = time.process_time()
    coder.code(few)
    took = time.process_time() - began
    outside = 1 - encoder.seconds / took
    print(f"coding with vectors  {len(few) / took:7.0f} answers/s, {outside:.0%} outside (aim 15%)")
    print(f"peak memory          {megabytes():7.0f} MB  (aim 900)")


if __name__ == "__main__":
    main()
