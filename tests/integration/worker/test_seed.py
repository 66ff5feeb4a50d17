"""The demonstration tells the story of the seeds, is labelled, and is never put in twice."""

import shutil
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import surveys
from app.db import make_engine
from app.figures import groups, pages, pairings, releases
from app.figures.pages import View
from app.figures.periods import default_period, last_complete
from app.figures.providers import list_provider_surveys, said_by_lot
from app.figures.quotes import list_voices
from app.models import (
    Answer,
    AnswerText,
    Collector,
    EvidenceNote,
    Flag,
    FlagStatus,
    Gap,
    GapState,
    Job,
    MachineCoding,
    PersonalLink,
    Response,
    Review,
    Role,
    StaffUser,
    Survey,
    SurveyStatus,
    SurveyVersion,
    Task,
)
from app.packs import load_pack
from app.results import groups_beside
from app.services import demonstration, organisations, retention, rota
from app.services.links import find_entry
from app.services.releasing import groups_of
from app.store import surveys as surveys_store
from app.worker.demo import providers
from app.worker.seed import seed_if_empty
from tests.integration.worker.fakes import GoldCoder

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
PACK = load_pack("thames-valley")
pytestmark = pytest.mark.xdist_group("seed")  # one process seeds it, for all that read it


@pytest.fixture(scope="module")
def seeded(sqlite_template, tmp_path_factory):
    """Return a session on one demonstration that the tests here only read."""
    folder = tmp_path_factory.mktemp("seeded")
    shutil.copy(sqlite_template, folder / "heard.db")
    engine = make_engine(f"sqlite:///{folder / 'heard.db'}")
    with Session(engine) as session:
        was_empty = seed_if_empty(
            session, PACK, instance=folder, now=NOW, coder=GoldCoder(), say=lambda _words: None
        )
        assert was_empty
        yield session
    engine.dispose()


def survey_of(session, slug):
    return surveys_store.get_survey_by_slug(session, slug)


def of_wave(session, *where):
    wave = survey_of(session, demonstration.WAVE_2022)
    return session.scalars(select(Response).where(Response.survey_id == wave.id, *where)).all()


def test_the_wave_of_2022_has_over_900_answers_and_exactly_778_eligible(seeded):
    received = of_wave(seeded)
    eligible = [response for response in received if response.eligible]

    assert len(received) == 934
    assert len(eligible) == 778
    days = [response.received_on for response in received]
    assert date(2022, 3, 1) <= min(days) < date(2022, 3, 10)
    assert date(2022, 4, 20) < max(days) <= date(2022, 4, 30)
    groups = Counter(response.crime_group for response in eligible)
    assert groups["theft"] + groups["burglary"] > 389
    assert len({response.area for response in eligible if response.area}) == 13


def test_every_answer_lies_on_the_path_of_whoever_gave_it(seeded):
    version = seeded.scalars(
        select(SurveyVersion).where(
            SurveyVersion.survey_id == survey_of(seeded, demonstration.WAVE_2022).id
        )
    ).one()
    survey = surveys_store.questionnaire(version)
    for response in of_wave(seeded)[::97]:
        held = {text.question_id: surveys.Words(text.body) for text in response.texts}
        chosen: dict[str, list[str]] = {}
        for answer in response.answers:
            if answer.option_id:
                chosen.setdefault(answer.question_id, []).append(answer.option_id)
        held |= {question: surveys.Chosen(tuple(options)) for question, options in chosen.items()}
        answers = surveys.Answers(held, day=response.received_on)
        asked = {page.id for page in surveys.page_path(survey, answers)}
        assert {answer.question_id for answer in response.answers} <= asked


def test_no_text_is_used_twice_and_all_is_labelled_synthetic(seeded):
    bodies = [text.body for text in seeded.scalars(select(AnswerText))]

    assert 900 < len(bodies) == len(set(bodies))
    assert set(seeded.scalars(select(Response.is_synthetic))) == {True}
    assert set(seeded.scalars(select(Survey.is_synthetic))) == {True}
    assert all(name.endswith("(demonstration)") for name in seeded.scalars(select(Survey.name)))


def test_every_text_is_coded_and_each_complete_quarter_has_a_random_sample(seeded):
    # What an organisation is called is no answer to code.
    texts = select(func.count(AnswerText.id)).join(Response).join(Survey)
    coded = seeded.scalar(select(func.count()).select_from(MachineCoding))
    assert coded == seeded.scalar(texts.where(Survey.slug != providers.SLUG))
    rows = seeded.execute(
        select(Response.survey_id, Response.received_on, Review.drawn, AnswerText.id)
        .join(AnswerText, AnswerText.response_id == Response.id)
        .join(Review, Review.text_id == AnswerText.id)
    ).all()
    drawn = Counter(
        (row.survey_id, retention.quarter_start(row.received_on))
        for row in rows
        if row.drawn == "random"
    )
    complete = {k: n for k, n in drawn.items() if k[1] < date(2026, 10, 1)}
    assert len(complete) == 6  # two quarters of 2022, four of the open survey
    assert min(complete.values()) >= 100
    assert sum(row.drawn == "chosen" for row in rows) > 5


def test_the_random_sample_is_the_first_in_the_desks_random_order(seeded):
    wave = survey_of(seeded, demonstration.WAVE_2022)
    rows = seeded.execute(
        select(AnswerText.id, Review.drawn)
        .join(Response, Response.id == AnswerText.response_id)
        .outerjoin(Review, Review.text_id == AnswerText.id)
        .where(Response.survey_id == wave.id, Response.eligible)
        .order_by(AnswerText.id)
    ).all()
    drawn = [row.drawn == "random" for row in rows]

    assert drawn == sorted(drawn, reverse=True)
    assert 150 < sum(drawn) < len(drawn)


def view_of(session, slug):
    survey = survey_of(session, slug)
    release = releases.released(
        session, survey.id, groups=groups_of(PACK), today=NOW.date(), now=NOW
    )
    return View(release, default_period(release.periods, last_complete(NOW.date())), 0)


@pytest.mark.parametrize("slug", [demonstration.WAVE_2022, demonstration.SURVEY])
def test_three_needs_and_barriers_are_named_by_enough_people_to_show(seeded, slug):
    view = view_of(seeded, slug)
    book = releases.book_of(seeded, survey_id := survey_of(seeded, slug).id)
    questions = releases.questions_of(seeded, survey_id)

    assert len(pages.gap_table(view).rows) >= 3
    assert any(row.cell.count is not None for row in pages.need_table(view, book).rows)
    assert pairings.chosen_together(view, questions).rows


@pytest.mark.parametrize("slug", [demonstration.WAVE_2022, demonstration.SURVEY])
def test_quotes_were_let_out_by_two_people_a_month_after_consent(seeded, slug):
    voices = list_voices(
        seeded, survey_of(seeded, slug).id, view_of(seeded, slug), today=NOW.date(), most=4
    )

    assert len(voices) >= 2


def test_three_groups_stand_beside_the_open_survey_and_two_of_them_raise_being_kept_informed(
    seeded,
):
    found = groups.raised(seeded, survey_of(seeded, demonstration.SURVEY).id, "kept_informed")

    assert (found.groups, found.of_groups, found.waiting) == (2, 3, 0)
    assert groups_beside.words(found).startswith("Raised in 2 of 3 groups")


def test_the_register_has_gaps_in_every_state_and_two_are_for_everyone(seeded):
    found = seeded.scalars(select(Gap)).all()
    overdue = [g for g in found if g.due_on and g.due_on < NOW.date() and g.state == "doing"]

    assert {gap.state for gap in found} == set(GapState)
    assert sum(gap.is_public for gap in found) == 2
    assert len(overdue) == 1
    assert any(gap.acted_on and gap.acted_on < date(2026, 7, 1) for gap in found)
    assert len(seeded.scalars(select(EvidenceNote)).all()) >= 3


def test_twelve_organisations_ranked_by_lot_before_their_survey_closed(seeded):
    survey = seeded.scalars(select(Survey).where(Survey.slug == providers.SLUG)).one()
    (held,) = list_provider_surveys(seeded)
    said = {lot.lot: lot.organisations.count for lot in said_by_lot(seeded, held, is_team=True)}
    invited = organisations.list_invited(seeded, survey.id, now=NOW)

    assert (held.id, held.is_closed) == (survey.id, True)
    assert said == {"adult": 11, "cyp": 5, "sv": 4, "": 0}
    assert [one.name for one in invited if not one.has_answered] == list(providers.NOT_YET)


def test_three_check_ins_of_a_case_end_in_thinking_of_stopping(seeded):
    links = seeded.scalars(select(PersonalLink).where(PersonalLink.case_key.is_not(None))).all()
    tasks = {(task.kind, task.case_key, task.service) for task in seeded.scalars(select(Task))}

    assert set(Counter(link.case_key for link in links).values()) == {3}
    assert ("stopping", "VF-D-0103", "sv") in tasks
    assert ("low_check_in", "VF-D-0102", "hub") in tasks
    assert ("contact", "VF-D-0105", "counselling") in tasks


def test_a_few_flags_are_open_and_the_old_ones_were_closed_by_two(seeded):
    flags = seeded.scalars(select(Flag)).all()
    is_open = [flag for flag in flags if flag.status == FlagStatus.OPEN]

    assert 4 <= len(is_open) <= 12
    assert {"SG1", "SG2"} <= {flag.tier for flag in is_open}
    assert all(flag.closing_by != flag.closed_by for flag in flags if flag not in is_open)
    waiting = seeded.scalars(select(Job.kind).distinct()).all()
    assert waiting == ["flag_notice"]


def test_somebody_is_named_for_every_day_the_desk_is_staffed(seeded):
    days = rota.list_days(seeded, today=NOW.date(), hours=PACK.staffed_hours)
    named = {(seeded.get_one(StaffUser, d.lead_id).name, d.deputy_id is None) for d in days}
    assert named == {("Siobhan Murphy", False)}


def test_there_is_one_account_a_role_and_none_has_a_password(seeded):
    users = seeded.scalars(select(StaffUser)).all()

    assert sorted(user.roles[0].role for user in users) == sorted(Role)
    assert all(user.is_demo and user.password_hash is None for user in users)


def test_the_open_survey_and_a_fresh_check_in_link_work(seeded):
    links = demonstration.links(seeded, NOW)
    again = demonstration.links(seeded, NOW)

    assert links.survey == again.survey
    assert links.check_in != again.check_in
    for path in (links.survey, links.check_in):
        assert find_entry(seeded, path.rsplit("/", 1)[1], today=NOW.date()) is not None
    wave = survey_of(seeded, demonstration.WAVE_2022)
    assert wave.status == SurveyStatus.CLOSED
    assert not any(seeded.scalars(select(Collector.is_open).where(Collector.survey_id == wave.id)))


def test_nothing_of_it_is_purged_the_night_after(seeded):
    assert seeded.scalar(select(func.min(Response.purge_on))) > NOW.date()


def test_it_is_never_put_in_where_something_is(seeded, tmp_path):
    before = seeded.scalar(select(func.count()).select_from(Answer))

    assert not seed_if_empty(seeded, PACK, instance=tmp_path, now=NOW)
    assert seeded.scalar(select(func.count()).select_from(Answer)) == before


def test_cut_short_it_leaves_nothing(session, monkeypatch, tmp_path):
    from app.worker import seed

    def break_off(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(seed, "make_plan", lambda *_args: None)
    monkeypatch.setattr(seed.references, "write_references", break_off)
    with pytest.raises(KeyboardInterrupt):
        seed_if_empty(
            session, PACK, instance=tmp_path, now=NOW, coder=GoldCoder(), say=lambda _words: None
        )

    assert session.scalars(select(StaffUser)).all() == []
    assert session.scalars(select(Survey)).all() == []
