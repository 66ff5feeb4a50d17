import pytest

from nlp.language import LANGUAGES, detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The police never came and nobody told me why", "en"),
        ("wud of liked to no there was help b4 i dropped out", "en"),
        ("Doedd neb yn siarad Cymraeg gyda fy mam", "cy"),
        ("Nikt mi nie pomógł w tej sprawie", "pl"),
        ("مجھے کوئی مدد نہیں ملی", "ur"),
        ("لم يساعدني أحد في هذه القضية", "ar"),
        ("ਮੈਨੂੰ ਕੋਈ ਮਦਦ ਨਹੀਂ ਮਿਲੀ", "pa"),
        ("Nimeni nu m-a ajutat deloc", "ro"),
    ],
)
def test_the_language_of_an_answer_is_told(text, language):
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "dim byd", "👍👍👍", "\ud800", "123 456 789", "ok ta x"])
def test_what_is_too_short_to_tell_is_english(text):
    assert detect(text) == "en"


def test_only_shipped_languages_are_told():
    assert detect("Je voudrais vous remercier pour votre aide précieuse") in LANGUAGES
