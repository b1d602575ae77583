"""The house's own: its log, and small plain facts of itself."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from storage.tables.columns import bytes_, main_metadata, number, text_

audit = Table(
    "audit",
    main_metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    bytes_("previous"),
    bytes_("mac"),
    bytes_("sealed"),
    text_("key_id", default=""),
    number("day"),
)

settings_kv = Table("settings_kv", main_metadata, Column("name", Text, primary_key=True), text_("value"))
