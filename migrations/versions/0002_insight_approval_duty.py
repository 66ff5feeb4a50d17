"""insight, approval, duty and samples"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reference_count",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_count")),
        sa.UniqueConstraint(
            "kind",
            "dimension",
            "value",
            "starts_on",
            "ends_on",
            name=op.f("uq_reference_count_kind_dimension_value_starts_on_ends_on"),
        ),
    )
    op.create_table(
        "conflict_seal",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("case_key", sa.String(length=80), nullable=False),
        sa.Column("sealed_by", sa.Uuid(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sealed_by"],
            ["staff_user.id"],
            name=op.f("fk_conflict_seal_sealed_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["staff_user.id"],
            name=op.f("fk_conflict_seal_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_seal")),
        sa.UniqueConstraint("user_id", "case_key", name=op.f("uq_conflict_seal_user_id_case_key")),
    )
    with op.batch_alter_table("conflict_seal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_seal_case_key"), ["case_key"], unique=False)

    op.create_table(
        "duty_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deputy_id"],
            ["staff_user.id"],
            name=op.f("fk_duty_day_deputy_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["staff_user.id"], name=op.f("fk_duty_day_lead_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["staff_user.id"], name=op.f("fk_duty_day_set_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_day")),
        sa.UniqueConstraint("day", name=op.f("uq_duty_day_day")),
    )
    op.create_table(
        "evidence_note",
        sa.Column("codebook_id", sa.Uuid(), nullable=True),
        sa.Column("theme", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["staff_user.id"],
            name=op.f("fk_evidence_note_added_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["codebook_id"], ["codebook.id"], name=op.f("fk_evidence_note_codebook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_note")),
    )
    with op.batch_alter_table("evidence_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_note_theme"), ["theme"], unique=False)

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
        "figure_release",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["survey.id"],
            name=op.f("fk_figure_release_survey_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_release")),
        sa.UniqueConstraint("survey_id", "as_at", name=op.f("uq_figure_release_survey_id_as_at")),
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
        "gap",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=True),
        sa.Column("need", sa.String(length=40), nullable=True),
        sa.Column("barrier", sa.String(length=40), nullable=True),
        sa.Column("area", sa.String(length=20), nullable=True),
        sa.Column("crime_group", sa.String(length=40), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("acted_on", sa.Date(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["staff_user.id"], name=op.f("fk_gap_opened_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_gap_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
    )
    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.create_index("ix_gap_due", ["state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_gap_survey_id"), ["survey_id"], unique=False)

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

    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lowering_to", sa.String(length=4), nullable=True))
        batch_op.add_column(sa.Column("lowering_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("lowering_reason_sealed", sa.LargeBinary(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_flag_lowering_by"),
            "staff_user",
            ["lowering_by"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.add_column(sa.Column("start", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("end", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(
            "uq_review_one_current",
            ["text_id", "codebook_id"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )


def downgrade() -> None:
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_one_current",
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.drop_column("end")
        batch_op.drop_column("start")

    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_flag_lowering_by"), type_="foreignkey")
        batch_op.drop_column("lowering_reason_sealed")
        batch_op.drop_column("lowering_by")
        batch_op.drop_column("lowering_to")

    with op.batch_alter_table("collector", schema=None) as batch_op:
        batch_op.drop_column("quota")

    with op.batch_alter_table("sample_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sample_text_text_id"))

    op.drop_table("sample_text")
    with op.batch_alter_table("sample", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sample_survey_id"))

    op.drop_table("sample")
    with op.batch_alter_table("publish_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publish_request_survey_id"))

    op.drop_table("publish_request")
    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gap_survey_id"))
        batch_op.drop_index("ix_gap_due")

    op.drop_table("gap")
    op.drop_table("frozen_report")
    op.drop_table("figure_release")
    op.drop_table("draft_revision")
    with op.batch_alter_table("evidence_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_note_theme"))

    op.drop_table("evidence_note")
    op.drop_table("duty_day")
    with op.batch_alter_table("conflict_seal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_seal_case_key"))

    op.drop_table("conflict_seal")
    op.drop_table("reference_count")
