"""The engine that calls workers to what waits in the outbox, on PostgreSQL: procrastinate's own tables

Its schema lies beside this file as version 3.10.0 ships it (MIT). A later version's migrations become revisions of ours.
Its trigger that notifies of each call is left off: PostgreSQL lets one transaction that notifies commit at a time, and
every turn that has something to send would be one. `storage.outbox.engine` notifies afterwards, once for many.

Revision: 0014, after 0013
"""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parent.parent / "procrastinate_3_10_0.sql"
TRIGGER = "procrastinate_jobs_notify_queue_job_inserted_v1"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return  # there a loop in each process looks by itself
    connection.execution_options(no_parameters=True).exec_driver_sql(SCHEMA.read_text(encoding="utf-8"))
    connection.exec_driver_sql(f"ALTER TABLE procrastinate_jobs DISABLE TRIGGER {TRIGGER}")
