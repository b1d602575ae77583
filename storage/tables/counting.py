"""What may be counted, and tries at receipts that are."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from storage.tables.columns import bytes_, id_, main_metadata, number, text_

pending_facts = Table(
    "pending_facts",
    main_metadata,
    id_(),  # its own, and its own shred key's: only the report, sealed, knows which is its fact
    bytes_("sealed"),
    text_("key_id", default=""),
    number("day"),
    Index(None, "day"),
    sqlite_with_rowid=False,
)

facts = Table(
    "facts",
    main_metadata,
    id_("tag"),  # 32 bytes, HKDF(shred key, "fact"): nobody else can join it to a report
    bytes_("mark"),  # 16 bytes: distinct reporters within a quarter
    number("day"),
    number("month"),  # year * 12 + month - 1
    text_("district", default=""),
    text_("area", default=""),
    text_("kind", default=""),  # taxonomy code
    text_("place", default=""),
    text_("relation", default=""),
    text_("path", default=""),
    text_("language", default=""),
    text_("day_part", default=""),
    text_("response", default=""),  # what bystanders did
    text_("told", default=""),  # reported to whom
    text_("wants", default=""),
    text_("institution", default=""),
    number("child", default=0),  # 1 when under 18
    Index(None, "district", "kind", "month"),
    Index(None, "month", "district"),
    sqlite_with_rowid=False,
)

guesses = Table(
    "guesses",
    main_metadata,
    bytes_("tag"),  # 16 bytes: Sender.guess_tag, a mark of hers, or one for everybody together
    number("window"),
    number("count"),
    PrimaryKeyConstraint("tag", "window"),
    Index(None, "window"),
    sqlite_with_rowid=False,
)
