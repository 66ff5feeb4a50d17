import csv
import io
import random
import re
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook

from app.guards import Role
from app.models import DropOff, ReferenceCount, SurveyVersion
from tests.integration.results.builders import BOOK, a_coded_survey, some_people

AREAS = ("E06000060", "E06000042", "E07000178")
QUARTERS = (date(2026, 2, 3), date(2026, 5, 3), date(2026, 8, 3))


@pytest.fixture
def survey(session):
    people = [
        person
        for i, day in enumerate(QUARTERS)
        for service in ("adult", "cyp")
        for person in some_people(60, seed=i, areas=AREAS, received_on=day, service=service)
    ]
    return a_coded_survey(session, people)


def _text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def _csv(response):
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))


def _xlsx(response):
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.get_data()))


def _star(book, sheet):
    header, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_page_csv_and_workbook_agree_over_random_filters(sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    facts = {
        (f["period"], f["dimension"] or "", f["value"] or "", f["theme"]): f
        for f in _star(_xlsx(client.get(f"/results/{survey.slug}/figures.xlsx")), "fact_theme")
    }
    chance = random.Random(4)  # noqa: S311 - test data
    for _ in range(12):
        period = chance.choice(["2025-26-q4", "2026-27-q1", "2026-27-q2"])
        name, value = chance.choice([("", ""), ("service", "adult"), ("area", AREAS[1])])
        query = f"?period={period}" + (f"&{name}={value}" if name else "")
        page = _text(client.get(f"/results/{survey.slug}/themes{query}"))
        for line in _csv(client.get(f"/results/{survey.slug}/themes.csv{query}")):
            fact = facts[(period, name, value, line["code"])]
            for column in ("count", "base", "percent", "low", "high"):
                assert str(fact[column] if fact[column] is not None else "") == line[column]
            count = f"{line['count']} {line['base']}" if line["count"] else line["note"]
            assert f"{line['name']} {count}" in page


def test_the_workbook_hides_nothing_and_holds_no_small_number(sign_in, session):
    people = some_people(200, areas=AREAS[:2]) + some_people(7, seed=9, areas=AREAS[2:])
    survey = a_coded_survey(session, people)
    response = sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}/figures.xlsx")
    book = _xlsx(response)
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n", "d", "inlineStr"}
    for name in ("fact_people", "fact_theme", "fact_gap", "fact_answer"):
        for fact in _star(book, name):
            assert fact["count"] is None or fact["count"] >= 10
    parts = zipfile.ZipFile(io.BytesIO(response.get_data())).namelist()
    assert not [p for p in parts if re.search("(?i)comment|pivot|external|custom|macro|vba", p)]


def test_text_in_a_workbook_is_never_a_formula(sign_in, session):
    book = BOOK.replace("label: Waiting for support", 'label: "=HYPERLINK(1)"')
    survey = a_coded_survey(session, some_people(60), book=book)
    client = sign_in(Role.COMMISSIONER)
    sheet = _xlsx(client.get(f"/results/{survey.slug}/figures.xlsx"))["dim_code"]
    cell = next(c for row in sheet.iter_rows() for c in row if str(c.value).startswith("=HYPER"))
    assert cell.data_type == "s"


def test_one_question_is_a_small_workbook(sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    book = _xlsx(client.get(f"/results/{survey.slug}/questions/q_offered.xlsx"))
    rows = _star(book, "table")
    assert [row["name"] for row in rows] == ["Yes, soon", "Yes, but late", "No"]
    assert sum(row["count"] for row in rows) == rows[0]["base"] == 120
    assert client.get(f"/results/{survey.slug}/questions/nothing.xlsx").status_code == 404


def test_a_providers_workbook_holds_its_own_service_only(sign_in, survey):
    client = sign_in(Role.PROVIDER_LEAD, services=("adult",))
    book = _xlsx(client.get(f"/results/{survey.slug}/figures.xlsx"))
    assert max(f["count"] or 0 for f in _star(book, "fact_people")) == 60
    words = {str(c.value) for s in book.worksheets for row in s.iter_rows() for c in row}
    assert "cyp" not in words


def test_where_people_stopped_is_rounded_and_few_are_not_told(sign_in, session, survey):
    version = session.query(SurveyVersion).filter_by(survey_id=survey.id).one()
    for question, reached, passed in (("q_offered", 347, 310), ("q_coping", 310, 303)):
        session.add(
            DropOff(
                version_id=version.id, question_id=question, day=QUARTERS[-1],
                reached=reached, passed=passed,
            )
        )  # fmt: skip
    session.commit()
    text = _text(sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}/drop-off"))
    assert "Were you offered support? 35 350 10%" in text
    assert "How are you managing? fewer than 10 310" in text


def test_the_referral_funnel_shows_each_step_with_its_share(sign_in, session, survey):
    for position, (step, count) in enumerate((("Referred", 22000), ("Contactable", 13200))):
        session.add(
            ReferenceCount(
                kind="funnel", dimension="step", value=step, count=count, position=position,
                starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31), source="Case system",
            )
        )  # fmt: skip
    session.commit()
    text = _text(sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}/drop-off"))
    assert "Contactable 13,200 22,000 60%" in text


def test_coverage_names_empty_places_and_needs_stand_together(sign_in, session):
    people = [
        {"themes": [], "gaps": [("counselling", "waiting"), ("updates", "not_told")],
         "area": AREAS[0], "service": "adult"}
    ] * 40  # fmt: skip
    people += [{"themes": [], "area": AREAS[1], "service": "cyp"}] * 40
    survey = a_coded_survey(session, people)
    client = sign_in(Role.COMMISSIONER)
    coverage = _text(client.get(f"/results/{survey.slug}/coverage"))
    assert "In the other" in coverage or "fewer than 10" in coverage
    together = _csv(client.get(f"/results/{survey.slug}/together.csv"))
    assert {line["count"] for line in together} >= {"40"}


def test_no_page_of_results_loads_a_science_library():
    import subprocess
    import sys

    code = (
        "import sys, app.results.views, app.results.more_views, app.results.register_views;"
        "bad = {'scipy','sklearn','spacy','pandas','statsmodels','plotly'} & set(sys.modules);"
        "sys.exit(' '.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
