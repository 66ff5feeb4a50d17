"""foundation"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FREEZE = {
    "sqlite": (
        """CREATE TRIGGER survey_version_frozen BEFORE UPDATE ON survey_version
           WHEN NEW.document IS NOT OLD.document OR NEW.sha256 IS NOT OLD.sha256
             OR NEW.number IS NOT OLD.number OR NEW.survey_id IS NOT OLD.survey_id
           BEGIN SELECT RAISE(ABORT, 'a published version is never changed'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION survey_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN
             IF (NEW.document, NEW.sha256, NEW.number, NEW.survey_id)
                IS DISTINCT FROM (OLD.document, OLD.sha256, OLD.number, OLD.survey_id) THEN
               RAISE EXCEPTION 'a published version is never changed';
             END IF;
             RETURN NEW;
           END $$""",
        """CREATE TRIGGER survey_version_frozen BEFORE UPDATE ON survey_version
           FOR EACH ROW EXECUTE FUNCTION survey_version_frozen()""",
    ),
}
THAW = {
    "sqlite": ("DROP TRIGGER survey_version_frozen",),
    "postgresql": (
        "DROP TRIGGER survey_version_frozen ON survey_version",
        "DROP FUNCTION survey_version_frozen()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=30), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_at"), ["at"], unique=False)

    op.create_table(
        "codebook",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codebook")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_codebook_key_version")),
    )
    op.create_table(
        "job",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_waiting", ["parked_at", "run_after"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("bucket", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_bucket"), ["bucket"], unique=False)

    op.create_table(
        "staff_user",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_user")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_user_email")),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["staff_user.id"],
            name=op.f("fk_invitation_invited_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "staff_role",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_staff_role_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_role")),
        sa.UniqueConstraint(
            "user_id", "role", "service", name=op.f("uq_staff_role_user_id_role_service")
        ),
    )
    op.create_table(
        "staff_session",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("acting_as", sa.String(length=30), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["staff_user.id"],
            name=op.f("fk_staff_session_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_staff_session_secret_hash")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "survey",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("codebook_id", sa.Uuid(), nullable=True),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("is_check_in", sa.Boolean(), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["codebook_id"], ["codebook.id"], name=op.f("fk_survey_codebook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("slug", name=op.f("uq_survey_slug")),
    )
    op.create_table(
        "collector",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_collector_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collector")),
        sa.UniqueConstraint("token", name=op.f("uq_collector_token")),
    )
    with op.batch_alter_table("collector", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collector_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "survey_draft",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edited_by"],
            ["staff_user.id"],
            name=op.f("fk_survey_draft_edited_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_draft_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_draft")),
        sa.UniqueConstraint("survey_id", name=op.f("uq_survey_draft_survey_id")),
    )
    op.create_table(
        "survey_version",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["staff_user.id"],
            name=op.f("fk_survey_version_published_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_version_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_version")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_survey_version_survey_id_number")),
    )
    op.create_table(
        "drop_off",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["survey_version.id"], name=op.f("fk_drop_off_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drop_off")),
        sa.UniqueConstraint(
            "version_id", "question_id", "day", name=op.f("uq_drop_off_version_id_question_id_day")
        ),
    )
    op.create_table(
        "personal_link",
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("case_key", sa.String(length=80), nullable=True),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("spent_on", sa.Date(), nullable=True),
        sa.Column("sealed_on", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("pace", sa.String(length=20), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collector.id"], name=op.f("fk_personal_link_collector_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"],
            ["staff_user.id"],
            name=op.f("fk_personal_link_issued_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_personal_link_token_hash")),
    )
    with op.batch_alter_table("personal_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_personal_link_case_key"), ["case_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_personal_link_collector_id"), ["collector_id"], unique=False
        )

    op.create_table(
        "draft",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code_key", sa.String(length=128), nullable=True),
        sa.Column("submission_key", sa.String(length=64), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collector.id"], name=op.f("fk_draft_collector_id")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["personal_link.id"], name=op.f("fk_draft_link_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["survey_version.id"], name=op.f("fk_draft_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("code_key", name=op.f("uq_draft_code_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_draft_secret_hash")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_draft_submission_key")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_touched_at"), ["touched_at"], unique=False)

    op.create_table(
        "response",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("disposition", sa.String(length=20), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("quarantined", sa.String(length=60), nullable=True),
        sa.Column("quote_consent", sa.Boolean(), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=True),
        sa.Column("crime_group", sa.String(length=40), nullable=True),
        sa.Column("age_band", sa.String(length=20), nullable=True),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("submission_key", sa.String(length=64), nullable=False),
        sa.Column("withdraw_key", sa.String(length=128), nullable=True),
        sa.Column("import_key", sa.String(length=64), nullable=True),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collector.id"], name=op.f("fk_response_collector_id")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["personal_link.id"], name=op.f("fk_response_link_id")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_response_survey_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["survey_version.id"], name=op.f("fk_response_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_response_submission_key")),
        sa.UniqueConstraint(
            "survey_id", "import_key", name=op.f("uq_response_survey_id_import_key")
        ),
        sa.UniqueConstraint("withdraw_key", name=op.f("uq_response_withdraw_key")),
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_response_collector_id"), ["collector_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_response_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_response_purge_on"), ["purge_on"], unique=False)
        batch_op.create_index("ix_response_survey_day", ["survey_id", "received_on"], unique=False)

    op.create_table(
        "answer",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(length=40), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("option_id", sa.String(length=40), nullable=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_answer_response_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "response_id",
            "question_id",
            "part",
            name=op.f("uq_answer_response_id_question_id_part"),
        ),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_answer_question_option", ["question_id", "option_id"], unique=False
        )

    op.create_table(
        "answer_text",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("typed_by_worker", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_answer_text_response_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_text")),
        sa.UniqueConstraint(
            "response_id",
            "question_id",
            "part",
            name=op.f("uq_answer_text_response_id_question_id_part"),
        ),
    )
    with op.batch_alter_table("answer_text", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_answer_text_question_id"), ["question_id"], unique=False
        )

    op.create_table(
        "contact_request",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("wish", sa.String(length=20), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("safe_until", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_contact_request_response_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_request")),
        sa.UniqueConstraint("response_id", name=op.f("uq_contact_request_response_id")),
    )
    op.create_table(
        "task",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("case_key", sa.String(length=80), nullable=True),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by"], ["staff_user.id"], name=op.f("fk_task_done_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["staff_user.id"], name=op.f("fk_task_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_task_response_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("response_id", "kind", name=op.f("uq_task_response_id_kind")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_case_key"), ["case_key"], unique=False)
        batch_op.create_index("ix_task_open", ["done_at", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_response_id"), ["response_id"], unique=False)

    op.create_table(
        "flag",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("tier", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=14), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_by", sa.Uuid(), nullable=True),
        sa.Column("closing_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["staff_user.id"], name=op.f("fk_flag_closed_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["closing_by"], ["staff_user.id"], name=op.f("fk_flag_closing_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["staff_user.id"], name=op.f("fk_flag_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_flag_response_id")),
        sa.ForeignKeyConstraint(
            ["text_id"], ["answer_text.id"], name=op.f("fk_flag_text_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("response_id", "reason", name=op.f("uq_flag_response_id_reason")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("ix_flag_order", ["status", "tier", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_response_id"), ["response_id"], unique=False)

    op.create_table(
        "machine_coding",
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("codebook_id", sa.Uuid(), nullable=False),
        sa.Column("coder", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("redactions", sa.JSON(), nullable=False),
        sa.Column("redacted_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sentiment", sa.String(length=10), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("risk_level", sa.String(length=10), nullable=False),
        sa.Column("risk_score", sa.Double(), nullable=False),
        sa.Column("risk_evidence", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("coded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["codebook_id"], ["codebook.id"], name=op.f("fk_machine_coding_codebook_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["answer_text.id"],
            name=op.f("fk_machine_coding_text_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_coding")),
        sa.UniqueConstraint("text_id", "coder", name=op.f("uq_machine_coding_text_id_coder")),
    )
    with op.batch_alter_table("machine_coding", schema=None) as batch_op:
        batch_op.create_index("ix_machine_coding_coder", ["coder"], unique=False)

    op.create_table(
        "quote",
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["staff_user.id"],
            name=op.f("fk_quote_approved_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["staff_user.id"],
            name=op.f("fk_quote_proposed_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["answer_text.id"], name=op.f("fk_quote_text_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
    )
    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quote_text_id"), ["text_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("codebook_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer_key", sa.String(length=40), nullable=False),
        sa.Column("coder", sa.String(length=80), nullable=True),
        sa.Column("drawn", sa.String(length=12), nullable=False),
        sa.Column("sentiment", sa.String(length=10), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["codebook_id"], ["codebook.id"], name=op.f("fk_review_codebook_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["staff_user.id"],
            name=op.f("fk_review_reviewer_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["answer_text.id"], name=op.f("fk_review_text_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "text_id",
            "codebook_id",
            "reviewer_key",
            name=op.f("uq_review_text_id_codebook_id_reviewer_key"),
        ),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index("ix_review_current", ["codebook_id", "is_current"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_text_id"), ["text_id"], unique=False)

    op.create_table(
        "flag_note",
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["staff_user.id"],
            name=op.f("fk_flag_note_author_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["flag.id"], name=op.f("fk_flag_note_flag_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_note")),
    )
    with op.batch_alter_table("flag_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_note_flag_id"), ["flag_id"], unique=False)

    op.create_table(
        "machine_code",
        sa.Column("coding_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=False),
        sa.Column("polarity", sa.String(length=10), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coding_id"],
            ["machine_coding.id"],
            name=op.f("fk_machine_code_coding_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_code")),
        sa.UniqueConstraint("coding_id", "theme", name=op.f("uq_machine_code_coding_id_theme")),
    )
    with op.batch_alter_table("machine_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_machine_code_theme"), ["theme"], unique=False)

    op.create_table(
        "machine_gap",
        sa.Column("coding_id", sa.Uuid(), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("barrier", sa.String(length=40), nullable=False),
        sa.Column("duration_days", sa.Integer(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coding_id"],
            ["machine_coding.id"],
            name=op.f("fk_machine_gap_coding_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_gap")),
        sa.UniqueConstraint(
            "coding_id", "need", "barrier", name=op.f("uq_machine_gap_coding_id_need_barrier")
        ),
    )
    op.create_table(
        "review_code",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=False),
        sa.Column("polarity", sa.String(length=10), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_code_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_code")),
        sa.UniqueConstraint("review_id", "theme", name=op.f("uq_review_code_review_id_theme")),
    )
    with op.batch_alter_table("review_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_code_theme"), ["theme"], unique=False)

    op.create_table(
        "review_gap",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("barrier", sa.String(length=40), nullable=False),
        sa.Column("duration_days", sa.Integer(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_gap_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_gap")),
        sa.UniqueConstraint(
            "review_id", "need", "barrier", name=op.f("uq_review_gap_review_id_need_barrier")
        ),
    )
    for statement in FREEZE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in THAW[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table("review_gap")
    with op.batch_alter_table("review_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_code_theme"))

    op.drop_table("review_code")
    op.drop_table("machine_gap")
    with op.batch_alter_table("machine_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_machine_code_theme"))

    op.drop_table("machine_code")
    with op.batch_alter_table("flag_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_note_flag_id"))

    op.drop_table("flag_note")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_text_id"))
        batch_op.drop_index("ix_review_current")

    op.drop_table("review")
    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quote_text_id"))

    op.drop_table("quote")
    with op.batch_alter_table("machine_coding", schema=None) as batch_op:
        batch_op.drop_index("ix_machine_coding_coder")

    op.drop_table("machine_coding")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_response_id"))
        batch_op.drop_index("ix_flag_order")

    op.drop_table("flag")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_response_id"))
        batch_op.drop_index("ix_task_open")
        batch_op.drop_index(batch_op.f("ix_task_case_key"))

    op.drop_table("task")
    op.drop_table("contact_request")
    with op.batch_alter_table("answer_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_text_question_id"))

    op.drop_table("answer_text")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_question_option")

    op.drop_table("answer")
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.drop_index("ix_response_survey_day")
        batch_op.drop_index(batch_op.f("ix_response_purge_on"))
        batch_op.drop_index(batch_op.f("ix_response_link_id"))
        batch_op.drop_index(batch_op.f("ix_response_collector_id"))

    op.drop_table("response")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_touched_at"))
        batch_op.drop_index(batch_op.f("ix_draft_link_id"))

    op.drop_table("draft")
    with op.batch_alter_table("personal_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_personal_link_collector_id"))
        batch_op.drop_index(batch_op.f("ix_personal_link_case_key"))

    op.drop_table("personal_link")
    op.drop_table("drop_off")
    op.drop_table("survey_version")
    op.drop_table("survey_draft")
    with op.batch_alter_table("collector", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collector_survey_id"))

    op.drop_table("collector")
    op.drop_table("survey")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_user_id"))

    op.drop_table("staff_session")
    op.drop_table("staff_role")
    op.drop_table("invitation")
    op.drop_table("staff_user")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempt_bucket"))

    op.drop_table("sign_in_attempt")
    op.drop_table("setting")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_waiting")

    op.drop_table("job")
    op.drop_table("codebook")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_at"))
        batch_op.drop_index(batch_op.f("ix_audit_event_actor_id"))

    op.drop_table("audit_event")
