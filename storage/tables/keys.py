"""The second database: what opens the rows of the first. One row less here, and what it covers is unreadable for good."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from storage.tables.columns import bytes_, id_, keys_metadata, number, text_

shred_keys = Table(
    "shred_keys",
    keys_metadata,
    id_(),  # a report's id or a draft's
    bytes_("wrapped"),
    text_("key_id"),
    number("day"),
    Index(None, "day"),
    Index(None, "key_id"),
    sqlite_with_rowid=False,
)

day_keys = Table(
    "day_keys",
    keys_metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    bytes_("wrapped"),
    text_("key_id"),
)

heads = Table(
    "heads",
    keys_metadata,
    text_("kind"),  # "report", "audit" or "staff"
    bytes_("id"),
    number("seq"),
    bytes_("hash"),
    number("day"),
    PrimaryKeyConstraint("kind", "id"),
    sqlite_with_rowid=False,
)

erasures = Table(
    "erasures",
    keys_metadata,
    id_("report_id"),  # shredded, its rows in MAIN perhaps not yet gone
    bytes_("sealed"),  # what else of it must go: ids that its own rows can no longer tell
    text_("key_id", default=""),
    number("day"),
    sqlite_with_rowid=False,
)
