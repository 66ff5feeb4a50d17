"""The staff cookie: it holds a secret whose hash names a session we can end at any time."""

from flask import Flask, Response, current_app, g, request

from app.clock import utc_now
from app.db import db
from app.services import accounts

COOKIE = "staff"


def init_app(app: Flask) -> None:
    """Look up who is asking before every page but the static ones."""
    app.before_request(_load_actor)


def _load_actor() -> None:
    secret = request.cookies.get(COOKIE)
    if secret and request.endpoint not in {"healthz", "brand"}:
        g.actor = accounts.resume(db.session, secret, now=utc_now())


def remember(response: Response, secret: str) -> Response:
    """Give the browser its secret; it lives no longer than the browser does."""
    response.set_cookie(
        COOKIE, secret, httponly=True, samesite="Lax", secure=current_app.config["HEARD"].secure
    )
    return response


def forget(response: Response) -> Response:
    """Take the secret back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
    return response
