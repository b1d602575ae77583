"""Colleges, schools and workplaces to choose from: public, in clear. What is asked for and lacking: sealed."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from storage.tables.columns import bytes_, id_, main_metadata, number, text_

institutions = Table(
    "institutions",
    main_metadata,
    Column("id", Text, primary_key=True),
    number("number"),  # on its posters; never another's, also when it has closed
    text_("names"),  # JSON, language -> name
    text_("others", default="[]"),  # JSON list of other spellings and short names
    text_("kind"),
    text_("city", default=""),
    text_("district", default=""),  # a district's id, "" = not known
    number("active", default=1),  # 0: closed, and not offered any more
    text_("source", default=""),
    Index(None, "number", unique=True),
)

wishes = Table(
    "wishes",
    main_metadata,
    id_("tag"),  # 32 bytes, HKDF(shred key, "wish"): nobody else can join it to a report
    bytes_("mark"),  # 16 bytes: distinct reporters within a quarter; another than that of her facts
    number("quarter"),  # year * 4 + quarter, from 0
    bytes_("sealed"),  # the name of an institution that the list lacks
    text_("key_id", default=""),
    Index(None, "quarter"),
    sqlite_with_rowid=False,
)
