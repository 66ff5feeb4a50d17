import re
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import insert

from app.figures import outcomes
from app.guards import Role
from app.models import Answer, Case, Collector, PersonalLink, Response
from tests.builders import NOW
from tests.integration.results.builders import a_coded_survey

SAFE = {"id": "q_safe", "name": "out_safety_1", "kind": "scale10", "text": {"en": "I feel safe."}}
SHARE = {
    "id": "q_attr", "name": "attribution", "kind": "single", "text": {"en": "How much?"},
    "options": [{"id": "o_a", "value": "all", "text": {"en": "All"}}],
}  # fmt: skip
FLAGS = (
    "shared_device", "shared_address", "is_vulnerable", "on_hold", "do_not_contact",
    "consent_check_in", "consent_link", "consent_after_closure", "is_synthetic",
)  # fmt: skip
START, END = {"questions": [SAFE]}, {"questions": [SAFE, SHARE]}


def _answers(session, survey, scores, day, service=None):
    """Store one score for each case key."""
    from app.models import SurveyVersion

    collector = session.query(Collector).filter_by(survey_id=survey.id).one()
    version = session.query(SurveyVersion).filter_by(survey_id=survey.id).one()
    for case, score in scores.items():
        link, response = uuid4(), uuid4()
        session.execute(
            insert(PersonalLink).values(
                id=link, collector_id=collector.id, token_hash=uuid4().hex, case_key=case,
                context={}, issued_on=day,
            )
        )  # fmt: skip
        session.execute(
            insert(Response).values(
                id=response, survey_id=survey.id, version_id=version.id,
                collector_id=collector.id, link_id=link, channel="personal", received_on=day,
                disposition="complete", service=service, submission_key=uuid4().hex,
                purge_on=date(2030, 1, 1), language="en", eligible=True, is_test=False,
                is_synthetic=False, quote_consent=False,
            )
        )  # fmt: skip
        session.execute(
            insert(Answer).values(
                id=uuid4(), response_id=response, question_id="q_safe", part=0, state="answered",
                number=score,
            )
        )  # fmt: skip
    session.commit()


def _cases(session, keys, started=date(2026, 4, 1), closed=date(2026, 8, 1), **more):
    """Store the cases whose support began and ended on these days."""
    for key in keys:
        session.execute(
            insert(Case).values(
                id=uuid4(), case_key=key, row_hash="", flags=[], avoid_dates=[], language="en",
                started_on=started, closed_on=closed, changed_at=NOW,
                **dict.fromkeys(FLAGS, False), **more,
            )
        )  # fmt: skip
    session.commit()


def _page(sign_in, survey):
    response = sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}/outcomes")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_distance_travelled_pairs_start_and_end_of_the_same_case(sign_in, session):
    start = a_coded_survey(session, [], document=START, name="Start", channel="personal")
    end = a_coded_survey(session, [], document=END, name="End", channel="personal")
    cases = [f"case-{i}" for i in range(80)]
    _cases(session, cases, service="adult")
    _answers(session, start, dict.fromkeys(cases, 3), date(2026, 4, 10))
    moves = [4] * 24 + [0] * 24 + [-3] * 12
    ends = {case: 3 + move for case, move in zip(cases, moves, strict=False)}
    _answers(session, end, ends, date(2026, 8, 10), service="adult")
    assert "I feel safe. Everyone 60 3.0 4.0 +1.0 24 24 12 25%" in _page(sign_in, end)


@pytest.mark.parametrize(
    ("started", "closed"),
    [
        (date(2026, 3, 26), date(2026, 8, 1)),  # the start form came 15 days after support began
        (date(2026, 4, 1), date(2026, 7, 10)),  # the end form came 31 days after the closure
        (date(2026, 4, 1), date(2026, 9, 10)),  # ... or before it
        (date(2026, 4, 1), None),  # support goes on
        (None, date(2026, 8, 1)),  # nobody knows when support began
    ],
)
def test_forms_outside_their_days_make_no_pair(sign_in, session, started, closed):
    start = a_coded_survey(session, [], document=START, name="Start", channel="personal")
    end = a_coded_survey(session, [], document=END, name="End", channel="personal")
    cases = [f"case-{i}" for i in range(60)]
    _cases(session, cases, started, closed)
    _answers(session, start, dict.fromkeys(cases, 3), date(2026, 4, 10))
    _answers(session, end, dict.fromkeys(cases, 8), date(2026, 8, 10))
    assert "I feel safe." not in _page(sign_in, end).partition("Data as at")[0]


@pytest.mark.parametrize(
    ("started", "closed", "ends"),
    [
        (date(2026, 3, 27), date(2026, 7, 11), date(2026, 8, 10)),  # 14 and 30 days after
        (date(2026, 4, 20), date(2026, 9, 9), date(2026, 8, 10)),  # before the first session
    ],
)
def test_forms_on_the_last_day_allowed_make_a_pair(sign_in, session, started, closed, ends):
    start = a_coded_survey(session, [], document=START, name="Start", channel="personal")
    end = a_coded_survey(session, [], document=END, name="End", channel="personal")
    cases = [f"case-{i}" for i in range(60)]
    _cases(session, cases, started, closed)
    _answers(session, start, dict.fromkeys(cases, 3), date(2026, 4, 10))
    _answers(session, end, dict.fromkeys(cases, 8), ends)
    assert "I feel safe. Everyone 60 3.0 8.0 +5.0" in _page(sign_in, end)


def test_a_case_is_called_missing_only_once_its_thirty_days_are_over():
    starts = {"c": [outcomes.Score(date(2026, 4, 1), "sv", 3.0)]}
    spans = {"c": outcomes.Span(date(2026, 4, 1), date(2026, 6, 10))}
    assert list(outcomes.pair_up(starts, {}, spans, date(2026, 7, 10))) == []
    (missing,) = outcomes.pair_up(starts, {}, spans, date(2026, 7, 11))
    assert missing.end is None


def test_a_service_with_few_pairs_cannot_be_worked_out_from_the_others(sign_in, session):
    start = a_coded_survey(session, [], document=START, name="Start", channel="personal")
    end = a_coded_survey(session, [], document=END, name="End", channel="personal")
    cases = [f"case-{i}" for i in range(95)]
    _cases(session, cases)
    _answers(session, start, dict.fromkeys(cases, 3), date(2026, 4, 10))
    for service, first, last in (("adult", 0, 50), ("cyp", 50, 90), ("sv", 90, 95)):
        scores = {c: 3 + 4 * (i % 2) for i, c in enumerate(cases[first:last])}
        _answers(session, end, scores, date(2026, 8, 10), service=service)
    table = _page(sign_in, end).partition("How far people came")[2]
    assert "Everyone 95" in table
    assert "Victim Support adult service 50 –" in table  # a count, but no mean: cyp is hidden too
    assert "SAFE!" not in table
    assert "Hope After Harm" not in table


def test_fewer_than_ten_pairs_are_not_shown(sign_in, session):
    start = a_coded_survey(session, [], document=START, name="Start", channel="personal")
    end = a_coded_survey(session, [], document=END, name="End", channel="personal")
    cases = [f"case-{i}" for i in range(9)]
    _cases(session, cases)
    _answers(session, start, dict.fromkeys(cases, 3), date(2026, 4, 10))
    _answers(session, end, dict.fromkeys(cases, 8), date(2026, 8, 10))
    assert "I feel safe." not in _page(sign_in, end).partition("Data as at")[0]


def test_rights_are_shown_of_those_they_were_due_to(sign_in, session):
    right = {
        "id": "q_r1", "name": "right_1", "kind": "single", "text": {"en": "I was told."},
        "options": [{"id": f"o_{v}", "value": v, "text": {"en": v}}
                    for v in ("fully", "partly", "no", "not_yet")],
    }  # fmt: skip
    people = [
        {"choices": {"q_r1": f"o_{value}"}}
        for value, count in (("fully", 45), ("partly", 30), ("no", 15), ("not_yet", 40))
        for _ in range(count)
    ]
    survey = a_coded_survey(session, people, document={"questions": [right]})
    assert "I was told. 45 90 50%" in _page(sign_in, survey)
