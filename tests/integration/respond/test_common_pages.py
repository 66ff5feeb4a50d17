"""A page that says the same to everybody is printed once, and holds nothing of anybody."""

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Survey
from tests.client import LookingClient
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import CANARY

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NONCE = re.compile(r'<script nonce="([^"]+)"')


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: what is kept is kept in the process."""
    return sqlite_url


@pytest.fixture
def guarded(public_app: Flask, survey: Survey) -> Flask:  # noqa: ARG001 - it has to be there
    """Return the public face with its CSRF guard on, and an open link."""
    public_app.config["WTF_CSRF_ENABLED"] = True
    return public_app


def post(client: LookingClient, path: str = "/", **fields: str) -> TestResponse:
    token = TOKEN.search(client.get(path).text)
    assert token is not None
    return client.post(path, data={**fields, "csrf_token": token[1]})


def first_question(app: Flask) -> LookingClient:
    client = app.test_client()
    assert isinstance(client, LookingClient)
    post(client, f"/s/{OPEN}", act="begin")
    assert post(client, act="start").status_code == 303
    return client


def kept(app: Flask) -> bytes:
    return b"".join(
        piece for sheet in app.extensions["sheets"].kept.values() for piece in sheet.pieces
    )


def test_two_people_get_the_same_page_but_for_their_own_token_and_nonce(guarded: Flask):
    pages = [first_question(guarded).get("/") for _ in range(2)]
    tokens = [TOKEN.findall(page.text) for page in pages]
    nonces = [NONCE.findall(page.text) for page in pages]
    assert set(tokens[0]).isdisjoint(tokens[1])
    assert set(nonces[0]).isdisjoint(nonces[1])
    for page, nonce in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce[0]}'" in page.headers["Content-Security-Policy"]
    assert NONCE.sub("", TOKEN.sub("", pages[0].text)) == NONCE.sub(
        "", TOKEN.sub("", pages[1].text)
    )


def test_the_token_of_a_kept_page_opens_the_form_of_its_own_person_only(guarded: Flask):
    one, other = first_question(guarded), first_question(guarded)
    token = TOKEN.findall(one.get("/").text)[0]
    answer = {"act": "next", "question": "told", "q_told": "yes", "csrf_token": token}
    assert other.post("/", data=answer).status_code == 400
    assert one.post("/", data=answer).status_code == 303


def test_a_packed_page_unpacks_to_the_plain_one(guarded: Flask):
    client = first_question(guarded)
    plain = client.get("/").text
    # Past the looking client, which reads plain pages only.
    reply = FlaskClient.open(client, "/", headers={"Accept-Encoding": "gzip"})
    packed = gzip.decompress(reply.get_data()).decode("utf-8")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in reply.headers["Vary"]
    assert NONCE.sub("", TOKEN.sub("", packed)) == NONCE.sub("", TOKEN.sub("", plain))


def test_nothing_that_anybody_typed_or_chose_is_kept(guarded: Flask):
    client = first_question(guarded)
    post(client, act="next", question="told", q_told="no")
    post(client, act="next", question="words", q_words=CANARY)
    back = post(client, act="back")
    assert back.status_code == 303
    assert CANARY in client.get("/").text
    post(client, act="back")
    assert "checked" in client.get("/").text
    assert CANARY.encode() not in kept(guarded)
    assert b" checked" not in kept(guarded)
    assert b"Did you tell anyone?" in kept(guarded)


def test_a_new_area_pack_drops_every_kept_page(guarded: Flask):
    client = first_question(guarded)
    client.get("/")
    pack = guarded.config["PACK"].model_copy(update={"exit_url": "https://example.org/tide"})
    guarded.config["PACK"] = guarded.jinja_env.globals["pack"] = pack
    assert "https://example.org/tide" in client.get("/").text
