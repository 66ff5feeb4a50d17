"""files of frozen reports, and room for the longest name of a period"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("frozen_report", schema=None) as batch_op:
        batch_op.alter_column(
            "period", existing_type=sa.String(length=20), type_=sa.String(length=40)
        )

    op.create_table(
        "report_file",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["frozen_report.id"],
            name=op.f("fk_report_file_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
        sa.UniqueConstraint("report_id", "format", name=op.f("uq_report_file_report_id_format")),
    )


def downgrade() -> None:
    op.drop_table("report_file")
    with op.batch_alter_table("frozen_report", schema=None) as batch_op:
        batch_op.alter_column(
            "period", existing_type=sa.String(length=40), type_=sa.String(length=20)
        )
