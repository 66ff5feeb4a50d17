"""no table of outcome scores: pairs are found among the answers (app/figures/outcomes)"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "outcome_score"


def upgrade() -> None:
    op.drop_index(op.f("ix_outcome_score_case_key"), table_name=TABLE)
    op.drop_index(op.f("ix_outcome_score_response_id"), table_name=TABLE)
    op.drop_table(TABLE)


def downgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("case_key", sa.String(length=80), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("moment", sa.String(length=5), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_outcome_score_response_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_score")),
        sa.UniqueConstraint(
            "case_key", "moment", "item", name=op.f("uq_outcome_score_case_key_moment_item")
        ),
    )
    op.create_index(op.f("ix_outcome_score_case_key"), TABLE, ["case_key"])
    op.create_index(op.f("ix_outcome_score_response_id"), TABLE, ["response_id"])
