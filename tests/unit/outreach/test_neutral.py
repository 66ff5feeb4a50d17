"""A text on a lock screen says nothing to whoever reads over a shoulder."""

import pytest

from app.services.neutral import advise, length, says_more, says_stop
from app.services.telling import STEMS, telling_words

GOOD = "Hello, how are things? Three quick taps when it suits you: {link} Reply STOP to stop these."


def test_neutral_wording_passes() -> None:
    assert advise(GOOD) == []


@pytest.mark.parametrize(
    "word",
    [
        "police", "Victims'", "the court", "your trial", "crime", "DOMESTIC", "abuse", "stalking",
        "witness", "your case", "counsellor", "an offence", "ISVA", "robbery", "reported",
    ],
)  # fmt: skip
def test_a_word_that_says_what_it_is_about_is_named(word: str) -> None:
    advice = advise(GOOD.replace("things", word))
    assert len(advice) == 1
    assert word.split()[-1].lower().rstrip("'") in advice[0]


# Crime, police, victim, court: in that order.
TOO_MUCH = {
    "cy": ("y drosedd", "yr heddlu", "dioddefwyr", "y llys"),
    "pl": ("przestępstwa", "policją", "pokrzywdzona", "w sądzie"),
    "ro": ("infracțiunea", "poliția", "victimelor", "la tribunal"),
    "ur": ("جرم", "پولیس", "متاثرین", "عدالت"),
    "ar": ("بالجريمة", "الشرطة", "للضحايا", "والمحكمة"),
    "pa": ("ਜੁਰਮ", "ਪੁਲਿਸ", "ਪੀੜਤਾਂ", "ਅਦਾਲਤ"),
    "so": ("dembiga", "booliska", "dhibbanaha", "maxkamadda"),
}
NEUTRAL = {
    "cy": "Helo, sut mae pethau? Tri thap cyflym pan fydd yn gyfleus: {link} Ateb STOP i stopio.",
    "pl": "Cześć, jak się masz, co robisz i co sądzisz? Trzy pytania: {link} Odpisz STOP.",
    "ro": "Bună, ce mai faci acasă? Trei întrebări scurte: {link} Răspunde STOP.",
    "ur": "السلام علیکم، آپ کیسے ہیں؟ خیر مقدم۔ {link} بند کرنے کے لیے STOP لکھیں۔",
    "ar": "مرحبا، كيف حالك اليوم؟ ثلاثة أسئلة قصيرة: {link} أرسل STOP.",
    "pa": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ, ਤੁਸੀਂ ਕਿਵੇਂ ਹੋ? {link} ਬੰਦ ਕਰਨ ਲਈ STOP ਲਿਖੋ।",
    "so": "Salaan, sidee tahay? Saddex su'aal: {link} Ku jawaab STOP.",
}


@pytest.mark.parametrize(
    ("language", "words"), [(tag, words) for tag, many in TOO_MUCH.items() for words in many]
)
def test_a_telling_word_of_another_language_is_refused_and_named(language: str, words: str) -> None:
    told = words.split()[-1]
    advice = advise(f"{words}: {NEUTRAL[language]}", language=language)
    assert advice == [f"Leave out “{told}”: it says what this is about."]
    assert advise(f"Police. {NEUTRAL[language]}", language=language)


@pytest.mark.parametrize("language", sorted(TOO_MUCH))
def test_neutral_wording_in_another_language_passes(language: str) -> None:
    assert advise(NEUTRAL[language], language=language) == []


def test_every_language_that_is_shipped_has_its_words() -> None:
    assert {"cy", "pl", "ur", "ar", "pa", "ro"} <= set(STEMS)
    assert set(STEMS) == set(TOO_MUCH)


def test_a_word_without_its_accents_or_with_a_mark_of_its_own_is_the_same_word() -> None:
    assert telling_words("POLICJA i sad, przestepstwo", "pl") == ["policja", "sad", "przestepstwo"]
    assert telling_words("poliţia, poliția, politia", "ro") == ["poliţia", "poliția", "politia"]
    assert telling_words("الشُّرْطَة", "ar") == ["الشُّرْطَة"]


def test_letters_that_are_nobody_elses_are_read_in_every_message() -> None:
    assert telling_words("Hello: پولیس") == ["پولیس"]
    assert telling_words("I feel sad. How are they?") == []  # "sad" is Polish for court alone


@pytest.mark.parametrize("word", ["Robin", "robust", "stop by", "carry on", "suits"])
def test_an_everyday_word_is_left_alone(word: str) -> None:
    assert advise(GOOD.replace("things", word)) == []


def test_names_placeholders_and_other_addresses_are_named() -> None:
    body = "Dear {name}, Victims First asks: www.example.org or {link} STOP"
    advice = " ".join(advise(body, own_names=("Victims First",)))
    assert "{name}" in advice
    assert "Victims First" in advice
    assert "other addresses" in advice


def test_a_text_without_a_way_to_stop_or_a_link_is_sent_back() -> None:
    advice = " ".join(advise("Hello"))
    assert "{link}" in advice
    assert "STOP" in advice


@pytest.mark.parametrize(
    ("body", "characters", "texts"),
    [
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("[" * 80, 160, 1),  # brackets count twice
        ("[" * 81, 162, 2),
        ("ż" * 70, 70, 1),  # Polish leaves the GSM set
        ("ż" * 71, 71, 2),
        ("ż" * 134, 134, 2),
        ("ż" * 135, 135, 3),
        ("😀" * 35, 70, 1),  # a pair of units each
        ("Sut wyt ti ŵ", 12, 1),  # Welsh circumflexes
        ("Ce mai faci? ț" * 5, 70, 1),
        ("آپ کیسے ہیں؟ " * 5 + "آپ کیس", 71, 2),
        ("كيف حالك؟ " * 7, 70, 1),
        ("ਤੁਸੀਂ ਕਿਵੇਂ ਹੋ" * 5 + "ਹੋ", 72, 2),  # vowel signs are characters of their own
    ],
)
def test_a_text_is_counted_as_it_is_billed(body: str, characters: int, texts: int) -> None:
    counted = length(body)
    assert (counted.characters, counted.texts) == (characters, texts)


@pytest.mark.parametrize(
    "words",
    ["STOP", "stop.", " Stop!! ", "please stop", "Stopall", "UNSUBSCRIBE", "End", "opt out pls",
     "Don’t text me", "no more of these", "I want to stop worrying", "Proszę przestań", "PRZESTAN",
     "opriți", "peidiwch", "اسے بند کریں", "أوقفوا توقف", "ਬੰਦ ਕਰੋ"],
)  # fmt: skip
def test_a_reply_that_may_mean_stop_is_a_stop(words: str) -> None:
    assert says_stop(words)


@pytest.mark.parametrize("words", ["", "Yes", "ring me", "weekend is fine", "who is this?", "👍"])
def test_other_replies_are_none(words: str) -> None:
    assert not says_stop(words)


@pytest.mark.parametrize("words", ["STOP", "Please stop texting me", "no more texts", "ok stop"])
def test_a_bare_stop_says_no_more(words: str) -> None:
    assert not says_more(words)


@pytest.mark.parametrize(
    "words", ["STOP I am scared", "he won't stop, help", "stop. ring me", "பயம் stop"]
)
def test_a_stop_with_anything_beside_it_says_more(words: str) -> None:
    assert says_more(words)


@pytest.mark.parametrize(
    ("greeting", "is_refused"),
    [("Dear Anna", True), ("hi Łukasz", True), ("HELLO Mrs O’Neill", True), ("Hello", False),
     ("Hi there", False), ("Hi There", False), ("Hello again", False)],
)  # fmt: skip
def test_a_greeting_names_nobody(greeting: str, is_refused: bool) -> None:
    advice = advise(f"{greeting}, how are things? {{link}} Reply STOP to stop these.")
    assert any("name after the greeting" in line for line in advice) == is_refused
