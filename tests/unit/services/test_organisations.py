"""When two names are one organisation's."""

import pytest

from app.services.organisations import key_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alder House", "  alder   HOUSE "),
        ("Alder House Ltd", "Alder House Limited"),
        ("The Alder House Charity", "Alder House"),
        ("Women’s Aid & Advice", "Womens aid and advice"),
        ("Ｄｅｎ Trust", "Den Trust"),
    ],
)
def test_spellings_of_one_name_agree(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_two_organisations_stay_two() -> None:
    assert key_of("Alder House Reading") != key_of("Alder House Slough")


def test_a_name_of_nothing_but_its_legal_form_is_still_a_name() -> None:
    assert key_of("The Charity") == "the charity"
    assert key_of(" … ") == ""
