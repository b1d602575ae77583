"""Every published flow, for ever as it was."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from storage.tables.columns import main_metadata, number, text_

editions = Table(
    "editions",
    main_metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the body, hexadecimal
    text_("name"),
    text_("body"),  # JSON
    number("published_day"),
    Index(None, "name"),
)

# By this every process sees that another edition was published; which one holds, the sealed line says (changes, "flow NAME").
current_editions = Table(
    "current_editions",
    main_metadata,
    Column("name", Text, primary_key=True),
    text_("hash"),
    number("number", default=0),  # of the publication
    number("compared", default=0),  # how many comparisons of two wordings are over (changes, "comparison NAME")
)

# The conversations that prove an edition, kept when it was published: steps, ways and keys of phrases, no words.
walkthroughs = Table(
    "walkthroughs",
    main_metadata,
    Column("edition", Text, primary_key=True),  # its hash
    text_("body"),  # JSON
)
