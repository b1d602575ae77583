"""Whose case a report is, who takes cases, notes among colleagues, and cases that were erased

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    op.add_column("reports", sa.Column("holder_id", sa.LargeBinary(), nullable=True))
    op.create_index("ix_reports_holder_id", "reports", ["holder_id"])
    op.create_table(
        "counsellors",
        sa.Column("staff_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("staff_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notes",
        sa.Column("report_id", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erased_cases",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("holder_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_erased_cases_holder_id", "erased_cases", ["holder_id"])
    op.create_index("ix_erased_cases_day", "erased_cases", ["day"])
