"""Training passes of one transformer layer: forward with what is needed to come back, and back.

The same arithmetic as `nlp.vectors.block`, with dropout, in plain numpy. Source: Vaswani et al.
(2017); Devlin et al. (2019) for the order of norms.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import erf

from nlp.coder.units import Floats
from nlp.vectors import EPSILON, HEADS

_ROOT_HALF = np.float32(0.7071067811865476)
_DENSITY = np.float32(0.3989422804014327)


@dataclass(frozen=True, slots=True)
class Trace:
    """What the way back needs of one layer's way forward."""

    x: Floats
    heads: tuple[Floats, Floats, Floats]
    attention: Floats
    context: Floats
    first: tuple[Floats, Floats]
    middle: Floats
    up: Floats
    share: Floats
    second: tuple[Floats, Floats]
    masks: tuple[Floats, Floats]
    shape: tuple[int, int, int]


def forward(
    x: Floats, w: Mapping[str, Floats], mask: Floats, drop: float, draw: np.random.Generator
) -> tuple[Floats, Trace]:
    """One layer over `x` of shape (texts, pieces, width)."""
    texts, pieces, width = shape = (x.shape[0], x.shape[1], x.shape[2])
    flat = x.reshape(-1, width)
    each = width // HEADS
    qkv = (flat @ w["qkv"] + w["qkv_b"]).reshape(texts, pieces, 3, HEADS, each)
    q, k, v = (np.ascontiguousarray(part) for part in qkv.transpose(2, 0, 3, 1, 4))
    scores = q @ k.transpose(0, 1, 3, 2) * np.float32(each**-0.5) + mask
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True)).astype(np.float32)
    scores /= scores.sum(axis=-1, keepdims=True)
    context: Floats = np.ascontiguousarray((scores @ v).transpose(0, 2, 1, 3)).reshape(-1, width)
    masks = (_dropped(flat.shape, drop, draw), _dropped(flat.shape, drop, draw))
    attended = np.asarray(flat + (context @ w["out"] + w["out_b"]) * masks[0], dtype=np.float32)
    middle, first = _norm(attended, w, "ln1")
    up = middle @ w["up"] + w["up_b"]
    share = np.asarray(0.5 * (1 + erf(up * _ROOT_HALF)), dtype=np.float32)
    down = (up * share) @ w["down"] + w["down_b"]
    out, second = _norm(np.asarray(middle + down * masks[1], dtype=np.float32), w, "ln2")
    trace = Trace(flat, (q, k, v), scores, context, first, middle, up, share, second, masks, shape)
    return out.reshape(shape), trace


def backward(slope: Floats, w: Mapping[str, Floats], t: Trace) -> tuple[Floats, dict[str, Floats]]:
    """Slopes of the loss for the layer's input and for its weights."""
    texts, pieces, width = t.shape
    each = width // HEADS
    g: dict[str, Floats] = {}
    after = _norm_back(slope.reshape(-1, width), t.second, w, "ln2", g)
    down = after * t.masks[1]
    g["down"], g["down_b"] = (t.up * t.share).T @ down, down.sum(axis=0)
    bend = t.share + t.up * np.exp(-0.5 * t.up * t.up) * _DENSITY
    up = (down @ w["down"].T) * bend
    g["up"], g["up_b"] = t.middle.T @ up, up.sum(axis=0)
    before = _norm_back(after + up @ w["up"].T, t.first, w, "ln1", g)
    out = before * t.masks[0]
    g["out"], g["out_b"] = t.context.T @ out, out.sum(axis=0)
    q, k, v = t.heads
    context = (out @ w["out"].T).reshape(texts, pieces, HEADS, each).transpose(0, 2, 1, 3)
    scores = context @ v.transpose(0, 1, 3, 2)
    scores = t.attention * (scores - (scores * t.attention).sum(axis=-1, keepdims=True))
    scores = scores * np.float32(each**-0.5)
    parts = (
        scores @ k,
        scores.transpose(0, 1, 3, 2) @ q,
        t.attention.transpose(0, 1, 3, 2) @ context,
    )
    qkv = np.stack(parts).transpose(1, 3, 0, 2, 4).reshape(-1, 3 * width)
    g["qkv"], g["qkv_b"] = t.x.T @ qkv, qkv.sum(axis=0)
    below: Floats = np.asarray(before + qkv @ w["qkv"].T, dtype=np.float32)
    return below.reshape(t.shape), g


def _dropped(shape: tuple[int, ...], drop: float, draw: np.random.Generator) -> Floats:
    if drop <= 0:
        return np.ones((1, 1), dtype=np.float32)
    kept = draw.random(shape, dtype=np.float32) > drop
    return (kept / np.float32(1 - drop)).astype(np.float32)


def _norm(x: Floats, w: Mapping[str, Floats], name: str) -> tuple[Floats, tuple[Floats, Floats]]:
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    scale = np.asarray(1 / np.sqrt(variance + np.float32(EPSILON)), dtype=np.float32)
    plain = centred * scale
    return plain * w[name] + w[f"{name}_b"], (plain, scale)


def _norm_back(
    slope: Floats,
    kept: tuple[Floats, Floats],
    w: Mapping[str, Floats],
    name: str,
    g: dict[str, Floats],
) -> Floats:
    plain, scale = kept
    g[name], g[f"{name}_b"] = (slope * plain).sum(axis=0), slope.sum(axis=0)
    inner = slope * w[name]
    middle = inner.mean(axis=-1, keepdims=True)
    along = (inner * plain).mean(axis=-1, keepdims=True)
    return np.asarray(scale * (inner - middle - plain * along), dtype=np.float32)
