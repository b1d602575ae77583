"""Wordings: what an organisation says instead of the shipped words, and what it is still writing. One seal each."""

from __future__ import annotations

from sqlalchemy import Index, Table

from storage.tables.columns import bytes_, id_, main_metadata, number, text_

wordings = Table(
    "wordings",
    main_metadata,
    id_(),
    text_("language"),  # "ur_Latn"
    text_("phrase"),  # "report.when.ask", "report.when.ask@sms"
    bytes_("sealed"),  # what is said, what is a draft, who wrote it
    text_("key_id", default=""),
    number("version", default=1),
    Index(None, "language", "phrase", unique=True),
    sqlite_with_rowid=False,
)
