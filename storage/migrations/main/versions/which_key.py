"""Which key of the keyring a report's number and a line of the log were made with

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("pepper_id", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("audit", sa.Column("key_id", sa.Text(), server_default=sa.text("''"), nullable=False))
