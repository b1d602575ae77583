"""What tending the directory leaves behind: who changed what, numbers that did not answer, and what reporters said of numbers."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from storage.tables.columns import bytes_, id_, main_metadata, number, text_

# The directory is public; who of staff works on it, and when, is not.
changes = Table(
    "changes",
    main_metadata,
    id_(),
    text_("thing"),  # "row res001"
    number("seq"),  # 1, 2, 3… of this thing
    bytes_("sealed"),  # by whom, at which minute, what was there before and after
    text_("key_id", default=""),
    number("day"),
    Index(None, "thing", "seq", unique=True),
    Index(None, "day"),
    sqlite_with_rowid=False,
)

unanswered = Table(
    "unanswered",
    main_metadata,
    Column("number", Text, primary_key=True),  # as it is dialled
    number("times"),  # on different days, one after the other
    number("tried_on"),  # the last of these days
)

# What reporters said of a number a day after they were shown it: counts, never who. A number that an office had before keeps its own.
feedback = Table(
    "feedback",
    main_metadata,
    Column("resource", Text, primary_key=True),  # id of the row
    Column("number", Text, primary_key=True),  # as it was told
    Column("day", Integer, primary_key=True),  # days since 1970
    number("answered"),
    number("silent"),
    number("wrong"),
    sqlite_with_rowid=False,
)
