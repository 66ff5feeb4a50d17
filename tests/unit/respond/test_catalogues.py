"""settled.md 26: catalogues are whole, keep what is put in, and are drafts until they are read."""

import re

import pytest

from app import catalogues
from app.catalogues import TRANSLATED, catalogue, fingerprint, messages
from deploy.catalogues import words_of_pack, words_on_pages
from surveys import MESSAGES

PUT_IN = re.compile(r"%\(\w+\)s|\{\w+\}")
SCRIPTS = {"ur": "\u0600-\u06ff", "ar": "\u0600-\u06ff", "pa": "\u0a00-\u0a7f"}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_text_of_ours_is_translated(tag: str):
    words = catalogue(tag).words
    missing = [text for text in (*words_on_pages(), *words_of_pack()) if not words.get(text)]
    assert missing == [], "run `python -m deploy.catalogues`, then translate what is empty"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_puts_in_what_the_english_puts_in_and_no_markup(tag: str):
    for english, words in catalogue(tag).words.items():
        assert sorted(PUT_IN.findall(english)) == sorted(PUT_IN.findall(words)), english
        assert not re.search(r'[<>"&]', words), words


@pytest.mark.parametrize(("tag", "letters"), SCRIPTS.items())
def test_a_translation_is_in_its_own_script(tag: str, letters: str):
    for english, words in catalogue(tag).words.items():
        assert re.search(f"[{letters}]", words), english


def test_what_to_change_is_said_in_the_language_of_the_page():
    assert messages("cy")["choose_one"] == "Dewiswch un o’r atebion"
    assert messages("cy")["number_between"].format(least=1, most=9) == "Rhowch rif o 1 i 9"
    assert messages("so") == MESSAGES


def test_a_changed_word_is_another_catalogue(monkeypatch: pytest.MonkeyPatch):
    before = fingerprint("cy")
    words = {**catalogue("cy").words, "Start": "Cychwyn"}
    monkeypatch.setattr(catalogues, "catalogue", lambda _tag: catalogues.Catalogue(words))
    fingerprint.cache_clear()
    assert fingerprint("cy") != before
    fingerprint.cache_clear()
