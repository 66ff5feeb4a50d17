"""Coders, one for each codebook version, loaded when first needed and kept."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy.orm import Session

from app.models import Codebook
from app.store import machine
from app.worker.codebooks import adopt_default
from nlp import codebook as nlp_codebook
from nlp.coder import Coder, load_coder
from nlp.persist import ModelError

log = logging.getLogger("heard.worker")

TRY_AGAIN = timedelta(minutes=5)  # how long after a failure a coder is loaded anew

Load = Callable[[Codebook, Path], Coder]


class CoderUnavailableError(Exception):
    """No coder can be loaded for this codebook; its texts are read by the risk rules alone."""


@dataclass(slots=True)
class Coders:
    """The coders of this process. `problems` names the codebooks that have none, and why."""

    instance: Path
    load: Load = field(default_factory=lambda: load_for)
    problems: dict[str, str] = field(default_factory=dict)
    _ready: dict[UUID, Coder] = field(default_factory=dict)
    _failed_at: dict[UUID, datetime] = field(default_factory=dict)

    def codebook(self, session: Session, codebook_id: UUID | None, now: datetime) -> Codebook:
        """Return the codebook of a survey; the default one where it names none."""
        if codebook_id is None:
            return adopt_default(session, now=now)
        return machine.get_codebook(session, codebook_id)

    def coder(self, codebook: Codebook, now: datetime) -> Coder:
        """Return the coder of a codebook; raise CoderUnavailableError."""
        if codebook.id in self._ready:
            return self._ready[codebook.id]
        failed_at = self._failed_at.get(codebook.id)
        if failed_at is not None and now - failed_at < TRY_AGAIN:
            raise CoderUnavailableError(codebook.key)
        try:
            coder = self.load(codebook, self.instance)
        except Exception as error:  # whatever is wrong with the files, answers are still read
            self._failed_at[codebook.id] = now
            self.problems[f"{codebook.key} v{codebook.version}"] = type(error).__name__
            log.error(
                "no coder for codebook %s: %s (%s)", codebook.key, error, type(error).__name__
            )
            raise CoderUnavailableError(codebook.key) from error
        self._failed_at.pop(codebook.id, None)
        self.problems.pop(f"{codebook.key} v{codebook.version}", None)
        self._ready[codebook.id] = coder
        return coder


def load_for(codebook: Codebook, instance: Path) -> Coder:
    """Return the trained coder of a codebook, or one made from the codebook's own seeds.

    A trained model is used where it knows the same themes, needs and barriers; new wording of
    their definitions does not make it useless. Raise nlp.persist.ModelError when the built coder
    is missing or damaged, and nlp.codebook.CodebookError for a document that is no codebook.
    """
    book = nlp_codebook.parse(yaml.safe_load(codebook.document))
    for folder in (instance / "coders" / f"{codebook.key}-v{codebook.version}", instance / "coder"):
        if not folder.exists():
            continue
        trained = load_coder(folder)
        if _names(trained.book) == _names(book):
            return trained
    from nlp.cold import cold_coder

    if _names(book) == _names(nlp_codebook.load(nlp_codebook.DEFAULT)):
        # A cold start knows far less than the coder `make setup` builds, and would mark every
        # text as coded by something we do not mean to use.
        raise ModelError("the shipped coder is not built; run `make setup`")
    return cold_coder(book, log.info, instance / "cold")


def _names(book: nlp_codebook.Codebook) -> tuple[frozenset[str], ...]:
    return frozenset(book.ids), frozenset(book.needs), frozenset(book.barriers)
