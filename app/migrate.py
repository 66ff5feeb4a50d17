"""Migrations from Python: alembic without an ini file at the top level.

Alembic is imported when a migration runs: a web worker never needs it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config(engine: Engine | None = None) -> "AlembicConfig":
    """Return alembic's settings, bound to an engine where one is given."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to a revision; safe to run again after being killed."""
    from alembic import command

    command.upgrade(alembic_config(engine), to)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database back to a revision."""
    from alembic import command

    command.downgrade(alembic_config(engine), to)


def heads() -> list[str]:
    """Return the heads of the migration scripts; there must be exactly one."""
    from alembic.script import ScriptDirectory

    return list(ScriptDirectory.from_config(alembic_config()).get_heads())
