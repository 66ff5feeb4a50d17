import numpy as np
import pytest

from nlp.risk import Level, RiskRow, TooFewAnswersError, assess, fit
from nlp.risk.model import _thresholds

URGENT = [
    "he's outside now in the car and he has my keys",
    "he said he'll burn the place with us in it",
    "I've saved up my tablets and written the letters",
    "dad says if i tell he will do it to my little brother",
    "Boss keeps my passport and locks the door at night",
    "my son came home with a stab vest under his hoodie",
    "he checks my phone so please do not ring",
    "he's out on friday and he knows where i live",
]
HARMLESS = [
    "Very prompt, thank you",
    "forty minutes on hold, I nearly died of boredom",
    "They kept me in the loop right up to sentencing",
    "The leaflet was easy to read",
    "Counselling really helped",
    "The online form kept crashing",
    "Polite enough, bit of a shrug",
    "Fitted new locks the same day",
]


def _scores(texts, **options):
    risks = assess(texts, [None] * len(texts), ["en"] * len(texts), **options)
    return [risk.score for risk in risks]


@pytest.mark.parametrize("text", URGENT)
def test_a_present_danger_is_raised(text):
    (risk,) = assess([text], [None], ["en"])
    assert risk.level is not Level.NONE
    assert risk.evidence


@pytest.mark.parametrize("text", HARMLESS)
def test_an_everyday_answer_is_not_called_urgent(text):
    (risk,) = assess([text], [None], ["en"])
    assert risk.level is not Level.URGENT


@pytest.mark.parametrize(
    ("still", "over"),
    [
        ("he is outside my house at night", "he was outside my house until 2019, he is in prison"),
        ("he says he will kill me", "he said he would kill me, he died years ago"),
        ("I could kill myself", "I could have killed for a brew, I was on hold so long"),
        ("he has a key to my flat", "he no longer has a key to my flat, I feel safe now"),
    ],
)
def test_what_is_over_or_only_an_idiom_ranks_below_what_is_not(still, over):
    first, second = _scores([still, over])
    assert first > second


def test_an_idiom_lowers_the_rank_but_hides_nothing():
    (score,) = _scores(["I'd have murdered for a straight answer, and he says he'll stab me"])
    assert score > 0.5


def test_evidence_is_in_the_text_as_given():
    text = "It was fine. \u201cHe\u2019s outside now\u201d \ud83d and he has a key."
    (risk,) = assess([text], [None], ["en"])
    assert any("outside" in text[span.start : span.end] for span in risk.evidence)


def test_a_nil_answer_has_no_rank():
    (risk,) = assess(["n/a"], ["Is there anything else?"], ["en"])
    assert (risk.level, risk.score) == (Level.NONE, 0.0)


def test_danger_told_in_another_language_is_raised():
    (risk,) = assess(["Szef ma mój paszport i grozi mojej rodzinie"], [None], ["pl"])
    assert risk.level is Level.URGENT


def test_another_language_ranks_above_harmless_english():
    risks = assess(["Dziękuję za szybką pomoc", *HARMLESS[:1]], [None] * 2, ["pl", "en"])
    assert risks[0].score > risks[1].score


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="2 texts"):
        assess(["a", "b"], [None], ["en"])


def test_an_empty_batch_is_an_empty_list():
    assert assess([], [], []) == []


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "😀😀", "a" * 5_000, "he will " * 600])
def test_odd_input_gets_a_score_between_nought_and_one(text):
    (score,) = _scores([text])
    assert 0.0 <= score <= 1.0


@pytest.fixture(scope="module")
def rows():
    urgent = [RiskRow(text, Level.URGENT) for text in URGENT + [t.upper() for t in URGENT]]
    none = [RiskRow(text, Level.NONE) for text in HARMLESS + [t.upper() for t in HARMLESS]]
    return urgent + none


@pytest.fixture(scope="module")
def model(rows):
    return fit(rows, seed=3)


def test_a_trained_head_ranks_danger_first(model):
    danger, thanks = _scores(["he knows where i live and he's out", "thank you"], model=model)
    assert danger > thanks


def test_the_same_answers_and_seed_give_the_same_model(rows, model):
    again = fit(rows, seed=3)
    assert again.thresholds == model.thresholds
    assert all(np.array_equal(again.arrays[name], model.arrays[name]) for name in model.arrays)


def test_a_bar_lies_between_two_answers_where_the_recall_asked_for_does():
    scores = np.array([0.1, 0.2, 0.4, 0.9, 0.95])
    urgent, raised = _thresholds(scores, np.array(["none", *["urgent"] * 4]))
    assert 0.2 < raised < urgent < 0.9


def test_vectors_join_as_a_voter_and_may_be_missing(rows):
    vectors = np.random.default_rng(1).normal(size=(len(rows), 8)).astype(np.float32)
    model = fit(rows, vectors, seed=3)
    texts = [row.text for row in rows]
    assert model.has_vectors
    assert model.scores(texts, vectors).shape == model.scores(texts).shape == (len(rows),)


def test_words_of_fewer_than_three_answers_and_names_are_not_kept(rows):
    named = [RiskRow(f"{row.text} agnieszka told me", row.level) for row in rows[:20]]
    model = fit([*rows, *named], seed=1)
    assert not any("agnieszka" in word.split() for word in model.words)
    assert "crashing" not in model.words


def test_too_few_answers_are_refused():
    with pytest.raises(TooFewAnswersError, match="0 urgent of 1"):
        fit([RiskRow("fine", Level.NONE)])


def test_a_tuned_net_has_a_vote_only_where_enough_of_its_answers_were_held_out(rows):
    tuned = np.array([[float(row.level == Level.URGENT)] * 2 for row in rows])
    assert not fit(rows, tuned=tuned, seed=3).has_tuned  # 32 answers
    many = [RiskRow(f"{row.text} {k}", row.level) for k in range(4) for row in rows]
    model = fit(many, tuned=np.tile(tuned, (4, 1)), seed=3)
    assert model.has_tuned
    texts = ["nobody rang me back", "nobody rang me back"]
    calm, alarmed = model.scores(texts, tuned=np.array([[0.01, 0.01], [0.9, 0.9]]))
    assert alarmed > calm
