"""A trained model: a codebook and, once with and once without vectors, its space and heads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.codebook import Codebook, parse
from nlp.coder.gaps import GapModel
from nlp.coder.ridge import Head
from nlp.coder.themes import ThemeModel
from nlp.coder.tone import ToneModel
from nlp.coder.tuned import Tuned
from nlp.coder.units import Space
from nlp.coder.words import Words
from nlp.persist import ModelError, Stored
from nlp.risk import RiskModel
from nlp.vectors import MiniLm

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Variant:
    """Everything needed to score answers one way."""

    space: Space
    themes: ThemeModel
    tone: ToneModel
    gaps: GapModel | None
    risk: RiskModel | None
    tuned: Tuned | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """What a model directory holds.

    Attributes:
        variants: "plain" always; "vectors" where an encoder was there to train with.
        encoder: Name of that encoder's weights; another's vectors must not be mixed in.
        facts: What the card says, as plain values.
    """

    book: Codebook
    variants: Mapping[str, Variant]
    encoder: str | None
    facts: Mapping[str, Any]

    def stored(self, encoder: MiniLm | None = None) -> tuple[Arrays, dict[str, Any]]:
        """Arrays and plain values for `nlp.persist.save`; tuned layers need their `encoder`."""
        arrays: Arrays = {}
        described = {}
        for name, variant in self.variants.items():
            own, described[name] = _pack(variant, encoder)
            arrays |= {f"{name}/{key}": value for key, value in own.items()}
        settings = {
            "codebook": dict(self.book.document),
            "encoder": self.encoder,
            "variants": described,
            "facts": dict(self.facts),
        }
        return arrays, settings


def unpack(stored: Stored, encoder: MiniLm | None = None) -> Model:
    """A model from what was stored; tuned layers are read over `encoder` where it is the same.

    Raises:
        ModelError: Parts are missing or do not fit together.
    """
    settings = stored.settings
    try:
        book = parse(settings["codebook"])
        fits = encoder is not None and encoder.name == settings["encoder"]
        variants = {
            name: _unpack(
                {
                    key.removeprefix(f"{name}/"): value
                    for key, value in stored.arrays.items()
                    if key.startswith(f"{name}/")
                },
                described,
                encoder if fits else None,
            )
            for name, described in settings["variants"].items()
        }
        return Model(book, variants, settings["encoder"], settings["facts"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"the model is incomplete: {type(error).__name__} {error}") from error


def _pack(variant: Variant, encoder: MiniLm | None) -> tuple[Arrays, dict[str, Any]]:
    space = variant.space
    arrays = variant.themes.head.to_arrays("themes") | variant.tone.to_arrays()
    arrays |= {"words.rarity": space.words.rarity, "questions.rarity": space.questions.rarity}
    if space.centre is not None and space.spread is not None:
        arrays |= {"space.centre": space.centre, "space.spread": space.spread}
    if variant.gaps is not None:
        arrays |= variant.gaps.to_arrays()
    described = {
        "words": {"terms": list(space.words.terms), "split": space.words.split},
        "questions": {"terms": list(space.questions.terms), "split": space.questions.split},
        "seed": space.seed,
        "themes": variant.themes.to_dict(),
        "gaps": variant.gaps.to_dict() if variant.gaps else None,
        "risk": None,
        "tuned": None,
    }
    if variant.tuned is not None and encoder is not None:
        arrays |= variant.tuned.to_arrays(encoder)
        described["tuned"] = list(variant.tuned.columns)
    if variant.risk is not None:
        arrays |= {f"risk.{key}": value for key, value in variant.risk.arrays.items()}
        described["risk"] = {
            "words": list(variant.risk.words),
            "characters": list(variant.risk.characters),
            "thresholds": list(variant.risk.thresholds),
            "has_tuned": variant.risk.has_tuned,
        }
    return arrays, described


def _unpack(
    arrays: Mapping[str, NDArray[Any]], described: Mapping[str, Any], encoder: MiniLm | None
) -> Variant:
    space = Space(
        _words(described["words"], arrays["words.rarity"]),
        _words(described["questions"], arrays["questions.rarity"]),
        arrays.get("space.centre"),
        arrays.get("space.spread"),
        int(described["seed"]),
    )
    gaps = described["gaps"]
    return Variant(
        space,
        ThemeModel.from_dict(Head.from_arrays(arrays, "themes"), described["themes"]),
        ToneModel.from_arrays(arrays),
        GapModel.from_stored(arrays, gaps) if gaps else None,
        _risk(arrays, described["risk"]),
        _tuned(arrays, described.get("tuned"), encoder),
    )


def _tuned(
    arrays: Mapping[str, NDArray[Any]], columns: list[str] | None, encoder: MiniLm | None
) -> Tuned | None:
    if columns is None or encoder is None:
        return None
    own = {key: value for key, value in arrays.items() if key.startswith("tuned.")}
    return Tuned.from_arrays(own, columns, encoder)


def _risk(arrays: Mapping[str, NDArray[Any]], stored: Mapping[str, Any] | None) -> RiskModel | None:
    if stored is None:
        return None
    own = {k.removeprefix("risk."): v for k, v in arrays.items() if k.startswith("risk.")}
    urgent, concern = stored["thresholds"]
    return RiskModel(
        tuple(stored["words"]),
        tuple(stored["characters"]),
        own,
        (urgent, concern),
        bool(stored.get("has_tuned", False)),
    )


def _words(described: Mapping[str, Any], rarity: NDArray[Any]) -> Words:
    terms = {term: i for i, term in enumerate(described["terms"])}
    return Words(terms, rarity.astype(np.float32), int(described["split"]))
