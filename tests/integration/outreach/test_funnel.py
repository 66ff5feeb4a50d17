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
    period = funnel.list_periods(session, date(2026, 11, 18))[0]
    found = funnel.funnel(session, period, services, Thresholds())
    return {step.code: step.of_first.count for step in found}


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
