"""After a rotation: what lives long is sealed anew under the current key, so that the old one can go.

Drafts, answers, waiting facts and the outbox die by themselves within days, pockets within 30, links within 90. Never sealed anew:
numbers of reports (found by the pepper they were made with), until their reports go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import (
    audit,
    changes,
    counsellors,
    erasing,
    heads,
    papers,
    passages,
    reports,
    shredding,
    subscriptions,
    teams,
    ways_back,
    wishes,
    wordings,
)
from storage.database import Database, Unit
from storage.staff import doors, people, topics
from storage.tables import audit as log
from storage.tables import changes as change_table
from storage.tables import (
    contacts,
    day_keys,
    erased_cases,
    erasures,
    holders,
    inbox,
    links,
    pending_facts,
    sessions,
    settings_kv,
    shred_keys,
    staff,
    staff_doors,
    staff_invitations,
    staff_pairings,
    staff_sessions,
    staff_topics,
)
from storage.tables import counsellors as counsellor_table
from storage.tables import papers as paper_table
from storage.tables import passages as passage_table
from storage.tables import reports as report_table
from storage.tables import subscriptions as subscription_table
from storage.tables import wishes as wish_table
from storage.tables import wordings as wording_table
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, open_sealed, seal

BATCH = 200

_p = bindparam
_MAIN_KEYS = (
    sessions.c.key_id, inbox.c.key_id, report_table.c.key_id, report_table.c.pepper_id, holders.c.key_id,
    links.c.key_id, contacts.c.key_id, pending_facts.c.key_id, wish_table.c.key_id, log.c.key_id,
    staff.c.key_id, staff.c.pepper_id, staff_invitations.c.key_id, staff_sessions.c.key_id, staff_doors.c.key_id,
    staff_pairings.c.key_id, staff_topics.c.key_id,
    counsellor_table.c.key_id, erased_cases.c.key_id, paper_table.c.key_id,
    change_table.c.key_id, subscription_table.c.key_id, subscription_table.c.tag_key_id,
    wording_table.c.key_id, passage_table.c.key_id,
)  # fmt: skip
_KEYS_KEYS = (shred_keys.c.key_id, day_keys.c.key_id, erasures.c.key_id)
_USES = {column: select(func.count()).where(column == _p("of")) for column in (*_MAIN_KEYS, *_KEYS_KEYS)}
_NAME = "keyring"
_CURRENT = select(settings_kv.c.value).where(settings_kv.c.name == _NAME)
_NOTE = insert(settings_kv).values(name=_NAME, value=_p("value"))
_NOTE = _NOTE.on_conflict_do_update(index_elements=["name"], set_={"value": _NOTE.excluded.value})


def uses(unit: Unit, key_id: str) -> int:
    """How many rows need this key of the keyring; at 0 it can go."""
    counted = [unit.main.one(_USES[column], of=key_id) for column in _MAIN_KEYS]
    counted += [unit.keys.one(_USES[column], of=key_id) for column in _KEYS_KEYS]
    return sum(int(row[0]) for row in counted if row)


def unused(unit: Unit, keyring: Keyring) -> list[str]:
    """Earlier keys that no row needs. Never the current one: a running process may be about to seal under it."""
    return [key_id for key_id in keyring.ids[:-1] if uses(unit, key_id) == 0]


def note_current(unit: Unit, key_id: str) -> None:
    """The keyring was rotated: processes that do not hold this key see by it that they must be restarted."""
    unit.main.run(_NOTE, value=key_id)


def current_key(unit: Unit) -> str:
    """The id noted last, or ""."""
    row = unit.main.one(_CURRENT)
    return row[0] if row else ""


def reseal(database: Database, keyring: Keyring, now: datetime) -> Sequence[str]:
    """Seal anew whatever lies under an earlier key; return what does not open. May be killed and run again."""
    faults: list[str] = []
    if len(keyring.ids) == 1:
        return faults
    for kind in _KINDS:
        after = b""
        while ids := database.read(partial(kind.under_others, key_id=keyring.current, after=after)):
            faults += database.work(partial(_each, kind.seal, keyring=keyring, ids=ids))
            after = ids[-1]
    return faults + _reseal_log(database, keyring, now)


class _Kind:
    """One table whose rows are sealed anew."""

    def __init__(self, table: Any, name: str, seal: Callable[[Unit, Keyring, bytes], None], *, keys: bool) -> None:
        column = table.c[name]
        self._find = (
            select(column).where(table.c.key_id != _p("key_id"), column > _p("after")).order_by(column).limit(BATCH)
        )
        self._keys = keys
        self.seal = seal

    def under_others(self, unit: Unit, key_id: str, after: bytes) -> list[bytes]:
        side = unit.keys if self._keys else unit.main
        return [row[0] for row in side.all(self._find, key_id=key_id, after=after)]


def _each(
    seal_one: Callable[[Unit, Keyring, bytes], None], unit: Unit, keyring: Keyring, ids: Sequence[bytes]
) -> list[str]:
    faults = []
    for row_id in ids:
        try:
            seal_one(unit, keyring, row_id)
        except Tampered as fault:
            faults.append(str(fault))
    return faults


def _report(unit: Unit, keyring: Keyring, report_id: bytes) -> None:
    report = reports.fetch(unit, keyring, report_id)
    if report is not None:
        reports.reseal(unit, keyring, report)


def _sealed_column(
    side: str,
    table: Any,
    name: str,
    column: str,
    purpose: Purpose,
    context: Callable[[bytes, str, int], Context],
    day: str,
) -> Callable[[Unit, Keyring, bytes], None]:
    row_of = select(table.c[column], table.c.key_id, table.c[day]).where(table.c[name] == _p("of")).with_for_update()
    put = update(table).where(table.c[name] == _p("of")).values({column: _p("sealed_now"), "key_id": _p("key_now")})

    def seal_one(unit: Unit, keyring: Keyring, row_id: bytes) -> None:
        rows = getattr(unit, side)
        row = rows.one(row_of, of=row_id)
        if row is None:
            return
        sealed, key_id, on = row
        inside = open_sealed(keyring.key(purpose, key_id), sealed, context(row_id, key_id, on))
        anew = seal(keyring.key(purpose), inside, context(row_id, keyring.current, on))
        rows.run(put, of=row_id, sealed_now=anew, key_now=keyring.current)

    return seal_one


def _reseal_log(database: Database, keyring: Keyring, now: datetime) -> list[str]:
    if not database.read(lambda unit: audit.under_others(unit, keyring.current)):
        return []
    look = database.read(lambda unit: heads.look_at_log(unit, keyring))
    if look.faults:
        return list(look.faults)
    # Three units, so that a kill after any of them leaves nothing that looks like a fault.
    database.work(heads.forget_log)
    database.work(lambda unit: audit.reseal(unit, keyring))
    look = database.read(lambda unit: heads.look_at_log(unit, keyring))
    database.work(partial(heads.keep, sound=look.sound, now=now))
    return []


_KINDS = (
    _Kind(shred_keys, "id", shredding.reseal, keys=True),
    _Kind(report_table, "id", _report, keys=False),
    _Kind(staff, "id", people.reseal, keys=False),
    _Kind(staff_doors, "staff_id", doors.reseal, keys=False),
    _Kind(staff_topics, "id", topics.reseal, keys=False),
    _Kind(counsellor_table, "staff_id", counsellors.reseal, keys=False),
    _Kind(paper_table, "id", papers.reseal, keys=False),
    _Kind(wording_table, "id", wordings.reseal, keys=False),
    _Kind(passage_table, "id", passages.reseal, keys=False),
    _Kind(subscription_table, "tag", subscriptions.reseal, keys=False),
    _Kind(
        contacts,
        "id",
        _sealed_column("main", contacts, "id", "sealed", Purpose.ROUTES, ways_back.contact_context, "until_day"),
        keys=False,
    ),
    _Kind(
        change_table,
        "id",
        _sealed_column(
            "main",
            change_table,
            "id",
            "sealed",
            Purpose.STAFF,
            lambda of, key_id, _: changes.context_of(of, key_id),
            "day",
        ),
        keys=False,
    ),
    _Kind(
        wish_table,
        "tag",
        _sealed_column("main", wish_table, "tag", "sealed", Purpose.METADATA, wishes.context_of, "quarter"),
        keys=False,
    ),
    _Kind(
        holders,
        "id",
        _sealed_column(
            "main",
            holders,
            "id",
            "vouched",
            Purpose.AUDIT,
            lambda of, key_id, _: teams.vouched_context(of, key_id),
            "created_day",
        ),
        keys=False,
    ),
    _Kind(
        erasures,
        "report_id",
        _sealed_column(
            "keys",
            erasures,
            "report_id",
            "sealed",
            Purpose.METADATA,
            lambda of, key_id, _: erasing.context_of(of, key_id),
            "day",
        ),
        keys=True,
    ),
)
