"""A tuned encoder as a further voter: the last layers of MiniLM trained on reviewed answers.

Its scores are averaged, unit by unit, with those of the ridge heads, which see the untuned vectors.
What turns scores into decisions is fitted again on answers neither of the two had seen. Trained in
numpy (`nlp.tune`), stored as differences of eight bits, under 5 MB.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nlp.coder.intake import Read
from nlp.coder.units import Floats
from nlp.vectors import MiniLm, Span

SHARE = 0.5  # of the tuned voter in each score; .3 to .6 score the same on held-out answers
DANGER = ("risk:urgent", "risk:concern")
_MATRICES = ("qkv", "out", "up", "down")


@dataclass(frozen=True, slots=True)
class Tuned:
    """Tuned layers and what they score.

    Attributes:
        layers: Weights of the last layers, first of them first, as `nlp.vectors.block` reads them.
        head: Shape (384, columns); `bias` shape (columns,).
        columns: Names: theme ids, "tone:positive", "tone:negative", "gap", "need:…", "barrier:…".
    """

    layers: tuple[Mapping[str, Floats], ...]
    head: Floats
    bias: Floats
    columns: tuple[str, ...]

    def scores(self, encoder: MiniLm, reads: Sequence[Read]) -> Floats:
        """Chances for `units_of(reads)`, shape (units, columns)."""
        texts = [asked(read) for read in reads]
        states = encoder.hidden([text for text, _ in texts], encoder.layers - len(self.layers))
        tops = encoder.through(self.layers, [found for found, _ in states])
        pooled = [
            np.stack([top[a:b].mean(axis=0) for a, b in pieces(offsets, shift, clauses)])
            for top, (_, offsets), (_, shift), clauses in zip(
                tops, states, texts, (read.prepared.clauses for read in reads), strict=True
            )
        ]
        result: Floats = expit(np.concatenate(pooled) @ self.head + self.bias)
        return result

    def only(self, names: Sequence[str]) -> "Tuned":
        """The same layers scoring only the named columns, in that order."""
        kept = self.columns_for(names)
        return Tuned(self.layers, self.head[:, kept], self.bias[kept], tuple(names))

    def danger(self, said: NDArray[Any], reads: Sequence[Read]) -> NDArray[np.float64] | None:
        """Chances of "urgent" and of "concern or urgent" for each answer, shape (answers, 2).

        None where safeguarding was not among what the net was taught.
        """
        if not set(DANGER) <= set(self.columns):
            return None
        wholes = np.cumsum([0, *(1 + len(read.clauses) for read in reads)])[:-1]
        return np.asarray(said[wholes][:, self.columns_for(DANGER)], dtype=np.float64)

    def columns_for(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Positions of named columns.

        Raises:
            ValueError: One is not scored.
        """
        return np.array([self.columns.index(name) for name in names], dtype=np.int64)

    def to_arrays(self, encoder: MiniLm) -> dict[str, NDArray[Any]]:
        """Arrays to store: differences from the untuned layers, in eight bits a number."""
        base = encoder.layers - len(self.layers)
        arrays: dict[str, NDArray[Any]] = {
            "tuned.head": self.head.astype(np.float16),
            "tuned.bias": self.bias,
        }
        for i, own in enumerate(self.layers):
            for name, value in own.items():
                delta = value - encoder.weights_of(base + i)[name]
                if name not in _MATRICES:
                    arrays[f"tuned.{i}.{name}"] = delta.astype(np.float16)
                    continue
                scale = np.maximum(np.abs(delta).max(axis=0), 1e-9) / 127
                arrays[f"tuned.{i}.{name}"] = np.round(delta / scale).astype(np.int8)
                arrays[f"tuned.{i}.{name}.scale"] = scale.astype(np.float32)
        return arrays

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], columns: Sequence[str], encoder: MiniLm
    ) -> "Tuned":
        """Read what `to_arrays` stored, over the same encoder's weights."""
        count = 1 + max(int(k.split(".")[1]) for k in arrays if k.split(".")[1].isdigit())
        layers = []
        for i in range(count):
            own = dict(encoder.weights_of(encoder.layers - count + i))
            for name in own:
                delta = arrays[f"tuned.{i}.{name}"].astype(np.float32)
                scale = arrays.get(f"tuned.{i}.{name}.scale")
                own[name] = own[name] + (delta if scale is None else delta * scale)
            layers.append(own)
        head = arrays["tuned.head"].astype(np.float32)
        return cls(tuple(layers), head, arrays["tuned.bias"].astype(np.float32), tuple(columns))


def asked(read: Read) -> tuple[str, int]:
    """Question and redacted answer as one text, and where the answer begins."""
    question = read.prepared.item.question
    before = f"{question} " if question else ""
    return before + read.prepared.text, len(before)


def pieces(offsets: Sequence[Span], shift: int, clauses: Sequence[Span]) -> list[Span]:
    """Ranges of word pieces: the whole, then each clause; one not seen takes the whole."""
    ends = np.array(offsets)
    found = [(0, len(offsets))]
    for start, stop in clauses:
        inside = (ends[:, 1] > start + shift) & (ends[:, 0] < stop + shift)
        inside &= ends[:, 1] > ends[:, 0]
        at = np.flatnonzero(inside)
        found.append((int(at[0]), int(at[-1]) + 1) if len(at) else found[0])
    return found


def averaged(own: NDArray[Any], tuned: NDArray[Any], columns: NDArray[np.int64]) -> NDArray[Any]:
    """Scores with the tuned voter's share, column by column."""
    result: NDArray[Any] = (1 - SHARE) * own + SHARE * tuned[:, columns]
    return result
