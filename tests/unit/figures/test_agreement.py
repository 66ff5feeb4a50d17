"""Agreement statistics against the domain's vector, a published example and other software."""

import random

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from app.figures.agreement import (
    Table,
    alpha,
    between_people,
    corrected_share,
    kappa,
    machine_against_people,
    tabulate,
)

TABLES = [Table(20, 5, 10, 15), Table(3, 1, 0, 96), Table(40, 2, 3, 55), Table(5, 20, 20, 5)]


def test_the_domains_vector_gives_four_tenths_twice() -> None:
    found = kappa(TABLES[0]), alpha(TABLES[0])
    assert [round(e.value, 3) for e in found if e] == [0.4, 0.4]


@pytest.mark.parametrize("table", TABLES)
def test_kappa_and_its_interval_equal_those_of_statsmodels(table: Table) -> None:
    theirs = cohens_kappa(np.array([[table.both, table.first], [table.second, table.neither]]))
    ours = kappa(table)
    assert ours is not None
    assert ours.value == pytest.approx(theirs.kappa)
    assert ours.low == pytest.approx(max(-1, theirs.kappa_low), abs=1e-5)
    assert ours.high == pytest.approx(min(1, theirs.kappa_upp), abs=1e-5)


def test_alpha_equals_krippendorffs_own_example_of_two_coders_and_two_values() -> None:
    # "Computing Krippendorff's Alpha-Reliability" (2011), section A: ten articles, α = 0.095
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    pairs = [(frozenset("x" * m), frozenset("x" * o)) for m, o in zip(meg, owen, strict=True)]
    found = alpha(tabulate(pairs, "x"))
    assert found is not None
    assert round(found.value, 3) == 0.095


@pytest.mark.parametrize("table", [TABLES[0], TABLES[2]])
def test_alphas_interval_is_close_to_that_of_a_bootstrap(table: Table) -> None:
    draw = random.Random(1)  # noqa: S311 - a repeatable experiment
    cells = [table.both, table.first, table.second, table.neither]
    values = []
    for _ in range(1000):
        picked = draw.choices(range(4), weights=cells, k=table.n)
        found = alpha(Table(*(picked.count(i) for i in range(4))))
        values.append(found.value if found else 0)
    values.sort()
    ours = alpha(table)
    assert ours is not None
    assert ours.low == pytest.approx(values[25], abs=0.06)
    assert ours.high == pytest.approx(values[974], abs=0.06)


@pytest.mark.parametrize("table", [Table(0, 0, 0, 0), Table(0, 0, 0, 60), Table(60, 0, 0, 0)])
def test_a_theme_nobody_or_everybody_uses_has_no_agreement_to_speak_of(table: Table) -> None:
    assert kappa(table) is None
    assert alpha(table) is None


def pairs_of(table: Table) -> list[tuple[frozenset[str], frozenset[str]]]:
    used, unused = frozenset({"t"}), frozenset[str]()
    return [
        *[(used, used)] * table.both,
        *[(used, unused)] * table.first,
        *[(unused, used)] * table.second,
        *[(unused, unused)] * table.neither,
    ]


@pytest.mark.parametrize(
    ("table", "band", "publishable"),
    [
        (Table(30, 1, 1, 28), "firm", True),
        (Table(28, 4, 4, 24), "tentative", True),
        (Table(25, 6, 5, 24), "revise", True),
        (Table(20, 5, 10, 15), "revise", False),
        (Table(20, 1, 1, 20), "few", False),
    ],
)
def test_the_bands_are_those_of_the_domain(table: Table, band: str, publishable: bool) -> None:
    (found,) = between_people(pairs_of(table), ["t"])
    assert (found.band, found.is_publishable) == (band, publishable)


def test_the_machine_may_count_alone_only_when_good_and_tried_often_enough() -> None:
    good, few, poor = Table(30, 5, 5, 60), Table(20, 2, 2, 20), Table(20, 20, 20, 40)
    found = [machine_against_people(pairs_of(t), ["t"])[0] for t in (good, few, poor)]
    assert [item.may_count_alone for item in found] == [True, False, False]
    assert found[0].precision == pytest.approx(30 / 35)
    assert found[0].f1 == pytest.approx(60 / 70)


def test_a_share_is_corrected_for_known_errors() -> None:
    assert corrected_share(0.30, 0.80, 0.95) == pytest.approx(1 / 3)
    assert corrected_share(0.01, 0.80, 0.95) == 0
    assert corrected_share(0.5, 0.5, 0.5) is None
