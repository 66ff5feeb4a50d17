"""Nobody learns from the time it takes whether an address has an account."""

from app.services import passwords


def test_the_hash_of_nobody_costs_what_a_hash_of_today_costs():
    fresh = passwords.hash_password("three random words")

    assert passwords.NOBODY.rpartition("$")[0].split("$")[:4] == fresh.split("$")[:4]


def test_no_password_opens_the_account_of_nobody():
    assert not passwords.verify_password(None, "nobody has this password")
