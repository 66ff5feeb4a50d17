"""Words that turn a meaning, emerging groups, explanations, phrases, minimal pairs."""

import pytest

from nlp import corpora
from nlp.codebook import parse
from nlp.coder.lexicon import lean
from nlp.coding import Candidate, Coding, Gap, Item, Polarity, Safeguarding, ThemeCode
from nlp.emerge import FEWEST, find_groups, least_explained
from nlp.explain import nearest
from nlp.pairs import Pair, load_pairs, share_by_turn, turned
from nlp.phrases import Phrases
from nlp.spans import Level

BOOK = parse(
    {
        "families": {
            "f": {
                "label": "F",
                "themes": {
                    "talk": {
                        "label": "Talk",
                        "definition": "d",
                        "seeds": ["counselling", "to talk to"],
                    }
                },
            }
        }
    }
)


def coding(name: str, text: str, likely: float = 0.1, **layers: object) -> Coding:
    found: dict[str, object] = {
        "id": name, "language": "en", "redactions": (), "redacted": text, "themes": (),
        "candidates": (Candidate("talk", likely),), "families": (), "confidence": 0.5,
        "sentiment": Polarity.NEUTRAL, "gaps": (),
        "safeguarding": Safeguarding(Level.NONE, 0.0), "coder": "test 1",
    }  # fmt: skip
    return Coding(**(found | layers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "praises"),
    [
        ("never had to wait", True),
        ("always had to wait", False),
        ("they were helpful", True),
        ("they were not at all helpful", False),
        ("no one was rude", True),
        ("rude", False),
    ],
)
def test_a_denial_turns_praise_and_blame_round(text: str, praises: bool) -> None:
    praise, blame = lean(text)[:2]
    assert (praise > blame) == praises


def test_a_denial_ends_with_its_clause() -> None:
    praise, blame = lean("not fast. she was kind")[:2]
    assert (praise > 0, blame) == (True, 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the counselling was good", True),
        ("COUNSELLING", True),
        ("I did not need counselling", False),
        ("turned down the counselling", False),
        ("somebody to talk to", True),
    ],
)
def test_a_phrase_counts_unless_it_is_denied(text: str, found: bool) -> None:
    assert bool(Phrases(BOOK).hits([text])[0]) == found


def test_groups_come_from_the_answers_explained_least() -> None:
    codings = [coding(str(i), f"two words {i}", likely=i / 10) for i in range(10)]
    assert least_explained(codings, 0.3) == [0, 1, 2]


def test_an_answer_too_short_to_say_anything_joins_no_group() -> None:
    assert least_explained([coding("a", "x"), coding("b", "")]) == []


def test_answers_that_say_nothing_are_left_out_before_any_are_counted() -> None:
    nothing = ("n/a", "No comment", "nothing to add thanks", "can't think of anything", "N A.")
    codings = [coding(text, text, likely=0.0) for text in nothing]
    codings += [coding(str(i), f"no one told us {i}") for i in range(3)]
    assert least_explained(codings, 1.0) == [5, 6, 7]


def test_two_topics_make_two_named_groups() -> None:
    counts = ("one", "two", "three", "four", "five", "six", "seven")
    often = ("again", "today", "always", "there", "daily")
    parking = [f"parking costs {w} pounds at the car park" for w in counts]
    parking += [f"the car park was full, parking {w}" for w in often]
    dogs = [f"the barking dog next door {w}" for w in counts]
    dogs += [f"that dog keeps barking {w}" for w in often]
    texts = parking + dogs
    groups = find_groups(texts, [str(i) for i in range(len(texts))], None)
    named = [set(group.name) for group in groups]
    assert any("parking" in name for name in named)
    assert any("dog" in name or "barking" in name for name in named)
    assert all(group.respondents >= FEWEST for group in groups)


def test_many_answers_of_few_people_are_no_group() -> None:
    texts = [f"the barking dog {i}" for i in range(30)] + [f"car park fee {i}" for i in range(30)]
    assert find_groups(texts, ["one", "two", "three", "four"] * 15, None) == []


def test_too_few_answers_make_no_group() -> None:
    assert find_groups(["a b"] * 5, list("abcde"), None) == []


def test_groups_need_a_respondent_for_each_text() -> None:
    with pytest.raises(ValueError, match="2 texts, 1 respondents"):
        find_groups(["a", "b"], ["a"], None)


def test_the_nearest_seed_shares_words_or_there_is_none() -> None:
    seeds = ["the bus was late", "a rude driver"]
    assert nearest("that driver was so rude", seeds) == "a rude driver"
    assert nearest("zzz", seeds) == ""


class Fixed:
    """A coder that gives what it was told to, by text."""

    version = "fixed 1"

    def __init__(self, by_text: dict[str, Coding]) -> None:
        self._by_text = by_text

    def code(self, items: list[Item]) -> list[Coding]:
        return [self._by_text[item.text] for item in items]


def test_a_pair_turns_only_when_both_sides_are_right() -> None:
    good = ThemeCode("talk", Polarity.POSITIVE, 0.9, 0, 1)
    bad = ThemeCode("talk", Polarity.NEGATIVE, 0.9, 0, 1)
    coder = Fixed(
        {
            "a": coding("a", "a", themes=(good,), gaps=(Gap("n", "b", 0, 1, 0.5),)),
            "b": coding("b", "b", themes=(bad,)),
        }
    )
    polarity = Pair("1", "polarity", "", ("a", "b"), ("positive", "negative"), "talk")
    swapped = Pair("2", "polarity", "", ("b", "a"), ("positive", "negative"), "talk")
    gap = Pair("3", "gap", "", ("a", "b"), (True, False))
    right = turned(coder, [polarity, swapped, gap])
    assert right == {"1": True, "2": False, "3": True}
    assert share_by_turn([polarity, swapped, gap], right)["all"] == pytest.approx(2 / 3)


def test_no_written_statement_is_one_of_the_minimal_pairs() -> None:
    from nlp.coder.tone import phrase_texts

    taught = {text.lower().strip(" .") for text, _ in phrase_texts()}
    looked_at = (corpora.PAIRS, corpora.PAIRS_MORE, corpora.PAIRS_SPOKEN)
    files = (*looked_at, corpora.PAIRS_CHECK, corpora.PAIRS_KEPT)
    pairs = [pair for path in files for pair in load_pairs(path)]
    assert not taught & {t.lower().strip(" .") for pair in pairs for t in pair.texts}
