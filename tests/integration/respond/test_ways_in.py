"""Which collectors let somebody in: test links before launch, quotas, dates."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import DropOff, Survey, SurveyStatus
from app.services import links
from tests.builders import a_collector, a_response, a_survey
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import count


def test_a_test_link_opens_before_launch_and_an_ordinary_one_does_not(
    session: Session, now: datetime
) -> None:
    survey = a_survey(session)
    test, real = a_collector(session, survey, is_test=True), a_collector(session, survey)
    survey.status = SurveyStatus.DRAFT
    session.commit()
    assert links.find_entry(session, test.token or "", today=now.date()) is not None
    assert links.find_entry(session, real.token or "", today=now.date()) is None


def test_a_full_collector_lets_nobody_in(session: Session, now: datetime) -> None:
    survey = a_survey(session)
    collector = a_collector(session, survey)
    collector.quota = 2
    session.commit()
    a_response(session, survey, collector_id=collector.id)
    a_response(session, survey, collector_id=collector.id, is_test=True)
    assert links.find_entry(session, collector.token or "", today=now.date()) is not None
    a_response(session, survey, collector_id=collector.id)
    assert links.find_entry(session, collector.token or "", today=now.date()) is None


def test_trying_a_survey_out_moves_no_counter_of_how_far_people_get(
    session: Session, survey: Survey, another
) -> None:
    a_collector(session, survey, token="trial", is_test=True)
    another().begin("trial").answer("no")
    assert count(session, DropOff) == 0
    another().begin(OPEN).answer("no")
    assert count(session, DropOff) > 0
