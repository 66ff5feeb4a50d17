"""The desk: order, clock, words with names hidden, identity by token only, escalation."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import london_today, utc_now
from app.models import AuditEvent, Channel, ContactRequest, Flag, Job, PersonalLink, Role, Tier
from app.services import flags, identity, rota
from app.services.links import issue_link
from app.services.raising import raise_flag, raise_task
from tests.builders import NOW, a_collector, a_response, a_survey, an_actor
from tests.client import LookingClient
from tests.integration.coding.builders import (
    HOURS,
    MISSING,
    a_coded_survey,
    a_coding,
    a_flag,
    a_text,
)

SignIn = Callable[..., LookingClient]


@pytest.fixture
def lead(sign_in: SignIn) -> LookingClient:
    return sign_in(Role.SAFEGUARDING_LEAD)


def url(flag: Flag, rest: str = "") -> str:
    return f"/safeguarding/flags/{flag.id}{rest}"


def last_act(session: Session) -> AuditEvent:
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    return event


@pytest.fixture
def in_danger(session: Session) -> Flag:
    text = a_text(session, a_coded_survey(session), "Anna waited 11 months. He is outside now.")
    a_coding(session, text, risk="urgent")
    return a_flag(session, text.response, tier=Tier.SG1, text_id=text.id)


@pytest.fixture
def contact(session: Session) -> Flag:
    """Return a flag of a check-in through a personal link, with a way to be in touch."""
    survey = a_survey(session, "checkin_adult")
    collector = a_collector(session, survey, Channel.PERSONAL)
    issue_link(session, collector, case_key="VF-7", context={}, by=None, now=NOW)
    link = session.scalars(select(PersonalLink)).one()
    response = a_response(session, survey, link_id=link.id, choices={"q_2p2xchx9": "o_7434bvv7"})
    request = ContactRequest(response_id=response.id, wish="soon", asked_on=NOW.date())
    request.details = json.dumps({"way": "call", "reach": "07700 900123", "times": ["mornings"]})
    session.add(request)
    return a_flag(session, response, tier=Tier.SG3, source="answer", reason="answer:sg3:q_2p2xchx9")


def test_the_most_urgent_comes_first_then_what_falls_due_first(
    lead: LookingClient, session: Session
) -> None:
    response = a_response(session, a_survey(session))
    ages = ((Tier.SG3, 9), (Tier.SG2, 1), (Tier.SG2, 4), (Tier.SG2, 5), (Tier.SG1, 0))
    made = [
        a_flag(session, response, tier=tier, reason=f"text:{tier}{days}",
               raised=timedelta(days=days))
        for tier, days in ages
    ]  # fmt: skip
    made[2].due_at = made[3].due_at  # what came over a weekend is all due at once
    session.commit()
    page = lead.get("/safeguarding/").text
    found = [page.index(f"/flags/{flag.id}") for flag in session.scalars(
        select(Flag).order_by(Flag.tier, Flag.due_at, Flag.raised_at)
    )]  # fmt: skip
    assert found == sorted(found)
    assert " late</strong>" in page


def test_flagged_words_are_read_with_names_hidden_and_that_is_recorded(
    lead: LookingClient, session: Session, in_danger: Flag
) -> None:
    page = lead.get(url(in_danger)).text
    assert "He is outside now." in page
    assert "<mark>waited 11 months</mark>" in page
    assert "Anna" not in page
    assert (last_act(session).act, last_act(session).actor_id) == ("text.read", lead.staff.id)


def test_the_original_takes_a_reason(
    lead: LookingClient, session: Session, in_danger: Flag
) -> None:
    words = url(in_danger, f"/words/{in_danger.text_id}")
    assert "Choose why." in lead.post(words, data={}).text
    assert "Anna waited" in lead.post(words, data={"reason": "danger"}).text
    assert last_act(session).detail == {"for": "danger"}


def test_a_flag_opens_the_words_of_its_own_response_only(
    lead: LookingClient, session: Session, in_danger: Flag
) -> None:
    other = a_text(session, in_danger.response.survey, "Somebody else wrote this.")
    assert lead.get(url(in_danger, f"/words/{other.id}")).status_code == 404


def test_words_no_coder_has_seen_are_not_shown_unasked(
    lead: LookingClient, session: Session
) -> None:
    text = a_text(session, a_coded_survey(session))
    flag = a_flag(session, text.response, text_id=text.id)
    page = lead.get(url(flag)).text
    assert "have not been through the step that hides names" in page
    assert "Anna" not in page


def test_a_chosen_answer_shows_what_was_asked_and_chosen(
    lead: LookingClient, contact: Flag
) -> None:
    page = lead.get(url(contact)).text
    assert "How safe do you feel right now?" in page
    assert "Not safe at all" in page


def test_identity_opens_with_a_reason_which_stays_with_the_flag(
    lead: LookingClient, session: Session, contact: Flag
) -> None:
    assert "VF-7" not in lead.get(url(contact)).text
    assert "Say why" in lead.post(url(contact, "/person"), data={"reason": " "}).text
    page = lead.post(url(contact, "/person"), data={"reason": "She may be alone with him."}).text
    assert "VF-7" in page
    assert "07700 900123" in page
    assert "weekday mornings" in page
    event = last_act(session)
    assert event.act == "identity.open"
    assert "alone" not in json.dumps(event.detail)
    assert "She may be alone with him." in lead.get(url(contact)).text


def test_an_anonymous_answer_leads_to_nobody_and_the_page_says_so(
    lead: LookingClient, session: Session
) -> None:
    flag = a_flag(session, a_response(session, a_survey(session, mode="anonymous")))
    assert "Nobody can find out who wrote this" in lead.get(url(flag)).text
    assert lead.post(url(flag, "/person"), data={"reason": "x"}).status_code == 403
    actor = an_actor(session, Role.SAFEGUARDING_LEAD)
    with pytest.raises(identity.AnonymousError):
        identity.open_for_flag(session, flag.id, "x", by=actor, now=NOW)


def test_taking_acknowledges_and_an_empty_note_is_asked_for_again(
    lead: LookingClient, session: Session, in_danger: Flag
) -> None:
    lead.post(url(in_danger, "/take"))
    session.expire_all()
    assert (in_danger.status, in_danger.owner_id) == ("acknowledged", lead.staff.id)
    assert "Write the note first." in lead.post(url(in_danger, "/note"), data={"words": ""}).text
    lead.post(url(in_danger, "/note"), data={"words": "Rang 999."})
    assert "Rang 999." in lead.get(url(in_danger)).text


@pytest.mark.usefixtures("in_danger")
def test_what_nobody_takes_in_time_goes_to_the_deputy_once(session: Session) -> None:
    def escalated(after: timedelta) -> int:
        return flags.escalate_due(session, now=NOW + after, hours=HOURS)

    assert escalated(timedelta(minutes=59)) == 0
    assert escalated(timedelta(minutes=60)) == 1
    assert escalated(timedelta(minutes=61)) == 0
    notices = session.scalars(select(Job).where(Job.kind == "flag_notice")).all()
    assert [job.payload for job in notices] == [{}, {"to": "deputy"}]


def test_a_flag_somebody_took_is_not_escalated(session: Session, in_danger: Flag) -> None:
    flags.take(session, in_danger.id, by=an_actor(session, Role.SAFEGUARDING_LEAD), now=NOW)
    assert flags.escalate_due(session, now=NOW + timedelta(days=2), hours=HOURS) == 0


def test_the_same_reason_raises_once_and_a_higher_tier_asks_for_attention_again(
    session: Session,
) -> None:
    response = a_response(session, a_survey(session))
    flag = a_flag(session, response, tier=Tier.SG3)
    flags.take(session, flag.id, by=an_actor(session, Role.SAFEGUARDING_LEAD), now=NOW)
    for tier in (Tier.SG4, Tier.SG3, Tier.SG1):
        again = raise_flag(
            session, response.id, reason=f"text:{MISSING}", source="text", tier=tier,
            hours=HOURS, now=NOW,
        )  # fmt: skip
        session.commit()
        assert again.id == flag.id
    assert (flag.tier, flag.status, flag.due_at) == ("SG1", "open", NOW + timedelta(hours=1))


def test_who_is_on_duty_gets_the_notice_and_without_a_rota_everybody_does(
    lead: LookingClient, session: Session
) -> None:
    deputy = an_actor(session, Role.SAFEGUARDING_DEPUTY)
    outsider = an_actor(session, Role.ANALYST)
    now, day = utc_now(), london_today()
    everybody = rota.addresses(session, to_deputy=False, now=now)
    assert len(everybody) == 2
    watch = rota.Watch(day, outsider.user_id, None)
    with pytest.raises(rota.NotOnDeskError):
        rota.set_days(session, {day: watch}, by=deputy, now=now)
    watch = rota.Watch(day, lead.staff.id, deputy.user_id)
    rota.set_days(session, {day: watch}, by=deputy, now=now)
    assert rota.addresses(session, to_deputy=False, now=now) == [lead.staff.email]
    assert rota.addresses(session, to_deputy=True, now=now) != [lead.staff.email]
    assert f"On duty today: {lead.staff.name}" in lead.get("/safeguarding/").text


def test_the_rota_is_filled_in_on_its_page(lead: LookingClient) -> None:
    page = lead.get("/safeguarding/rota").text
    field = re.search(r'name="(lead-[^"]+)"', page)
    assert field
    lead.post("/safeguarding/rota", data={field[1]: str(lead.staff.id)})
    assert f'value="{lead.staff.id}" selected' in lead.get("/safeguarding/rota").text


def test_who_knows_the_person_sees_nothing_of_the_case(
    lead: LookingClient, sign_in: SignIn, session: Session, contact: Flag
) -> None:
    task = raise_task(session, contact.response_id, kind="contact", hours=HOURS, now=NOW,
                      case_key="VF-7")  # fmt: skip
    session.commit()
    cousin = sign_in(Role.SAFEGUARDING_DEPUTY, Role.CASEWORKER)
    assert cousin.get(url(contact)).status_code == 200
    data = {"colleague": str(cousin.staff.id), "case_key": "VF-7"}
    wrong = lead.post("/safeguarding/kept-out", data=data | {"case_key": "VF-77"})
    assert "No case has this key" in wrong.text
    assert cousin.get(url(contact)).status_code == 200
    lead.post("/safeguarding/kept-out", data=data)
    assert cousin.get(url(contact)).status_code == 404
    assert f"{contact.id}" not in cousin.get("/safeguarding/").text
    assert cousin.get(f"/tasks/{task.id}").status_code == 404
    assert "VF-7" not in cousin.get("/tasks/").text + cousin.get("/safeguarding/kept-out").text
    assert lead.get(url(contact)).status_code == 200
