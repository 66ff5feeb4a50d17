"""Recall of redaction per kind and per origin of name, and clean text hidden: for annotated files.

`python -m nlp.redact.report FILE...` reads JSON lines with `text` and `pii` or `spans` (label,
start, end) and prints a table with Wilson intervals. Names are put under the origins they are
listed with; those on no list are reported as "unlisted".
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.redact.cues import RANKS, TITLES
from nlp.redact.find import find
from nlp.redact.lexicon import fold, name_origins

Z = 1.959964  # 95 %


@dataclass(slots=True)
class Tally:
    """Counts of items wholly hidden; a police rank in the gold span is never counted (rule 15)."""

    hidden: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    clean_hidden: int = 0

    def add(self, text: str, gold: Iterable[Mapping[str, Any]], language: str) -> None:
        """Count one answer."""
        covered = bytearray(len(text))
        wanted = bytearray(len(text))
        for item in find(text, language):
            covered[item.start : item.end] = b"\1" * (item.end - item.start)
        for span in gold:
            start, end = _without_rank(text, span["start"], span["end"])
            wanted[span["start"] : span["end"]] = b"\1" * (span["end"] - span["start"])
            is_hidden = all(covered[start:end])
            for key in _keys(span["label"], text[start:end]):
                self.total[key] += 1
                self.hidden[key] += is_hidden
        clean = [hidden for hidden, want in zip(covered, wanted, strict=True) if not want]
        self.clean += len(clean)
        self.clean_hidden += sum(clean)

    def lines(self) -> list[str]:
        """Return the table, a line a kind or origin."""
        rows = [
            f"{key:34s} {self.hidden[key]:5d}/{n:<5d} {_interval(self.hidden[key], n)}"
            for key, n in sorted(self.total.items())
        ]
        share = self.clean_hidden / max(1, self.clean)
        return [*rows, f"{'clean characters hidden':34s} {share:.2%} of {self.clean:,}"]


def _keys(label: str, value: str) -> list[str]:
    keys = [label]
    if label != "PERSON":
        return [*keys, "all structured"] if label not in {"PLACE", "ADDRESS"} else keys
    origins = {o for word in fold(value).split() for o in name_origins().get(word, ())}
    return keys + [f"  {origin}" for origin in sorted(origins) or ["unlisted"]]


def _without_rank(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end].split(" ")
    while len(words) > 1 and fold(words[0].strip(".")) in RANKS - TITLES:
        start += len(words[0]) + 1
        words = words[1:]
    return start, end


def _interval(hidden: int, n: int) -> str:
    """Return the share and its Wilson interval. Source: Wilson (1927)."""
    p = hidden / n
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return f"{p:6.1%}  [{middle - half:.1%}, {middle + half:.1%}]"


def tally_files(paths: Sequence[Path]) -> Tally:
    """Return the counts over all answers of the files."""
    tally = Tally()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                gold = row.get("pii", row.get("spans", []))
                tally.add(row["text"], gold, row.get("language", "en"))
    return tally


def main(arguments: Sequence[str]) -> int:
    """Print the report; 2 where no file was named."""
    if not arguments:
        sys.stderr.write("usage: python -m nlp.redact.report FILE.jsonl...\n")
        return 2
    sys.stdout.write("\n".join(tally_files([Path(name) for name in arguments]).lines()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
