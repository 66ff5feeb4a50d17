"""The fixed lattice of filters: at most two facets, each one value, beside the period.

Nothing in between can be asked for, so every difference an attacker could take is known
beforehand and checked (safety.md T10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

DIMENSIONS = ("area", "service", "crime_group", "age_band", "channel")
MOST_FACETS = 2
NOT_STATED = ""

Facets = tuple[tuple[str, str], ...]  # sorted by dimension; () is everyone
Groups = Mapping[str, Mapping[str, Sequence[str]]]  # dimension -> roll-up -> its members


@dataclass(frozen=True, slots=True)
class Dimension:
    """One facet: its single values, and the roll-ups of which they are part."""

    name: str
    leaves: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def values(self) -> tuple[str, ...]:
        """Return every value that may be asked for."""
        return (*self.leaves, *self.groups)

    def members(self, value: str) -> tuple[str, ...]:
        """Return the single values that a value stands for."""
        return self.groups.get(value, (value,))

    def sums(self) -> list[tuple[str | None, tuple[str, ...]]]:
        """Return which value is the sum of which; None stands for everyone."""
        inside = {leaf for members in self.groups.values() for leaf in members}
        top = tuple(leaf for leaf in self.leaves if leaf not in inside)
        by_groups = [(None, (*top, *self.groups))] if self.groups else []
        return [(None, self.leaves), *by_groups, *self.groups.items()]


def dimension(name: str, leaves: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Dimension:
    """Return a dimension with only the roll-ups that hold several of its values.

    A roll-up named like one of its members (a lead provider with its supply chain) gets a key
    of its own, so that both can be asked for.
    """
    held = set(leaves)
    kept: dict[str, tuple[str, ...]] = {}
    for group, members in groups.items():
        inside = tuple(sorted(held & set(members)))
        if 1 < len(inside) < len(held):
            kept[f"{group}+" if group in held else group] = inside
    return Dimension(name, tuple(leaves), kept)


@dataclass(frozen=True, slots=True)
class Lattice:
    """Every legal set of facets of one survey, and how they contain one another."""

    dimensions: tuple[Dimension, ...]
    nodes: tuple[Facets, ...]
    place: Mapping[Facets, int]

    @classmethod
    def over(cls, dimensions: Sequence[Dimension], facets: int = MOST_FACETS) -> "Lattice":
        """Return the lattice over dimensions that have at least two values."""
        used = tuple(d for d in sorted(dimensions, key=lambda d: d.name) if len(d.leaves) > 1)
        nodes: list[Facets] = [()]
        for size in range(1, facets + 1):
            for chosen in combinations(used, size):
                names = [d.name for d in chosen]
                nodes += [
                    tuple(zip(names, values, strict=True))
                    for values in product(*(d.values for d in chosen))
                ]
        return cls(used, tuple(nodes), {node: i for i, node in enumerate(nodes)})

    def dimension(self, name: str) -> Dimension | None:
        """Return the dimension of that name, where this survey has it."""
        return next((d for d in self.dimensions if d.name == name), None)

    def find(self, facets: Mapping[str, str]) -> int | None:
        """Return the position of a set of facets, or None where it is not legal."""
        return self.place.get(tuple(sorted(facets.items())))

    def equations(self) -> list[tuple[int, tuple[int, ...]]]:
        """Return which node is the sum of which others, by position."""
        found: set[tuple[int, tuple[int, ...]]] = set()
        for node in self.nodes:
            for dim in self.dimensions:
                found.update(self._sums_of(node, dim))
        return sorted(found)

    def _sums_of(self, node: Facets, dim: Dimension) -> list[tuple[int, tuple[int, ...]]]:
        """Return the sums along one dimension that start from this node."""
        given = dict(node)
        whole = given.pop(dim.name, None)
        found = []
        for total, parts in dim.sums():
            children = [self.find(given | {dim.name: part}) for part in parts]
            if total == whole and len(parts) > 1 and None not in children:
                found.append((self.place[node], tuple(c for c in children if c is not None)))
        return found

    def nested(self) -> list[tuple[int, int]]:
        """Return the pairs (wider, narrower) of nodes, each node with itself first."""
        return [(wide, i) for i, node in enumerate(self.nodes) for wide in self._wider(node)]

    def _wider(self, node: Facets) -> list[int]:
        choices: list[list[tuple[str, str] | None]] = []
        for name, value in node:
            dim = self.dimension(name)
            assert dim is not None  # noqa: S101 - nodes are made from these dimensions
            mine = set(dim.members(value))
            over = [g for g, members in dim.groups.items() if g != value and mine < set(members)]
            choices.append([(name, value), *((name, g) for g in over), None])
        chosen = (tuple(f for f in combo if f is not None) for combo in product(*choices))
        return [self.place[facets] for facets in chosen]

    def corners(self) -> list[tuple[int, int, int, int]]:
        """Return (everyone, a, b, a and b) for every node of two facets."""
        return [
            (0, self.place[(node[0],)], self.place[(node[1],)], i)
            for i, node in enumerate(self.nodes)
            if len(node) == 2
        ]
