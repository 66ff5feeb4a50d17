"""The pages of reports: asking, reading, who may, and what does not change."""

import json
import random
import re

import pytest

from app.clock import utc_now
from app.figures import releases
from app.guards import Role
from app.models import FrozenReport, Job, Response
from app.services import reports
from app.services.reporting import snapshot
from app.services.reporting.layout import texts
from app.services.reports import Wish
from app.store import reports as store
from tests.builders import an_actor
from tests.integration.results.builders import a_coded_survey, some_people
from tests.integration.results.reports.builders import (
    AREAS,
    PACK,
    PERIOD,
    QUARTERS,
    build,
    content_of,
    docx_words,
    frozen,
    made,
    page_of,
    work,
)


def test_a_report_carries_the_figures_of_its_page_over_random_filters(session, sign_in, survey):
    client, chance = sign_in(Role.COMMISSIONER), random.Random(7)  # noqa: S311 - test data
    filters = [("", ""), ("service", "adult"), ("service", "cyp"), *(("area", a) for a in AREAS)]
    for _ in range(8):
        period = chance.choice(["2025-26-q4", "2026-27-q1", PERIOD])
        name, value = chance.choice(filters)
        made = build(session, survey, "panel", {name: value} if name else {}, period)
        query = f"?period={period}" + (f"&{name}={value}" if name else "")
        page = client.get(f"/results/{survey.slug}/themes{query}").get_data(as_text=True)
        page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
        rows = made.tables["themes"].printed()
        assert rows
        for row in rows:
            assert " ".join(row[:5]) in page


def test_a_frozen_report_does_not_change_with_the_answers_behind_it(session, sign_in, survey):
    row = made(session, survey)
    client = sign_in(Role.SCRUTINY)
    before, body, mark = page_of(client, survey, row), json.dumps(row.tables), row.sha256
    word = docx_words(content_of(session, row, "docx"))
    for person in session.query(Response).filter_by(received_on=QUARTERS[-1]).limit(40):
        session.delete(person)
    releases.forget()
    session.query(releases.FigureRelease).delete()
    session.commit()
    reports.promise_files(session, row.id, now=utc_now())
    session.commit()
    work(session)
    row = session.get_one(FrozenReport, row.id)
    assert (json.dumps(row.tables), row.sha256) == (body, mark)
    assert page_of(client, survey, row) == before
    assert docx_words(content_of(session, row, "docx")) == word
    assert build(session, survey).tables["people"] != reports.opened(row).tables["people"]


def test_asking_shows_progress_then_the_report_with_who_froze_it(session, sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    given = {"kind": "panel", "period": PERIOD, "ask": "to_agree", "words": "Please decide."}
    asked = client.post(f"/results/{survey.slug}/reports/new", data=given)
    assert asked.status_code == 302
    waiting = client.get(asked.location).get_data(as_text=True)
    assert "Waiting for its turn" in waiting
    job = session.query(Job).filter_by(kind=reports.MAKE).one()
    store.note_progress(session, job, 2, 4, "Drawing the pictures")
    session.commit()
    assert "step 2 of 4" in client.get(asked.location).get_data(as_text=True)
    work(session)
    shown = client.get(asked.location).get_data(as_text=True)
    assert "Please decide." in shown
    assert "The panel is asked to agree the actions" in shown
    listed = client.get(f"/results/{survey.slug}/reports").get_data(as_text=True)
    assert client.staff.name in listed
    assert "July to September 2026" in listed


def test_a_report_that_cannot_be_made_says_so_and_can_be_taken_off(session, sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    report_id = reports.ask(
        session, survey.id, Wish("panel", "1999-00-q1"), PACK,
        by=an_actor(session, Role.COMMISSIONER), now=utc_now(),
    )  # fmt: skip
    work(session)
    address = f"/results/{survey.slug}/reports"
    assert "Could not be made" in client.get(address).get_data(as_text=True)
    assert "could not be made" in client.get(f"{address}/{report_id}").get_data(as_text=True)
    client.post(f"{address}/{report_id}/drop")
    assert "Could not be made" not in client.get(address).get_data(as_text=True)


def test_a_frozen_report_that_was_tampered_with_is_not_shown(session, survey):
    row = frozen(session, survey)
    body = json.loads(json.dumps(row.tables))
    body["claims"]["c2"]["text"] = "9,999 people answered."
    row.tables = body
    with pytest.raises(reports.ReportChangedError, match="fingerprint"):
        reports.opened(row)
    row.sha256 = snapshot.digest(body)
    with pytest.raises(reports.ReportChangedError, match="sentence"):
        reports.opened(row)


def test_providers_see_no_reports_and_scrutiny_reads_but_does_not_ask(session, sign_in, survey):
    row = frozen(session, survey)
    address = f"/results/{survey.slug}/reports"
    provider = sign_in(Role.PROVIDER_LEAD, services=("adult",))
    assert provider.get(address).status_code == 403
    assert provider.get(f"{address}/{row.id}/report.pdf").status_code == 403
    assert address not in provider.get(f"/results/{survey.slug}").get_data(as_text=True)
    scrutiny = sign_in(Role.SCRUTINY)
    assert scrutiny.get(f"{address}/{row.id}").status_code == 200
    assert scrutiny.get(f"{address}/new").status_code == 403


def test_a_report_is_found_only_under_its_own_survey(session, sign_in, survey):
    row = frozen(session, survey)
    other = a_coded_survey(session, some_people(30))
    client = sign_in(Role.COMMISSIONER)
    assert client.get(f"/results/{other.slug}/reports/{row.id}").status_code == 404
    assert client.get(f"/results/{other.slug}/reports/{row.id}/report.pdf").status_code == 404


def test_the_ledger_shows_what_each_sentence_rests_on(session, sign_in, survey):
    row = frozen(session, survey)
    shown = page_of(sign_in(Role.COMMISSIONER), survey, row, "/ledger")
    assert "people, people, cell 1" in shown
    assert "heard" in shown


def test_a_report_of_earlier_rules_keeps_its_words(session, survey):
    row = frozen(session, survey)
    body = json.loads(json.dumps(row.tables))
    body["edition"] = 0
    body["claims"]["c2"]["text"] = "As it was worded then."
    row.tables, row.sha256 = body, snapshot.digest(body)
    assert "As it was worded then." in texts(reports.opened(row), {})
