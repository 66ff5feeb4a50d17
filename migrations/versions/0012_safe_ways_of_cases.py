"""the safe channel and times that the case system tells of a case"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: SQLite would build the table anew, and others point at its rows.
    op.add_column("case", sa.Column("safe_channel", sa.String(length=10), nullable=True))
    op.add_column("case", sa.Column("safe_times", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("case", "safe_times")
    op.drop_column("case", "safe_channel")
