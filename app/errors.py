"""Exceptions become calm pages here, and only here. No answer is ever logged or shown."""

import logging

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from app.config import Face
from app.guards import Audience, audience
from app.store.errors import ConflictError, NotFoundError

log = logging.getLogger("heard")

# Heading and advice by status. Plain words: what happened, what to do.
PAGES = {
    400: (
        "We could not read that page",
        "Go back and try again: your words may still be there. Or open your link again.",
    ),
    403: (
        "We could not take that from another website",
        "Nothing was sent. Open your link again and go on from there.",
    ),
    404: ("We could not find that page", "Check the link, or go back to where you were."),
    405: ("We could not find that page", "Check the link, or go back to where you were."),
    413: ("That is more than we can take at once", "Shorten it and send it again."),
    429: ("Please wait a moment", "There were many tries in a short time. Try again in a minute."),
    500: ("Something went wrong on our side", "Nothing was lost that we had already confirmed."),
    503: (
        "We cannot take answers just now",
        "Nothing from this page was saved. Please try again in a few minutes.",
    ),
}
# What is said to staff instead: a victim has no role, no administrator and no link to a case.
STAFF_PAGES = {
    400: ("We could not read that page", "Go back and try again. Your words may still be there."),
    403: (
        "This page is not part of your role",
        "If you need it for your work, ask your administrator.",
    ),
    409: (
        "Somebody else changed this first",
        "Go back to see what changed. Nothing of theirs was overwritten.",
    ),
}


def init_errors(app: Flask) -> None:
    """Register the one handler for each kind of failure."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(NotFoundError, lambda _error: error_page(404))
    app.register_error_handler(ConflictError, lambda _error: error_page(409))
    for unavailable in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(unavailable, _database)
    app.register_error_handler(Exception, _unforeseen)
    app.add_url_rule("/healthz", "healthz", health)


def error_page(status: int) -> ResponseReturnValue:
    """Return the page for a status, in the clothes of the face that failed."""
    is_staff = current_app.config["HEARD"].face is Face.STAFF
    pages = PAGES | STAFF_PAGES if is_staff else PAGES
    heading, advice = pages.get(status) or pages[400 if status < 500 else 500]
    return render_template(
        "errors/error.html", heading=heading, advice=advice, status=status
    ), status


@audience(Audience.PUBLIC)
def health() -> ResponseReturnValue:
    """Answer a load balancer without touching the database."""
    return {"ok": True}


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error  # redirects raised as exceptions
    return error_page(error.code or 500)


def _expired(_error: CSRFError) -> ResponseReturnValue:
    return error_page(400)


def _database(error: SQLAlchemyError) -> ResponseReturnValue:
    # The statement and its values stand in the error's own text: the type alone is logged.
    cause = error.orig if isinstance(error, DBAPIError) else error
    log.error("database unavailable: %s", type(cause).__name__)
    return error_page(503)


def _unforeseen(error: Exception) -> ResponseReturnValue:
    # The traceback's code lines are safe; the exception's own text may quote an answer.
    frames = error.__traceback__
    while frames is not None and frames.tb_next is not None:
        frames = frames.tb_next
    where = f"{frames.tb_frame.f_code.co_qualname}:{frames.tb_lineno}" if frames else "?"
    log.error("%s in %s (%s)", type(error).__name__, where, request.endpoint)
    return error_page(500)
