"""insight, approval and samples"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral_figure",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(length=30), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_figure")),
        sa.UniqueConstraint(
            "year",
            "quarter",
            "dimension",
            "category",
            name=op.f("uq_referral_figure_year_quarter_dimension_category"),
        ),
    )
    op.create_table(
        "duty_shift",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_duty_shift_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    with op.batch_alter_table("duty_shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_shift_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "evidence_item",
        sa.Column("theme", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["staff_user.id"],
            name=op.f("fk_evidence_item_added_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_item")),
    )
    with op.batch_alter_table("evidence_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_item_theme"), ["theme"], unique=False)

    op.create_table(
        "draft_revision",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("change", sa.String(length=200), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edited_by"],
            ["staff_user.id"],
            name=op.f("fk_draft_revision_edited_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["survey.id"],
            name=op.f("fk_draft_revision_survey_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_revision")),
        sa.UniqueConstraint(
            "survey_id", "revision", name=op.f("uq_draft_revision_survey_id_revision")
        ),
    )
    op.create_table(
        "frozen_report",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["staff_user.id"],
            name=op.f("fk_frozen_report_made_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_frozen_report_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_report")),
    )
    op.create_table(
        "gap_entry",
        sa.Column("survey_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=True),
        sa.Column("need", sa.String(length=40), nullable=True),
        sa.Column("barrier", sa.String(length=40), nullable=True),
        sa.Column("area", sa.String(length=20), nullable=True),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("acted_on", sa.Date(), nullable=True),
        sa.Column("public_words", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_gap_entry_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_entry")),
    )
    with op.batch_alter_table("gap_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_entry_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_gap_entry_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "publish_request",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("dpia_note", sa.Text(), nullable=True),
        sa.Column("lived_experience_by", sa.String(length=120), nullable=True),
        sa.Column("lines_confirmed", sa.Boolean(), nullable=False),
        sa.Column("is_incident", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff_user.id"],
            name=op.f("fk_publish_request_asked_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff_user.id"],
            name=op.f("fk_publish_request_decided_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_publish_request_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publish_request")),
    )
    with op.batch_alter_table("publish_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_publish_request_survey_id"), ["survey_id"], unique=False
        )

    op.create_table(
        "sample",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("drawn_by", sa.Uuid(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["drawn_by"], ["staff_user.id"], name=op.f("fk_sample_drawn_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_sample_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    with op.batch_alter_table("sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "gap_step",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_gap_step_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["gap_entry.id"], name=op.f("fk_gap_step_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_step")),
    )
    with op.batch_alter_table("gap_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_step_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "sample_text",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_sample_text_sample_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["answer_text.id"], name=op.f("fk_sample_text_text_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_text")),
        sa.UniqueConstraint("sample_id", "text_id", name=op.f("uq_sample_text_sample_id_text_id")),
    )
    with op.batch_alter_table("sample_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_text_text_id"), ["text_id"], unique=False)

    with op.batch_alter_table("collector", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quota", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("collector", schema=None) as batch_op:
        batch_op.drop_column("quota")

    with op.batch_alter_table("sample_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sample_text_text_id"))

    op.drop_table("sample_text")
    with op.batch_alter_table("gap_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gap_step_entry_id"))

    op.drop_table("gap_step")
    with op.batch_alter_table("sample", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sample_survey_id"))

    op.drop_table("sample")
    with op.batch_alter_table("publish_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publish_request_survey_id"))

    op.drop_table("publish_request")
    with op.batch_alter_table("gap_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gap_entry_survey_id"))
        batch_op.drop_index(batch_op.f("ix_gap_entry_due_on"))

    op.drop_table("gap_entry")
    op.drop_table("frozen_report")
    op.drop_table("draft_revision")
    with op.batch_alter_table("evidence_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_item_theme"))

    op.drop_table("evidence_item")
    with op.batch_alter_table("duty_shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_shift_starts_at"))

    op.drop_table("duty_shift")
    op.drop_table("referral_figure")
