"""Sealed text opens only with a known key, in the row it was sealed for."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import AnswerText, KeyRing, SealError, seal, unseal
from app.models.sealed import key_ring, place, use_keys

OLD = KeyRing({"old": b"1" * 32}, "old")
BOTH = KeyRing({"new": b"2" * 32, "old": b"1" * 32}, "new")


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_comes_back_as_it_was_written_lone_surrogates_too(text: str) -> None:
    assert OLD.open(OLD.seal(text, b"here"), b"here") == text


def test_a_text_moved_to_another_row_does_not_open() -> None:
    mine, other = uuid4(), uuid4()
    sealed = seal("answer_text", "body_sealed", mine, "words")
    assert unseal("answer_text", "body_sealed", mine, sealed) == "words"
    with pytest.raises(SealError):
        unseal("answer_text", "body_sealed", other, sealed)


def test_a_changed_byte_does_not_open() -> None:
    sealed = bytearray(OLD.seal("words", b"here"))
    sealed[-1] ^= 1
    with pytest.raises(SealError):
        OLD.open(bytes(sealed), b"here")


def test_after_a_new_key_the_old_texts_still_read_and_new_ones_use_it() -> None:
    before = OLD.seal("words", b"here")
    assert BOTH.open(before, b"here") == "words"
    with pytest.raises(SealError):
        OLD.open(BOTH.seal("words", b"here"), b"here")


def test_the_same_words_never_look_the_same() -> None:
    assert OLD.seal("words", b"here") != OLD.seal("words", b"here")


def test_a_row_seals_its_text_as_it_is_made() -> None:
    text = AnswerText(response_id=uuid4(), question_id="q", body="my own words")
    assert b"my own words" not in text.body_sealed
    assert text.body == "my own words"
    ring = key_ring()
    assert ring.open(text.body_sealed, place("answer_text", "body_sealed", text.id))
    use_keys(ring)


def test_a_table_refuses_a_column_it_does_not_have() -> None:
    with pytest.raises(TypeError):
        AnswerText(response_id=uuid4(), question_id="q", boddy="typo")
