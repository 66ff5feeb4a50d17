"""R5, R6, R14, R16: what we say to a person, and what we never say."""

import re
from pathlib import Path

import pytest

from app import languages
from app.errors import PAGES
from app.packs import load_pack
from app.respond import wording
from app.services.codes import word_list
from deploy.catalogues import words_on_pages
from surveys import MESSAGES

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "app/templates/respond").glob("*.html"))
UNKIND = re.compile(
    r"\b(invalid|failed|failure|illegal|forbidden|you must|oops|are you sure|hurry)\b",
    re.IGNORECASE,
)
OVERCLAIM = re.compile(
    r"100 ?%|completely (safe|private|anonymous)|hide your tracks|cover your tracks|untraceable"
    r"|cannot be traced|totally",
    re.IGNORECASE,
)


def spoken() -> dict[str, str]:
    """Return every text of ours that a respondent can meet, by where it stands."""
    texts = {path.name: re.sub(r"\{#.*?#\}|<[^>]+>", " ", path.read_text()) for path in TEMPLATES}
    texts |= {f"message {code}": words for code, words in MESSAGES.items()}
    texts |= {f"notice {name}": str(parts) for name, parts in wording.NOTICES.items()}
    texts |= {f"error page {status}": " ".join(words) for status, words in PAGES.items()}
    texts["all that is translated"] = " | ".join(words_on_pages())
    texts["leaving"] = " ".join(wording.ABOUT_LEAVING)
    texts["boxes"] = wording.BOX_ANONYMOUS + wording.BOX_CONFIDENTIAL + wording.CODE_WARNING
    texts["promises"] = wording.ANONYMOUS + wording.CONFIDENTIAL
    return texts


@pytest.mark.parametrize(("where", "words"), spoken().items(), ids=lambda value: value[:24])
def test_r5_r14_r16_nobody_is_blamed_hurried_or_promised_too_much(where: str, words: str):
    assert not UNKIND.search(words), where
    assert not OVERCLAIM.search(words), where


def test_the_linter_sees_what_it_is_for():
    assert UNKIND.search("Your answer is invalid")
    assert OVERCLAIM.search("This is 100% anonymous")


def test_r4_before_the_first_question_it_is_said_what_leaving_cannot_hide():
    words = " ".join(wording.ABOUT_LEAVING)
    assert "cannot hide everything" in words
    assert "words you have not sent are deleted" in words
    assert "scripts off and no signal" in words


def test_r6_the_name_on_tabs_and_previews_gives_nothing_away():
    assert wording.is_neutral(load_pack("thames-valley").public_name)


def test_t3_the_first_page_shows_only_lines_whose_names_give_nothing_away():
    lines = wording.neutral_lines(load_pack("thames-valley").lines)
    assert lines[0].number == "999"
    assert all(wording.is_neutral(line.name) for line in lines)
    assert len(lines) < len(load_pack("thames-valley").lines)


def test_an_anonymous_box_says_beforehand_that_nobody_can_act():
    assert "cannot act on what you write" in wording.BOX_ANONYMOUS


def test_every_language_is_named_in_its_own_words():
    assert languages.language_name("ur") == "اردو"
    assert languages.text_direction("ur") == "rtl"
    assert languages.text_direction("cy") == "ltr"


def test_t5_six_words_of_our_list_are_more_than_sixty_four_bits():
    words = word_list()
    assert len(words) == len(set(words))
    assert len(words) ** 6 > 2**64
    assert all(re.fullmatch("[a-z]{3,9}", word) for word in words)
