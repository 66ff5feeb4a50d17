"""A cold start: a coder from a codebook alone, remembered so that it is built once."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from nlp import corpora, persist
from nlp.card import model_card
from nlp.codebook import Codebook
from nlp.coder import BUILT, save_model
from nlp.coder.model import unpack
from nlp.coder.pipeline import RELEASE, ThemeCoder
from nlp.train import gather, train
from nlp.vectors import MiniLm, find_encoder

KEPT = BUILT.parent / "cold"
_MOST = 8  # codebooks remembered; the oldest go first


def cold_coder(book: Codebook, say: Callable[[str], None], kept: Path | None = KEPT) -> ThemeCoder:
    """A coder trained from `book`'s seeds, read from `kept` when the same one was built before."""
    encoder = find_encoder()
    folder = kept / _key(book, encoder) if kept else None
    if folder is not None:
        try:
            stored = persist.load(folder)
            return ThemeCoder(unpack(stored, encoder), stored.digest, encoder)
        except persist.ModelError:
            pass
    model = train(gather(book), encoder, say=say)
    digest = _key(book, encoder)
    if folder is not None and kept is not None:
        try:
            digest = save_model(model, folder, model_card(model))
            _forget(kept)
        except OSError as error:
            say(f"the coder could not be kept: {error}")
    return ThemeCoder(model, digest, encoder)


def _key(book: Codebook, encoder: MiniLm | None) -> str:
    document = json.dumps(book.document, sort_keys=True, default=str)
    parts = [document, encoder.name if encoder else "", RELEASE, corpora.digest(corpora.TRAIN)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def _forget(kept: Path) -> None:
    folders = sorted(
        (p for p in kept.iterdir() if (p / persist.SETTINGS).is_file()),
        key=lambda p: p.stat().st_mtime,
    )
    for old in folders[:-_MOST]:
        persist.remove(old)
