"""outreach"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case",
        sa.Column("case_key", sa.String(length=80), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("provider", sa.String(length=60), nullable=True),
        sa.Column("sub_provider", sa.String(length=60), nullable=True),
        sa.Column("offence_group", sa.String(length=40), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("area", sa.String(length=20), nullable=True),
        sa.Column("age_band", sa.String(length=20), nullable=True),
        sa.Column("referral_source", sa.String(length=40), nullable=True),
        sa.Column("referral_date", sa.Date(), nullable=True),
        sa.Column("contact_outcome", sa.String(length=20), nullable=True),
        sa.Column("wants_support", sa.Boolean(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("stage_date", sa.Date(), nullable=True),
        sa.Column("next_date", sa.Date(), nullable=True),
        sa.Column("trial_date", sa.Date(), nullable=True),
        sa.Column("avoid_dates", sa.JSON(), nullable=False),
        sa.Column("shared_device", sa.Boolean(), nullable=False),
        sa.Column("shared_address", sa.Boolean(), nullable=False),
        sa.Column("is_vulnerable", sa.Boolean(), nullable=False),
        sa.Column("on_hold", sa.Boolean(), nullable=False),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("format_need", sa.String(length=40), nullable=True),
        sa.Column("consent_check_in", sa.Boolean(), nullable=False),
        sa.Column("consent_link", sa.Boolean(), nullable=False),
        sa.Column("consent_after_closure", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(length=120), nullable=True),
        sa.Column("supervisor", sa.String(length=120), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closure_reason", sa.String(length=40), nullable=True),
        sa.Column("pace", sa.String(length=20), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("case_key", name=op.f("uq_case_case_key")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_referral_date"), ["referral_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_service"), ["service"], unique=False)

    op.create_table(
        "contact_detail",
        sa.Column("case_key", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("marked_safe", sa.Boolean(), nullable=False),
        sa.Column("safe_times", sa.JSON(), nullable=False),
        sa.Column("safe_checked_on", sa.Date(), nullable=True),
        sa.Column("safe_until", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_detail")),
        sa.UniqueConstraint("case_key", name=op.f("uq_contact_detail_case_key")),
    )
    with op.batch_alter_table("contact_detail", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_detail_address_hash"), ["address_hash"], unique=False
        )

    op.create_table(
        "handover_key",
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_handover_key_key_id")),
    )
    op.create_table(
        "opt_out",
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("case_key", sa.String(length=80), nullable=True),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("opted_out_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_out")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_opt_out_address_hash")),
    )
    with op.batch_alter_table("opt_out", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opt_out_case_key"), ["case_key"], unique=False)

    op.create_table(
        "handover_batch",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_handover_batch_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_batch")),
    )
    op.create_table(
        "message_template",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["staff_user.id"],
            name=op.f("fk_message_template_approved_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["staff_user.id"],
            name=op.f("fk_message_template_written_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint(
            "key", "channel", "language", name=op.f("uq_message_template_key_channel_language")
        ),
    )
    op.create_table(
        "touchpoint",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_touchpoint_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touchpoint")),
        sa.UniqueConstraint("case_id", "kind", "day", name=op.f("uq_touchpoint_case_id_kind_day")),
    )
    with op.batch_alter_table("touchpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_touchpoint_case_id"), ["case_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("delivery", sa.String(length=30), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_message_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["personal_link.id"], name=op.f("fk_message_link_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"],
            ["touchpoint.id"],
            name=op.f("fk_message_touchpoint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("reference", name=op.f("uq_message_reference")),
        sa.UniqueConstraint("touchpoint_id", name=op.f("uq_message_touchpoint_id")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_message_waiting", ["state", "not_before"], unique=False)

    op.create_table(
        "outcome_score",
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
    with op.batch_alter_table("outcome_score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_score_case_key"), ["case_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outcome_score_response_id"), ["response_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("outcome_score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_score_response_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_score_case_key"))

    op.drop_table("outcome_score")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_waiting")
        batch_op.drop_index(batch_op.f("ix_message_case_id"))

    op.drop_table("message")
    with op.batch_alter_table("touchpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_touchpoint_case_id"))

    op.drop_table("touchpoint")
    op.drop_table("message_template")
    op.drop_table("handover_batch")
    with op.batch_alter_table("opt_out", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opt_out_case_key"))

    op.drop_table("opt_out")
    op.drop_table("handover_key")
    with op.batch_alter_table("contact_detail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_detail_address_hash"))

    op.drop_table("contact_detail")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_service"))
        batch_op.drop_index(batch_op.f("ix_case_referral_date"))

    op.drop_table("case")
