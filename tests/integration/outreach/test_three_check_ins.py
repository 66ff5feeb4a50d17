"""The demonstration case (domain S17): three check-ins, the third thinks of stopping."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import shift_clock, utc_now
from app.guards import Role
from app.models import Channel
from app.services import plans
from app.worker.upkeep import check_in_chore
from tests.builders import a_collector, a_survey, surveys_document
from tests.client import LookingClient
from tests.integration.outreach.sending import (
    PACK,
    PEPPER,
    Box,
    a_check_in,
    approved_wording,
    some_cases,
)
from tests.integration.respond.person import Person

COLUMNS = (
    "case_key,service,contact_outcome,stage,stage_date,consent_checkin,consent_link,"
    "worker,supervisor,do_not_contact,shared_device,shared_address,avoid_dates,trial_date"
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def at() -> Iterator[Callable[[datetime], datetime]]:
    """Return a function that moves every clock of this process to a moment."""

    def move(moment: datetime) -> datetime:
        shift_clock(timedelta())
        shift_clock(moment - utc_now())
        return moment

    yield move
    shift_clock(timedelta())


def value(question: str, wanted: str) -> str:
    """Return the id of an option of the court check-in."""
    asked = next(q for q in surveys_document("checkin_court")["questions"] if q["name"] == question)
    return str(next(o["id"] for o in asked["options"] if o["value"] == wanted))


def take(office: LookingClient, kind: str, text: str) -> None:
    files = {"kind": kind, "file": (io.BytesIO(text.encode()), "rows.csv")}
    page = office.post("/handover/", data=files, content_type="multipart/form-data")
    assert "Every row could be used" in page.text, page.text


def test_the_third_check_in_thinks_of_stopping_and_both_see_it_within_a_minute(
    session: Session,
    sign_in: Callable[..., LookingClient],
    public: LookingClient,
    at: Callable[[datetime], datetime],
    now: datetime,
) -> None:
    survey = a_survey(session, "checkin_court", is_check_in=True)
    a_collector(session, survey, Channel.PERSONAL)
    approved_wording(session, now)
    plans.choose(session, {"checkin_court": survey.slug}, by=None, now=now)
    office = sign_in(Role.OUTREACH)
    take(office, "contacts", "case_key,channel,address,safe_checked_on,safe_until\n"
         "VF-1,sms,07700 900123,2026-11-01,2027-12-01\n")  # fmt: skip
    box = Box()
    chore = check_in_chore(PACK, public_url="https://x.example", sender=box, secret_key=PEPPER)
    answers = [("5", "5", "carrying_on"), ("4", "4", "unsure"), ("4", "4", "stopping")]

    for number, (coping, safe, carrying_on) in enumerate(answers):
        waits_since = now + timedelta(days=35 * number)
        at(waits_since)
        office = sign_in(Role.OUTREACH)  # nobody stays signed in for a month
        row = f"VF-1,sv,reached,waiting_for_court,{waits_since.date()},yes,yes,Jo,Ada,,,,,"
        take(office, "cases", f"{COLUMNS}\n{row}\n")
        moment = at(waits_since + timedelta(days=31))
        chore.act(session, moment)
        assert len(box.got) == number + 1
        token = box.got[-1].body.split("/s/")[1].split()[0]
        person = Person(public).begin(token)
        taps = {"coping": coping, "safe": safe, "know_next": "yes", "contact": "no"}
        taps["carrying_on"] = carrying_on
        answer_all(person, taps)

    told = utc_now()
    seen = {
        role: sign_in(role, services=("sv",)).get("/tasks/").text
        for role in (Role.CASEWORKER, Role.SUPERVISOR)
    }
    for page in seen.values():
        assert "Is thinking of stopping with the case" in page
    assert utc_now() - told < timedelta(minutes=1)

    worker = sign_in(Role.CASEWORKER, services=("sv",))
    page = worker.get("/tasks/").text
    found = re.search(r'href="/tasks/([0-9a-f-]{36})"', page)
    assert found
    task = found[1]
    note = {"words": "Rang her; the date has moved, she carries on."}
    assert worker.post(f"/tasks/{task}/done", data=note).status_code == 302
    done = sign_in(Role.SUPERVISOR, services=("sv",)).get(f"/tasks/{task}").text
    assert "the date has moved" in done

    office = sign_in(Role.OUTREACH)
    rows = list(csv.DictReader(io.StringIO(office.get("/handover/returns.csv").text)))
    assert rows[-1]["case_key"] == "VF-1"
    assert (rows[-1]["touchpoint"], rows[-1]["completed"]) == ("waiting_for_court", "yes")
    assert rows[-1]["tier"] == "SG3"
    assert "moved" not in json.dumps(rows)


def answer_all(person: Person, taps: dict[str, Any]) -> None:
    """Tap through the court check-in until the thank-you."""
    ids = {q["id"]: q["name"] for q in surveys_document("checkin_court")["questions"]}
    for _ in range(8):
        page = person.look().text
        asked = page.partition('name="question" value="')[2].partition('"')[0]
        if ids.get(asked) not in taps:
            break
        name = ids[asked]
        person.tap(value(name, str(taps[name])))
    assert person.press("no_words").heading == "Thank you"


def test_an_officer_chooses_which_survey_asks_a_form(
    session: Session, sign_in: Callable[..., LookingClient]
) -> None:
    survey = a_survey(session, "checkin_court", is_check_in=True)
    a_collector(session, survey, Channel.PERSONAL)
    office = sign_in(Role.OUTREACH)
    assert "None: nothing is sent" in office.get("/handover/plan").text
    office.post("/handover/plan", data={"checkin_court": survey.slug, "closure": "x"})
    session.expire_all()
    assert plans.asked_by(session, "checkin_court") == survey.slug
    assert plans.asked_by(session, "outcomes_end") == "outcomes_end"
    assert sign_in(Role.CASEWORKER).get("/handover/plan").status_code == 403


def test_the_case_page_says_what_the_office_still_has_to_do(
    session: Session, sign_in: Callable[..., LookingClient], now: datetime
) -> None:
    some_cases(session, utc_now(), [("K1", "sms", "07700 900123")])
    office = sign_in(Role.OUTREACH)
    page = office.get("/handover/case/K1").text
    assert "No live survey with personal links asks this form yet." in page
    assert "No approved wording for sms in en yet." in page
    a_check_in(session)
    approved_wording(session, now)
    assert "Will be sent on" in office.get("/handover/case/K1").text
