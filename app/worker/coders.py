"""Coders, one for each codebook version, loaded when first needed and kept."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy.orm import Session

from app.models import Codebook
from app.store import machine
from app.store.codebooks import DEFAULT_KEY
from app.worker.codebooks import adopt_default
from nlp import codebook as nlp_codebook
from nlp.coder import Coder, load_coder
from nlp.persist import ModelError

log = logging.getLogger("heard.worker")

TRY_AGAIN = timedelta(minutes=5)  # how long after a failure a coder is loaded anew
LOOK_AGAIN = timedelta(seconds=5)  # how soon texts that wait for a training are looked at again
TRAINING = "being trained"
MODELS = "coders"  # where trained models are, under the instance

Find = Callable[[Codebook, Path], Coder | None]
Make = Callable[[Codebook, Path], Coder]
Known = tuple[UUID, str | None]  # a codebook version, and the trained model for it


class CoderUnavailableError(Exception):
    """No coder can be had for this codebook now; its texts are read by the risk rules alone."""

    def __init__(self, key: str, again_in: timedelta) -> None:
        super().__init__(key)
        self.again_in = again_in


@dataclass(slots=True)
class _Training:
    """A coder being made in the background."""

    coder: Coder | None = None
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class Coders:
    """The coders of this process. `problems` names the codebooks that have none, and why.

    A codebook without a trained coder gets one from its own seeds. That takes half a minute or
    more, so it is made beside the work: no answer waits for it to be read for risk.
    """

    instance: Path
    find: Find = field(default_factory=lambda: find_trained)
    make: Make = field(default_factory=lambda: make_cold)
    load: Callable[[Path], Coder] = load_coder
    problems: dict[str, str] = field(default_factory=dict)
    _ready: dict[Known, Coder] = field(default_factory=dict)
    _failed_at: dict[Known, datetime] = field(default_factory=dict)
    _training: dict[UUID, _Training] = field(default_factory=dict)

    @property
    def is_training(self) -> bool:
        """Return whether a coder is being made."""
        return bool(self._training)

    def codebook(self, session: Session, codebook_id: UUID | None, now: datetime) -> Codebook:
        """Return the codebook of a survey; the default one where it names none."""
        if codebook_id is None:
            return adopt_default(session, now=now)
        return machine.get_codebook(session, codebook_id)

    def coder(self, codebook: Codebook, now: datetime, *, model: str | None = None) -> Coder:
        """Return the coder of a codebook; raise CoderUnavailableError.

        `model` names a trained one that is not in use yet.
        """
        model = model or codebook.model
        known = (codebook.id, model)
        if known in self._ready:
            return self._ready[known]
        failed_at = self._failed_at.get(known)
        if failed_at is not None and now - failed_at < TRY_AGAIN:
            raise CoderUnavailableError(codebook.key, TRY_AGAIN)
        try:
            coder = self._find(codebook, model)
        except Exception as error:  # whatever is wrong with the files, answers are still read
            self._failed_at[known] = now
            self.problems[_name(codebook)] = type(error).__name__
            log.error("no coder for codebook %s: %s", codebook.key, error or type(error).__name__)
            raise CoderUnavailableError(codebook.key, TRY_AGAIN) from error
        if coder is None:
            self._train(codebook)
            raise CoderUnavailableError(codebook.key, LOOK_AGAIN)
        self._failed_at.pop(known, None)
        self.problems.pop(_name(codebook), None)
        self._forget(codebook)
        self._ready[known] = coder
        return coder

    def _forget(self, codebook: Codebook) -> None:
        """Let go of models of a codebook that are no longer in use: each takes 100 MB."""
        for known in [k for k in self._ready if k[0] == codebook.id and k[1] != codebook.model]:
            del self._ready[known]

    def _find(self, codebook: Codebook, model: str | None) -> Coder | None:
        if model is not None:
            return self.load(self.instance / MODELS / model)
        return self._trained(codebook) or self.find(codebook, self.instance)

    def _trained(self, codebook: Codebook) -> Coder | None:
        """Return what a training came to; raise its error. None while there is none."""
        training = self._training.get(codebook.id)
        if training is None or not training.done.is_set():
            return None
        del self._training[codebook.id]
        if training.error is not None:
            raise training.error
        return training.coder

    def _train(self, codebook: Codebook) -> None:
        if codebook.id in self._training:
            return
        training = self._training[codebook.id] = _Training()
        self.problems[_name(codebook)] = TRAINING
        log.info("making a coder for codebook %s from its seeds", codebook.key)

        def make() -> None:
            try:
                training.coder = self.make(codebook, self.instance)
            except Exception as error:  # told where the coder is asked for
                training.error = error
            training.done.set()

        # A daemon: a worker told to stop does not wait for it, and it begins anew next time.
        threading.Thread(target=make, daemon=True).start()


def find_trained(codebook: Codebook, instance: Path) -> Coder | None:
    """Return the trained coder of a codebook; None where one has to be made from its seeds.

    A trained model is used where it knows the same themes, needs and barriers; new wording of
    their definitions does not make it useless. Raise nlp.persist.ModelError when the built coder
    is missing or damaged, and nlp.codebook.CodebookError for a document that is no codebook.
    """
    book = nlp_codebook.parse(yaml.safe_load(codebook.document))
    for folder in (instance / MODELS / f"{codebook.key}-v{codebook.version}", instance / "coder"):
        if not folder.exists():
            continue
        trained = load_coder(folder)
        if _contents(trained.book) == _contents(book):
            return trained
    if _contents(book) == _contents(nlp_codebook.load(nlp_codebook.DEFAULT)):
        # A cold start knows far less than the coder `make setup` builds, and would mark every
        # text as coded by something we do not mean to use.
        raise ModelError("the shipped coder is not built; run `make setup`")
    return None


def make_cold(codebook: Codebook, instance: Path) -> Coder:
    """Return a coder made from the codebook's own seeds, kept for the next start.

    A later version of the shipped codebook keeps what the project's corpus teaches.
    """
    from app.worker.learning import make_derived
    from nlp.cold import cold_coder

    if codebook.key == DEFAULT_KEY and codebook.lineage is not None:
        return make_derived(codebook, instance, log.info)

    book = nlp_codebook.parse(yaml.safe_load(codebook.document))
    return cold_coder(book, log.info, instance / "cold")


def _name(codebook: Codebook) -> str:
    return f"{codebook.key} v{codebook.version}"


def _contents(book: nlp_codebook.Codebook) -> tuple[frozenset[str], ...]:
    return frozenset(book.ids), frozenset(book.needs), frozenset(book.barriers)
