"""A live survey and somebody to answer it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.models import Channel, Collector, Survey
from app.services import links
from tests.builders import a_collector, a_survey
from tests.client import LookingClient
from tests.integration.respond.person import SMALL, Person

OPEN = "open-link"


@pytest.fixture
def survey(session: Session) -> Survey:
    """Return the small survey with an open link, `OPEN`."""
    survey = a_survey(session, SMALL)
    a_collector(session, survey, token=OPEN)
    return survey


@pytest.fixture
def person(public: LookingClient) -> Person:
    """Return somebody with a browser."""
    return Person(public)


@pytest.fixture
def another(public_app: Flask) -> Callable[[], Person]:
    """Return a maker of people with browsers of their own."""

    def make() -> Person:
        client = public_app.test_client()
        assert isinstance(client, LookingClient)
        return Person(client)

    return make


@pytest.fixture
def check_in(session: Session) -> Collector:
    """Return a personal collector of the shipped check-in."""
    survey = a_survey(session, "checkin_adult", is_check_in=True)
    return a_collector(session, survey, Channel.PERSONAL)


@pytest.fixture
def link(session: Session, check_in: Collector) -> Callable[..., str]:
    """Return a maker of personal links to the check-in."""
    from app.clock import utc_now

    def make(case_key: str = "case-1", **context: str) -> str:
        return links.issue_link(
            session, check_in, case_key=case_key, context=context, by=None, now=utc_now()
        )

    return make
