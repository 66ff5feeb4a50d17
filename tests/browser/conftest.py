"""Real browsers against a running face, with a neutral site of our own to leave to."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app import create_app
from app.config import Config, Face
from app.models import Channel, Role
from tests.browser.desk import Desk
from tests.builders import a_collector, a_staff_session, a_survey
from tests.services import needed

CHROMIUM = Path("/usr/bin/chromium")
# Playwright switches the back-forward cache off, and that cache is what leaving is about.
NOT_ITS_DEFAULTS = ["--disable-back-forward-cache"]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: the database does not matter to a browser."""
    return sqlite_url


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing: a request line may hold a token."""


@dataclass
class NeutralSite:
    """Where Exit leads in tests; remembers what reached it."""

    url: str = ""
    referers: list[str] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        """Serve a page about the weather."""
        if environ["PATH_INFO"] == "/weather":
            self.referers.append(environ.get("HTTP_REFERER", ""))
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [b"<!DOCTYPE html><title>Weather</title><h1>Sunny spells</h1>"]


@dataclass(frozen=True)
class Site:
    """A running face."""

    url: str
    app: Flask
    neutral: NeutralSite


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Return Playwright; it drives Debian's browser and downloads none."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Return Debian's Chromium."""
    if not CHROMIUM.exists():
        needed("Chromium", "apt-get install chromium")
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=sandbox(), ignore_default_args=NOT_ITS_DEFAULTS
    )
    yield browser
    browser.close()


def sandbox() -> list[str]:
    """Return the arguments Chromium needs here: as root it has no sandbox."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Return a function that serves an application on a free port until the test ends."""
    servers: list[BaseWSGIServer] = []

    def start(app: Any) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://localhost:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def public_site(
    make_config: Callable[..., Config], engine: Engine, serve: Callable[[Any], str]
) -> Site:
    """Return the running respondents' face; its Exit leads to a neutral site of ours."""
    neutral = NeutralSite()
    neutral.url = f"{serve(neutral)}/weather".replace("localhost", "127.0.0.1")
    app = create_app(make_config(face=Face.PUBLIC), engine)
    pack = app.config["PACK"].model_copy(update={"exit_url": neutral.url})
    app.config["PACK"] = app.jinja_env.globals["pack"] = pack
    return Site(serve(app), app, neutral)


@pytest.fixture
def open_link(session: Session) -> Callable[..., str]:
    """Return a maker of open links: `open_link("victims_survey")` gives a path."""

    def make(document: Any = "victims_survey", **settings: Any) -> str:
        survey = a_survey(session, document, **settings)
        collector = a_collector(session, survey, Channel.OPEN)
        return f"/s/{collector.token}"

    return make


@pytest.fixture
def browse(chromium: Browser, public_site: Site) -> Iterator[Callable[..., Page]]:
    """Return a maker of pages: `browse(script=False, viewport=PHONE)`."""
    contexts: list[BrowserContext] = []

    def make(*, script: bool = True, viewport: Any = None, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=public_site.url,
            java_script_enabled=script,
            viewport=viewport or PHONE,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def staff_url(make_config: Callable[..., Config], engine: object, serve: Callable[..., str]) -> str:
    """Return the address of the running staff face."""
    return serve(create_app(make_config(), engine))  # type: ignore[arg-type]


@pytest.fixture
def at_desk(chromium: Browser, staff_url: str, session: Session) -> Iterator[Callable[..., Desk]]:
    """Return a maker of desks: `at_desk(Role.DESIGNER, script=False)`."""
    contexts = []

    def sit(*roles: Role, script: bool = False, viewport: object = None) -> Desk:
        _, secret = a_staff_session(session, *roles)
        context = chromium.new_context(
            base_url=staff_url,
            java_script_enabled=script,
            viewport=viewport or DESK,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.add_cookies([{"name": "staff", "value": secret, "url": staff_url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        return Desk(page)

    yield sit
    for context in contexts:
        context.close()
