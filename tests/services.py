"""Where the services that tests talk to are, and what to say where one is not."""

import os
from typing import NoReturn

import pytest


def postgres_url(database: str) -> str:
    """Return the address of a database on the loopback PostgreSQL."""
    base = os.environ.get("TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432")
    return f"{base}/{database}"


def needed(service: str, start: str) -> NoReturn:
    """Skip with a sentence that says how to start the service; in CI, fail instead."""
    message = f"{service} is not reachable on this machine. Start it with: {start}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
