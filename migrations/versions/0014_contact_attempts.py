"""how often somebody tried to reach the person in a case"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: SQLite would build the table anew, and others point at its rows.
    op.add_column("case", sa.Column("contact_attempts", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("case", "contact_attempts")
