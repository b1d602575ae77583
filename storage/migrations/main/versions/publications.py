"""The number of the publication that holds, beside its edition

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("current_editions", sa.Column("number", sa.Integer(), server_default=sa.text("0"), nullable=False))
