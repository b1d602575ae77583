"""Publications: which edition of a flow holds, who published it and when. Append-only, sealed, counted from 1 a flow.

Beside them lies one small plain row a flow, by which every process sees within a message that there is another one. It
decides nothing: what holds is what the sealed line says, so nobody without the keyring publishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage import changes, editions
from storage.database import Unit
from storage.tables import current_editions
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring

_THING = "flow "
_p = bindparam
_SEAL = select(
    current_editions.c.name, current_editions.c.hash, current_editions.c.number, current_editions.c.compared
).order_by(current_editions.c.name)
_SET = insert(current_editions).values(name=_p("name"), hash=_p("hash"), number=_p("number"))
_SET = _SET.on_conflict_do_update(
    index_elements=["name"], set_={"hash": _SET.excluded.hash, "number": _SET.excluded.number}
)

Seal = tuple[tuple[str, str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """One line: from then on this edition held."""

    name: str
    number: int
    edition: str  # hash
    at: int  # seconds since 1970
    by: bytes = field(repr=False)  # of staff
    second: bytes = field(repr=False)  # who agreed; empty where nobody had to
    policy: str
    renamed: Mapping[str, str]
    shipped: str  # hash of the edition that came with Hamraz then
    follows: bool = False  # whatever comes with Hamraz holds
    draft: str = ""  # which draft, at which version, became this
    back_to: int | None = None  # the number of the publication that it went back to; 0: what came with Hamraz


def seal(unit: Unit) -> Seal:
    """What is another value once anything was published, or a comparison is over. Costs one small query."""
    return tuple(
        (str(name), str(edition), int(number), int(over)) for name, edition, number, over in unit.main.all(_SEAL)
    )


def of(unit: Unit, keyring: Keyring, name: str) -> list[Publication]:
    """Every publication of a flow, the first first. Raises Tampered when one was changed, or taken out of the middle."""
    return [_opened(name, change) for change in changes.of(unit, keyring, _THING + name)]


def add(unit: Unit, keyring: Keyring, one: Publication, body: str, now: datetime) -> Publication:
    """Let an edition hold from now on; its number and moment are what they come to be.

    body  its canonical JSON, kept for ever
    Two at once on PostgreSQL: the later one is a Duplicate, to be tried again.
    """
    editions.publish(unit, one.name, one.edition, body, now)
    content: dict[str, Any] = {
        "edition": one.edition,
        "by": one.by.hex(),
        "second": one.second.hex(),
        "policy": one.policy,
        "renamed": dict(one.renamed),
        "shipped": one.shipped,
        "follows": one.follows,
        "back_to": one.back_to,
        "draft": one.draft,
    }
    number = changes.add(unit, keyring, _THING + one.name, content, now)
    unit.main.run(_SET, name=one.name, hash=one.edition, number=number)
    return _opened(one.name, changes.Change(_THING + one.name, number, int(now.timestamp()), content))


def held(unit: Unit, keyring: Keyring, name: str) -> list[Publication]:
    """The same as `of`, held against the plain row. Raises Tampered when the end was cut off, or the row was set back."""
    found, row = of(unit, keyring, name), next((one for one in seal(unit) if one[0] == name), None)
    last = (name, found[-1].edition, found[-1].number) if found else None
    if (row[:3] if row is not None else None) != last:
        raise Tampered("current_editions.hash")
    return found


def _opened(name: str, change: changes.Change) -> Publication:
    content = change.content
    return Publication(
        name=name,
        number=change.seq,
        edition=content["edition"],
        at=change.at,
        by=bytes.fromhex(content["by"]),
        second=bytes.fromhex(content["second"]),
        policy=content["policy"],
        renamed=content["renamed"],
        shipped=content["shipped"],
        follows=content["follows"],
        back_to=content["back_to"],
        draft=content["draft"],
    )
