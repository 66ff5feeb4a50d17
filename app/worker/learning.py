"""Training a coder on what people decided, and measuring it on what it never saw.

Texts are read from the database into memory and nowhere else; what is kept is a model, whose
vocabulary follows the rules of `nlp`, and figures.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy.orm import Session

from app.models import Codebook, Review, RunState, TrainingRun
from app.services.lineage import trace
from app.store import coding as coding_store
from app.store import learning as store
from app.store import machine
from app.store.codebooks import DEFAULT_KEY
from app.store.learning import Place
from app.worker.coders import MODELS, find_trained
from app.worker.coding import items
from nlp import codebook as nlp_codebook
from nlp import corpora, persist
from nlp.card import model_card
from nlp.coder import Coder, Item, Polarity, load_coder, save_model
from nlp.evaluate import Report, evaluate
from nlp.examples import Evidence, Example, GapLabel
from nlp.phrases import Phrases
from nlp.train import gather, shares_themes, train
from nlp.vectors import find_encoder

Say = Callable[[str], None]
CHUNK = 500
LONGEST = 200  # letters of progress that are kept


@dataclass(frozen=True, slots=True)
class Lessons:
    """Decisions as the coder learns from them, and those kept away from it."""

    learn: list[Example]
    held_back: list[Example]
    order_ends: dict[str, str] = field(default_factory=dict)  # by survey: the first text of it


def learn(session: Session, run_id: UUID, instance: Path, clock: Callable[[], datetime]) -> None:
    """Train, measure beside the coder in use, and leave both to a person; no final commit."""
    run = store.get_run(session, run_id)
    run.state = RunState.RUNNING
    say = _teller(session, run)
    say("reading what people decided")
    codebook = coding_store.get_codebook(session, run.codebook_id)
    book = nlp_codebook.parse(yaml.safe_load(codebook.document))
    lessons = gather_lessons(session, codebook)
    run.result = {"order_ends": lessons.order_ends}  # nobody reads on into these at random
    session.commit()  # nothing is held open while this takes its minutes
    folder = instance / MODELS / str(run.id)
    aside = {e.item.text for e in lessons.held_back}
    _train(book, codebook, lessons, folder, say)
    say("measuring on the answers held back")
    new, old = load_coder(folder), _in_use(codebook, instance)
    run.result = {
        "new": _measured(new, lessons.held_back, book.ids),
        "old": _measured(old, lessons.held_back, book.ids) if old else {},
        "known_to_old": sum(e.item.text in aside for e in corpora.train(book)),
        "order_ends": lessons.order_ends,
    }
    run.learned_from, run.held_back = len(lessons.learn), len(lessons.held_back)
    run.card = _card(folder)
    run.coder = new.version
    run.state = RunState.READY
    run.progress = ""
    _forget_declined(session, codebook, instance)
    run.finished_at = clock()


def fail(session: Session, run_id: UUID, why: str, now: datetime) -> None:
    """Note that a training came to nothing; `why` names a kind of error, never a text."""
    run = store.get_run(session, run_id)
    run.state, run.progress, run.finished_at = RunState.FAILED, why[:LONGEST], now


def gather_lessons(session: Session, codebook: Codebook) -> Lessons:
    """Return every decision under a codebook version, those held back apart."""
    decided = store.list_decided(session, codebook.id)
    texts = _items(session, [d.response_id for d in decided])
    lessons = Lessons([], [])
    for one in decided:
        item = texts.get(one.review.text_id)
        if item is None or one.place is Place.LATER:
            continue
        if one.place is Place.HELD:
            lessons.held_back.append(_example(one.review, item))
            continue
        lessons.learn.append(_example(one.review, item))
        if one.review.drawn != store.IMPORT:  # decisions come in the order of ids
            lessons.order_ends.setdefault(str(one.survey_id), str(one.review.text_id))
    known = {e.item.text for e in lessons.held_back}  # "nothing", said by many, teaches nobody
    return replace(lessons, learn=[e for e in lessons.learn if e.item.text not in known])


def inherited(codebook: Codebook, book: nlp_codebook.Codebook) -> list[Example]:
    """Return what the project's corpus teaches a codebook that came from the shipped one.

    An answer whose themes are not sure any more is left out, and one that may hold a theme that
    its writers were not asked about.
    """
    if codebook.key != DEFAULT_KEY or shares_themes(book):
        return []
    shipped = nlp_codebook.load(nlp_codebook.DEFAULT)
    steps = codebook.lineage or []
    onward = trace(shipped.ids, book.ids, steps)
    stepped = {theme for step in steps for theme in step["from"]}
    unknown = {t for t in shipped.ids if t not in book.ids and t not in stepped}
    found = [e for e in corpora.train(shipped) if e.themes and not unknown & e.themes.keys()]
    hits = Phrases(book).hits([e.item.text for e in found])
    lessons = []
    for example, hit in zip(found, hits, strict=True):
        themes = onward.carry(example.themes or {})
        if themes is not None and not onward.asked_anew & hit.keys():
            lessons.append(_moved(example, onward.to))
    return lessons


def make_derived(codebook: Codebook, instance: Path, say: Say) -> Coder:
    """Return a coder for a codebook that came from the shipped one, kept for the next start."""
    folder = instance / MODELS / f"{codebook.key}-v{codebook.version}"
    book = nlp_codebook.parse(yaml.safe_load(codebook.document))
    _train(book, codebook, Lessons([], []), folder, say)
    return load_coder(folder)


def _train(
    book: nlp_codebook.Codebook, codebook: Codebook, lessons: Lessons, folder: Path, say: Say
) -> None:
    aside = {e.item.text for e in lessons.held_back}
    taught = [e for e in inherited(codebook, book) if e.item.text not in aside]
    known = {e.item.text for e in lessons.learn}
    labelled = [*lessons.learn, *(e for e in taught if e.item.text not in known)]
    material = gather(book, labelled)
    corpus = [e for e in material.corpus if e.item.text not in aside]
    model = train(replace(material, corpus=corpus), find_encoder(), say=say)
    folder.parent.mkdir(parents=True, exist_ok=True)
    save_model(model, folder, model_card(model))


def _items(session: Session, response_ids: Sequence[UUID]) -> dict[UUID, Item]:
    found: dict[UUID, Item] = {}
    ids = list(dict.fromkeys(response_ids))
    for start in range(0, len(ids), CHUNK):
        texts = machine.list_texts(session, ids[start : start + CHUNK])
        found |= {t.id: item for t, item in zip(texts, items(session, texts), strict=True)}
    return found


def _example(review: Review, item: Item) -> Example:
    """Return a decision as the coder learns from it; imported ones judged themes alone."""
    polarity = {c.theme: Polarity(c.polarity) if c.polarity else None for c in review.codes}
    evidence = tuple(
        Evidence(c.theme, Polarity(c.polarity), c.start, c.end)
        for c in review.codes
        if c.polarity and c.start is not None and c.end is not None
    )
    is_read = review.reviewer_id is not None
    gaps = tuple(
        GapLabel(g.need, g.barrier, g.start, g.end, g.duration_days)
        for g in review.gaps
        if g.start is not None and g.end is not None
    )
    return Example(
        item=item,
        themes=polarity,
        evidence=evidence,
        sentiment=Polarity(review.sentiment) if review.sentiment else None,
        gaps=gaps if is_read else None,
    )


def _moved(example: Example, to: Any) -> Example:
    """Return an example with its themes as another codebook has them."""
    themes = {to[t][0]: p for t, p in (example.themes or {}).items() if to.get(t)}
    evidence = tuple(replace(e, theme=to[e.theme][0]) for e in example.evidence if to.get(e.theme))
    return replace(example, themes=themes, evidence=evidence)


def _in_use(codebook: Codebook, instance: Path) -> Coder | None:
    if codebook.model is not None:
        return load_coder(instance / MODELS / codebook.model)
    return find_trained(codebook, instance)


def _measured(coder: Coder, held: Sequence[Example], ids: Sequence[str]) -> dict[str, Any]:
    report: Report = evaluate(coder, held, ids)
    return {
        "coder": coder.version,
        "measures": [
            {
                "name": m.name,
                "value": _number(m.value),
                "low": _number(m.low),
                "high": _number(m.high),
                "n": m.n,
            }
            for m in report.measures
        ],
        "themes": [list(theme) for theme in report.themes],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)


def _card(folder: Path) -> str:
    return (folder / "CARD.md").read_text(encoding="utf-8")


def _forget_declined(session: Session, codebook: Codebook, instance: Path) -> None:
    """Remove the models nobody wanted."""
    for run in store.list_runs(session, codebook.key):
        if run.state in (RunState.DECLINED, RunState.FAILED):
            persist.remove(instance / MODELS / str(run.id))


def _teller(session: Session, run: TrainingRun) -> Say:
    def say(line: str) -> None:
        run.progress = line[:LONGEST]
        session.commit()

    return say
