"""drafts of codebooks, trainings, recodings, emerging themes"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "codebook_draft",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("lineage", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("caught", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff_user.id"],
            name=op.f("fk_codebook_draft_asked_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["base_id"], ["codebook.id"], name=op.f("fk_codebook_draft_base_id")
        ),
        sa.ForeignKeyConstraint(
            ["edited_by"],
            ["staff_user.id"],
            name=op.f("fk_codebook_draft_edited_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codebook_draft")),
        sa.UniqueConstraint("key", name=op.f("uq_codebook_draft_key")),
    )
    op.create_table(
        "recoding",
        sa.Column("codebook_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=True),
        sa.Column("coder", sa.String(length=80), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff_user.id"], name=op.f("fk_recoding_asked_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["codebook_id"], ["codebook.id"], name=op.f("fk_recoding_codebook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoding")),
    )
    with op.batch_alter_table("recoding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recoding_codebook_id"), ["codebook_id"], unique=False)

    op.create_table(
        "training_run",
        sa.Column("codebook_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("progress", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learned_from", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("coder", sa.String(length=80), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff_user.id"],
            name=op.f("fk_training_run_asked_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["codebook_id"], ["codebook.id"], name=op.f("fk_training_run_codebook_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff_user.id"],
            name=op.f("fk_training_run_decided_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_run")),
    )
    with op.batch_alter_table("training_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_run_codebook_id"), ["codebook_id"], unique=False
        )

    op.create_table(
        "emerging_run",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("codebook_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("least_explained", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff_user.id"],
            name=op.f("fk_emerging_run_asked_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["codebook_id"], ["codebook.id"], name=op.f("fk_emerging_run_codebook_id")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_emerging_run_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emerging_run")),
    )
    with op.batch_alter_table("emerging_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_emerging_run_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "emerging_group",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("nearest", sa.String(length=80), nullable=True),
        sa.Column("stability", sa.Double(), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["emerging_run.id"],
            name=op.f("fk_emerging_group_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emerging_group")),
    )
    op.create_table(
        "emerging_text",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["emerging_group.id"],
            name=op.f("fk_emerging_text_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["answer_text.id"],
            name=op.f("fk_emerging_text_text_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emerging_text")),
        sa.UniqueConstraint("group_id", "text_id", name=op.f("uq_emerging_text_group_id_text_id")),
    )
    with op.batch_alter_table("emerging_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_emerging_text_text_id"), ["text_id"], unique=False)

    # Not in batch mode: SQLite would build the table anew, and others point at its rows.
    op.add_column("codebook", sa.Column("lineage", sa.JSON(), nullable=True))
    op.add_column("codebook", sa.Column("model", sa.String(length=80), nullable=True))


def downgrade() -> None:
    op.drop_column("codebook", "model")
    op.drop_column("codebook", "lineage")

    with op.batch_alter_table("emerging_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_emerging_text_text_id"))

    op.drop_table("emerging_text")
    op.drop_table("emerging_group")
    with op.batch_alter_table("emerging_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_emerging_run_survey_id"))

    op.drop_table("emerging_run")
    with op.batch_alter_table("training_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_run_codebook_id"))

    op.drop_table("training_run")
    with op.batch_alter_table("recoding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recoding_codebook_id"))

    op.drop_table("recoding")
    op.drop_table("codebook_draft")
