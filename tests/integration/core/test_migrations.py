"""Migrations run up and down with data, on both databases, and end where the models are."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command, operations
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from app import migrate
from app.db import make_engine
from app.models import Base, Response, SurveyVersion
from tests.builders import a_response, a_survey


def test_there_is_one_head() -> None:
    assert len(migrate.heads()) == 1


def test_the_migrated_database_has_no_drift_from_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_migration_goes_down_and_up_again_with_data(engine: Engine, session: Session) -> None:
    a_response(session, a_survey(session), texts={"q": "words"})
    session.close()

    migrate.downgrade(engine, "0001")
    migrate.upgrade(engine)

    with sessionmaker(engine)() as again:
        assert again.scalar(select(func.count()).select_from(Response)) == 1


def triggers(engine: Engine) -> set[str]:
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        return set(connection.scalars(text(names[engine.dialect.name])))


def test_no_migration_loses_a_trigger_by_building_a_table_anew(engine: Engine) -> None:
    """SQLite forgets the triggers of a table that a batch migration builds anew."""
    kept = {
        "sqlite": {"audit_event_update", "audit_event_delete", "audit_link_update",
                   "audit_link_delete", "survey_version_frozen"},
        "postgresql": {"audit_event_only_added", "audit_link_only_added", "survey_version_frozen"},
    }  # fmt: skip
    assert triggers(engine) == kept[engine.dialect.name]


def test_the_first_migration_goes_down_to_nothing() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    migrate.upgrade(engine)
    migrate.downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_running_the_migrations_twice_changes_nothing(engine: Engine) -> None:
    migrate.upgrade(engine)
    command.current(migrate.alembic_config(engine))


def test_the_database_itself_refuses_to_change_a_published_version(session: Session) -> None:
    a_survey(session)
    version = session.query(SurveyVersion).one()
    version.document = "{}"
    with pytest.raises(DBAPIError, match="never changed"):
        session.commit()


def test_a_migration_killed_half_way_leaves_nothing_and_runs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    made = 0
    real = operations.Operations.create_table

    def dies_at_the_eighth(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal made
        made += 1
        if made == 8:
            raise Killed
        return real(self, *args, **kwargs)

    engine = make_engine(f"sqlite:///{tmp_path}/half.db")
    with monkeypatch.context() as patch:
        patch.setattr(operations.Operations, "create_table", dies_at_the_eighth)
        with pytest.raises(Killed):
            migrate.upgrade(engine)
    migrate.upgrade(engine)
    assert "response" in inspect(engine).get_table_names()
