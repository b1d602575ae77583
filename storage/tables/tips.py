"""Safety tips: public, in clear. Words of a tip stand in the catalogues until an admin writes her own."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from storage.tables.columns import main_metadata, number, text_

tips = Table(
    "tips",
    main_metadata,
    Column("id", Text, primary_key=True),
    number("rank", default=0),  # its place among the others
    text_("situations", default="[]"),  # JSON list: where it is told
    text_("words", default="{}"),  # JSON, language -> what is said instead of the catalogue
    text_("source", default=""),
    number("reviewed_on", null=True),  # the day somebody last looked whether it still holds
    number("shown", default=1),
)
