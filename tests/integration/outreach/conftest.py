"""Reading the whole database as a thief would."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from app.models import Base


@pytest.fixture
def read_everything(engine: Engine) -> Callable[[], str]:
    """Return a function that gives every cell of every table in one string."""

    def read() -> str:
        with engine.connect() as connection:
            rows = [
                str(tuple(row))
                for table in Base.metadata.sorted_tables
                for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608
            ]
        return "\n".join(rows)

    return read
