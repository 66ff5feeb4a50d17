"""Cutting an answer into what may be seen, and finding quoted words in it."""

import random

import pytest

from app.services.reading import WordsNotFoundError, cut, find_words, shown_words, words_between

BODY = "Anna rang me 🙂 from Reading station."
HIDDEN = [(0, 4, "PERSON"), (20, 27, "PLACE")]


def test_hidden_words_show_their_kind_and_nothing_else() -> None:
    pieces = cut(BODY, HIDDEN, {})
    assert shown_words(pieces) == "[name] rang me 🙂 from [place] station."


def test_offsets_count_code_points_so_an_emoji_is_one() -> None:
    start = BODY.index("from")
    pieces = cut(BODY, HIDDEN, {"m": [(start, start + 4)]})
    assert [p.words for p in pieces if p.marks] == ["from"]


def test_a_mark_that_touches_a_hidden_word_covers_all_of_it() -> None:
    pieces = cut(BODY, HIDDEN, {"m": [(2, 9)]})
    assert [(p.words, p.start, p.end) for p in pieces if p.marks] == [
        ("name", 0, 4),
        (" rang", 4, 9),
    ]
    assert [p.words for p in pieces if "m" in p.ending] == [" rang"]


def test_overlapping_marks_each_cover_their_own() -> None:
    pieces = cut("abcdef", [], {"x": [(0, 4)], "y": [(2, 6)]})
    assert [(p.words, p.marks) for p in pieces] == [
        ("ab", ("x",)),
        ("cd", ("x", "y")),
        ("ef", ("y",)),
    ]


@pytest.mark.parametrize("body", ["", "x", "   "])
def test_the_pieces_of_anything_make_up_all_of_it(body: str) -> None:
    assert shown_words(cut(body, [], {"m": [(0, 99)]})) == body


def test_whatever_is_marked_the_pieces_are_whole_and_hidden_words_never_show() -> None:
    draw = random.Random(7)  # noqa: S311 - a repeatable experiment
    for _ in range(300):
        marks = {k: [tuple(sorted(draw.choices(range(40), k=2)))] for k in "abc"}
        pieces = cut(BODY, HIDDEN, marks)  # type: ignore[arg-type]
        assert shown_words(pieces) == shown_words(cut(BODY, HIDDEN, {}))
        assert [p.start for p in pieces[1:]] == [p.end for p in pieces[:-1]]


@pytest.mark.parametrize(
    ("quoted", "found"),
    [
        ("rang me", "rang me"),
        ("  RANG\n me ", "rang me"),
        ("from [place] station", "from Reading station"),
        ("[name] rang", "Anna rang"),
        ("🙂", "🙂"),
    ],
)
def test_quoted_words_are_found_however_they_are_spaced(quoted: str, found: str) -> None:
    start, end = find_words(cut(BODY, HIDDEN, {}), quoted)
    assert BODY[start:end] == found


@pytest.mark.parametrize("quoted", ["Anna", "Reading", "rang you", "", "  "])
def test_hidden_words_and_others_are_not_found(quoted: str) -> None:
    with pytest.raises(WordsNotFoundError):
        find_words(cut(BODY, HIDDEN, {}), quoted)


def test_typographic_quotation_marks_do_not_matter() -> None:
    body = "They didn’t call."
    start, end = find_words(cut(body, [], {}), "didn't call")
    assert body[start:end] == "didn’t call"


def test_part_of_a_hidden_word_shows_none_of_it() -> None:
    pieces = cut(BODY, HIDDEN, {})
    assert words_between(pieces, 2, 9) == " rang"
    assert words_between(pieces, 0, 9) == "[name] rang"
