"""The coder: `load_coder` gives one, `Coder.code` turns answers into codings."""

from collections.abc import Callable
from pathlib import Path

from nlp import persist
from nlp.codebook import DEFAULT, load
from nlp.coder.model import Model, unpack
from nlp.coder.pipeline import ThemeCoder
from nlp.coding import Candidate, Coder, Coding, Gap, Item, Polarity, Safeguarding, ThemeCode
from nlp.vectors import MiniLm, find_encoder

__all__ = [
    "BUILT",
    "Candidate",
    "Coder",
    "Coding",
    "Gap",
    "Item",
    "Polarity",
    "Safeguarding",
    "ThemeCode",
    "build_shipped",
    "load_built",
    "load_coder",
    "save_model",
]

BUILT = Path(__file__).parents[2] / "instance" / "coder"  # where `make setup` puts it


def load_coder(model_dir: Path | None = None, encoder: MiniLm | None = None) -> ThemeCoder:
    """The coder of a model directory, or the built shipped one; loading takes about a second.

    Vectors are used where the weights are installed, unless an `encoder` is given.

    Raises:
        ModelError: The directory holds no model this version can read.
    """
    stored = persist.load(model_dir or BUILT)
    own = encoder or find_encoder()
    return ThemeCoder(unpack(stored, own), stored.digest, own)


def save_model(model: Model, folder: Path, card: str) -> str:
    """Write a model directory; returns its digest."""
    arrays, settings = model.stored(find_encoder())
    return persist.save(folder, arrays, settings, card)


def build_shipped(folder: Path, say: Callable[[str], None]) -> str:
    """Train the default coder from what the repository ships; about a minute on two cores."""
    from nlp.card import model_card
    from nlp.train import gather, train

    model = train(gather(load(DEFAULT)), find_encoder(), say=say)
    return save_model(model, folder, model_card(model))


def load_built(say: Callable[[str], None], folder: Path = BUILT) -> ThemeCoder:
    """The shipped coder, built first where that has not been done."""
    try:
        return load_coder(folder)
    except persist.ModelError:
        say(f"building the shipped coder in {folder}; this is done once")
        build_shipped(folder, say)
    return load_coder(folder)
