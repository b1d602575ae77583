"""Subscriptions: who asked to be told what is on. One row a person, found by nothing but her own address."""

from __future__ import annotations

from sqlalchemy import Index, Table

from storage.tables.columns import bytes_, id_, main_metadata, number, text_

subscriptions = Table(
    "subscriptions",
    main_metadata,
    id_("tag"),  # Sender.news_tag
    text_("tag_key_id"),  # keyring key that the tag was made under
    bytes_("sealed"),  # address, language, districts, hours, and what she was sent
    text_("key_id", default=""),
    number("until_day"),
    Index(None, "until_day"),
    sqlite_with_rowid=False,
)
