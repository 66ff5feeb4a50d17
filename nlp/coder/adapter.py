"""The tuned layers Heard ships: trained on the project corpus, under 5 MB, with honest scores."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from nlp.coder.second import HeldOut
from nlp.coder.tuned import Tuned
from nlp.vectors import MiniLm

SHIPPED = Path(__file__).parents[1] / "adapters" / "victims.safetensors"


def load_adapter(encoder: MiniLm, path: Path = SHIPPED) -> HeldOut | None:
    """The adapter for this encoder; None where there is none or it fits other weights."""
    if not path.is_file():
        return None
    with safe_open(path, "numpy") as file:
        facts = json.loads(file.metadata()["facts"])
    if facts["encoder"] != encoder.name:
        return None
    arrays = load_file(path)
    layers = {key: value for key, value in arrays.items() if key.startswith("tuned.")}
    tuned = Tuned.from_arrays(layers, facts["columns"], encoder)
    scores, at = {}, 0
    for name, units in facts["held_out"]:
        scores[name] = arrays["held_out"][at : at + units].astype(np.float64)
        at += units
    return HeldOut(tuned, scores)


def save_adapter(path: Path, held: HeldOut, encoder: MiniLm) -> None:
    """Write layers, columns and held-out scores to one safetensors file."""
    arrays: dict[str, NDArray[Any]] = held.tuned.to_arrays(encoder)
    arrays["held_out"] = np.concatenate(list(held.scores.values())).astype(np.float16)
    facts = {
        "encoder": encoder.name,
        "columns": list(held.tuned.columns),
        "held_out": [(name, len(scores)) for name, scores in held.scores.items()],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(arrays, path, metadata={"facts": json.dumps(facts)})
