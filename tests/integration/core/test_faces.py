"""The two faces: what each shows, how it fails, what its headers promise."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine

from app import create_app
from app.config import Config, Face
from app.guards import Audience, Role, audience
from app.store.errors import ConflictError, NotFoundError
from tests.client import LookingClient

CANARY = "my husband is outside"


def with_a_view(app: Flask, fails: Exception) -> LookingClient:
    @audience(Audience.PUBLIC)
    def view() -> str:
        raise fails

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["healthz"] = view
    client = app.test_client()
    assert isinstance(client, LookingClient)
    return client


@pytest.mark.parametrize(
    ("fails", "status"),
    [(NotFoundError("x"), 404), (ConflictError("x"), 409), (RuntimeError("x"), 500)],
)
def test_each_cause_has_its_calm_page_on_both_faces(
    public_app: Flask, staff_app: Flask, fails: Exception, status: int
) -> None:
    for app in (public_app, staff_app):
        page = with_a_view(app, fails).get("/healthz")
        assert page.status_code == status
        assert b"Traceback" not in page.data


def test_an_error_page_for_a_respondent_has_help_and_a_way_out(public_app: Flask) -> None:
    page = with_a_view(public_app, RuntimeError("x")).get("/healthz").get_data(as_text=True)
    assert "999" in page
    assert "/leave" in page


def test_no_log_line_holds_what_an_exception_quotes(
    public_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        with_a_view(public_app, RuntimeError(CANARY)).get("/healthz")
    assert "RuntimeError" in caplog.text
    assert CANARY not in caplog.text


def test_a_request_made_by_another_site_is_refused(sign_in: Callable[..., LookingClient]) -> None:
    browser = sign_in(Role.ANALYST)
    assert browser.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.get("/").status_code == 200


def test_forms_need_their_token(staff_app: Flask) -> None:
    staff_app.config["WTF_CSRF_ENABLED"] = True
    page = staff_app.test_client().post("/sign-in", data={"email": "a@example.org"})
    assert page.status_code == 400


def test_a_respondents_process_knows_no_staff_page(public: LookingClient) -> None:
    assert public.get("/sign-in").status_code == 404


def test_a_stranger_is_sent_to_sign_in_and_back(staff_app: Flask) -> None:
    moved = staff_app.test_client().get("/people/")
    assert moved.location == "/sign-in?next=/people/?"


def test_every_dynamic_page_forbids_caching_framing_and_other_hosts(
    staff_app: Flask,
) -> None:
    headers = staff_app.test_client().get("/sign-in").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("face", list(Face))
@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere"])
def test_an_untrusted_host_gets_a_calm_page(
    make_config: Callable[..., Config], engine: Engine, face: Face, path: str
) -> None:
    app = create_app(make_config(face=face, trusted_hosts=("heard.example.org",)), engine)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = LookingClient
    page = app.test_client().get(path, headers={"Host": "evil.example"})
    assert page.status_code == 400
    assert "We could not read that page" in page.text
    assert "evil.example" not in page.text
