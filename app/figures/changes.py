"""Changes between two periods, with all tests of one section corrected together."""

from collections.abc import Sequence
from dataclasses import dataclass

from .comparing import Arrow, Difference, adjusted, arrow, two_shares
from .tables import SafeCell

NO_ARROW = "Too few answers to compare."


@dataclass(frozen=True, slots=True)
class Change:
    """One figure now against before; `difference` is None where there is nothing to compare."""

    now: SafeCell
    before: SafeCell | None
    difference: Difference | None
    q: float | None
    arrow: Arrow

    @property
    def points(self) -> int | None:
        """Return the difference in whole percentage points."""
        return None if self.difference is None else round(100 * self.difference.value)


def changes(pairs: Sequence[tuple[SafeCell, SafeCell | None]]) -> list[Change]:
    """Return the change of each figure; one family for Benjamini-Hochberg (domain.md 7.4)."""
    compared = [_difference(now, before) for now, before in pairs]
    ps = adjusted([d.p for d in compared if d is not None])
    found = iter(ps)
    return [
        _change(now, before, difference, None if difference is None else next(found))
        for (now, before), difference in zip(pairs, compared, strict=True)
    ]


def _change(
    now: SafeCell, before: SafeCell | None, difference: Difference | None, q: float | None
) -> Change:
    if difference is None or q is None or before is None:
        return Change(now, before, None, None, Arrow.NONE)
    bases = (_base(now), _base(before))
    return Change(now, before, difference, q, arrow(difference.value, q, *bases))


def _difference(now: SafeCell, before: SafeCell | None) -> Difference | None:
    if before is None or now.share is None or before.share is None:
        return None
    n1, n2 = _base(now), _base(before)
    return two_shares(now.share * n1, n1, before.share * n2, n2)


def _base(cell: SafeCell) -> int:
    """Return the base a share rests on: the sample, where it was estimated from one."""
    return cell.share_base or cell.base or 0
