from __future__ import annotations

import pytest

from surveys import library, load
from surveys.cli import main
from surveys.lint import Rule, lint
from surveys.lint.reading import hard_words, reading_age, syllables
from tests.unit.surveys.shelf import DAY, TINY, document, option, question

HARD = (
    "To what extent was consideration given to your individual circumstances by"
    " organisations administering compensation?"
)


def advice(*questions, **fields):
    return lint(load(document(*questions, **fields)))


def rules(*questions, **fields):
    return {one.rule for one in advice(*questions, **fields)}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Don’t you think the police did well?", Rule.LEADING),
        ("How helpful was the service?", Rule.LEADING),
        ("Why didn’t you report it?", Rule.BLAMING),
        ("What were you wearing?", Rule.BLAMING),
        ("Tell us what happened.", Rule.STORY),
        ("Please describe the incident.", Rule.STORY),
        ("What is your full name?", Rule.IDENTITY),
        ("Who did it?", Rule.IDENTITY),
        ("What is your postcode?", Rule.IDENTITY),
        ("Did your ISVA signpost you?", Rule.JARGON),
        ("Were the police quick and polite?", Rule.DOUBLE),
        ("word " * 30, Rule.LONG),
        (
            HARD,
            Rule.READING_AGE,
        ),
    ],
)
def test_wording_that_could_hurt_or_mislead_is_noticed(text, rule):
    assert rule in rules(question("a", text={"en": text}))


@pytest.mark.parametrize(
    "text",
    [
        "Did you feel listened to?",
        "How safe do you feel right now?",
        "Did a crime or abuse affect you?",
        "Do you have any health conditions lasting 12 months or more?",
        "Would you like to tell the person who did it how it affected you?",
    ],
)
def test_plain_wording_gets_no_advice(text):
    assert rules(question("a", text={"en": text})) == set()


def test_all_advice_has_a_reason_and_something_better():
    for one in advice(question("a", text={"en": "Why didn’t you tell the OPCC your name?"})):
        assert one.reason
        assert one.better


def test_negatives_are_for_grown_ups():
    negative = question("a", text={"en": "Do you never feel safe?"})
    assert Rule.NEGATIVE in rules(negative, audience="child_5_10")
    assert Rule.NEGATIVE not in rules(negative)


@pytest.mark.parametrize("title", ["Victims Survey", "Domestic abuse", "Your court case", "ISVA"])
def test_a_public_title_that_reveals_the_subject_is_noticed(title):
    assert Rule.REVEALING in rules(question("a"), public_title={"en": title})


def test_a_sensitive_question_first_is_noticed_and_later_is_not():
    hard = question("h", sensitive=True, non_answers=["prefer_not"])
    assert Rule.RAPPORT in rules(hard)
    assert Rule.RAPPORT not in rules(question("a"), question("b"), hard)


def test_asking_who_someone_is_needs_a_reason_and_a_way_out():
    assert rules(question("a", dimension="sex")) == {Rule.NO_WAY_OUT, Rule.NO_WHY}
    kind = question("a", dimension="sex", why={"en": "So."}, non_answers=["prefer_not"])
    assert rules(kind) == set()


def test_other_without_a_box_is_noticed():
    other = question("a", options=[option("yes"), option("other")])
    assert Rule.OTHER in rules(other)


def test_minutes_are_compared_with_what_is_promised_and_what_people_can_bear():
    pages = [question(f"a{n}", "long_text", support=True) for n in range(40)]
    assert [one.where for one in advice(*pages, minutes=5) if one.rule is Rule.MINUTES] == [
        "survey",
        "survey.minutes",
    ]


def test_advice_not_followed_says_why():
    noted = question(
        "a",
        text={"en": "Were they quick and polite?"},
        explained=[{"advice": "double_barrelled", "reason": "It is one thing here."}],
    )
    assert [one.explained for one in advice(noted)] == ["It is one thing here."]
    kept = question(
        "a",
        text={"en": "Were they quick and polite?"},
        source={"name": "A standard", "licence": "OGL", "wording": "verbatim"},
    )
    assert "A standard" in advice(kept)[0].explained


@pytest.mark.parametrize("name", library.list_names())
def test_every_advice_on_a_shipped_questionnaire_is_followed_or_explained(name):
    assert [str(one) for one in lint(library.get(name)) if one.explained is None] == []


def test_reading_age_rises_with_words_and_sentences():
    easy = "We want to help. You can stop. You can skip any page. Thank you for your time."
    hard = "Organisational accountability necessitates comprehensive evaluation of individual"
    hard += " circumstances throughout administrative proceedings and consultations nationwide."
    assert reading_age(easy) < 8
    assert reading_age(hard) > 16
    assert reading_age("Too short to say.") is None


def test_hard_words_are_named_longest_first():
    assert hard_words("The administrative organisation helped a lot")[0] == "administrative"
    assert syllables("cat") == 1


def test_advice_never_fails_a_build(capsys):
    assert main(["lint", str(TINY / "show_when.json")], DAY) == 0
    assert capsys.readouterr().out == ""


def test_compare_prints_a_change_a_line(capsys):
    path = str(TINY / "show_when.json")
    other = str(TINY / "skip_when.json")
    assert main(["compare", path, other], DAY) == 0
    assert "“What about why_not?” is a new question." in capsys.readouterr().out
