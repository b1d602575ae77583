"""The directory of help: public, in clear."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Table, Text

from storage.tables.columns import main_metadata, number, text_

districts = Table(
    "districts",
    main_metadata,
    Column("id", Text, primary_key=True),
    text_("names"),  # JSON, language -> name
    text_("province", default=""),
    text_("division", default=""),  # where to look next when a district has nothing
    Column("lat", Float, nullable=True),
    Column("lon", Float, nullable=True),
    number("rank", default=0),
)

resources = Table(
    "resources",
    main_metadata,
    Column("id", Text, primary_key=True),
    text_("kind"),
    text_("names"),  # JSON, language -> name
    text_("phones", default="[]"),  # JSON list
    text_("messaging", default=""),  # SMS or WhatsApp number
    text_("address", default=""),
    text_("district", default=""),  # a district's id, a province in lower case, "" = everywhere
    Column("lat", Float, nullable=True),
    Column("lon", Float, nullable=True),
    text_("precision", default=""),
    number("sensitive", default=0),  # 1: the place itself is never shown
    text_("hours", default=""),
    text_("audience", default=""),
    text_("source", default=""),
    text_("source_date", default=""),
    text_("verified", default=""),
    number("verified_on", null=True),  # the day somebody of ours dialled it
    text_("verify_scope", default=""),
    text_("phone_kind", default=""),
    text_("notes", default=""),
    text_("serves", default="[]"),  # JSON list
    text_("languages", default="[]"),  # JSON list of codes
    text_("call_cost", default=""),
    text_("schedule", default=""),  # when a centre that moves is where
    Index(None, "kind", "district"),
    Index(None, "district"),
)
