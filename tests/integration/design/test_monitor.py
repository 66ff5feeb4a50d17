"""The monitor: live counts for the team, never so fine that one person shows."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.clock import london_today
from app.figures import watching
from app.models import AuditEvent, DropOff, ReferenceCount, Role, SurveyVersion
from app.services import targets
from tests.builders import a_collector, a_response, a_survey
from tests.client import LookingClient

TODAY = date(2026, 11, 18)
LONG_AGO = TODAY - timedelta(days=40)


def test_small_counts_are_not_told_and_large_ones_are_rounded(session: Session) -> None:
    survey = a_survey(session)
    for at in range(12):
        a_response(session, survey, received_on=LONG_AGO if at else TODAY)
    for _ in range(9):
        a_response(session, survey, received_on=LONG_AGO, disposition="partial")
    came = watching.received(session, survey.id, today=TODAY).everything
    assert came.complete.count_words == "10"
    assert came.partial.count_words == "fewer than 10"
    assert came.this_week.count_words == "fewer than 10"
    a_response(session, survey, received_on=LONG_AGO)
    again = watching.received(session, survey.id, today=TODAY).everything
    assert again.complete.count == 15, "13 is nearer to 15, and 12 was to 10"


def test_tests_and_what_was_taken_back_count_nowhere_and_what_was_set_aside_apart(
    session: Session,
) -> None:
    survey = a_survey(session)
    for _ in range(10):
        a_response(session, survey, is_test=True)
        a_response(session, survey, withdrawn_on=TODAY)
        a_response(session, survey, quarantined="too_fast")
    came = watching.received(session, survey.id, today=TODAY).everything
    assert came.complete.count is None
    assert came.set_aside.count == 10


def test_people_are_counted_by_area_and_channel(session: Session) -> None:
    survey = a_survey(session)
    for _ in range(10):
        a_response(session, survey, area="E06000042", channel="open")
    for _ in range(4):
        a_response(session, survey, area="E06000042", channel="paper")
    table = watching.by_channel(session, survey.id, "area", lambda _dimension, value: value)
    assert table.columns == ("open", "paper")
    assert [cell.count_words for cell in table.rows[0].cells] == ["10", "fewer than 10"]


def test_those_heard_stand_beside_those_referred_the_least_heard_first(session: Session) -> None:
    survey = a_survey(session)
    for at in range(40):
        a_response(session, survey, crime_group="burglary" if at < 30 else "fraud")
    for value in ("burglary", "fraud"):
        session.add(
            ReferenceCount(
                kind="margin", dimension="crime_group", value=value, starts_on=LONG_AGO,
                ends_on=TODAY, count=500, source="the case system",
            )
        )  # fmt: skip
    session.commit()
    tables = watching.heard_and_referred(
        session, survey.id, today=TODAY, name=lambda _dimension, value: value
    )
    (table,) = tables
    assert [row.code for row in table.rows] == ["fraud", "burglary"]
    heard, referred = table.rows[0].cells
    assert (heard.share_words, referred.share_words) == ("25%", "50%")


def test_where_people_stop_is_rounded(session: Session) -> None:
    survey = a_survey(session)
    version = session.query(SurveyVersion).filter_by(survey_id=survey.id).one()
    session.add(DropOff(version_id=version.id, question_id="q1", day=TODAY, reached=53, passed=41))
    session.add(DropOff(version_id=version.id, question_id="q2", day=TODAY, reached=41, passed=40))
    session.commit()
    table = watching.stopping(session, survey.id, [("q1", "One"), ("q2", "Two")])
    assert table is not None
    assert [(r.cell.base, r.cell.count_words) for r in table.rows] == [
        (50, "10"),
        (40, "fewer than 10"),
    ]


def test_the_page_shows_the_aim_beside_what_came_in(
    designer: LookingClient, session: Session
) -> None:
    survey = a_survey(session)
    poster = a_collector(session, survey, quota=200)
    for _ in range(20):
        a_response(session, survey, collector_id=poster.id, received_on=london_today())
    designer.post(f"/design/{survey.id}/monitor", data={"people": "400", "by": "2027-03-31"})
    page = designer.get(f"/design/{survey.id}/monitor").text
    assert "Finished so far: 20. You aim for 400 by 31 March 2027." in page
    assert re.search(r"Website.*?20.*?fewer than 10.*?fewer than 10.*?20.*?200", page, re.DOTALL)
    event = session.query(AuditEvent).filter_by(act="survey.target").one()
    assert event.detail == {"people": 400, "by": "2027-03-31"}


def test_an_aim_below_ten_is_refused_kindly(designer: LookingClient, session: Session) -> None:
    survey = a_survey(session)
    page = designer.post(f"/design/{survey.id}/monitor", data={"people": "3"}).text
    assert "Enter a number from 10." in page
    assert targets.find_target(session, survey.id) is None


def test_an_approver_sees_the_monitor_and_cannot_set_the_aim(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    survey, approver = a_survey(session), sign_in(Role.APPROVER)
    assert "Keep the aim" not in approver.get(f"/design/{survey.id}/monitor").text
    assert approver.post(f"/design/{survey.id}/monitor", data={"people": "30"}).status_code == 403
    assert targets.find_target(session, survey.id) is None
