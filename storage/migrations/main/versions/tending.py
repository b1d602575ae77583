"""Who changed what in the directory, and numbers that did not answer

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_changes_thing_seq", "changes", ["thing", "seq"], unique=True)
    op.create_index("ix_changes_day", "changes", ["day"])
    op.create_table(
        "unanswered",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("tried_on", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
