"""A browser that keeps no cookies, another website's form: said in true words, with other ways."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.models import Survey
from tests.builders import a_reviewed_language
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import CANARY


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: this is about pages."""
    return sqlite_url


@pytest.fixture
def forgetful(public_app: Flask, survey: Survey) -> FlaskClient:  # noqa: ARG001 - it has to be there
    """Return a browser that keeps no cookies, before a face that guards its forms."""
    public_app.config["WTF_CSRF_ENABLED"] = True
    return public_app.test_client(use_cookies=False)


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert token is not None
    return client.post(path, data={**fields, "csrf_token": token[1]})


@pytest.mark.parametrize("way_in", ["s", "o"])
def test_who_keeps_no_cookies_reads_what_is_wrong_and_what_else_there_is(
    forgetful: FlaskClient, way_in: str
):
    reply = post(forgetful, f"/{way_in}/{OPEN}", act="begin")
    assert reply.status_code == 200  # shown in place of the first page, with a script too
    assert "Your browser did not keep our place" in reply.text
    assert "on paper or by phone" in reply.text
    assert '<details class="govuk-details hd-help" open>' in reply.text
    assert "Exit this page" in reply.text


def test_and_reads_it_in_the_language_she_asked_for(forgetful: FlaskClient, session: Session):
    a_reviewed_language(session, "ur")
    reply = post(forgetful, f"/s/{OPEN}", language="ur")
    assert '<html lang="ur" dir="rtl"' in reply.text
    assert "براؤزر" in reply.text


def test_where_words_were_typed_it_is_an_error_so_that_a_script_leaves_them(forgetful: FlaskClient):
    reply = post(forgetful, "/about", words=CANARY)
    assert reply.status_code == 400
    assert "Your browser did not keep our place" in reply.text
    assert CANARY not in reply.text


def test_a_form_of_another_website_is_refused_in_words_for_a_victim(forgetful: FlaskClient):
    reply = forgetful.post(f"/s/{OPEN}", headers={"Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 403
    assert "Open your link again" in reply.text
    assert "administrator" not in reply.text
