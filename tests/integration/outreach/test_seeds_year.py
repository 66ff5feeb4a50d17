"""The seeds' year of 22,000 referrals; on SQLite alone, for the rows are the same."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.guards import Role
from app.models import ReferenceCount
from app.packs import load_pack
from app.worker.demo import references, referrals
from app.worker.demo.local import Local
from tests.client import LookingClient


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_the_seeds_year_goes_in_quickly_and_shows_its_footnote(
    session: Session, sign_in: Callable[..., LookingClient], now: datetime
) -> None:
    local = Local(load_pack("thames-valley"))
    references.write_references(session, local)
    referrals.write_referrals(session, local, now=now)
    session.commit()
    assert session.query(ReferenceCount).filter_by(kind="funnel").count() == 3

    page = sign_in(Role.COMMISSIONER).get("/referrals/?period=2018-19").text

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Referred 22,000" in text
    assert "Accepted 8,000 61% 36%" in text
    assert "22,000 less 40% is 13,200, not 8,000" in text
    assert "Synthetic" in text
