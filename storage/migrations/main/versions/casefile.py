"""What belongs to a case beside the talk, and files that go out with an answer

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "casebook",
        sa.Column("report_id", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enclosures",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day_key", sa.Integer(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_enclosures_owner", "enclosures", ["owner"])
    op.create_index("ix_enclosures_until", "enclosures", ["until"])
