from __future__ import annotations

from pathlib import Path

import pytest

from surveys import (
    Answers,
    Audience,
    Chosen,
    Kind,
    Mode,
    NonAnswer,
    Option,
    SignalName,
    Text,
    check,
    ending,
    explore,
    library,
    localise,
    on_path,
    page_path,
    pipe,
    signals,
)
from surveys.library import UnknownSurveyError
from surveys.schema import schema_text
from tests.unit.surveys.shelf import DAY, answered

NAMES = library.list_names()
VICTIMS = library.get("victims_survey")


def asked(survey, **given):
    return [page.name for page in page_path(survey, answered(survey, **given))]


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_questionnaire_is_clean_and_every_page_is_reached(name):
    survey = library.get(name)
    assert check(survey) == []
    assert explore(survey).not_seen == frozenset()


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_questionnaire_says_what_happens_to_answers_and_thanks(name):
    survey = library.get(name)
    assert survey.promise is not None
    assert survey.thanks is not None
    assert survey.minutes is not None


@pytest.mark.parametrize("name", NAMES)
def test_no_public_title_reveals_the_subject(name):
    title = library.get(name).public_title.in_("en").lower()
    for word in ("victim", "crime", "abuse", "police", "court", "sexual", "domestic", "safe"):
        assert word not in title


@pytest.mark.parametrize("name", NAMES)
def test_signals_have_names_the_app_knows(name):
    known = {name.value for name in SignalName}
    for question in library.get(name).questions:
        assert {signal.name for signal in question.signals} <= known


def test_a_question_id_means_the_same_question_wherever_it_is_asked():
    texts: dict[str, set[str]] = {}
    for name in NAMES:
        for question in library.get(name).questions:
            texts.setdefault(question.id, set()).add(question.text.in_("en"))
    assert {q for q, said in texts.items() if len(said) > 1} == set()


def test_unknown_names_are_refused_also_those_that_are_paths():
    for name in ("nothing", "../model", "bank/question_bank"):
        with pytest.raises(UnknownSurveyError):
            library.get(name)


def test_every_question_of_the_bank_says_where_it_comes_from():
    assert len(library.bank()) > 80
    for question in library.bank():
        assert question.source is not None
        assert question.source.licence


def test_the_published_schema_is_that_of_the_models():
    published = Path(__file__).parents[3] / "docs" / "questionnaire.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text()


# ---- the Victims Survey ----


def test_someone_who_works_with_victims_is_led_to_the_provider_form():
    answers = answered(VICTIMS, affected="work")
    assert asked(VICTIMS, affected="work") == ["affected"]
    assert ending(VICTIMS, answers).other_form == "provider_survey"


def test_someone_not_affected_is_thanked_and_counted_as_not_eligible():
    answers = answered(VICTIMS, affected="none")
    assert ending(VICTIMS, answers).outcome == "ineligible"
    assert [s.name for s in signals(VICTIMS, answers)] == ["ineligible"]


def test_a_child_under_11_is_stopped_kindly_and_shown_childline():
    stop = ending(VICTIMS, answered(VICTIMS, affected="me", age_band="under_11"))
    assert "0800 1111" in stop.text.in_("en")


def test_someone_of_16_may_choose_either_form():
    assert "young_choice" in asked(VICTIMS, age_band="16_17")
    assert "area_happened" in asked(VICTIMS, age_band="16_17", young_choice="these")
    short = answered(VICTIMS, age_band="16_17", young_choice="short")
    assert ending(VICTIMS, short).other_form == "checkin_young_16_18"


POLICE = {"police_listened", "told_code", "stage", "thought_stopping", "want_rj"}


def test_police_and_case_pages_are_for_those_the_police_know_of():
    assert set(asked(VICTIMS, police_knew="told")) >= POLICE
    not_reported = set(asked(VICTIMS, police_knew="no"))
    assert not_reported & POLICE == set()
    assert "what_stopped" in not_reported
    assert (
        set(asked(VICTIMS, police_knew={"code": "prefer_not"})) & {*POLICE, "what_stopped"} == set()
    )


def test_support_pages_follow_what_was_offered_and_wanted():
    assert {"how_soon", "ease"} & set(asked(VICTIMS, offered="no")) == set()
    assert {"how_soon", "ease"} <= set(asked(VICTIMS, offered="yes_late"))
    none = set(asked(VICTIMS, wanted_support="got_none"))
    assert "needs" in none
    assert "services_used" not in none
    assert "needs" not in asked(VICTIMS, wanted_support="no")
    assert "helped_coping" in asked(VICTIMS, wanted_support="got_some")


def test_what_affected_you_most_offers_what_was_chosen_before():
    one = asked(VICTIMS, crime_types=["fraud"])
    assert "crime_most" not in one
    assert "crime_most" in asked(VICTIMS, crime_types=["fraud", "hacking"])


def test_the_questions_about_you_are_asked_only_of_those_who_say_yes():
    assert "sex" not in asked(VICTIMS)
    assert "sex" not in asked(VICTIMS, about_you="skip")
    assert "sex" in asked(VICTIMS, about_you="yes")


def test_harm_that_is_going_on_opens_the_help_panel():
    still = answered(VICTIMS, when_happened="ongoing")
    assert "support_panel" in {s.name for s in signals(VICTIMS, still)}


def test_an_anonymous_survey_asks_for_no_contact_and_warns_before_each_box():
    for name in NAMES:
        survey = library.get(name)
        if survey.mode is Mode.ANONYMOUS:
            raised = {s.name for q in survey.questions for s in q.signals}
            assert "contact_requested" not in raised
            for question in survey.questions:
                if question.kind is Kind.LONG_TEXT:
                    assert "cannot act on what you write" in question.hint.in_("en")


def test_nobody_is_quoted_who_did_not_say_yes():
    assert "quote_consented" not in {s.name for s in signals(VICTIMS, Answers(day=DAY))}


# ---- check-ins ----


def test_the_check_in_is_four_taps_and_words_that_may_be_left_out():
    survey = library.get("checkin_adult")
    pages = page_path(survey, answered(survey, coping="4", safe="4", know_next="yes", contact="no"))
    assert [page.presentation for page in pages] == ["tap"] * 4 + ["standard"]


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        ({"coping": "5", "safe": "5", "contact": "no"}, set()),
        ({"coping": "1"}, {"support_panel", "low_coping"}),
        ({"safe": "2"}, {"support_panel"}),
        ({"safe": "1"}, {"support_panel", "low_safety", "sg3"}),
        ({"contact": "this_week"}, {"contact_requested"}),
        ({"contact": "asap"}, {"contact_requested", "contact_urgent", "sg3"}),
        ({"safe": {"code": "prefer_not"}}, set()),
    ],
)
def test_low_answers_and_contact_me_raise_their_signals(given, raised):
    survey = library.get("checkin_adult")
    assert {s.name for s in signals(survey, answered(survey, **given))} == raised


def test_asking_for_contact_asks_how_it_is_safe():
    assert "contact_how" in asked(library.get("checkin_adult"), contact="asap")
    assert "contact_how" not in asked(library.get("checkin_adult"), contact="no")


def test_thinking_of_stopping_is_raised_while_waiting_for_court():
    survey = library.get("checkin_court")
    raised = {s.name for s in signals(survey, answered(survey, carrying_on="stopping"))}
    assert raised == {"thinking_of_stopping", "sg3"}


@pytest.mark.parametrize("name", NAMES)
def test_forms_for_young_children_are_short_and_every_answer_can_be_refused(name):
    survey = library.get(name)
    if survey.audience is Audience.CHILD_5_10:
        always = asked(survey)
        assert len(always) <= 4
        faces = survey.questions[0]
        assert faces.kind is Kind.FACES
        assert NonAnswer.PREFER_NOT in faces.non_answers


def test_rights_are_asked_only_where_the_case_has_got_to():
    survey = library.get("victims_code")
    early = asked(survey, stage="not_reported")
    assert [name for name in early if name.startswith("right_")] == ["right_1", "right_12"]
    late = asked(survey, stage="convicted", right_9="no")
    assert {"right_9_agency", "right_11"} <= set(late)


# ---- fitted to an area ----


def test_a_pack_puts_its_names_and_areas_in():
    durham = Option(id="E06000047", value="E06000047", text=Text({"en": "County Durham"}))
    fitted = localise(
        VICTIMS,
        names={"service": Text({"en": "VCAS"})},
        lists={"areas": [durham]},
    )
    assert check(fitted) == []
    heard = next(q for q in fitted.questions if q.name == "heard_of_service")
    assert pipe(heard.text, fitted, Answers()) == "Before today, had you heard of VCAS?"
    area = next(q for q in fitted.questions if q.name == "area_live")
    assert [o.text.in_("en") for o in area.options] == ["County Durham", "Somewhere else"]
    given = Answers({area.id: Chosen(("E06000047",))})
    assert on_path(fitted, given)[area.id] == Chosen(("E06000047",))
