"""Passages: how often each question of an edition was asked, answered or left, week by week. One seal each."""

from __future__ import annotations

from sqlalchemy import Index, Table

from storage.tables.columns import bytes_, id_, main_metadata, number, text_

passages = Table(
    "passages",
    main_metadata,
    id_(),
    number("week"),  # storage.passages.week_of
    text_("edition"),  # of a flow, by its hash
    bytes_("sealed"),  # numbers only; sealed all the same, for a small one may be somebody
    text_("key_id", default=""),
    number("version", default=1),
    Index(None, "week", "edition", unique=True),
    sqlite_with_rowid=False,
)
