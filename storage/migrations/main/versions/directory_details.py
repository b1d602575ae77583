"""For whom an office is, in which languages, what the call costs, and when a centre that moves is where

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, default in (("serves", "'[]'"), ("languages", "'[]'"), ("call_cost", "''"), ("schedule", "''")):
        op.add_column("resources", sa.Column(name, sa.Text(), server_default=sa.text(default), nullable=False))
