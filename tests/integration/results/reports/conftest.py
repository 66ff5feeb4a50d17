"""A survey with everything a report draws on."""

from datetime import date

import pytest

from app.clock import utc_now
from app.models import Gap, ReferenceCount
from tests.integration.results.builders import a_coded_survey, some_people
from tests.integration.results.reports.builders import AREAS, QUARTERS


@pytest.fixture
def database_url(sqlite_url):
    """Reports are data and files: PostgreSQL stores them in one test of its own."""
    return sqlite_url


@pytest.fixture
def survey(session):
    people = [
        person
        for i, day in enumerate(QUARTERS)
        for service in ("adult", "cyp")
        for person in some_people(60, seed=i, areas=AREAS, received_on=day, service=service)
    ]
    survey = a_coded_survey(session, people)
    for area, count in zip(AREAS, (5000, 300, 2700), strict=True):
        session.add(
            ReferenceCount(kind="margin", dimension="area", value=area, count=count, source="Hub",
                           starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))
        )  # fmt: skip
    session.add(
        Gap(survey_id=survey.id, title="Waits", need="counselling", barrier="waiting",
            state="doing", evidence={"public": "About 35 people"}, due_on=date(2026, 9, 1),
            owner="Anna", said="You wait too long", did="Two more counsellors",
            opened_at=utc_now(), changed_at=utc_now())
    )  # fmt: skip
    session.commit()
    return survey
