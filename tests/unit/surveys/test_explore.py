from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import Answers, Chosen, explore, load, page_path
from tests.unit.surveys.shelf import compare, document, question, selected, tiny


def test_the_shortest_and_the_longest_way_are_found():
    found = explore(tiny("left_behind"))
    assert (found.shortest, found.longest) == (("a",), ("a", "b", "c"))
    assert (found.routes, found.exact, found.more_routes) == (3, True, False)
    assert 0 < found.fewest_minutes < found.most_minutes


def test_likert_rows_count_as_pages():
    assert explore(tiny("likert")).longest == ("listened", "kind", "why")


def test_boundaries_of_numbers_lead_to_different_ways():
    survey = load(
        document(
            question("n", "number", whole=True),
            question("low", show_when=compare("lt", "n", 3)),
            question("exact", show_when=compare("eq", "n", 3)),
            question("high", show_when=compare("gt", "n", 3)),
        )
    )
    assert explore(survey).routes == 4


def test_nothing_is_claimed_of_what_cannot_be_decided():
    rule = {"op": "gt", "left": {"op": "answer", "question": "q_a"},
            "right": {"op": "answer", "question": "q_b"}}  # fmt: skip
    survey = load(
        document(question("a", "number"), question("b", "number"), question("c", show_when=rule))
    )
    assert not explore(survey).exact
    assert explore(survey).never_reached == frozenset()


NAMES = "abcdef"


@st.composite
def rules(draw, before):
    if not before or draw(st.integers(0, 3)) == 0:
        return None
    kind = draw(st.sampled_from(["selected", "not", "all", "any"]))
    leaf = st.builds(selected, st.sampled_from(before), st.sampled_from(["yes", "no"]))
    if kind == "selected":
        return draw(leaf)
    if kind == "not":
        return {"op": "not", "rule": draw(leaf)}
    return {"op": kind, "of": draw(st.lists(leaf, min_size=1, max_size=3))}


@st.composite
def small_surveys(draw, *, looks_ahead=False):
    """Surveys of up to six pages; rules look back, or at any page, as half-written drafts do."""
    questions = []
    for place, name in enumerate(NAMES[: draw(st.integers(1, 6))]):
        rule = draw(rules(NAMES if looks_ahead else NAMES[:place]))
        ends = draw(rules(NAMES[: place + 1])) if draw(st.integers(0, 5)) == 0 else None
        extra = {"show_when": rule} if rule else {}
        extra |= {"finish": [{"when": ends, "ending": "e"}]} if ends else {}
        questions.append(question(name, **extra))
    ending = {"id": "e", "outcome": "complete", "text": {"en": "Thank you"}}
    return load(document(*questions, endings=[ending]))


def every_path(survey):
    """All paths, by trying every combination of answers: slow, and right."""
    options = [None, Chosen(("o_yes",)), Chosen(("o_no",))]
    given: list[dict] = [{}]
    for asked in survey.questions:
        given = [{**g, asked.id: o} if o else g for g in given for o in options]
    return {tuple(p.name for p in page_path(survey, Answers(g))) for g in given}


@settings(max_examples=40)
@given(small_surveys())
def test_the_search_finds_exactly_the_ways_that_trying_everything_finds(survey):
    paths = every_path(survey)
    found = explore(survey)
    reached = {name for path in paths for name in path}
    assert found.exact
    assert found.routes == len(paths)
    assert len(found.shortest) == min(map(len, paths))
    assert len(found.longest) == max(map(len, paths))
    assert found.never_reached == {f"q_{q.name}" for q in survey.questions} - {
        f"q_{name}" for name in reached
    }
