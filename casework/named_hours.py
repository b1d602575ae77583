"""The hours in which she allowed us to write, wherever she named them: with any report that her number leads to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from storage import audit, reports, ways_back
from storage.database import Unit
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender


def with_reports(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> Iterator[object]:
    """Each as she named it: the id of a choice, or her own words."""
    for report_id in ways_back.linked(unit, keyring, sender, now):
        try:
            report = reports.fetch(unit, keyring, report_id, hold=False)
            route = ways_back.contact(unit, keyring, report, now) if report is not None else None
        except Tampered as fault:  # what she allowed is not known any more: no hour is sure to suit her
            audit.note_fault(unit, keyring, str(fault), now)
            yield str(fault)
        else:
            if route is not None:
                yield route.get("hours")
