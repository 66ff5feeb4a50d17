from datetime import UTC, date, datetime

import pytest

from app.figures import releases
from app.figures.release import pack, unpack
from app.figures.suppress import STAFF, Status, Thresholds
from app.figures.tables import withheld
from tests.integration.results.builders import NOW, a_coded_survey, some_people

TODAY = date(2026, 11, 18)
LATER = date(2027, 1, 15)


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def _released(session, survey, today=TODAY):
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    return releases.released(session, survey.id, groups={}, today=today, now=now)


def _theme(release, theme, facets=None):
    period, node = release.periods[0], release.lattice.find(facets or {})
    assert node is not None
    return release.cell(f"theme:{theme}", "read", period, node)


def test_people_answers_and_themes_are_counted(session):
    people = [{"themes": ["waiting"]}] * 40 + [{"themes": []}] * 80 + [{}] * 15
    release = _released(session, a_coded_survey(session, people))
    period = release.periods[0]
    assert release.count("people", period, 0).count == 135
    cell = _theme(release, "waiting")
    assert (cell.count, cell.base, cell.share_words) == (40, 120, "33%")
    assert cell.interval_words == "26% to 42%"


def test_under_ten_people_are_never_counted_out(session):
    people = [{"themes": ["waiting"]}] * 9 + [{"themes": []}] * 111
    release = _released(session, a_coded_survey(session, people))
    cell = _theme(release, "waiting")
    assert (cell.count, cell.share, cell.why) == (None, None, withheld(STAFF))


def test_a_hidden_count_does_not_say_whether_it_is_small(session):
    people = [{"themes": ["informed"]}] * 5 + [{"themes": ["waiting"]}] * 60
    people += [{"themes": ["waiting", "referral"]}] * 56
    release = _released(session, a_coded_survey(session, people))
    small, large = _theme(release, "informed"), _theme(release, "waiting")
    row = release.deep.place["theme:waiting"]
    assert release.deep.status[0, 0, row] == Status.PROTECTING  # all but five raise it
    assert (small.why, large.why) == (withheld(STAFF), withheld(STAFF))


def test_what_is_kept_holds_no_hidden_number(session):
    people = [{"themes": ["waiting"]}] * 9 + [{"themes": []}] * 111
    release = _released(session, a_coded_survey(session, people))
    again = unpack(pack(release))
    assert again.periods == release.periods
    row = again.deep.place["theme:waiting"]
    assert set(again.deep.counts[:, :, row].flat) == {-1}


def test_tests_quarantine_and_the_screened_out_do_not_count(session):
    people = [
        *[{"themes": []}] * 120,
        *[{"is_test": True}] * 20,
        *[{"quarantined": "rush"}] * 20,
        *[{"eligible": False}] * 12,
    ]
    release = _released(session, a_coded_survey(session, people))
    assert release.count("people", release.periods[0], 0).count == 120
    assert release.about.totals[release.periods[0].key]["screened"] == 12


def test_a_quarter_that_is_not_over_is_not_released(session):
    people = some_people(60, received_on=date(2026, 10, 5))
    survey = a_coded_survey(session, people)
    assert _released(session, survey).periods == ()
    assert len(_released(session, survey, LATER).periods) == 1
    assert releases.live(session, survey.id, groups={}, today=TODAY).periods[0].kind == "today"


def test_released_figures_stay_when_answers_change_and_go_with_the_next_quarter(session):
    from app.models import Response

    survey = a_coded_survey(session, [{"themes": ["waiting"]}] * 120 + [{"themes": []}] * 80)
    before = _theme(_released(session, survey), "waiting").count
    gone = session.query(Response).filter_by(survey_id=survey.id).limit(20).all()
    for response in gone:
        response.withdrawn_on = date(2026, 11, 18)
        response.texts.clear()
    session.commit()
    releases.forget()
    assert _theme(_released(session, survey), "waiting").count == before
    after = _released(session, survey, LATER)
    assert after.count("people", after.periods[0], 0).count == 180


def test_a_release_kept_by_an_older_version_is_taken_again(session, monkeypatch):
    from app.figures import release as layout
    from app.models import FigureRelease

    survey = a_coded_survey(session, some_people(60))
    monkeypatch.setattr(layout, "LAYOUT", layout.LAYOUT - 1)
    _released(session, survey)
    monkeypatch.undo()
    releases.forget()
    release = _released(session, survey)
    assert release.count("people", release.periods[0], 0).count == 60
    assert session.query(FigureRelease).count() == 1


@pytest.mark.parametrize("how", ["stricter", "older"])
def test_nobody_who_withdrew_is_told_when_a_kept_release_must_change(session, monkeypatch, how):
    """A recount would be less by the theme of the one who withdrew, and by nobody else."""
    from app.figures import release as layout
    from app.models import Response
    from app.store import responses

    quarters = [date(2026, 5, 4), date(2026, 8, 3)]
    people = [
        {"themes": themes, "received_on": day}
        for day in quarters
        for themes, n in ((["waiting"], 40), (["referral"], 80))
        for _ in range(n)
    ]
    survey = a_coded_survey(session, people)
    monkeypatch.setattr(layout, "LAYOUT", layout.LAYOUT - (how == "older"))
    before = _released(session, survey)
    monkeypatch.undo()
    gone = session.query(Response).filter_by(survey_id=survey.id, received_on=quarters[1]).first()
    assert gone is not None
    responses.empty_response(session, gone.id, on=TODAY)
    session.commit()
    releases.forget()
    limits = Thresholds(41, 60, 100) if how == "stricter" else STAFF
    after = releases.released(session, survey.id, groups={}, today=TODAY, now=NOW, limits=limits)
    assert after.periods
    assert (len(after.periods) < len(before.periods)) is (how == "older")
    for period in after.periods:
        for row in ("theme:waiting", "theme:referral"):
            new, old = (r.cell(row, "read", period, 0) for r in (after, before))
            assert new.count in {None, old.count}
            assert new.base in {None, old.base}
        assert after.count("people", period, 0).count in {120, 240}
    if how == "stricter":
        assert after.cell("theme:waiting", "read", after.periods[0], 0).count is None
        assert after.limits == limits


def test_the_worker_can_take_releases_ahead_and_twice(session):
    from app.models import FigureRelease
    from app.packs import load_pack
    from app.services.releasing import take_releases

    a_coded_survey(session, some_people(60))
    a_coded_survey(session, [])
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    for _ in range(2):
        releases.forget()
        assert take_releases(session, load_pack("thames-valley"), today=TODAY, now=now) == 1
    assert session.query(FigureRelease).count() == 1


def test_below_a_hundred_read_at_random_there_are_counts_and_no_shares(session):
    people = [{"themes": ["waiting"], "machine": ["waiting"]}] * 60 + [{"machine": []}] * 200
    cell = _theme(_released(session, a_coded_survey(session, people)), "waiting")
    assert cell.share is None
    assert cell.interval is None


def test_chosen_reviews_are_counted_but_carry_no_share(session):
    people = [
        *[{"themes": ["waiting"], "drawn": "chosen"}] * 60,
        *[{"themes": [], "drawn": "chosen"}] * 60,
        *[{"machine": ["waiting"]}] * 200,
    ]
    cell = _theme(_released(session, a_coded_survey(session, people)), "waiting")
    assert (cell.count, cell.base, cell.share) == (60, 120, None)


def test_a_random_sample_gives_a_share_of_all_answers(session):
    people = [
        *[{"themes": ["waiting"], "machine": ["waiting"]}] * 90,
        *[{"themes": [], "machine": []}] * 210,
        *[{"machine": ["waiting"]}] * 300,
        *[{"machine": []}] * 600,
    ]
    cell = _theme(_released(session, a_coded_survey(session, people)), "waiting")
    assert cell.powered
    assert cell.share_base == 300
    assert abs(cell.share - 1 / 3) < 0.02
    assert cell.interval.width < 0.10


def test_human_codes_that_came_with_an_import_count_as_read(session):
    people = [{"themes": ["waiting"], "drawn": "import"}] * 50
    people += [{"themes": [], "drawn": "import"}] * 150
    people += [{"machine": ["waiting"]}] * 12
    release = _released(session, a_coded_survey(session, people))
    assert release.about.reading[release.periods[0].key] == "read"
    assert _theme(release, "waiting").share_words == "25%"


@pytest.mark.parametrize(("drawn", "mode"), [("chosen", "counts"), ("random", "sample")])
def test_a_weighted_share_rests_on_what_the_share_beside_it_rests_on(session, drawn, mode):
    from app.models import ReferenceCount

    areas = ("E06000060", "E06000042")
    people = some_people(160, areas=areas, drawn=drawn)
    people += [{**p, "themes": None, "machine": []} for p in some_people(340, seed=3, areas=areas)]
    people += [
        {**p, "drawn": "chosen", "themes": ["waiting"]}
        for p in some_people(100, seed=4, areas=areas)
    ]
    survey = a_coded_survey(session, people)
    for area in areas:
        session.add(
            ReferenceCount(
                kind="margin", dimension="area", value=area, count=500, source="Hub",
                starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30),
            )
        )  # fmt: skip
    session.commit()
    release = _released(session, survey)
    period = release.periods[0]
    assert release.about.reading[period.key] == mode
    plain, weighted = _theme(release, "waiting"), release.weighted("theme:waiting", period)
    if mode == "counts":
        assert (plain.share, weighted.share) == (None, None)
    else:  # of the 160 drawn, not of the 100 chosen because they waited
        assert plain.share is not None
        assert weighted.share == pytest.approx(plain.share, abs=0.05)


def _referred(session, count, area, day=date(2026, 8, 10), **values):
    from uuid import uuid4

    from app.models import Case

    session.add_all(
        Case(
            case_key=uuid4().hex, row_hash="", flags=[], avoid_dates=[], referral_date=day,
            area=area, changed_at=NOW, **values,
        )
        for _ in range(count)
    )  # fmt: skip
    session.commit()


def test_answers_are_held_against_the_cases_referred_when_the_release_is_taken(session):
    from app.figures.reference import margins_for

    areas = ("E06000060", "E06000042")
    survey = a_coded_survey(session, some_people(200, areas=areas))
    _referred(session, 102, areas[0])
    _referred(session, 58, areas[1])
    _referred(session, 7, "E06000037")  # too few to be told
    _referred(session, 300, areas[1], date(2026, 10, 2))  # of the next quarter
    release = _released(session, survey)
    span = release.periods[0].starts_on, release.periods[0].ends_on
    [margin] = margins_for(session, *span)
    assert (margin.dimension, margin.counts) == ("area", {areas[0]: 100, areas[1]: 60})
    assert "cases handed over" in margin.source
    assert release.weighted("theme:waiting", release.periods[0]).share is not None
    _referred(session, 400, areas[1])  # late: nothing changes for a quarter that is out
    releases.forget()
    _released(session, survey, LATER)
    assert next(m for m in margins_for(session, *span) if m.dimension == "area") == margin


def test_too_few_cases_make_no_margin(session):
    from app.figures.reference import margins_for

    survey = a_coded_survey(session, some_people(200, areas=("E06000060", "E06000042")))
    _referred(session, 60, "E06000060", offence_group="theft")
    release = _released(session, survey)
    assert margins_for(session, release.periods[0].starts_on, release.periods[0].ends_on) == []
