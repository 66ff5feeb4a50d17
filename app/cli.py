"""The flask commands. Heavy parts (nlp, worker) are imported when a command runs, never before."""

from pathlib import Path

import click
from flask import Flask, current_app

from app import migrate


def init_cli(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(upgrade)
    app.cli.add_command(migration)
    app.cli.add_command(check_migrations)


@click.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest migration."""
    current_app.config["HEARD"].instance.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(current_app.extensions["engine"])


@click.command("migration")
@click.argument("name")
def migration(name: str) -> None:
    """Write the next numbered migration from the difference between tables and models."""
    from alembic import command

    number = f"{len(list(migrate.SCRIPTS.glob('versions/[0-9]*.py'))) + 1:04d}"
    command.revision(
        migrate.alembic_config(current_app.extensions["engine"]),
        message=name,
        rev_id=number,
        autogenerate=True,
    )


@click.command("check-migrations")
def check_migrations() -> None:
    """Fail unless there is one head and it matches the models."""
    from alembic import command
    from sqlalchemy import create_engine

    if len(migrate.heads()) != 1:
        raise click.ClickException(f"expected one migration head, found {migrate.heads()}")
    engine = create_engine("sqlite://", poolclass=_one_connection())
    migrate.upgrade(engine)
    command.check(migrate.alembic_config(engine))
    click.echo(f"one head, no drift ({Path(migrate.SCRIPTS).name})")


def _one_connection() -> type:
    from sqlalchemy.pool import StaticPool

    return StaticPool
