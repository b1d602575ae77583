"""When the address of a file that goes out ends, apart from when the file itself leaves

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enclosures", sa.Column("link_until", sa.BigInteger(), nullable=True))
