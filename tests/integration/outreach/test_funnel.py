"""The referral funnel counts cases as they stand, for those who may see them."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.figures import funnel
from app.figures.suppress import Thresholds
from app.guards import Role
from app.models import Case
from app.store import cases
from app.worker.demo import referrals
from tests.builders import NOW
from tests.client import LookingClient

DAY = date(2026, 4, 20)
REACHED = {"contact_outcome": "reached"}
WANTS = REACHED | {"wants_support": True}
TAKEN = WANTS | {"accepted_on": DAY}
BEGUN = TAKEN | {"started_on": DAY}
GROUPS: list[tuple[int, dict[str, Any]]] = [
    (20, {"contact_outcome": "wrong_details"}),
    (15, {"contact_outcome": "not_reached"}),
    (20, {}),  # not tried yet
    (15, {"contact_outcome": "declined"}),
    (10, REACHED),
    (10, REACHED | {"wants_support": False}),
    (20, WANTS),
    (20, TAKEN),
    (20, BEGUN),
    (30, BEGUN | {"closed_on": DAY + timedelta(days=90)}),
    (10, {"contact_outcome": "not_reached", "started_on": DAY}),  # reached after all
]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def referred(session: Session) -> Session:
    rows = [
        {**referrals._blank(NOW), "case_key": f"{i}-{n}", "row_hash": "", "referral_date": DAY,
         "service": "sv" if n % 2 else "adult", **fields}
        for i, (count, fields) in enumerate(GROUPS)
        for n in range(count)
    ]  # fmt: skip
    cases.add_cases(session, rows)
    session.commit()
    return session


def steps(session: Session, services: tuple[str, ...] = ()) -> dict[str, int | None]:
    found = funnel.funnels(session, date(2026, 11, 18), Thresholds(), {})
    lines = found.steps(found.offered()[0], services)
    return {step.code: step.of_first.count for step in lines}


def test_each_step_counts_those_who_came_so_far_or_further(referred: Session) -> None:
    assert steps(referred) == {
        "referred": 190, "unreachable": 35, "contactable": 155, "contacted": 135,
        "unwilling": 25, "wants": 100, "accepted": 80, "started": 60, "closed": 30,
    }  # fmt: skip


def test_a_service_sees_its_own_cases_alone(
    referred: Session, sign_in: Callable[..., LookingClient]
) -> None:
    assert steps(referred, ("sv",))["referred"] == 95
    page = sign_in(Role.PROVIDER_LEAD, services=("sv",)).get("/referrals/").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Referred 95 – 100%" in text


@pytest.mark.usefixtures("referred")
@pytest.mark.parametrize("role", [Role.OUTREACH, Role.COMMISSIONER])
def test_the_page_shows_steps_definitions_and_the_two_losses_apart(
    sign_in: Callable[..., LookingClient], role: Role
) -> None:
    page = sign_in(role).get("/referrals/").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Lost here: not contactable 35 18% 18%" in text
    assert "Lost here: no longer wants support 25" in text
    assert "Lost here: not contactable : Not reached, wrong details" in text
    assert "Contacted, and said they want support." in text


def test_those_without_a_part_in_it_do_not_see_it(sign_in: Callable[..., LookingClient]) -> None:
    assert sign_in(Role.CASEWORKER).get("/referrals/").status_code == 403
    assert "No complete quarter" in sign_in(Role.OUTREACH).get("/referrals/").text


@pytest.mark.usefixtures("referred")
def test_the_file_holds_what_the_page_shows(sign_in: Callable[..., LookingClient]) -> None:
    lines = sign_in(Role.COMMISSIONER).get("/referrals/funnel.csv").text.splitlines()
    assert lines[1].startswith("Referred,190,–,100%,")
    assert len(lines) == 10


def test_cases_that_move_on_change_no_figure_before_the_next_quarter_is_over(
    referred: Session,
) -> None:
    before = steps(referred)
    referred.query(Case).update({"closed_on": DAY, "started_on": DAY})
    referred.commit()
    assert steps(referred) == before
    later = funnel.funnels(referred, date(2027, 1, 2), Thresholds(), {})
    assert later.steps(later.offered()[0], ())[0].of_first.count == 190
    assert steps(referred)["closed"] != before["closed"]


def test_the_page_opens_with_the_newest_period_that_has_something_to_show(
    referred: Session, sign_in: Callable[..., LookingClient]
) -> None:
    late = {**referrals._blank(NOW), "row_hash": "", "referral_date": date(2026, 8, 3)}
    cases.add_cases(referred, [{**late, "case_key": "late", "service": "sv"}])
    referred.commit()
    page = sign_in(Role.COMMISSIONER).get("/referrals/").text
    assert 'value="2026-27-q1" selected' in page
    assert 'value="2026-27-q2"' in page


@pytest.mark.usefixtures("referred")
@pytest.mark.parametrize("role", [Role.PROVIDER_LEAD, Role.LEAD_PARTNER])
def test_a_provider_without_a_service_sees_no_funnel(
    sign_in: Callable[..., LookingClient], role: Role
) -> None:
    assert sign_in(role).get("/referrals/").status_code == 404
    assert sign_in(role).get("/referrals/funnel.csv").status_code == 404
