"""Signers that are kept sign and refuse exactly as Flask's and Flask-WTF's own do."""

import pytest
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import ValidationError

from app.csrf import KeptSessions, form_token

STOCK, KEPT = SecureCookieSessionInterface(), KeptSessions()


@pytest.fixture
def app() -> Flask:
    return an_app("one")


def an_app(key: str) -> Flask:
    made = Flask("signing")
    made.secret_key = key
    return made


def serializers(app: Flask) -> tuple[URLSafeTimedSerializer, URLSafeTimedSerializer]:
    stock, kept = STOCK.get_signing_serializer(app), KEPT.get_signing_serializer(app)
    assert stock is not None
    assert kept is not None
    return stock, kept


@pytest.mark.parametrize("held", [{}, {"language": "ur"}, {"notice": "long " * 200}])
def test_each_reads_the_sessions_that_the_other_wrote(app: Flask, held: dict[str, str]) -> None:
    stock, kept = serializers(app)
    assert stock.loads(kept.dumps(held)) == kept.loads(stock.dumps(held)) == held


def test_a_session_that_was_changed_or_signed_with_another_key_is_refused(app: Flask) -> None:
    _, kept = serializers(app)
    _, other = serializers(an_app("two"))
    signed = str(kept.dumps({"language": "ur"}))
    for wrong in (f"X{signed[1:]}", other.dumps({"language": "ur"})):
        with pytest.raises(BadSignature):
            kept.loads(wrong)


def test_a_key_of_before_still_opens_sessions_and_signs_none(app: Flask) -> None:
    before = serializers(an_app("before"))[0].dumps({"a": "b"})
    app.config["SECRET_KEY_FALLBACKS"] = ["before"]
    stock, kept = serializers(app)
    assert kept.loads(before) == {"a": "b"}
    assert stock.loads(kept.dumps({})) == {}
    with pytest.raises(BadSignature):
        serializers(an_app("before"))[1].loads(kept.dumps({}))


def test_without_a_key_there_is_no_session() -> None:
    assert KEPT.get_signing_serializer(Flask("bare")) is None


def test_a_form_s_token_is_one_that_flask_wtf_takes_for_this_session_only(app: Flask) -> None:
    with app.test_request_context():
        generate_csrf()
        raw = session["csrf_token"]
    with app.test_request_context():
        session["csrf_token"] = raw
        token = form_token()
        assert token == form_token() == generate_csrf()
        validate_csrf(token)
        session["csrf_token"] = "another"
        with pytest.raises(ValidationError):
            validate_csrf(token)


def test_a_session_without_a_token_gets_one(app: Flask) -> None:
    with app.test_request_context():
        validate_csrf(form_token())
        assert session["csrf_token"]
