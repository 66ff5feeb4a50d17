"""What a report says: every sentence re-computes, and no cell is small."""

import json
import re

import pytest

from app.clock import utc_now
from app.figures import releases
from app.figures.tables import SafeCell
from app.guards import Role
from app.models import Flag, Response
from app.services.reporting import kinds, snapshot
from app.services.reporting.claims import broken
from app.services.reporting.layout import Grid, items, texts
from tests.integration.results.builders import a_coded_survey, some_people
from tests.integration.results.reports.builders import PERIOD, QUARTERS, build


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_every_sentence_of_every_kind_of_report_re_computes(session, survey, kind):
    made = snapshot.read(json.loads(json.dumps(snapshot.as_plain(build(session, survey, kind)))))
    assert len(made.claims) > 15
    assert not broken(made.tables, made.claims)
    told = {c.template for c in made.claims.values()}
    assert {"heard", "changes", "picture", "skew"} <= told
    printed = {c.text for c in made.claims.values()}
    numbers = [
        i.words for i in items(made, {}) if hasattr(i, "words") and re.search(r"\d", i.words)
    ]
    headings = {s.heading for s in made.sections}
    for words in numbers:
        assert words in printed or words.split(". ", 1)[-1] in headings


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_no_cell_of_a_report_holds_fewer_than_ten(session, survey, kind):
    made = build(session, survey, kind, service="adult" if kind == "contract" else "")
    for table in made.tables.values():
        for row in table.rows:
            for cell in row.cells:
                if isinstance(cell, SafeCell):
                    assert cell.count is None or cell.count >= 10, table.key
    assert "fewer than 10" in " ".join(texts(made, {}))


def test_the_contract_report_is_of_its_own_service(session, survey):
    made = build(session, survey, "contract", service="adult")
    people = made.tables["people"].row("people").cells[0]
    assert people.count == 60
    assert [s.heading for s in made.sections][:3] == [
        "Headline and decision sought",
        "Demand and funnel against the last four quarters",
        "Who used it",
    ]


def test_a_service_nobody_named_is_said_not_to_be_there(session, survey):
    made = build(session, survey, "contract", service="counselling")
    assert any("recorded against Victims First Counselling" in t for t in texts(made, {}))


def test_safeguarding_counts_are_rounded_and_small_ones_withheld(session, survey):
    people = session.query(Response).filter_by(survey_id=survey.id, received_on=QUARTERS[-1])
    for i, person in enumerate(people.limit(17)):
        session.add(
            Flag(response_id=person.id, reason="text:q", source="text", raised_at=utc_now(),
                 tier="SG2" if i < 13 else "SG1", due_at=utc_now())
        )  # fmt: skip
    session.commit()
    made = build(session, survey, "contract")
    grid = next(i for i in items(made, {}) if isinstance(i, Grid) and "safeguarding" in i.caption)
    assert grid.rows[:3] == (
        ("All together", "15"), ("Immediate danger", "fewer than 10"), ("Serious risk", "15"),
    )  # fmt: skip


def test_figures_from_elsewhere_stand_beside_and_the_cascade_is_worked_out(sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    page = client.get(f"/results/{survey.slug}/beside").get_data(as_text=True)
    assert "nothing that a published figure can stand beside" in page
    assert "3,200" in page
    changed = client.get(f"/results/{survey.slug}/beside?victims=50000&want=40&met=50")
    assert "4,000" in changed.get_data(as_text=True)
    for wrong in ("want=140", "victims=-1", "victims=ten", "met=%3Cb%3E"):
        page = client.get(f"/results/{survey.slug}/beside?{wrong}").get_data(as_text=True)
        assert "Enter whole numbers" in page
        assert "<b>" not in page


def _asked_about(number, values):
    return {
        "id": f"q_{number}", "name": number, "kind": "multiple" if "agency" in number else "single",
        "text": {"en": f"About {number}"},
        "options": [{"id": f"o_{number}_{v}", "value": v, "text": {"en": v}} for v in values],
    }  # fmt: skip


def test_rights_are_shown_with_the_agencies_named_where_they_were_not_kept(session):
    kept, agencies = ("fully", "partly", "no", "not_yet"), ("police", "court")
    asked = [_asked_about("right_1", kept), _asked_about("right_1_agency", agencies)]
    first = ["fully"] * 40 + ["partly"] * 30 + ["no"] * 20 + ["not_yet"] * 12
    people = [
        person | {"choices": {"q_right_1": f"o_right_1_{value}"}}
        for person, value in zip(some_people(102), first, strict=True)
    ]
    for i, person in enumerate(people[40:90]):
        named = "police" if i < 30 else "court"
        person["choices"]["q_right_1_agency"] = f"o_right_1_agency_{named}"
    survey = a_coded_survey(session, people, document={"questions": asked})
    made = build(session, survey, "lcjb")
    rows = made.tables["rights"].printed()
    assert rows[0] == ["About right_1", "90", "44%", "35% to 55%", "33% (30)", "22% (20)"]
    said = texts(made, {})
    assert any(t.startswith("Kept least often: “About right_1” (44% of those") for t in said)
    assert made.tables["agencies"].printed() == [["About right_1", "60% (30)", "40% (20)"]]


def test_outcomes_start_with_the_missing_end_forms(session, survey, monkeypatch):
    counts = {"pairs": 40, "up": 20, "same": 12, "down": None}
    means = {"start": 4.0, "end": 5.5, "change": 1.5, "is_clear": True, "no_end": 35}
    line = {"outcome": "I feel safe", "service": "", **counts, **means}
    plain = releases.released

    def with_outcomes(*args, **values):
        found = plain(*args, **values)
        found.about.outcomes.setdefault(PERIOD, [])[:] = [line]
        return found

    monkeypatch.setattr(releases, "released", with_outcomes)
    made = build(session, survey, "contract")
    section = next(s for s in made.sections if s.heading.startswith("Outcomes"))
    assert made.claims[section.blocks[0].key].text.startswith("35% of those with a start form")
    assert "from 4.0 to 5.5 on average, more than chance" in " ".join(texts(made, {}))
    row = made.tables["outcomes"].printed()[0]
    assert row == ["I feel safe", "40", "4.0", "5.5", "20", "12", "fewer than 10, or not shown"]
