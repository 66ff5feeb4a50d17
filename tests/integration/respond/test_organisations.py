"""A provider survey: one answer that counts for each organisation, and words said to providers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import london_today, utc_now
from app.models import Collector, PersonalLink, Response, Role, Survey
from app.services import organisations
from tests.builders import a_collector, a_survey, an_actor
from tests.client import LookingClient
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import Person

NAME = {"id": "q_name", "name": "org_name", "kind": "short_text", "required": True,
        "support": True, "text": {"en": "What is the name of your organisation?"}}  # fmt: skip
PROMISE = "Your views as an organisation"
PROVIDERS: dict[str, Any] = {
    "format": "heard-survey/1",
    "id": "s_providers",
    "name": "providers",
    "title": "Providers",
    "public_title": {"en": PROMISE},
    "audience": "organisation",
    "thanks": {"en": "Thank you. We will share a summary."},
    "questions": [NAME],
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def providers(session: Session) -> Survey:
    """Return a survey that organisations answer, with an open link, `OPEN`."""
    survey = a_survey(session, PROVIDERS)
    a_collector(session, survey, token=OPEN)
    return survey


def reasons(session: Session) -> list[str | None]:
    session.rollback()
    query = select(Response.quarantined).order_by(Response.quarantined.is_not(None))
    return list(session.scalars(query))


@pytest.mark.usefixtures("providers")
def test_a_second_answer_of_an_organisation_is_thanked_and_set_aside(
    another: Callable[[], Person], session: Session
) -> None:
    for name in ("Alder House", "The Alder House Ltd.", "Brightwater"):
        person = another().begin(OPEN).answer(name).press("send")
        assert person.heading == "Thank you"
    assert reasons(session) == [None, None, "same_organisation"]


def test_its_own_link_takes_one_answer_and_knows_its_name(
    providers: Survey, another: Callable[[], Person], session: Session
) -> None:
    mina = an_actor(session, Role.DESIGNER)
    made = organisations.issue(session, providers.id, ["Alder House"], by=mina, now=utc_now())
    token = made[0].token
    assert token
    assert another().begin(token).answer("Alder Hse").press("send").heading == "Thank you"
    assert another().open(token).heading != PROMISE
    # Somebody of theirs comes by the open link too, under the name the link was sent to.
    another().begin(OPEN).answer("Alder House").press("send")
    assert reasons(session) == [None, "same_organisation"]


def test_a_new_link_ends_the_old_one_and_who_has_answered_gets_none(
    providers: Survey, session: Session, another: Callable[[], Person]
) -> None:
    mina = an_actor(session, Role.DESIGNER)

    def issue(*names: str) -> list[organisations.Issued]:
        return organisations.issue(session, providers.id, names, by=mina, now=utc_now())

    first = issue("Alder House", "alder house", " ", "Brightwater")
    assert [one.name for one in first] == ["alder house", "Brightwater"]
    (again,) = issue("Alder House")
    assert again.replaces
    assert another().open(str(first[0].token)).heading != PROMISE
    assert another().open(str(again.token)).heading == PROMISE
    another().begin(str(again.token)).answer("Alder House").press("send")
    session.rollback()
    assert issue("Alder House") == [organisations.Issued("Alder House", None, replaces=False)]
    listed = organisations.list_invited(session, providers.id, now=utc_now())
    assert [(one.name, one.has_answered) for one in listed] == [
        ("Alder House", True),
        ("Brightwater", False),
    ]
    ended = session.scalars(select(PersonalLink).where(PersonalLink.expires_on < london_today()))
    assert [link.expires_on for link in ended] == [london_today() - timedelta(days=1)]


@pytest.mark.usefixtures("providers")
def test_nothing_is_said_to_a_provider_that_is_true_of_victims_only(
    another: Callable[[], Person],
) -> None:
    person = another().open(OPEN)
    assert "your support service can tell" not in person.look().text
    person.press("start")
    assert "Nobody reads this straight away" not in person.look().text
    person.answer("Alder House").press("code")
    assert "if someone might find it" not in person.look().text
    person.press("carry_on").press("send")
    thanks = person.look().text
    assert "We will share a summary." in thanks
    assert "Nobody is shown as one person" not in thanks
    assert "if someone might find it" not in thanks


def test_the_desk_makes_links_for_organisations_only(
    providers: Survey, session: Session, sign_in: Callable[..., LookingClient]
) -> None:
    desk = sign_in(Role.DESIGNER)
    path = f"/design/{providers.id}/organisations"
    page = desk.post(path, data={"names": "Alder House\n<b>Brightwater</b>"}).text
    assert page.count("/o/") == 2
    assert "&lt;b&gt;Brightwater&lt;/b&gt;" in page
    assert "/o/" not in desk.get(path).text, "a link is shown once"
    assert "Enter at least one organisation" in desk.post(path, data={"names": " "}).text
    assert desk.get(f"/design/{a_survey(session).id}/organisations").status_code == 404


def test_the_welcome_of_organisations_speaks_to_them_and_looks_nothing_up(
    providers: Survey,
    session: Session,
    sign_in: Callable[..., LookingClient],
    public: LookingClient,
) -> None:
    page = public.get(f"/o/{OPEN}").text
    assert "some questions for your organisation" in page
    assert "You can skip any" not in page
    assert "some questions for your organisation" in public.get("/o/nobody-issued-this").text
    public.post(f"/o/{OPEN}", data={"act": "begin"})
    assert PROMISE in public.get("/").text
    desk = sign_in(Role.DESIGNER)
    assert f"/o/{OPEN}" in desk.get(f"/design/{providers.id}/ways-in").text
    poster = session.scalars(select(Collector.id)).one()
    answer = desk.get(f"/design/ways-in/{poster}/poster")
    assert answer.location == f"/design/{providers.id}/organisations", "posters speak to victims"
