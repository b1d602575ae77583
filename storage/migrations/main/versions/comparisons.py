"""How many comparisons of two wordings are over

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("current_editions", sa.Column("compared", sa.Integer(), server_default=sa.text("0"), nullable=False))
