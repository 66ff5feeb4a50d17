"""Run migrations on the engine that `app.migrate` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Engine

from app.models import Base


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as plain ones: a migration never imports the application."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
        transactional_ddl=True,
        transaction_per_migration=connection.dialect.name != "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


engine: Engine | None = context.config.attributes.get("engine")
if engine is None:
    raise RuntimeError("run migrations through `flask upgrade` or `make migration name=…`")
with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # Batch migrations rebuild tables; with the check on, dropping the old one would cascade.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
        # pysqlite begins no transaction before a CREATE TABLE: killed half-way, a migration has to
        # leave nothing behind, or it could never be run again (safety.md F17).
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # Whoever migrates waits for the end; pages are what a limit is for.
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.commit()
    run(connection)
    connection.commit()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
