"""Nobody closes or lowers a flag alone, whatever is posted in whatever order."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.models import Flag, Role, Tier
from app.services import flags
from app.services.raising import raise_flag
from app.store.actors import Actor
from app.store.errors import NotFoundError
from tests.builders import NOW, a_response, a_survey, an_actor
from tests.client import LookingClient
from tests.integration.coding.builders import HOURS, a_flag

LEAD, DEPUTY, APPROVER = Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY, Role.APPROVER
SignIn = Callable[..., LookingClient]


@pytest.fixture
def flag(session: Session) -> Flag:
    return a_flag(session, a_response(session, a_survey(session)))


def url(flag: Flag, act: str = "") -> str:
    return f"/safeguarding/flags/{flag.id}{act}"


def agree(session: Session, flag: Flag, by: Actor) -> None:
    """Agree to the proposal that is shown now."""
    seen = flags.proposal_mark(fresh(session, flag))
    flags.agree_close(session, flag.id, seen, by=by, now=NOW)


def shown(session: Session, flag: Flag) -> dict[str, str]:
    """Return what the button on the page sends along."""
    return {"seen": flags.proposal_mark(fresh(session, flag))}


def fresh(session: Session, flag: Flag) -> Flag:
    session.expire_all()
    return session.get_one(Flag, flag.id)


def test_who_proposes_to_close_cannot_agree_however_often_it_is_replayed(
    sign_in: SignIn, session: Session, flag: Flag
) -> None:
    alone = sign_in(LEAD, DEPUTY, APPROVER)  # one person, every role there is
    assert alone.post(url(flag, "/close/agree")).status_code == 409  # nothing is proposed yet
    alone.post(url(flag, "/close"), data={"reason": "Rang the service."})
    for _ in range(2):
        refused = alone.post(url(flag, "/close/agree"), data=shown(session, flag))
        assert refused.status_code == 403
        assert "A second person has to agree" in refused.text
    assert fresh(session, flag).status == "closing"


@pytest.mark.parametrize("second", [LEAD, DEPUTY, APPROVER])
def test_a_second_person_closes(
    sign_in: SignIn, session: Session, flag: Flag, second: Role
) -> None:
    sign_in(LEAD).post(url(flag, "/close"), data={"reason": "Rang the service."})
    other = sign_in(second)
    page = other.get(url(flag))
    assert "Rang the service." in page.text
    assert shown(session, flag)["seen"] in page.text
    other.post(url(flag, "/close/agree"), data=shown(session, flag))
    closed = fresh(session, flag)
    assert (closed.status, closed.closed_by) == ("closed", other.staff.id)


def test_an_agreement_for_one_flag_closes_no_other(
    sign_in: SignIn, session: Session, flag: Flag
) -> None:
    other = a_flag(session, flag.response, reason="text:other")
    sign_in(LEAD).post(url(flag, "/close"), data={"reason": "Done."})
    agreed = sign_in(DEPUTY).post(url(other, "/close/agree"), data=shown(session, flag))
    assert agreed.status_code == 409
    assert fresh(session, other).status == "open"


def test_down_takes_two_people_and_up_takes_one(
    sign_in: SignIn, session: Session, flag: Flag
) -> None:
    one, two = sign_in(LEAD), sign_in(DEPUTY)
    one.post(url(flag, "/move"), data={"tier": "SG3", "reason": "It was long ago."})
    assert fresh(session, flag).tier == "SG2"
    assert one.post(url(flag, "/lower/agree"), data={"tier": "SG3"}).status_code == 403
    assert two.post(url(flag, "/lower/agree"), data={"tier": "SG4"}).status_code == 409
    two.post(url(flag, "/lower/agree"), data={"tier": "SG3"})
    assert fresh(session, flag).tier == "SG3"
    one.post(url(flag, "/move"), data={"tier": "SG1", "reason": "She rang."})
    assert fresh(session, flag).tier == "SG1"


def test_moving_up_undoes_a_proposal_to_close(session: Session, flag: Flag) -> None:
    one, two = an_actor(session, LEAD), an_actor(session, DEPUTY)
    flags.propose_close(session, flag.id, "Done.", by=one, now=NOW)
    flags.move_up(session, flag.id, Tier.SG1, "He is back.", hours=HOURS, by=one, now=NOW)
    with pytest.raises(flags.NothingProposedError):
        agree(session, flag, two)


def test_a_proposal_can_be_refused_or_taken_back(session: Session, flag: Flag) -> None:
    one, two = an_actor(session, LEAD), an_actor(session, DEPUTY)
    flags.propose_close(session, flag.id, "Done.", by=one, now=NOW)
    flags.keep(session, flag.id, "Nobody has spoken to her.", by=two, now=NOW)
    assert fresh(session, flag).status == "acknowledged"
    with pytest.raises(flags.NothingProposedError):
        agree(session, flag, two)


def test_the_account_of_whoever_proposed_may_be_gone(session: Session, flag: Flag) -> None:
    one, two = an_actor(session, LEAD), an_actor(session, DEPUTY)
    flags.propose_close(session, flag.id, "Done.", by=one, now=NOW)
    flag.closing_by = None  # what the database does when the account is deleted
    session.commit()
    with pytest.raises(flags.NothingProposedError):
        agree(session, flag, two)


def test_nothing_more_is_done_to_a_closed_flag(session: Session, flag: Flag) -> None:
    one, two = an_actor(session, LEAD), an_actor(session, DEPUTY)
    flags.propose_close(session, flag.id, "Done.", by=one, now=NOW)
    agree(session, flag, two)
    with pytest.raises(flags.FlagClosedError):
        flags.take(session, flag.id, by=one, now=NOW)
    with pytest.raises(flags.FlagClosedError):
        agree(session, flag, one)


def test_an_agreement_is_to_the_words_that_were_read(session: Session, flag: Flag) -> None:
    one, two = an_actor(session, LEAD), an_actor(session, DEPUTY)
    flags.propose_close(session, flag.id, "She is safe.", by=one, now=NOW)
    seen = flags.proposal_mark(fresh(session, flag))
    flags.move_up(session, flag.id, Tier.SG1, "He is back.", hours=HOURS, by=one, now=NOW)
    flags.propose_close(session, flag.id, "Wrong number, giving up.", by=one, now=NOW)
    with pytest.raises(flags.NothingProposedError):
        flags.agree_close(session, flag.id, seen, by=two, now=NOW)
    assert fresh(session, flag).status == "closing"


def test_the_machine_opens_a_closed_flag_again_only_to_move_it_up(
    session: Session, flag: Flag
) -> None:
    one, two = an_actor(session, LEAD), an_actor(session, DEPUTY)
    flags.propose_close(session, flag.id, "Done.", by=one, now=NOW)
    agree(session, flag, two)
    for tier, status in ((Tier.SG3, "closed"), (Tier.SG2, "closed"), (Tier.SG1, "open")):
        raise_flag(
            session, flag.response_id, reason=flag.reason, source="text", tier=tier,
            hours=HOURS, now=NOW,
        )  # fmt: skip
        session.commit()
        assert fresh(session, flag).status == status


def test_no_other_role_comes_near_a_flag(sign_in: SignIn, flag: Flag) -> None:
    browser = sign_in(*(set(Role) - {LEAD, DEPUTY, APPROVER}))  # refused under all is under each
    assert browser.get("/safeguarding/").status_code == 403
    assert browser.get(url(flag)).status_code == 403
    for act in ("/take", "/note", "/close", "/close/agree", "/lower/agree", "/keep", "/move"):
        assert browser.post(url(flag, act)).status_code == 403
    assert browser.post(url(flag, "/person"), data={"reason": "x"}).status_code == 403


def test_an_approver_sees_only_what_waits_for_a_second_person(sign_in: SignIn, flag: Flag) -> None:
    approver = sign_in(APPROVER)
    assert approver.get("/safeguarding/").status_code == 403
    assert approver.get(url(flag)).status_code == 302
    assert approver.post(url(flag, "/person"), data={"reason": "x"}).status_code == 403
    sign_in(LEAD).post(url(flag, "/close"), data={"reason": "Done."})
    assert "Words in an answer" in approver.get("/safeguarding/second").text


def test_a_lead_of_one_service_sees_no_flag_of_another(session: Session, flag: Flag) -> None:
    bound = an_actor(session, LEAD, services=("adult",))
    with pytest.raises(NotFoundError):
        flags.take(session, flag.id, by=bound, now=NOW)
