"""Fixtures of every level: databases made from a migrated template, faces, clients that look."""

import base64
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from app import create_app, migrate
from app.config import Config, Face, parse_keys
from app.db import make_engine
from app.models import Base, Role, use_keys
from tests.client import LookingClient
from tests.services import needed, postgres_url

END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TEST_KEYS = "test1:" + base64.b64encode(b"k" * 32).decode()
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # a Wednesday, in staffed hours

# No test is timed: a busy machine is not a fault.
hypothesis.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _keys() -> None:
    use_keys(parse_keys(TEST_KEYS))


class _CompiledOnce(BytecodeCache):
    """Keeps compiled templates for the process: each test makes its own application."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> None:
    Flask.jinja_options = {"bytecode_cache": _CompiledOnce()}


@pytest.fixture
def now() -> datetime:
    """Return the moment tests take place."""
    return NOW


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("template") / "heard.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """Return the address of a migrated, empty PostgreSQL database of this test process."""
    name = f"heard_t_{uuid.uuid4().hex[:8]}"
    admin = create_engine(postgres_url("postgres"), isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError:
        needed("PostgreSQL", "pg_ctlcluster --skip-systemctl-redirect 15 main start")
    engine = make_engine(postgres_url(name))
    migrate.upgrade(engine)
    engine.dispose()
    yield postgres_url(name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the address of a fresh, migrated SQLite database."""
    path = tmp_path / "heard.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres_database: str) -> Iterator[str]:
    """Return the address of a migrated PostgreSQL database that is empty again after the test.

    Emptied, not made anew: a new database costs a test more than all else it does.
    """
    yield postgres_database
    engine = create_engine(postgres_database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(END_OTHERS))
        connection.execute(text("SET session_replication_role = replica"))  # no order of tables
        for table in Base.metadata.tables:
            connection.execute(text(f'DELETE FROM "{table}"'))  # noqa: S608 - our own names


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return a fresh database of each kind; a test that takes it runs on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Return an engine on a fresh database; the test runs on SQLite and on PostgreSQL."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Return a session of its own, as a service or the worker would have."""
    with sessionmaker(engine, expire_on_commit=False)() as session:
        yield session


@pytest.fixture
def make_config(database_url: str, tmp_path: Path) -> Callable[..., Config]:
    """Return a maker of configurations on the test's database."""

    def make(**changes: object) -> Config:
        values: dict[str, object] = {
            "secret_key": "test-secret",
            "keys": parse_keys(TEST_KEYS),
            "instance": tmp_path,
            "database_url": database_url,
            "testing": True,
        }
        return Config(**(values | changes))  # type: ignore[arg-type]

    return make


def _face(make_config: Callable[..., Config], engine: Engine, face: Face) -> Flask:
    app = create_app(make_config(face=face), engine)
    app.config["WTF_CSRF_ENABLED"] = False  # its own tests switch it on
    app.test_client_class = LookingClient
    return app


@pytest.fixture
def public_app(make_config: Callable[..., Config], engine: Engine) -> Flask:
    """Return the respondents' face."""
    return _face(make_config, engine, Face.PUBLIC)


@pytest.fixture
def staff_app(make_config: Callable[..., Config], engine: Engine) -> Flask:
    """Return the staff face."""
    return _face(make_config, engine, Face.STAFF)


@pytest.fixture
def public(public_app: Flask) -> LookingClient:
    """Return a respondent's browser."""
    client = public_app.test_client()
    assert isinstance(client, LookingClient)
    return client


@pytest.fixture
def sign_in(staff_app: Flask, session: Session) -> Callable[..., LookingClient]:
    """Return a function that gives a browser signed in under some roles.

    `sign_in(Role.ANALYST)` or `sign_in(Role.PROVIDER_LEAD, services=["adult"])`.
    """
    from tests.builders import a_staff_session

    def signed_in(*roles: Role, services: tuple[str, ...] = ()) -> LookingClient:
        client = staff_app.test_client()
        assert isinstance(client, LookingClient)
        client.staff, secret = a_staff_session(session, *roles, services=services)
        client.set_cookie("staff", secret)
        return client

    return signed_in
