"""The interface for programs: the figures of the pages, by a key that can be stopped."""

import csv
import io
import random
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from app.guards import Role
from app.models import ApiToken, AuditEvent
from app.results import api
from app.services import api_tokens
from tests.integration.results.builders import a_coded_survey, some_people

AREAS = ("E06000060", "E06000042", "E07000178")
QUARTERS = (date(2026, 2, 3), date(2026, 5, 3), date(2026, 8, 3))
SHOWN_ONCE = re.compile(r"heard_[\w-]{43}")


@pytest.fixture
def database_url(sqlite_url):
    """Return SQLite only: the queries are plain, and the suite has eight minutes."""
    return sqlite_url


@pytest.fixture
def survey(session):
    people = [
        person
        for i, day in enumerate(QUARTERS)
        for service in ("adult", "cyp")
        for person in some_people(50, seed=i, areas=AREAS, received_on=day, service=service)
    ]
    return a_coded_survey(session, people)


def _key(client, **data):
    page = client.post("/results/keys", data={"label": "Power BI", "survey": ""} | data)
    return SHOWN_ONCE.search(page.get_data(as_text=True)).group()


def _get(app, path, key):
    return app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"})


def test_over_random_filters_programs_get_what_the_files_hold(sign_in, staff_app, survey):
    client = sign_in(Role.COMMISSIONER)
    key = _key(client)
    chance = random.Random(4)  # noqa: S311 - test data
    for _ in range(10):
        period = chance.choice(["2025-26-q4", "2026-27-q1", "2026-27-q2"])
        query = f"?period={period}"
        for name, value in chance.sample([("service", "adult"), ("area", AREAS[1])], 1):
            query += f"&{name}={value}"
        table = chance.choice(["themes", "gaps", "needs", "together"])
        given = _get(staff_app, f"/surveys/{survey.slug}/{table}{query}", key).get_json()
        file = client.get(f"/results/{survey.slug}/{table}.csv{query}").get_data(as_text=True)
        lines = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
        plain = [{k: "" if v is None else str(v) for k, v in row.items()} for row in given["rows"]]
        assert plain == lines
        assert given["period"]["key"] == period
        assert given["withheld"] == sum(row["count"] is None for row in given["rows"])
        assert all(row["note"] for row in given["rows"] if row["count"] is None)


def test_a_table_comes_page_by_page(sign_in, staff_app, survey):
    key = _key(sign_in(Role.ADMINISTRATOR))
    path = f"/surveys/{survey.slug}/themes?per_page=2&page="
    pages = [_get(staff_app, path + str(n), key).get_json() for n in (1, 2)]
    assert [len(page["rows"]) for page in pages] == [2, 1]
    assert {page["pages"] for page in pages} == {2}
    assert len({row["code"] for page in pages for row in page["rows"]}) == pages[0]["total"] == 3


def test_no_key_a_wrong_one_and_a_stopped_one_are_refused(sign_in, staff_app, session, survey):
    assert staff_app.test_client().get("/api/v1/surveys").status_code == 401
    assert _get(staff_app, "/surveys", "heard_made-up").status_code == 401
    client = sign_in(Role.COMMISSIONER)
    key = _key(client)
    token = session.scalars(select(ApiToken)).one()
    assert key not in token.token_hash
    assert SHOWN_ONCE.search(client.get("/results/keys").get_data(as_text=True)) is None
    assert _get(staff_app, "/surveys", key).status_code == 200
    other = sign_in(Role.COMMISSIONER)
    assert other.post(f"/results/keys/{token.id}/revoke").status_code == 404
    client.post(f"/results/keys/{token.id}/revoke")
    assert _get(staff_app, "/surveys", key).status_code == 401
    acts = [e.act for e in session.scalars(select(AuditEvent)) if e.act.startswith("api.")]
    assert acts == ["api.key", "api.read", "api.revoke"]
    assert survey


def test_a_key_reads_one_survey_and_one_service_where_its_owner_does(
    sign_in, staff_app, session, survey
):
    one = _key(sign_in(Role.COMMISSIONER), survey=survey.slug)
    another = a_coded_survey(session, some_people(60))
    listed = _get(staff_app, "/surveys", one).get_json()["surveys"]
    assert [part["slug"] for part in listed] == [survey.slug]
    assert _get(staff_app, f"/surveys/{another.slug}/themes", one).status_code == 404
    bound = _key(sign_in(Role.COMMISSIONER, services=("adult",)))
    for query in ("", "?service=cyp", "?service=all"):
        given = _get(staff_app, f"/surveys/{survey.slug}/themes{query}", bound).get_json()
        assert given["filters"] == {"service": "adult"}


def test_only_complete_periods_and_legal_filters(sign_in, staff_app, survey):
    key = _key(sign_in(Role.COMMISSIONER))
    part = _get(staff_app, "/surveys", key).get_json()["surveys"][0]
    assert "today" not in {p["kind"] for p in part["periods"]}
    assert (
        part["as_at"]
        == _get(staff_app, f"/surveys/{survey.slug}/themes?now=1", key).get_json()["as_at"]
    )
    path = f"/surveys/{survey.slug}/themes"
    assert _get(staff_app, f"{path}?period=today", key).status_code == 404
    assert _get(staff_app, f"{path}?area=nowhere", key).status_code == 404
    three = f"{path}?area={AREAS[0]}&service=adult&channel=open"
    assert _get(staff_app, three, key).status_code == 400
    assert staff_app.test_client().post(f"/api/v1{path}").status_code == 405


def test_a_key_may_not_ask_without_end(sign_in, staff_app, monkeypatch, survey):
    key = _key(sign_in(Role.COMMISSIONER))
    monkeypatch.setattr(api_tokens, "MOST_A_MINUTE", 2)
    codes = [_get(staff_app, "/surveys", key).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert survey


def test_the_document_describes_what_is_given(sign_in, staff_app, survey):
    served = staff_app.test_client().get("/api/v1/openapi.yaml")
    document = yaml.safe_load(served.get_data(as_text=True))
    assert document == yaml.safe_load(Path("docs/results-api.yaml").read_text())
    parts = document["components"]["schemas"]
    asked = document["paths"]["/surveys/{survey}/{table}"]["get"]["parameters"]
    assert asked[1]["schema"]["enum"] == sorted(api.TABLES)
    key = _key(sign_in(Role.COMMISSIONER))
    survey_part = _get(staff_app, "/surveys", key).get_json()["surveys"][0]
    assert set(survey_part) == set(parts["Survey"]["properties"])
    queries = {"groups": "?by=area", "people": "?by=area", "question": "?question=q_offered"}
    for table in set(api.TABLES) - {"ticked", "agencies", "question_groups"}:
        reply = _get(staff_app, f"/surveys/{survey.slug}/{table}{queries.get(table, '')}", key)
        assert set(reply.get_json()) == set(parts["Table"]["properties"]), table
        for row in reply.get_json()["rows"]:
            assert set(row) == set(parts["Line"]["properties"])
