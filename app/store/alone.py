"""What only one process of all machines may do at a time."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session


@contextmanager
def alone(session: Session, name: str) -> Iterator[bool]:
    """Yield whether nobody else does the thing of this name now; nobody begins it meanwhile.

    On SQLite there is one machine and one worker. A process that dies lets go: the lock lives on a
    connection of its own, which commits of the session do not give back.
    """
    engine = session.get_bind()
    if not isinstance(engine, Engine) or engine.dialect.name != "postgresql":
        yield True
        return
    key = zlib.crc32(name.encode())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(key))):
            yield False
            return
        try:
            yield True
        finally:
            connection.scalar(select(func.pg_advisory_unlock(key)))
