"""What a page offers, its reader may do: no link or button of the staff face leads to a refusal."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from app.guards import Audience, Role
from app.models import Channel
from app.services import approving
from app.services.approving import Assurance
from tests.builders import NOW, a_collector, a_response, a_survey, an_actor, surveys_document
from tests.client import LookingClient
from tests.integration.results.builders import a_coded_survey

ANYBODY = {Audience.PUBLIC, Audience.SIGNED_OUT, Audience.STAFF}
FILES = ("/static", "/brand.css")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def something_of_each(session: Session) -> None:
    """Store a survey with figures, one with every way in, a request, and one of organisations."""
    document = surveys_document("checkin_adult")
    a_coded_survey(session, [{"themes": ["waiting|negative"]}] * 12, document=document)
    survey = a_survey(session, "checkin_adult", is_check_in=True)
    a_collector(session, survey, Channel.POSTER)
    a_collector(session, survey, Channel.PAPER)
    a_response(session, survey, quarantined="doubt")
    mina = an_actor(session, Role.DESIGNER)
    assurance = Assurance("Nothing names anybody at all.", "", lines_confirmed=True)
    approving.ask(session, survey.id, assurance, revision=0, by=mina, now=NOW)
    a_collector(session, a_survey(session, "provider_survey"), Channel.OPEN)


class Offers(HTMLParser):
    """Where the links of a page lead, and what its forms are sent to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where an element leads."""
        held = dict(attrs)
        if tag == "a" and (held.get("href") or "").startswith("/"):
            self.links.append(str(held["href"]))
        self.forms += filter(None, (held.get("action"), held.get("formaction")))


def view_at(app: Flask, address: str) -> str:
    """Return the view behind an address, however it is asked; "" where there is none."""
    urls = app.url_map.bind("localhost")
    for method in ("GET", "POST"):
        with suppress(HTTPException):
            return str(urls.match(urlsplit(address).path, method)[0])
    return ""


def refusals(app: Flask, browser: LookingClient, role: Role) -> Iterator[str]:
    """Walk by links from the first page, one page of each view; yield what leads to a refusal."""
    waiting, seen = [("/", "")], set()
    while waiting:
        address, origin = waiting.pop(0)
        answer = browser.get(address)
        if answer.status_code >= 400:
            yield f"{role.value}: {address} from {origin}: {answer.status_code}"
        if answer.mimetype != "text/html":
            continue
        offers = Offers(answer.get_data(as_text=True))
        for leads in offers.links + offers.forms:
            view = view_at(app, leads)
            if view in seen or leads.startswith(FILES):
                continue
            seen.add(view)
            allowed = set(getattr(app.view_functions.get(view), "audience", ()))
            if not allowed & (ANYBODY | {role}):
                yield f"{role.value}: {leads} from {address}: {view or 'nothing there'}"
            elif leads in offers.links:
                waiting.append((leads, address))


@pytest.mark.parametrize("holds", ["nothing", "something of each"])
def test_no_page_offers_anybody_what_would_be_refused(
    holds: str, staff_app: Flask, sign_in: Callable[..., LookingClient], session: Session
) -> None:
    if holds != "nothing":
        something_of_each(session)
    found: list[str] = []
    for role in Role:
        bound = ("adult",) if role in {Role.PROVIDER_LEAD, Role.LEAD_PARTNER} else ()
        found += refusals(staff_app, sign_in(role, services=bound), role)
    assert not found, "\n".join(found)
