"""Made-up forces: people, what they chose and wrote, and the release of it."""

import numpy as np
from numpy.typing import NDArray

from app.figures.codebook import Book, Theme
from app.figures.columns import Columns, Hits, Texts
from app.figures.cube import Grid
from app.figures.lattice import Lattice, dimension
from app.figures.periods import periods_of
from app.figures.questions import Option, Question
from app.figures.release import Release
from app.figures.releases import Flow, Source, assemble


def _asked(key: str, name: str, kind: str, letters: str, count: int) -> Question:
    values = ("0", "1", "yes", *map(str, range(3, count)))  # "yes" is what an indicator counts
    options = tuple(Option(f"{letters}{i}", v, v, None) for i, v in enumerate(values[:count]))
    return Question(key, name, name, kind, options)


NEEDS = tuple(f"need{i}" for i in range(8))
BARRIERS = tuple(f"barrier{i}" for i in range(6))
ORIGINS = "aaabbbccde"  # the group of each; nobody is of the last
QUESTIONS = (
    _asked("one", "know_next", "single", "o", 5),
    _asked("many", "needs", "multiple", "n", 8),
    Question(
        "origin",
        "ethnic_group",
        "ethnic_group",
        "single",
        tuple(Option(f"x{i}", str(i), str(i), None, g) for i, g in enumerate(ORIGINS)),
        "ethnic_group",
    ),
)
SIZES = {"area": 20, "crime_group": 8, "age_band": 7, "service": 5, "channel": 3}


def a_force(
    people: int,
    *,
    seed: int,
    quarters: int = 6,
    themes: int = 22,
    skew: float = 0.7,
    read_share: float = 1.0,
) -> Columns:
    """Return the columns of a made-up police area: uneven groups, everyone wrote one answer.

    Where not nearly all were read, shares are estimated from the sample.
    """
    chance = np.random.default_rng(seed)

    def pick(size: int) -> NDArray[np.int64]:
        weights = 1 / np.arange(1, size + 1) ** skew
        return chance.choice(size, people, p=weights / weights.sum()).astype(np.int64)

    facets = {name: pick(size) for name, size in SIZES.items()}
    values = {name: tuple(f"{name}{i:02d}" for i in range(size)) for name, size in SIZES.items()}
    shares = 0.4 / np.arange(1, themes + 1) ** 0.8
    tilt = 1 + 0.5 * np.sin(np.arange(SIZES["area"]))[facets["area"]]
    said = chance.random((people, themes)) < np.minimum(shares * tilt[:, None], 0.95)
    unit, row = np.nonzero(said)
    everyone = np.arange(people)
    read = chance.random(people) < read_share
    names = tuple(f"t{i:02d}" for i in range(themes))
    none = Hits(everyone[:0], everyone[:0], ())
    drawn = read & (chance.random(people) < 0.7)
    themes_read = _among(Hits(unit, row, names), read)
    return Columns(
        2020 * 4 + chance.integers(0, quarters, people),
        facets,
        values,
        Texts(everyone, read, drawn, read),
        themes_read,
        none,
        _among(_gaps(chance, people), read),
        _choices(chance, people),
        "coder",
        is_synthetic=True,
        said=_said(chance, themes_read),
    )


def _said(chance: np.random.Generator, themes: Hits) -> Hits:
    """Return how each was said: each theme leans its own way, one in twenty is mixed."""
    ways = ("negative", "positive", "mixed", "neutral")
    lean = chance.random(len(themes.names))[themes.row]
    way = (chance.random(len(themes.row)) > lean).astype(np.int64)
    odd = chance.random(len(themes.row))
    way[odd < 0.05], way[odd < 0.02] = 2, 3
    names = tuple(f"{name}|{w}" for name in themes.names for w in ways)
    return Hits(themes.unit, themes.row * len(ways) + way, names)


def _among(hits: Hits, texts: NDArray[np.bool_]) -> Hits:
    keep = texts[hits.unit]
    return Hits(hits.unit[keep], hits.row[keep], hits.names)


def _gaps(chance: np.random.Generator, people: int) -> Hits:
    """Return up to two needs with a barrier of each person; a few pairs are common, most rare."""
    shape = (len(NEEDS), len(BARRIERS))
    weights = 1 / np.arange(1, shape[0] * shape[1] + 1) ** 1.2
    pairs = chance.permutation(shape[0] * shape[1])
    unit = np.repeat(np.arange(people), 2)[chance.random(2 * people) < 0.35]
    row = pairs[chance.choice(len(weights), len(unit), p=weights / weights.sum())]
    held = np.unique(unit * len(pairs) + row)
    names = tuple(f"{n}|{b}" for n in NEEDS for b in BARRIERS)
    return Hits(held // len(pairs), held % len(pairs), names)


def _choices(chance: np.random.Generator, people: int) -> Hits:
    """Return one of five options, any of eight needs, and one of nine origins in four groups."""
    one = chance.choice(5, people, p=(0.5, 0.3, 0.15, 0.04, 0.01))
    ticked = chance.random((people, 8)) < 0.5 / np.arange(1, 9)
    ticked[:, 1] |= ticked[:, 0] & (chance.random(people) < 0.95)  # the first implies the second
    unit, option = np.nonzero(ticked)
    origin = chance.choice(9, people, p=(0.7, 0.08, 0.02, 0.07, 0.04, 0.01, 0.05, 0.02, 0.01))
    names = (
        *(f"one:o{i}" for i in range(5)),
        *(f"many:n{i}" for i in range(8)),
        *(f"origin:x{i}" for i in range(9)),
    )
    everyone = np.arange(people)
    rows = np.concatenate([one, option + 5, origin + 13])
    return Hits(np.concatenate([everyone, unit, everyone]), rows, names)


def a_book(themes: int = 22, families: int = 6) -> Book:
    """Return a codebook of as many themes in as many families."""
    return Book(
        tuple(Theme(f"t{i:02d}", f"Theme {i}", f"f{i % families}") for i in range(themes)),
        {f"f{i}": f"Family {i}" for i in range(families)},
        (),
        (),
    )


def released(columns: Columns, *, secondary: bool = True, facets: int = 2) -> Release:
    """Return the release of these columns as at the end of their last quarter."""
    held = {int(q) for q in columns.quarter}
    periods = periods_of(held, max(held) + 3)
    dims = [dimension(n, columns.values[n], _counties(n, columns)) for n in SIZES]
    grid = Grid.over(columns, periods, Lattice.over(dims, facets))
    flow = Flow({p.key: 0 for p in periods}, {p.key: 0 for p in periods})
    source = Source(a_book(), QUESTIONS, {})
    return assemble(columns, grid, source, None, flow, secondary=secondary)


def _counties(name: str, columns: Columns) -> dict[str, tuple[str, ...]]:
    return {"county": columns.values["area"][5:12]} if name == "area" else {}
