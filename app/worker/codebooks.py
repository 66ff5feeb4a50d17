"""Codebooks as rows: the shipped one, and those brought along with an import."""

from datetime import datetime
from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from app.models import Codebook
from app.store import audit, machine, recoding
from app.store.codebooks import DEFAULT_KEY
from nlp import codebook as nlp_codebook

DEFAULT_NAME = "Victims' voices"


def adopt_default(session: Session, *, now: datetime) -> Codebook:
    """Return the newest version of the shipped codebook in use; add it where it is missing.

    The caller commits. A version that is still being brought into use is not there yet.
    """
    found = recoding.find_newest_in_use(session, DEFAULT_KEY)
    if found is not None:
        return found
    document = nlp_codebook.DEFAULT.read_text(encoding="utf-8")
    return _add(session, key=DEFAULT_KEY, name=DEFAULT_NAME, document=document, version=1, now=now)


def adopt_file(session: Session, path: Path, *, now: datetime) -> Codebook:
    """Return the codebook of a file, as a new version where its content is new; no commit.

    Raise nlp.codebook.CodebookError with every problem of the file.
    """
    book = nlp_codebook.load(path)
    document = path.read_text(encoding="utf-8")
    key = path.stem.lower().replace(" ", "-")[:60]
    latest = machine.find_latest_codebook(session, key)
    if latest is not None and yaml.safe_load(latest.document) == book.document:
        return latest
    version = latest.version + 1 if latest else 1
    name = str(book.document.get("name") or path.stem.replace("_", " ").replace("-", " "))
    return _add(session, key=key, name=name[:120], document=document, version=version, now=now)


def _add(
    session: Session, *, key: str, name: str, document: str, version: int, now: datetime
) -> Codebook:
    codebook = Codebook(key=key, version=version, name=name, document=document, adopted_at=now)
    session.add(codebook)
    session.flush()
    audit.add_event(
        session,
        by=None,
        act="codebook.adopt",
        kind="codebook",
        object_id=codebook.id,
        now=now,
        detail={"key": key, "version": version},
    )
    return codebook
