"""The counsellors' desk: who takes cases and how many, notes among colleagues, and cases that were erased."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from storage.tables.columns import bytes_, id_, main_metadata, number, seconds, text_

counsellors = Table(
    "counsellors",
    main_metadata,
    id_("staff_id"),
    bytes_("sealed"),  # languages, capacity, on duty until
    text_("key_id", default=""),
    number("version", default=1),
    sqlite_with_rowid=False,
)


def _beside(name: str) -> Table:
    """See storage/beside.py."""
    return Table(
        name,
        main_metadata,
        bytes_("report_id"),
        number("seq"),
        bytes_("sealed"),  # to the report's pair, inside its shred key
        number("day"),
        PrimaryKeyConstraint("report_id", "seq"),
        sqlite_with_rowid=False,
    )


# Beside the thread and not in it: whatever reads a thread for her cannot meet a note.
notes = _beside("notes")

# Beside the thread, too: what was done with a case, referrals, the safety plan, and who asked whom to agree to what.
casebook = _beside("casebook")

erased_cases = Table(
    "erased_cases",
    main_metadata,
    id_(),
    bytes_("holder_id"),  # who is told
    bytes_("sealed"),  # its code, nothing else
    text_("key_id", default=""),
    number("day"),
    Index(None, "holder_id"),
    Index(None, "day"),
    sqlite_with_rowid=False,
)

unshown = Table(
    "unshown",
    main_metadata,
    id_(),
    bytes_("report_id"),
    bytes_("sealed"),  # her words or a file of hers, to be shown in chat; under the day key
    number("day_key"),
    seconds("leaves"),  # rows live 24 h at most
    Index(None, "report_id"),
    Index(None, "leaves"),
    sqlite_with_rowid=False,
)
