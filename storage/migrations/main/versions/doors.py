"""How each of staff can be reached outside the console

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_doors",
        sa.Column("staff_id", sa.LargeBinary(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("staff_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_staff_doors_tag", "staff_doors", ["tag"], unique=True)
