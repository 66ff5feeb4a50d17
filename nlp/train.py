"""Training: from a codebook, reviewed answers and unlabelled ones to a model.

What the given data do not teach (polarity, sentiment, gaps) the project corpus does; themes of
the shipped codebook are taught by both.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp import corpora
from nlp.codebook import DEFAULT, Codebook
from nlp.codebook import load as load_codebook
from nlp.coder.adapter import load_adapter
from nlp.coder.calibrate import calibration_error, micro_f1
from nlp.coder.gap_fit import fit_gaps, phrase_texts
from nlp.coder.lessons import Lesson, learn, without_vectors
from nlp.coder.model import Model, Variant
from nlp.coder.ridge import MAX_ROWS
from nlp.coder.second import HeldOut, with_tuned, with_tuned_themes
from nlp.coder.selftrain import self_training_rows
from nlp.coder.statements import theme_statements
from nlp.coder.themes import confidence, fit_themes, join, seed_rows, truth_of
from nlp.coder.tone import GAP, fit_tone, stated_gaps
from nlp.coder.tone import phrase_texts as tone_phrases
from nlp.coder.units import Unit, encode_units, fit_space
from nlp.examples import Example
from nlp.phrases import Phrases
from nlp.risk import RiskModel, RiskRow, TooFewAnswersError
from nlp.risk import fit as fit_risk
from nlp.tune import tune
from nlp.vectors import MiniLm

SEED = 0
SELF_TRAINING_BELOW = 600  # reviewed answers above which guesses at unlabelled ones add nothing

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from.

    Attributes:
        labelled: Reviewed answers given by the user.
        unlabelled: Answers whose labels are ignored.
        corpus: Answers of the project corpus that teach tone and gaps, and themes where
            `corpus_themes`.
    """

    book: Codebook
    labelled: Sequence[Example]
    unlabelled: Sequence[Example]
    corpus: Sequence[Example]
    corpus_themes: bool


def gather(
    book: Codebook, labelled: Sequence[Example] = (), unlabelled: Sequence[Example] = ()
) -> Material:
    """Add the project corpus; an answer given by the user is not taken twice."""
    given = {e.item.text for e in labelled}
    corpus = [e for e in corpora.train(book) if e.item.text not in given]
    return Material(book, labelled, unlabelled, corpus, shares_themes(book))


def shares_themes(book: Codebook) -> bool:
    """Whether the book's themes are those of the shipped codebook."""
    shipped = load_codebook(DEFAULT)
    return set(book.ids) == set(shipped.ids)


def train(
    material: Material,
    encoder: MiniLm | None,
    seed: int = SEED,
    say: Say = print,
    *,
    fine_tune: bool = False,
) -> Model:
    """Fit every head, once with vectors where there is an encoder and once without.

    With `fine_tune` the encoder's last layers are tuned on the reviewed answers (`nlp.tune`),
    otherwise the shipped adapter serves the shipped themes.

    Deterministic for the same material, seed and encoder. `say` receives a line per step.
    """
    say(f"reading {len(material.labelled) + len(material.corpus)} reviewed answers")
    labelled = learn([e for e in material.labelled if e.themes is not None], encoder)
    corpus = learn(material.corpus, encoder)
    unlabelled: list[Lesson] = []
    if len(labelled) < SELF_TRAINING_BELOW and material.unlabelled:
        say(f"reading {len(material.unlabelled)} unlabelled answers")
        unlabelled = learn([Example(e.item) for e in material.unlabelled], encoder)
    seeds = _seed_units(material.book, encoder)
    variants, scores = {}, {}
    if encoder is not None:
        say("fitting with vectors")
        held = load_adapter(encoder) if material.corpus_themes else None
        if fine_tune:
            shared = corpus if material.corpus_themes else []
            held = tune(material.book, [*labelled, *shared], encoder, say, seed)
        variants["vectors"], scores["vectors"] = _variant(
            material, labelled, corpus, unlabelled, seeds, seed, held
        )
    say("fitting without vectors")
    bare = {text: Unit(text) for text in seeds}
    variants["plain"], scores["plain"] = _variant(
        material,
        without_vectors(labelled),
        without_vectors(corpus),
        without_vectors(unlabelled),
        bare,
        seed,
    )
    facts = _facts(material, len(labelled), seed) | {"cross_fitted": scores}
    return Model(material.book, variants, encoder.name if encoder else None, facts)


def _seed_units(book: Codebook, encoder: MiniLm | None) -> dict[str, Unit]:
    texts = {t for theme in book.themes for t in (*theme.seeds, theme.label)}
    texts |= {text for text, _ in (*tone_phrases(), *theme_statements(book))}
    if book.has_gaps:
        texts |= {text for text, _, _ in phrase_texts(book)}
    return dict(zip(sorted(texts), encode_units(encoder, sorted(texts)), strict=True))


def _variant(
    material: Material,
    labelled: Sequence[Lesson],
    corpus: Sequence[Lesson],
    unlabelled: Sequence[Lesson],
    seeds: dict[str, Unit],
    seed: int,
    held: HeldOut | None = None,
) -> tuple[Variant, dict[str, Any]]:
    book = material.book
    taught = [*labelled, *(corpus if material.corpus_themes else ())][:MAX_ROWS]
    wholes = [lesson.read.whole for lesson in (*labelled, *corpus, *unlabelled)]
    space = fit_space(wholes, list(seeds.values()), seed)
    phrases = Phrases(book)
    rows = seed_rows(book, seeds)
    if unlabelled:
        rows = join(rows, self_training_rows(space, book, taught, rows, unlabelled))
    themes = fit_themes(space, book, taught, rows, phrases)
    reviewed = [x for x in (*labelled, *corpus) if x.example.sentiment is not None]
    tone = fit_tone(space, reviewed, seeds)
    risk = _risk(reviewed, seed, held)
    if not book.has_gaps:
        variant = Variant(space, themes.model, tone.model, None, risk)
        scores = _held_out_scores(book, taught, themes.chances, variant)
        if held is not None:
            variant = with_tuned_themes(book, variant, held, taught, themes)
        return variant, scores
    known = dict(zip((id(x) for x in taught), themes.chances, strict=True))
    unknown = np.zeros(len(book.ids))
    chances = np.stack([known.get(id(x), unknown) for x in reviewed])
    gaps = fit_gaps(
        space, book, reviewed, seeds, tone.scores[:, GAP], chances, stated_gaps(tone.phrases)
    )
    variant = Variant(space, themes.model, tone.model, gaps.model, risk)
    scores = _held_out_scores(book, taught, themes.chances, variant)
    if held is not None and [id(x) for x in taught] == [id(x) for x in reviewed]:
        variant = with_tuned(book, variant, held, taught, (themes, tone, gaps))
    elif held is not None:
        variant = with_tuned_themes(book, variant, held, taught, themes)
    return variant, scores


def _risk(lessons: Sequence[Lesson], seed: int, held: HeldOut | None) -> RiskModel | None:
    """Learn an order for safeguarding from answers whose level a person set."""
    taught = [lesson for lesson in lessons if lesson.example.safeguarding is not None]
    rows = [
        RiskRow(x.read.prepared.text, x.example.safeguarding, x.example.item.question)
        for x in taught
        if x.example.safeguarding is not None
    ]
    vectors = [x.read.whole.vector for x in taught]
    known = [v for v in vectors if v is not None]
    tuned = held.danger([x.read for x in taught]) if held is not None else None
    try:
        return fit_risk(rows, np.stack(known) if known else None, tuned=tuned, seed=seed)
    except TooFewAnswersError:
        return None


def _held_out_scores(
    book: Codebook, taught: Sequence[Lesson], probabilities: np.ndarray[Any, Any], variant: Variant
) -> dict[str, Any]:
    if not taught:
        return {}
    truth = truth_of(book, taught)
    rule = variant.themes.rule
    decided = rule.decide(probabilities)
    sure = np.argsort(-confidence(probabilities, rule), kind="stable")[: int(0.7 * len(taught))]
    shown = variant.themes.first(probabilities)
    best = shown.argmax(axis=1)
    rows = np.arange(len(shown))
    return {
        "answers": len(taught),
        "micro_f1": round(micro_f1(decided, truth), 4),
        "micro_f1_surest_70": round(micro_f1(decided[sure], truth[sure]), 4),
        "calibration_error": round(
            calibration_error(list(shown[rows, best]), list(truth[rows, best])), 4
        ),
    }


def _facts(material: Material, labelled: int, seed: int) -> dict[str, Any]:
    digest = hashlib.sha256()
    for example in (*material.labelled, *material.corpus):
        digest.update(example.item.text.encode("utf-8", "replace"))
    return {
        "labelled": labelled,
        "unlabelled": len(material.unlabelled),
        "corpus": len(material.corpus),
        "corpus_teaches_themes": material.corpus_themes,
        "seeds": sum(len(theme.seeds) for theme in material.book.themes),
        "data_sha256": digest.hexdigest(),
        "seed": seed,
    }
