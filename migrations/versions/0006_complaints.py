"""complaints, wishes for contact beside a task, and one index less to write at every send"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reply_to_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["staff_user.id"],
            name=op.f("fk_complaint_closed_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_due_on"), ["due_on"], unique=False)

    with op.batch_alter_table("contact_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("task_id", sa.Uuid(), nullable=True))
        batch_op.alter_column("response_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_unique_constraint(batch_op.f("uq_contact_request_task_id"), ["task_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_contact_request_task_id"),
            "task",
            ["task_id"],
            ["id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_question_option")


def downgrade() -> None:
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_answer_question_option", ["question_id", "option_id"], unique=False
        )

    # A wish without answers has no place in the older table.
    op.execute("DELETE FROM contact_request WHERE response_id IS NULL")
    with op.batch_alter_table("contact_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_contact_request_task_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_contact_request_task_id"), type_="unique")
        batch_op.alter_column("response_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("task_id")

    op.drop_table("complaint")
