"""Where the themes of a later codebook come from, and from when they can be compared."""

from datetime import date

from app.figures.codebook import Book, Theme
from app.figures.lineage import Version, trace

FIRST, SECOND, THIRD = date(2026, 1, 1), date(2026, 5, 1), date(2026, 8, 1)


def _version(themes, steps=(), in_use=FIRST):
    book = Book(tuple(Theme(t, t.upper(), "f") for t in themes), {}, (), ())
    made = [{"kind": kind, "from": old, "to": new} for kind, old, new in steps]
    return Version(book, made, in_use)


def test_a_merged_theme_is_one_series_with_what_it_was_made_of():
    origin = trace([_version("ab"), _version("c", [("merge", ["a", "b"], ["c"])], SECOND)])["c"]
    assert (origin.kind, origin.before, origin.in_use) == ("merge", ("A", "B"), SECOND)
    assert origin.since is None


def test_parts_of_a_split_and_new_themes_begin_with_their_version():
    steps = [("split", ["a"], ["d", "e"]), ("add", [], ["g"])]
    found = trace([_version("ab"), _version("bdegh", steps, SECOND)])
    assert found["d"].before == ("A",)
    assert {found[t].since for t in "degh"} == {SECOND}  # h came without a step
    assert "b" not in found


def test_what_is_merged_from_a_new_theme_begins_with_that_one():
    versions = [
        _version("ab"),
        _version("abg", [("add", [], ["g"])], SECOND),
        _version("bk", [("merge", ["a", "g"], ["k"])], THIRD),
    ]
    assert trace(versions)["k"].since == SECOND


def test_a_merge_of_a_theme_added_in_the_same_version_is_new():
    steps = [("add", [], ["g"]), ("merge", ["a", "g"], ["k"])]
    assert trace([_version("ab"), _version("bk", steps, SECOND)])["k"].since == SECOND


def test_the_first_version_has_no_past():
    assert trace([_version("ab")]) == {}
