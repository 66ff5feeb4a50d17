from datetime import UTC, date, datetime

from app.figures import releases
from app.figures.release import pack, unpack
from app.figures.tables import FEW
from tests.integration.results.builders import a_coded_survey, some_people

TODAY = date(2026, 11, 18)
LATER = date(2027, 1, 15)


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
    assert (cell.count, cell.share, cell.why) == (None, None, FEW)


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
