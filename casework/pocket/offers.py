"""What can be done with the numbers she is shown, where she writes from: "save", "sms", "ask"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from casework.deployment.shelf import switched_off
from casework.deployment.table import TEXTS, TOMORROW
from casework.filing import Teller
from casework.pocket import question, safe_hours
from flows.desk import Slots
from storage.database import Unit
from storage.directory import Resource
from storage.vault.keyring import Keyring

_WRITTEN_TO = frozenset({"sms", "whatsapp", "telegram"})  # channels on which somebody can be asked tomorrow
_BESIDE_SMS = frozenset({"whatsapp", "telegram"})
_SAME = timedelta(minutes=1)


def offers(
    unit: Unit, keyring: Keyring, slots: Slots, rows: Iterable[Resource], teller: Teller, now: datetime, *, texts: bool
) -> Slots:
    """Slots for a flow: `can`, what can be done; `hour`, when she would be asked: "same", about this hour, or "hers".

    rows   that she is shown
    texts  whether SMS goes out at all
    Nobody who may be in danger is asked about numbers.
    """
    off = switched_off(unit, keyring)
    can = ["save"]
    if texts and teller.channel in _BESIDE_SMS and TEXTS not in off:
        can.append("sms")
    when = None
    if (
        TOMORROW not in off
        and any(row.phones for row in rows)
        and teller.channel in _WRITTEN_TO
        and slots.get("danger") != "red"
    ):
        when = question.moment(unit, keyring, teller, now)
    if when is None:
        return {"can": can}
    return {"can": [*can, "ask"], "hour": "same" if now + safe_hours.AFTER - when < _SAME else "hers"}
