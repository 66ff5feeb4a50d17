"""What translating expressions shares: names, the rules that always or never hold, tidying."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from surveys import rules as r
from surveys.kinds import Kind


class NotHeldError(ValueError):
    """A rule our language cannot hold; the text says why."""


class Asked(Protocol):
    """What the translation needs to know of a question."""

    @property
    def id(self) -> str: ...

    @property
    def kind(self) -> Kind: ...

    @property
    def option_ids(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed value a name stands for."""

    id: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in one expression.

    Attributes:
        find: The question or computed value a name stands for; raises NotHeldError.
        own: The question the expression belongs to, where `.` may be used.
        columns: In a choice filter, the cells of the choice's row.
    """

    find: Callable[[str], Asked | Computed]
    own: Asked | None = None
    columns: Mapping[str, str] | None = None


TRUE, FALSE = r.Constant(value=True), r.Constant(value=False)


def all_of(parts: Sequence[r.RuleNode]) -> r.RuleNode | None:
    """Return the rules joined by "and", None when they always hold."""
    found = simplified(r.All(of=tuple(parts)))
    return None if found == TRUE else found


def simplified(found: r.RuleNode) -> r.RuleNode:
    """Return a rule without parts that always or never hold, and without nesting of one kind."""
    if isinstance(found, r.Not):
        return _simplified_not(simplified(found.rule))
    if isinstance(found, r.All):
        return _joined(r.All, found.of, neutral=TRUE, final=FALSE)
    if isinstance(found, r.AnyOf):
        return _joined(r.AnyOf, found.of, neutral=FALSE, final=TRUE)
    return found


def _simplified_not(inner: r.RuleNode) -> r.RuleNode:
    if isinstance(inner, r.Constant):
        return FALSE if inner.value else TRUE
    return inner.rule if isinstance(inner, r.Not) else r.Not(rule=inner)


def _joined(
    kind: type[r.All] | type[r.AnyOf],
    parts: Sequence[r.RuleNode],
    *,
    neutral: r.Constant,
    final: r.Constant,
) -> r.RuleNode:
    kept: list[r.RuleNode] = []
    for part in map(simplified, parts):
        inner = part.of if isinstance(part, kind) else (part,)
        kept.extend(one for one in inner if one != neutral and one not in kept)
    if final in kept:
        return final
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else kind(of=tuple(kept))
