"""The limits of the area pack are those of the figures, on every road to them."""

import ast
from datetime import date
from pathlib import Path

from app.figures import releases
from app.figures.codebook import Theme
from app.figures.pages import View
from app.figures.suppress import STAFF, Thresholds
from app.packs import load_pack
from app.results.register import public_limits, public_words
from app.services.releasing import limits_of, public_limits_of
from tests.integration.results.builders import a_coded_survey

TODAY = date(2026, 11, 18)
STRICT = Thresholds(20, 60, 100)
APP = Path(__file__).resolve().parents[3] / "app"
QUESTION = {
    "id": "q_r", "name": "right_1", "kind": "single", "text": {"en": "Told?"},
    "options": [{"id": f"o_{v}", "value": v, "text": {"en": v}} for v in ("fully", "no")],
}  # fmt: skip


def told(session, now, limits=STAFF):
    people = [
        {"choices": {"q_r": f"o_{v}"}} for v, n in (("fully", 40), ("no", 15)) for _ in range(n)
    ]
    survey = a_coded_survey(session, people, document={"questions": [QUESTION]})
    return survey, of(session, survey, now, limits)


def of(session, survey, now, limits):
    release = releases.released(session, survey.id, groups={}, today=TODAY, now=now, limits=limits)
    view = View(release, release.periods[0], 0)
    return view.cell("option:q_r:o_no", "people"), view.count("people")


def test_a_stricter_pack_withholds_more_and_says_so(session, now):
    survey, (no, people) = told(session, now)
    assert people.count == 55
    before = no
    releases.forget()
    after, stricter = of(session, survey, now, STRICT)
    assert stricter.count == 55
    assert stricter.showing == STRICT.showing(55)
    assert (before.count, after.count, after.why) == (15, None, "fewer than 20, or not shown")


def test_a_stricter_pack_masks_what_is_kept_and_a_laxer_one_leaves_it(session, now):
    survey, _ = told(session, now)
    strict = releases.released(session, survey.id, groups={}, today=TODAY, now=now, limits=STRICT)
    assert strict.limits == STRICT
    again = releases.released(session, survey.id, groups={}, today=TODAY, now=now, limits=STAFF)
    assert again.limits == STRICT
    releases.forget()
    assert releases.released(
        session, survey.id, groups={}, today=TODAY, now=now, limits=STAFF
    ).limits == STRICT  # fmt: skip


def test_every_page_and_report_asks_with_the_limits_of_the_pack():
    calls = [
        (path.name, node)
        for path in APP.rglob("*.py")
        if "figures" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"released", "live", "build"}
        and getattr(node.func.value, "id", "") == "releases"
    ]
    assert len(calls) >= 3
    without = [name for name, call in calls if "limits" not in {k.arg for k in call.keywords}]
    assert without == []


def test_the_limits_for_everyone_are_rounded_and_doubled_where_it_is_about_children_or_sex():
    pack = load_pack("thames-valley")
    assert limits_of(pack) == STAFF
    assert public_limits_of(pack, is_sensitive=False) == Thresholds(10, 30, 50, 5)
    assert public_limits_of(pack, is_sensitive=True) == Thresholds(20, 60, 100, 5)

    class Of:
        def __init__(self, **facets):
            self.facets = facets

    for facets in ({"crime_group": "sexual"}, {"age_band": "11_15"}, {"service": "cyp"}):
        limits = public_limits(pack, Of(**facets))
        assert public_words(18, limits) == "Fewer than 20 people, or not shown"
        assert public_words(23, limits) == "About 25 people"
    for theme in (Theme("sexual_violence", "Sexual violence", "x"), Theme("x", "After rape", "x")):
        assert public_limits(pack, Of(), theme=theme).hide_below == 20
    assert public_limits(pack, Of(), audience="young_16_18").hide_below == 20
    assert (
        public_limits(pack, Of(), audience="adult", theme=Theme("w", "Waiting", "x")).hide_below
        == 10
    )
    plain = public_limits(pack, Of(crime_group="theft"))
    assert public_words(18, plain) == "About 20 people"
    assert public_words(None, plain) == "Fewer than 10 people, or not shown"
