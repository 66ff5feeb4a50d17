"""The project corpus: fictional answers written and annotated for Heard; see README.md here."""

import hashlib
from pathlib import Path

from nlp.codebook import Codebook
from nlp.examples import Example, load

FOLDER = Path(__file__).parent
TRAIN = FOLDER / "project_train.jsonl"
TEST = FOLDER / "project_test.jsonl"
PAIRS = FOLDER / "minimal_pairs.jsonl"
PAIRS_MORE = FOLDER / "minimal_pairs_more.jsonl"  # looked at while mending what they showed
PAIRS_CHECK = FOLDER / "minimal_pairs_check.jsonl"  # never used to write a list of words
PAIRS_SPOKEN = FOLDER / "minimal_pairs_spoken.jsonl"  # as people talk, few words that judge
PAIRS_KEPT = FOLDER / "minimal_pairs_kept.jsonl"  # more of these, unread since they were written
DEV = FOLDER / "victim_answers_dev.jsonl"
SECOND = FOLDER / "second_pass.jsonl"  # 200 answers of the test part annotated again, blind
FROZEN = "c23bddc6fd5dfdeee6a239ee7993033175e766bf594b20e2cc42377d67b3d177"  # SHA-256 of TEST


def train(book: Codebook) -> list[Example]:
    """Answers a model may learn from."""
    return [*load(TRAIN, book).examples, *load(DEV, book).examples]


def test(book: Codebook) -> list[Example]:
    """Answers kept aside for good: scored on, never learned from."""
    return load(TEST, book).examples


def digest(path: Path) -> str:
    """SHA-256 of a corpus file, 64 hex digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
