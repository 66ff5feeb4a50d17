"""Migrations from Python: alembic without an ini file at the top level."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config(engine: Engine | None = None) -> AlembicConfig:
    """Return alembic's settings, bound to an engine where one is given."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to a revision; safe to run again after being killed."""
    command.upgrade(alembic_config(engine), to)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database back to a revision."""
    command.downgrade(alembic_config(engine), to)


def heads() -> list[str]:
    """Return the heads of the migration scripts; there must be exactly one."""
    return list(ScriptDirectory.from_config(alembic_config()).get_heads())
