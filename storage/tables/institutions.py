"""Colleges, schools and workplaces to choose from: public, in clear."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from storage.tables.columns import main_metadata, number, text_

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
