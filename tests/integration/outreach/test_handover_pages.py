"""The hand-over's pages and its signed API."""

import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.clock import utc_now
from app.models import Case, ContactDetail, OptOut, Role
from app.services import signing
from tests.builders import an_actor
from tests.client import LookingClient

CASES = "case_key,service,contact_outcome,stage_date,consent_checkin\nK1,sv,reached,{day},yes\n"


def send(browser: LookingClient, kind: str, text: str) -> TestResponse:
    file = (io.BytesIO(text.encode()), "file.csv")
    return browser.post("/handover/", data={"kind": kind, "file": file})


def test_a_file_of_cases_is_taken_and_reported(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    browser = sign_in(Role.OUTREACH)
    page = send(browser, "cases", CASES.format(day="2026-11-02") + "K2,nosuch,,,\n")
    words = page.get_data(as_text=True)
    assert "2 rows read, 1 new or changed, 0 as before, 1 could not be used" in words
    assert "not in the area pack" in words
    assert b"1 case is known" in browser.get("/handover/").data
    assert session.scalars(select(Case.case_key)).all() == ["K1"]


def test_a_file_that_is_no_table_gets_a_kind_sentence_and_stores_nothing(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    page = send(sign_in(Role.OUTREACH), "cases", "victim,phone\nMary,1\n")
    assert "has no case_key column" in page.get_data(as_text=True)
    assert session.scalars(select(Case)).all() == []


def test_contact_details_are_stored_sealed_and_shown_nowhere(
    sign_in: Callable[..., LookingClient], session: Session, read_everything: Callable[[], str]
) -> None:
    browser = sign_in(Role.OUTREACH)
    send(browser, "cases", CASES.format(day="2026-11-02"))
    page = send(browser, "contacts", "case_key,channel,address\nK1,sms,07700 900456\n")
    assert "900456" not in page.get_data(as_text=True)
    assert "900456" not in browser.get("/handover/case/K1").get_data(as_text=True)
    assert session.scalars(select(ContactDetail)).one().address == "+447700900456"
    assert "900456" not in read_everything()


def test_for_every_case_it_says_why_something_is_not_sent(
    sign_in: Callable[..., LookingClient],
) -> None:
    browser = sign_in(Role.OUTREACH)
    recently = (utc_now() - timedelta(days=2)).date()
    send(browser, "cases", CASES.format(day=recently))
    assert "there is no address on file" in browser.get("/handover/case/K1").get_data(as_text=True)


def test_a_stop_told_to_a_colleague_is_kept_at_once(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    browser = sign_in(Role.OUTREACH)
    send(browser, "cases", CASES.format(day="2026-11-02"))
    browser.post("/handover/case/K1")
    assert session.scalars(select(OptOut.case_key)).all() == ["K1"]


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.ANALYST, Role.DESIGNER])
def test_no_results_or_coding_role_reaches_contact_work(
    sign_in: Callable[..., LookingClient], role: Role
) -> None:
    assert sign_in(role).get("/handover/").status_code == 403


def test_a_colleague_of_one_service_sees_no_case_of_another(
    sign_in: Callable[..., LookingClient],
) -> None:
    send(sign_in(Role.OUTREACH), "cases", CASES.format(day="2026-11-02"))
    assert sign_in(Role.OUTREACH, services=("adult",)).get("/handover/case/K1").status_code == 404


@pytest.fixture
def call(staff_app: Flask, session: Session) -> Callable[..., TestResponse]:
    """Return a function that makes a signed call."""
    staff_app.config["WTF_CSRF_ENABLED"] = True  # the API has to work with it on
    admin = an_actor(session, Role.ADMINISTRATOR)
    key_id, secret = signing.create_key(session, name="Cases", by=admin, now=utc_now())
    began = int(utc_now().timestamp())

    def make(
        path: str,
        body: bytes | None,
        *,
        signed: bytes | None = None,
        signed_for: str = "",
        seconds: int = 0,
    ) -> TestResponse:
        timestamp = str(began + seconds)
        headers = {
            "X-Heard-Key": key_id,
            "X-Heard-Timestamp": timestamp,
        }
        client = staff_app.test_client()
        method, address = "GET" if body is None else "POST", f"/api/handover/v1/{path}"
        headers["X-Heard-Signature"] = signing.sign(
            secret, method, signed_for or address, timestamp, signed or body or b""
        )
        return client.open(address, method=method, data=body, headers=headers)

    return make


def test_the_api_takes_the_same_columns_as_the_file(
    call: Callable[..., TestResponse], session: Session
) -> None:
    body = json.dumps([{"case_key": "K1", "service": "sv", "consent_checkin": True}]).encode()
    assert call("cases", body).json["stored"] == 1
    assert call("cases", body, seconds=1).json["unchanged"] == 1
    assert session.scalars(select(Case)).one().consent_check_in


def test_an_unsigned_or_changed_call_is_refused(call: Callable[..., TestResponse]) -> None:
    assert call("cases", b"[]", signed=b"[1]").status_code == 401


def test_a_call_sent_again_brings_back_nothing_that_was_taken_away(
    call: Callable[..., TestResponse], session: Session
) -> None:
    agreed = json.dumps([{"case_key": "K1", "consent_checkin": True}]).encode()
    withdrawn = json.dumps([{"case_key": "K1", "consent_checkin": False}]).encode()
    assert call("cases", agreed).status_code == 200
    assert call("cases", withdrawn).status_code == 200
    again = call("cases", agreed)
    assert again.status_code == 409
    assert "sign it with the time it is now" in again.json["error"]
    assert not session.scalars(select(Case)).one().consent_check_in


def test_what_was_signed_for_one_address_opens_no_other(
    call: Callable[..., TestResponse], session: Session
) -> None:
    body = json.dumps([{"case_key": "K1", "channel": "sms", "address": "07700900123"}]).encode()
    assert call("contacts", body, signed_for="/api/handover/v1/cases").status_code == 401
    assert call("contacts", body).json["stored"] == 1
    cases = json.dumps([{"case_key": "K1", "service": "sv"}]).encode()
    assert call("contacts", cases, seconds=1).status_code == 400
    assert session.scalars(select(ContactDetail)).one().address == "+447700900123"


@pytest.mark.parametrize("body", [b"{", b"{}", b'[{"case_key": {"a": 1}}]', b"[" * 5000])
def test_a_body_that_is_no_list_of_cases_is_refused_kindly(
    call: Callable[..., TestResponse], body: bytes
) -> None:
    answer = call("cases", body)
    assert answer.status_code == 400
    assert answer.json["error"].endswith(".")


def test_the_return_of_answers_is_signed_as_well(call: Callable[..., TestResponse]) -> None:
    assert call("returns", None).json["returns"] == []
    assert call("returns", None, signed=b"x").status_code == 401
