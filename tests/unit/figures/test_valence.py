"""How a theme was said, decided by person; what a hidden way may tell."""

import numpy as np

from app.figures.columns import Hits
from app.figures.suppress import Status, Structure, Sum, protect
from app.figures.valence import ways_of


def _said(*codes):
    """Return the ways of texts given as (owner, "theme|polarity"...)."""
    pairs = [(unit, name) for unit, (_, *names) in enumerate(codes) for name in names]
    names = tuple(sorted({name for _, name in pairs}))
    unit, row = ([u for u, _ in pairs], [names.index(n) for _, n in pairs])
    owner = np.array([who for who, *_ in codes])
    hits = ways_of(Hits(np.array(unit, np.int64), np.array(row, np.int64), names), owner)
    return [hits.names[row] for row in hits.row]


def test_each_polarity_has_its_way():
    assert _said(
        (0, "a|positive"), (1, "a|negative"), (2, "a|mixed"), (3, "a|neutral"), (4, "a|")
    ) == ["a|praise", "a|criticism", "a|both", "a|both", "a|both"]


def test_whoever_praises_here_and_criticises_there_said_both():
    assert _said((7, "a|positive"), (7, "a|negative", "b|negative"), (8, "a|positive")) == [
        "a|both",
        "a|both",
        "b|criticism",
        "a|praise",
    ]


def test_a_plain_mention_leaves_praise_as_it_is():
    assert _said((1, "a|positive"), (1, "a|neutral")) == ["a|praise", "a|praise"]


def test_nothing_said_is_nothing():
    assert _said((0,)) == []


def test_a_theme_decided_elsewhere_stays_and_its_parts_give_way():
    people = np.array([[[100, 60, 36, 4]]])
    split = Structure((-1, 0, 0, 0), splits=[Sum(0, (1, 2, 3))], silent=[1, 2, 3])
    status = protect(people, split)[0, 0]
    assert status[0] == status[1] == Status.SHOWN
    assert Status.SHOWN not in status[2:]
    small = protect(np.array([[[14, 7, 7, 0]]]), split)[0, 0]
    assert small[0] == Status.SHOWN
    assert Status.SHOWN not in small[1:]


def test_a_sum_of_one_part_is_hidden_with_it():
    people = np.array([[[70, 12, 50, 8, 12]]])  # an indicator that counts the first option only
    rows = [Sum(0, (1, 2, 3)), Sum(4, (1,))]
    status = protect(people, Structure((-1, 0, 0, 0, 0), rows=rows))[0, 0]
    assert status[1] == status[4] == Status.PROTECTING
