"""What every test of results needs."""

import pytest

from app.figures import releases


@pytest.fixture(autouse=True)
def _forget() -> None:
    releases.forget()  # another test's survey may have had the same id
