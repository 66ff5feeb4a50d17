"""Model directories: arrays as safetensors, everything else as JSON, a card for people. No pickle.

A directory is written beside its place and moved in whole, so a killed training never leaves half
a model. Its version is a hash of what is in it.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

FORMAT = 3
ARRAYS, SETTINGS, CARD = "model.safetensors", "model.json", "CARD.md"


class ModelError(ValueError):
    """A directory does not hold a model this version can read."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a model directory holds."""

    arrays: Mapping[str, NDArray[Any]]
    settings: Mapping[str, Any]
    digest: str


def save(
    folder: Path, arrays: Mapping[str, NDArray[Any]], settings: Mapping[str, Any], card: str
) -> str:
    """Write a model directory, replacing one that is there; returns its digest (64 hex digits).

    Raises:
        ModelError: `folder` exists and is not a model directory, so it is left alone.
        OSError: The disk would not take it.
    """
    if folder.exists() and not is_replaceable(folder):
        raise ModelError(f"{folder} holds other files; give a new or an empty directory")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, fresh / ARRAYS)
        document = {"format": FORMAT, **settings}
        text = json.dumps(document, ensure_ascii=False)  # the order of themes is part of it
        (fresh / SETTINGS).write_text(text, encoding="utf-8")
        digest = _digest(fresh)
        (fresh / CARD).write_text(card.replace("{digest}", digest[:8]), encoding="utf-8")
        fresh.chmod(0o755)
        (fresh / ARRAYS).chmod(0o644)
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return digest


def is_replaceable(folder: Path) -> bool:
    """Whether `folder` is empty or a model directory."""
    if not folder.is_dir():
        return False
    names = {path.name for path in folder.iterdir()}
    return not names or SETTINGS in names


def load(folder: Path) -> Stored:
    """Read a model directory.

    Raises:
        ModelError: A file is missing, damaged, or of another format.
    """
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        arrays = load_file(folder / ARRAYS)
        digest = _digest(folder)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"{folder} is not a model directory: {error}") from error
    if not isinstance(settings, dict) or settings.get("format") != FORMAT:
        raise ModelError(f"{folder} was made by another version; train it again")
    return Stored(arrays, settings, digest)


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for name in (ARRAYS, SETTINGS):
        whole.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return whole.hexdigest()


def remove(folder: Path) -> None:
    """Remove a model directory; anything else is left alone."""
    if is_replaceable(folder):
        shutil.rmtree(folder)
