"""What an import or export kept, changed or left out: nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What became of a feature."""

    KEPT = "kept"
    MAPPED = "mapped"
    REPORTED = "reported"
    REFUSED = "refused"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: sheet, row (counted as Excel does) and column."""

    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.sheet]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(part for part in parts if part) or "file"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report."""

    fate: Fate
    place: Place
    feature: str
    message: str

    def __str__(self) -> str:
        parts = (self.fate.value, str(self.place), self.feature, self.message)
        return "\t".join(" ".join(part.split()) for part in parts)


@dataclass(slots=True)
class Report:
    """The lines of one import or export, in the order they came up."""

    lines: list[Line] = field(default_factory=list)
    _there: set[Line] = field(default_factory=set, repr=False)

    def add(self, fate: Fate, place: Place, feature: str, message: str) -> None:
        """Add a line, once."""
        line = Line(fate, place, feature, message)
        if line not in self._there:
            self._there.add(line)
            self.lines.append(line)

    def mapped(self, place: Place, feature: str, message: str) -> None:
        """Add a line for something stored in another form."""
        self.add(Fate.MAPPED, place, feature, message)

    def reported(self, place: Place, feature: str, message: str) -> None:
        """Add a line for something left out."""
        self.add(Fate.REPORTED, place, feature, message)

    def of(self, fate: Fate) -> Iterator[Line]:
        """Yield the lines with one fate."""
        return (line for line in self.lines if line.fate is fate)


class RefusedError(ValueError):
    """A file that is not taken; carries every reason, each with its place."""

    def __init__(self, *lines: Line) -> None:
        self.lines = lines
        super().__init__("; ".join(line.message for line in lines))


def refuse(feature: str, message: str, place: Place | None = None) -> RefusedError:
    """Return the error for a file refused for one reason."""
    return RefusedError(Line(Fate.REFUSED, place or Place(), feature, message))
