"""Facts: what may be counted, in a table that joins to nothing.

Waiting facts go over in one shuffled batch a day, so that neither order nor time tells whose
they are.
"""

from __future__ import annotations

from sqlalchemy import bindparam

from storage import cases
from storage.database import Unit
from storage.tables import facts
from storage.vault.keyring import Keyring
from storage.vault.randomness import shuffled

_PUT = facts.insert().values({column.name: bindparam(column.name) for column in facts.c})


def count_pending(unit: Unit, keyring: Keyring) -> int:
    """Move every waiting fact among the counted ones, in random order; return how many."""
    waiting = shuffled(list(cases.take_pending_facts(unit, keyring)))
    for fact in waiting:
        unit.main.run(_PUT, **{**fact, "tag": bytes.fromhex(fact["tag"]), "mark": bytes.fromhex(fact["mark"])})
    return len(waiting)
