"""Sentences of reports come from cells by rule, and say no more than the cells allow."""

from dataclasses import replace

import pytest

from app.figures.benchmarks import Cascade
from app.figures.intervals import wilson
from app.figures.suppress import Showing
from app.figures.tables import SafeCell
from app.services.reporting.claims import RULES, broken, recompute, sentence
from app.services.reporting.layout import Grid, Heading, Paragraph, Quotation, items
from app.services.reporting.snapshot import About, Ref, as_plain, digest, read
from app.services.reporting.tables import SHOWS, Column, Mean, Row, Table, compact, measures
from app.services.reporting.writer import Writer

PINNED = (3, "972cc9b258ba")
HIDDEN = SafeCell(base=200, why="fewer than 10")
ABOUT = About("panel", "Panel paper", "Q2", "Survey", "2026-27-q2", "30 September 2026",
              "1 October 2026", "Anna", "a@example.org", "OPCC", False, "2026-09-30")  # fmt: skip


def share(count, base):
    return SafeCell(count, base, count / base, wilson(count, base), Showing.NORMAL)


def a_table(rows, key="themes", before=1):
    made = tuple(Row(code, code.capitalize(), cells) for code, *cells in rows)
    made = tuple(replace(row, cells=tuple(row.cells)) for row in made)
    return Table(key, "Themes", "Theme", measures("Answers", "Read"), made, before=before)


def said(template, table, row, **words):
    return sentence(template, {table.key: table}, [Ref(table.key, row)], words)


def test_a_clear_rise_is_said_with_its_range_and_a_small_one_is_not():
    table = a_table([("waiting", share(120, 300), share(60, 300)),
                     ("informed", share(60, 300), share(57, 300))])  # fmt: skip
    assert said("changed", table, "waiting") == (
        "Waiting rose from 20% to 40%, more than chance would explain (likely by 13 to 27 points)."
    )
    assert said("changed", table, "informed") == (
        "Informed: 20% now and 19% before; no clear change."
    )


def test_a_fall_is_a_fall():
    table = a_table([("waiting", share(60, 300), share(120, 300))])
    assert said("changed", table, "waiting").startswith("Waiting fell from 40% to 20%")


def test_what_is_clear_alone_may_be_chance_among_many():
    alone = a_table([("waiting", share(60, 150), share(42, 150))])
    others = [(f"t{i}", share(40, 150), share(40, 150)) for i in range(12)]
    among = a_table([("waiting", share(60, 150), share(42, 150)), *others])
    assert "more than chance" in said("changed", alone, "waiting")
    assert "no clear change" in said("changed", among, "waiting")


def test_nothing_is_said_of_a_withheld_number():
    table = a_table([("waiting", HIDDEN, share(60, 150))])
    assert said("changed", table, "waiting") == (
        "Waiting: there is nothing earlier that can be compared."
    )
    assert said("top_theme", table, "waiting").endswith(": fewer than 10.")
    assert said("indicator", table, "waiting") == "Waiting: fewer than 10."


def test_a_withheld_number_of_people_makes_a_sentence():
    words = {"when": "from 1 July to 30 September", "whom": "Hub"}
    assert said("heard", a_table([("people", HIDDEN)]), "people", **words) == (
        "How many people answered (Hub) from 1 July to 30 September: fewer than 10."
    )


def test_a_count_without_a_share_is_said_as_a_count():
    few = SafeCell(14, 22, showing=Showing.COUNT)
    assert said("indicator", a_table([("safe", few, few)]), "safe") == (
        "Safe: 14 of 22 who answered."
    )


def test_an_outcome_never_claims_more_than_its_test():
    cells = (SafeCell(40, 40), SafeCell(20), HIDDEN, Mean(4.0), Mean(5.1))
    table = Table("outcomes", "Outcomes", "Outcome", (), (Row("o", "I feel safe", cells),))
    refs = [Ref("outcomes", "o", at) for at in range(5)]
    clear = sentence("outcome", {"outcomes": table}, refs, {"clear": "yes"})
    unclear = sentence("outcome", {"outcomes": table}, refs, {"clear": "no"})
    assert "from 4.0 to 5.1 on average, more than chance would explain" in clear
    assert "fewer than 10 went down" in clear
    assert unclear.endswith("no clear change.")


def a_report():
    w = Writer()
    w.section("Findings")
    w.hold(a_table([("waiting", share(120, 300), share(60, 300)), ("informed", HIDDEN, HIDDEN)]))
    w.say("changed", Ref("themes", "waiting"), lead=True)
    w.picture("themes", "ranking", "Themes")
    w.table("themes", 1)
    w.heading("In people's words")
    w.fixed("quotes")
    w.quotes(["q1", "q2"])
    return w.snapshot(ABOUT)


def test_every_sentence_comes_out_the_same_again_and_a_changed_cell_is_noticed():
    made = a_report()
    assert not broken(made.tables, made.claims)
    assert all(recompute(c, made.tables) == c.text for c in made.claims.values())
    other = a_table([("waiting", share(126, 300), share(60, 300)), ("informed", HIDDEN, HIDDEN)])
    assert broken({"themes": other}, made.claims) == ["c1"]


def test_a_report_is_the_same_value_after_it_was_stored():
    plain = as_plain(a_report())
    assert read(plain) == a_report()
    assert digest(as_plain(read(plain))) == digest(plain)
    plain["tables"]["themes"]["rows"][0][2][0]["n"] += 1
    assert digest(plain) != digest(as_plain(a_report()))


def test_words_of_people_are_printed_only_while_they_may_be():
    made = a_report()
    shown = list(items(made, {"q2": "Nobody called."}))
    assert [i.words for i in shown if isinstance(i, Quotation)] == ["Nobody called."]
    assert Heading(3, "In people's words") in shown
    gone = list(items(made, {}))
    assert not [i for i in gone if isinstance(i, Quotation)]
    assert Heading(3, "In people's words") not in gone
    assert not [i for i in gone if isinstance(i, Paragraph) and "agreed to be quoted" in i.words]


def test_a_table_says_how_much_of_it_is_printed_and_its_columns_fill_the_page():
    grid = next(i for i in items(a_report(), {}) if isinstance(i, Grid))
    assert grid.rows == (("Waiting", "120", "300", "40%", "35% to 46%"),)
    assert grid.note == "The first 1 of 2."
    assert sum(grid.widths) == pytest.approx(1)


def test_tables_with_nothing_to_show_are_named_together():
    w = Writer()
    w.section("Who")
    for key, title in (("a", "Age"), ("b", "What is your sex?")):
        w.table(replace(a_table([("x", HIDDEN, HIDDEN)], key), title=title))
    made = w.snapshot(ABOUT)
    assert [c.text for c in made.claims.values()] == [
        "Every count is under 10, or not shown to protect one that is: Age; What is your sex."
    ]


def test_rows_that_may_not_be_shown_are_named_below_the_table():
    table = compact(a_table([("heard", share(30, 60), HIDDEN), ("unheard", HIDDEN, HIDDEN)]))
    assert [row.label for row in table.rows] == ["Heard"]
    assert table.note == "Too few, or not shown to protect others: Unheard."


def test_one_dot_alone_is_not_drawn():
    w = Writer()
    w.section("Who")
    w.hold(a_table([("heard", share(30, 60), HIDDEN), ("unheard", HIDDEN, HIDDEN)]))
    w.picture("themes", "ranking", "Themes")
    assert not w.claims


def test_every_way_a_column_can_print_a_cell_is_known():
    cell = share(30, 60)
    printed = {"count": "30", "base": "60", "share": "50%", "range": "38% to 62%"}
    printed |= {"strength": "Weak", "short": "50% (30)", "shown": "50%"}
    assert set(printed) == set(SHOWS)
    for shows, words in printed.items():
        table = Table("t", "T", "F", (Column("c", shows),), (Row("r", "R", (cell,)),))
        assert table.printed() == [["R", words]]


def test_the_need_cascade_follows_the_published_shares():
    steps = {key: count for key, _, count in Cascade().steps()}
    assert steps == {
        "victims": 100_000, "want": 20_000, "short": 12_000, "special": 8_000,
        "met": 4_800, "unmet": 3_200,
    }  # fmt: skip


def test_no_rule_makes_a_number_of_its_own():
    """Every figure in a rule's own words is a constant of the method, never of the data."""
    import inspect
    import re

    allowed = {"2", "10", "5"}  # points of a clear change, small numbers, rounding
    for rule in RULES.values():
        code = inspect.getsource(rule).replace(rule.__doc__ or "\0", "")
        spoken = re.sub(r"\{[^}]*\}", "", " ".join(re.findall(r'"([^"]*)"', code)))
        numbers = set(re.findall(r"\b\d+\b", spoken))
        assert numbers <= allowed, rule


def test_whoever_changes_a_word_of_a_rule_raises_the_edition():
    """Reports frozen under the words of before must go on being read as they were."""
    import hashlib
    from pathlib import Path

    from app.services.reporting import claims, fixed

    source = "".join(Path(m.__file__).read_text() for m in (claims, fixed))
    held = (claims.EDITION, hashlib.sha256(source.encode()).hexdigest()[:12])
    assert held == PINNED, "raise claims.EDITION, then pin this"
