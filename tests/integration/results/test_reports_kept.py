"""A frozen report comes back from either database exactly as it was put in."""

import json
from datetime import date

from app.clock import utc_now
from app.figures import releases
from app.guards import Role
from app.models import FrozenReport, Job
from app.packs import load_pack
from app.services import reports
from app.services.reports import Wish
from tests.builders import an_actor
from tests.integration.results.builders import a_coded_survey, some_people

PACK = load_pack("thames-valley")


def test_a_report_is_kept_to_the_last_digit(session):
    releases.forget()
    survey = a_coded_survey(session, some_people(130, received_on=date(2026, 8, 3)))
    by = an_actor(session, Role.COMMISSIONER)
    wish = Wish("needs", "2026-27-q2", words="“Waits” – 7% of £1m")
    report_id = reports.ask(session, survey.id, wish, PACK, by=by, now=utc_now())
    job = session.query(Job).filter_by(subject_id=report_id).one()
    row, made = reports.freeze(session, job, PACK, today=date(2026, 11, 22), now=utc_now())
    session.commit()
    body = json.dumps(row.tables, sort_keys=True)
    session.expire_all()
    again = session.get_one(FrozenReport, report_id)
    assert json.dumps(again.tables, sort_keys=True) == body
    assert reports.opened(again) == made
    assert reports.freeze(session, job, PACK, today=date(2027, 1, 1), now=utc_now())[1] == made


def test_a_file_that_is_made_is_not_promised_twice(session):
    releases.forget()
    survey = a_coded_survey(session, some_people(30, received_on=date(2026, 8, 3)))
    by = an_actor(session, Role.COMMISSIONER)
    report_id = reports.ask(
        session, survey.id, Wish("panel", "2026-27-q2"), PACK, by=by, now=utc_now()
    )
    for _ in range(2):
        reports.promise_files(session, report_id, now=utc_now())
        session.commit()
    assert session.query(Job).filter_by(kind=reports.FILES).count() == 1
