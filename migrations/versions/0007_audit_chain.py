"""audit chain"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REFUSED = "the audit trail is only ever added to"
TABLES = ("audit_event", "audit_link")
FUNCTION = f"""CREATE FUNCTION audit_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"""


def keep(dialect: str) -> list[str]:
    """Return what makes the database itself refuse to change or delete a row."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            for table in TABLES
            for act in ("UPDATE", "DELETE")
        ]
    return [FUNCTION] + [
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_added()"
        for table in TABLES
    ]


def release(dialect: str) -> list[str]:
    """Return what takes the triggers away."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {t}_{act}" for t in TABLES for act in ("update", "delete")]
    drops = [f"DROP TRIGGER {table}_only_added ON {table}" for table in TABLES]
    return [*drops, "DROP FUNCTION audit_only_added()"]


def upgrade() -> None:
    op.create_table(
        "audit_link",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_link_event_id")),
    )
    for statement in keep(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in release(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("audit_link")
