"""What became of a codebook's themes from one version to the next, and what it breaks.

A merge and a split always make new ids, and an id that was retired is never used again: so a code
of an earlier version keeps its meaning for good, and a series under one id is one idea.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.services.codebooks import Book, Theme

MERGE, SPLIT, RETIRE, ADD = "merge", "split", "retire", "add"
Steps = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where the themes of one version went.

    Attributes:
        to: Themes of the new version by theme of the old one; none for a retired theme, several
            for one that was split: then only a person can tell which is meant.
        asked_anew: Themes of the new version that nobody who read under the old one was asked
            about: new ones and parts of a split.
    """

    to: Mapping[str, tuple[str, ...]]
    asked_anew: frozenset[str]

    def carry(self, themes: Iterable[str]) -> tuple[str, ...] | None:
        """Return decided themes under the new version; None where a person has to decide anew."""
        found: list[str] = []
        for theme in themes:
            onward = self.to.get(theme, ())
            if len(onward) > 1:
                return None
            found += [t for t in onward if t not in found]
        return tuple(found)


def step(kind: str, old: Iterable[str], new: Iterable[str]) -> dict[str, Any]:
    """Return one step as it is stored."""
    return {"kind": kind, "from": list(old), "to": list(new)}


def trace(old: Iterable[str], new: Iterable[str], steps: Steps) -> Trace:
    """Follow the themes of an old version through `steps` to those of a new one."""
    kept = set(new)
    to: dict[str, tuple[str, ...]] = {theme: (theme,) for theme in old}
    fresh: set[str] = set()
    for done in steps:
        gone, made = set(done["from"]), tuple(done["to"])
        to = {theme: _onward(now, gone, made) for theme, now in to.items()}
        if done["kind"] != MERGE or gone & fresh:
            fresh |= set(made)
    to = {theme: tuple(t for t in now if t in kept) for theme, now in to.items()}
    reached = {theme for now in to.values() for theme in now}
    return Trace(to, frozenset(kept & fresh | (kept - reached)))


def describe(old: Book, new: Book, steps: Steps) -> list[str]:
    """Return what changed from one version to the next, a sentence each."""
    words = [_step_words(done, old, new) for done in steps]
    families = {theme: family for family in new.families for theme in family.themes}
    for theme, family in families.items():
        before = old.themes.get(theme.id)
        if before is not None:
            words += _edits(before, theme)
            if all(before not in f.themes for f in old.families if f.id == family.id):
                words.append(f"“{theme.label}” moved to the family “{family.label}”.")
    return words


def incomparable(old: Book, new: Book, steps: Steps) -> list[str]:
    """Return which series end or begin with the new version, a sentence each."""
    found = trace(old.themes, new.themes, steps)
    ended = [theme for theme, now in found.to.items() if now != (theme,)]
    fresh = [theme for theme in new.themes if theme not in old.themes]
    words = [f"“{old.label(theme)}” is counted up to the old version only." for theme in ended]
    return [*words, *(f"“{new.label(theme)}” is counted from the new one on." for theme in fresh)]


def _onward(now: tuple[str, ...], gone: set[str], made: tuple[str, ...]) -> tuple[str, ...]:
    if not gone & set(now):
        return now
    return tuple(dict.fromkeys([*(t for t in now if t not in gone), *made]))


def _step_words(done: Mapping[str, Any], old: Book, new: Book) -> str:
    def labels(themes: Iterable[str]) -> str:
        return " and ".join(
            f"“{(new if theme in new.themes else old).label(theme)}”" for theme in themes
        )

    before, after = labels(done["from"]), labels(done["to"])
    return {
        MERGE: f"Merged {before} into {after}.",
        SPLIT: f"Split {before} into {after}.",
        RETIRE: f"Retired {before}.",
        ADD: f"Added {after}.",
    }[str(done["kind"])]


def _edits(before: Theme, after: Theme) -> list[str]:
    words = []
    if before.label != after.label:
        words.append(f"Renamed “{before.label}” to “{after.label}”.")
    parts = [
        name
        for name in ("definition", "include", "exclude", "seeds", "examples")
        if getattr(before, name) != getattr(after, name)
    ]
    if parts:
        words.append(f"“{after.label}”: changed {_list(parts)}.")
    return words


def _list(parts: Sequence[str]) -> str:
    named = {"include": "what belongs to it", "exclude": "what does not", "seeds": "seed phrases"}
    words = [named.get(part, part) for part in parts]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
