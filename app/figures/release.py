"""A release: everything safe that can be said of one survey, in one value without people in it."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks import HIDDEN, Block
from .intervals import Interval, wilson
from .lattice import Dimension, Lattice
from .periods import Period
from .suppress import STAFF, Showing, Thresholds
from .tables import SafeCell, withheld_cell

SAID = "said:"  # rows of answers that were read, whoever chose them (valence.py)
LAYOUT = 5  # of the stored bytes: raise it with every change of what is stored


class OldLayoutError(Exception):
    """A release was kept by another version of Heard and cannot be read by this one."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares estimated from a random sample, for the few cells that have one.

    Held by where they are: as a cube of every cell they were two thirds of what a web worker
    kept of a release, and nearly all of it empty.
    """

    rows: tuple[str, ...]
    shape: tuple[int, int, int]  # periods, nodes, rows
    at: NDArray[np.int64]  # where a share is, in rising order
    values: NDArray[np.float32]  # [place in `at`, (share, low, high)]
    powered: NDArray[np.bool_]
    place: Mapping[str, int]

    @classmethod
    def of(
        cls, rows: Sequence[str], values: NDArray[np.float32], powered: NDArray[np.bool_]
    ) -> "Shares":
        """Return the shares of a cube [period, node, row, (share, low, high)], NaN where none."""
        at = np.flatnonzero(~np.isnan(values[..., 0]))
        place = {name: i for i, name in enumerate(rows)}
        held = values.reshape(-1, 3)[at], powered.reshape(-1)[at]
        return cls(tuple(rows), values.shape[:3], at, *held, place)

    def cube(self) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return the cubes that `of` takes: shares, and whether the machine sharpened them."""
        values = np.full((*self.shape, 3), np.nan, dtype=np.float32)
        powered = np.zeros(self.shape, dtype=np.bool_)
        values.reshape(-1, 3)[self.at] = self.values
        powered.reshape(-1)[self.at] = self.powered
        return values, powered

    def find(self, row: str, period: int, node: int) -> tuple[float, Interval, bool] | None:
        """Return share, interval and whether the machine's reading sharpened it."""
        column = self.place.get(row)
        if column is None:
            return None
        wanted = (period * self.shape[1] + node) * self.shape[2] + column
        at = int(np.searchsorted(self.at, wanted))
        if at == len(self.at) or self.at[at] != wanted:
            return None
        share, low, high = (float(v) for v in self.values[at])
        return share, Interval(low, high), bool(self.powered[at])


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a release as a whole."""

    as_at: date | None  # None: as it stands now, for the engagement team
    coder: str | None
    is_synthetic: bool
    reading: Mapping[str, str]  # period -> sample | read | counts
    channels: Sequence[str]
    weighted: Mapping[str, Mapping[str, Any]]  # period -> why, n_eff, deff, source, rows
    agreement: Mapping[str, Mapping[str, float]]  # period -> theme -> kappa with the computer
    outcomes: Mapping[str, Sequence[Mapping[str, Any]]]  # period -> distance travelled
    totals: Mapping[str, Mapping[str, int]]  # period -> screened out (HIDDEN), texts, read, ...
    limits: Thresholds = STAFF  # under which it was taken


@dataclass(frozen=True, slots=True)
class Release:
    """Safe counts and shares over periods and the lattice."""

    periods: tuple[Period, ...]
    lattice: Lattice
    deep: Block  # people, answers read, themes, families: up to two facets
    wide: Block  # gaps, options, indicators: up to one facet
    shares: Shares
    about: About
    order: Mapping[str, int] = field(init=False, repr=False, compare=False)  # of periods, by key

    def __post_init__(self) -> None:
        """Know the place of every period: it is asked for with every cell."""
        object.__setattr__(self, "order", {p.key: i for i, p in enumerate(self.periods)})

    @property
    def limits(self) -> Thresholds:
        """Return the limits under which it was taken."""
        return self.about.limits

    @property
    def few(self) -> SafeCell:
        """Return the cell of a figure that is withheld."""
        return withheld_cell(self.limits)

    def period(self, key: str) -> Period | None:
        """Return the period of that address."""
        at = self.order.get(key)
        return None if at is None else self.periods[at]

    def block(self, row: str) -> Block:
        """Return the block that holds a row."""
        return self.deep if row in self.deep.place else self.wide

    def has(self, row: str) -> bool:
        """Return whether anything was counted under that name."""
        return row in self.deep.place or row in self.wide.place

    def count(self, row: str, period: Period, node: int) -> SafeCell:
        """Return a bare count: a base."""
        block = self.block(row)
        if node >= block.counts.shape[1]:
            return self.few  # finer than this row is ever counted
        where = (self.order[period.key], node, block.place[row])
        value = int(block.counts[where])
        if value == HIDDEN:
            return self.few  # small, or protecting a small one: nobody is told which
        return SafeCell(value, value, showing=self.limits.showing(value))

    def weighted(self, row: str, period: Period) -> SafeCell:
        """Return the weighted share of a theme among everyone; empty where there is none."""
        found = self.about.weighted.get(period.key, {})
        values = found.get("rows", {}).get(row)
        if values is None or found.get("of") != self.about.reading.get(period.key):
            return SafeCell()
        share, low, high = values
        showing = self.limits.showing(int(found["n_eff"]))
        return SafeCell(None, None, share, Interval(low, high), showing)

    def cell(self, row: str, base: str, period: Period, node: int) -> SafeCell:
        """Return a count with its base and, where allowed, its share and interval."""
        if not self.has(row):
            return self.few
        part, whole = self.count(row, period, node), self.count(base, period, node)
        if part.count is None or whole.count is None:
            return SafeCell(base=whole.count, why=part.why or whole.why)
        if base == "read":
            return self._read_cell(row, part.count, whole.count, period, node)
        if row.startswith(SAID) and self.about.reading.get(period.key) != "read":
            return SafeCell(part.count, whole.count, showing=Showing.COUNT)
        return direct(part.count, whole.count, self.limits)

    def _read_cell(self, row: str, count: int, read: int, period: Period, node: int) -> SafeCell:
        """Return the cell of a theme or gap by how the answers were read (settled.md 33)."""
        mode = self.about.reading.get(period.key, "counts")
        if mode == "read":
            return direct(count, read, self.limits)
        found = self.shares.find(row, self.order[period.key], node) if mode == "sample" else None
        if found is None:
            return SafeCell(count, read, showing=Showing.COUNT)
        sample = self.count("sample", period, node).count
        share, interval, powered = found
        showing = self.limits.showing(sample or 0)
        return SafeCell(count, read, share, interval, showing, powered=powered, share_base=sample)


def direct(count: int, base: int, limits: Thresholds = STAFF) -> SafeCell:
    """Return a cell whose share is simply count over base, as far as the base allows."""
    showing = limits.showing(base)
    if showing in {Showing.NOTHING, Showing.COUNT}:
        return SafeCell(count, base, showing=showing)
    return SafeCell(count, base, count / base, wilson(count, base), showing)


def pack(release: Release) -> bytes:
    """Return the release as bytes; nothing in them is hidden from its readers."""
    about = asdict(release.about)
    meta = {
        "layout": LAYOUT,
        "periods": [asdict(p) for p in release.periods],
        "dimensions": [asdict(d) for d in release.lattice.dimensions],
        "rows": {
            "deep": release.deep.rows,
            "wide": release.wide.rows,
            "shares": release.shares.rows,
        },
        "about": {k: v.isoformat() if isinstance(v, date) else v for k, v in about.items()},
    }
    shares, powered = release.shares.cube()
    out = io.BytesIO()
    np.savez_compressed(
        out,
        meta=np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8),
        deep=release.deep.counts,
        deep_status=release.deep.status,
        wide=release.wide.counts,
        wide_status=release.wide.status,
        shares=shares,
        powered=powered,
    )
    return out.getvalue()


def unpack(content: bytes) -> Release:
    """Return the release that `pack` wrote; raise OldLayoutError for another version's."""
    arrays = np.load(io.BytesIO(content), allow_pickle=False)
    meta = json.loads(arrays["meta"].tobytes())
    if meta["layout"] != LAYOUT:
        raise OldLayoutError(f"layout {meta['layout']}, not {LAYOUT}")
    rows = meta["rows"]
    dims = [
        Dimension(d["name"], tuple(d["leaves"]), {g: tuple(m) for g, m in d["groups"].items()})
        for d in meta["dimensions"]
    ]
    return Release(
        tuple(Period(**{**p, "quarters": tuple(p["quarters"])}) for p in meta["periods"]),
        Lattice.over(dims),
        _block(rows["deep"], arrays["deep"], arrays["deep_status"]),
        _block(rows["wide"], arrays["wide"], arrays["wide_status"]),
        Shares.of(rows["shares"], arrays["shares"], arrays["powered"]),
        _about(meta["about"]),
    )


def _block(rows: list[str], counts: NDArray[np.int32], status: NDArray[np.uint8]) -> Block:
    return Block(tuple(rows), counts, status, {name: i for i, name in enumerate(rows)})


def _about(content: dict[str, Any]) -> About:
    as_at = date.fromisoformat(content["as_at"]) if content["as_at"] else None
    limits = Thresholds(**content["limits"])
    return About(**{**content, "as_at": as_at, "limits": limits})
