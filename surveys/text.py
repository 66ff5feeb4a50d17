"""Words in many languages, each with how far its translation has come."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

#: A language tag such as "en", "cy", "pa-Arab".  Direction follows from it, never from the text.
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "ps", "he", "yi", "sd", "ug", "ckb", "dv"})
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"arab", "hebr", "thaa"})


class Status(StrEnum):
    """How far one string has come in one language."""

    MISSING = "missing"
    DRAFT = "draft"
    REVIEWED = "reviewed"
    STALE = "stale"


class Translation(BaseModel):
    """One string in one language, with a status other than reviewed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, StringConstraints(max_length=20_000)]
    status: Status = Status.REVIEWED


Words = Annotated[str, StringConstraints(max_length=20_000)]


class Text(RootModel[Annotated[dict[Language, Words | Translation], Field(max_length=60)]]):
    """A language map: `{"en": "Yes", "cy": {"text": "Ydw", "status": "draft"}}`.

    A bare string is a reviewed one, so that documents in one language stay readable.
    """

    model_config = ConfigDict(frozen=True)

    def in_(self, language: str, fallback: str = "en") -> str:
        """Return the words in `language`, else in `fallback`, else in the first language there is.

        Returns "" only when there are no words at all.
        """
        for wanted in (language, fallback, *self.root):
            found = words_of(self.root.get(wanted))
            if found:
                return found
        return ""

    def status(self, language: str) -> Status:
        """Return how far this string has come in `language`."""
        entry = self.root.get(language)
        if not words_of(entry).strip():
            return Status.MISSING
        return entry.status if isinstance(entry, Translation) else Status.REVIEWED

    def with_words(self, language: str, words: str, status: Status = Status.REVIEWED) -> Text:
        """Return this text with `words` in `language`; other languages are left alone."""
        entry = words if status is Status.REVIEWED else Translation(text=words, status=status)
        return Text({**self.root, language: entry})

    def made_stale(self, source: str) -> Text:
        """Return this text after its `source` wording changed: reviewed translations are stale."""
        return Text(
            {
                language: entry if language == source else _stale(entry)
                for language, entry in self.root.items()
            }
        )


def words_of(entry: str | Translation | None) -> str:
    """Return the words of one entry of a language map, "" for none."""
    if entry is None:
        return ""
    return entry.text if isinstance(entry, Translation) else entry


def is_right_to_left(language: str) -> bool:
    """Return whether a language is written right to left, from its tag alone.

    Guessing the direction from the text is a known trap: a full stop is enough to break it
    (kobotoolbox/enketo-express#667).
    """
    parts = language.lower().split("-")
    scripts = [part for part in parts[1:] if len(part) == 4 and part.isalpha()]
    if scripts:
        return scripts[0] in _RIGHT_TO_LEFT_SCRIPTS
    return parts[0] in RIGHT_TO_LEFT


def _stale(entry: str | Translation) -> str | Translation:
    if isinstance(entry, Translation) and entry.status is Status.DRAFT:
        return entry
    return Translation(text=words_of(entry), status=Status.STALE)
