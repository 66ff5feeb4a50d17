"""The web application. `create_app` wires things together and decides nothing."""

from importlib import import_module

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Config, Face
from app.csrf import KeptSessions, csrf
from app.db import QUICK_STATEMENT_SECONDS, STATEMENT_SECONDS, db, make_engine
from app.models import use_keys

# A journey is imported only by the face that shows it.
JOURNEYS = {
    Face.PUBLIC: ("respond", "outreach", "results"),
    Face.STAFF: (
        "account",
        "design",
        "preview",
        "paper",
        "outreach",
        "coding",
        "safeguarding",
        "results",
    ),
}
MAX_FORM_BYTES = 512 * 1024
MAX_PAGE_BYTES = 12 * 1024 * 1024  # a file of earlier answers, carried by a page of the desk
MAX_UPLOAD_BYTES = 64 * 1024 * 1024  # historical answers and hand-overs, staff only


def create_app(config: Config, engine: Engine | None = None) -> Flask:
    """Return one face of Heard; raise when a view declares no audience."""
    from app import cli, clock, errors, frontend, guards, installed, packs

    use_keys(config.keys)
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(
        HEARD=config,
        PACK=packs.load_pack(config.pack),
        SECRET_KEY=config.secret_key,
        TESTING=config.testing,
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES if config.face is Face.STAFF else MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_PAGE_BYTES if config.face is Face.STAFF else MAX_FORM_BYTES,
        SESSION_COOKIE_NAME=f"heard_{config.face}",  # cookies ignore ports (settled.md 14)
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,  # a slow victim never loses a page to a token's age
    )
    if config.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    limit = QUICK_STATEMENT_SECONDS if config.face is Face.PUBLIC else STATEMENT_SECONDS
    db.init_app(app, engine or make_engine(config.database_url, statement_seconds=limit))
    app.session_interface = KeptSessions()
    csrf.init_app(app)
    frontend.init_frontend(app)
    app.jinja_env.filters["london"] = clock.london_words
    installed.init_packs(app)
    errors.init_errors(app)
    for journey in JOURNEYS[config.face]:
        import_module(f"app.{journey}").init_app(app)
    cli.init_cli(app)
    guards.init_guards(app)
    return app
