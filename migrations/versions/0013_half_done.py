"""what somebody has begun to decide about an answer, and how a theme came up in a group"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: SQLite would build the table anew, and others point at its rows.
    op.add_column("review_code", sa.Column("strength", sa.String(length=12), nullable=True))
    op.create_table(
        "half_done",
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("fields_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["answer_text.id"],
            name=op.f("fk_half_done_text_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_half_done_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_done")),
        sa.UniqueConstraint(
            "text_id", "user_id", "is_blind", name=op.f("uq_half_done_text_id_user_id_is_blind")
        ),
    )
    op.create_index(op.f("ix_half_done_user_id"), "half_done", ["user_id"])
    op.create_index(op.f("ix_half_done_saved_at"), "half_done", ["saved_at"])


def downgrade() -> None:
    op.drop_table("half_done")
    op.drop_column("review_code", "strength")
