"""The counsellors' chat: codes that pair an account, where a case stands, and words kept a day to be shown there

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    op.create_table(
        "staff_pairings",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_staff_pairings_staff_id", "staff_pairings", ["staff_id"])
    op.create_index("ix_staff_pairings_until", "staff_pairings", ["until"])
    op.create_table(
        "staff_topics",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.LargeBinary(), nullable=False),
        sa.Column("report_id", sa.LargeBinary(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), server_default=EMPTY, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_staff_topics_staff_id_report_id", "staff_topics", ["staff_id", "report_id"], unique=True)
    op.create_index("ix_staff_topics_report_id", "staff_topics", ["report_id"])
    op.create_index("ix_staff_topics_tag", "staff_topics", ["tag"], unique=True)
    op.create_table(
        "unshown",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("report_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day_key", sa.Integer(), nullable=False),
        sa.Column("leaves", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unshown_report_id", "unshown", ["report_id"])
    op.create_index("ix_unshown_leaves", "unshown", ["leaves"])
