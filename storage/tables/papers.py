"""Papers: what the team writes for itself. Few, short, each one seal: opening hours, canned replies and what they said before."""

from __future__ import annotations

from sqlalchemy import Index, Table

from storage.tables.columns import bytes_, id_, main_metadata, number, text_

papers = Table(
    "papers",
    main_metadata,
    id_(),
    text_("kind"),  # "hours", "canned", "canned before"
    bytes_("about"),  # the paper that it belongs to; empty for most
    bytes_("sealed"),
    text_("key_id", default=""),
    number("version", default=1),
    number("day"),
    Index(None, "kind", "about"),
    sqlite_with_rowid=False,
)
