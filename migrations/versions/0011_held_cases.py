"""cases held until a row about them can be used; calls from outside that were taken already"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: SQLite would build the table anew, and others point at its rows.
    op.add_column("case", sa.Column("held_on", sa.Date(), nullable=True))
    op.create_table(
        "seen_call",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_call")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_seen_call_fingerprint")),
    )
    op.create_index(op.f("ix_seen_call_seen_at"), "seen_call", ["seen_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_seen_call_seen_at"), table_name="seen_call")
    op.drop_table("seen_call")
    op.drop_column("case", "held_on")
