"""Is everything as we left it? What a seal cannot refuse (an older row put back, an end cut off) is found here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from storage import audit, cases, erasing, heads, reports
from storage.database import Database, Unit
from storage.staff import watching
from storage.vault.keyring import Keyring


def findings(database: Database, keyring: Keyring, *, erased_since: bool = False) -> Iterator[str]:
    """Everything that is not as we left it, a line each: a place, never a value. Changes nothing.

    erased_since  MAIN is older than KEYS: a report that no key opens was erased in between
    Looks at every report, 10,000 in about half a second.
    """
    log = database.read(lambda unit: heads.look_at_log(unit, keyring))
    yield from log.faults
    if not log.faults:
        yield from database.read(lambda unit: _recorded(unit, keyring))
    yield from _look_at_staff(database, keyring).faults
    for look in _looks(database, keyring):
        erased = tuple(f"report {one.hex()[:8]}" for one in look.unreadable) if erased_since else ()
        yield from (fault for fault in look.faults if not fault.startswith(erased))


def opening(database: Database, keyring: Keyring) -> tuple[int, int]:
    """How many reports there are that open, as far as the house's own keys go, and how many that no key opens."""
    opened = database.read(lambda unit: sum(1 for _ in cases.everyones(unit, keyring)))
    return opened, database.read(reports.count) - opened


def verify_log(database: Database, keyring: Keyring) -> tuple[int, list[str]]:
    """How many lines the house's log has, and what is wrong with it. Changes nothing."""
    look = database.read(lambda unit: heads.look_at_log(unit, keyring))
    return (look.sound[0].seq if look.sound else 0), list(look.faults)


def copy_heads(database: Database, keyring: Keyring, now: datetime) -> list[str]:
    """Keep what every report and every member of staff looks like now, in the other database; return what was not as we left it."""
    log = database.read(lambda unit: heads.look_at_log(unit, keyring))
    staff = _look_at_staff(database, keyring)
    faults = [*log.faults, *staff.faults]
    database.work(lambda unit: watching.keep(unit, list(staff.sound), now))
    for look in _looks(database, keyring):
        faults += look.faults
        database.work(partial(heads.keep, sound=look.sound, now=now))
    if not log.faults:
        database.work(lambda unit: audit.append(unit, keyring, "heads copied", now))
        log = database.read(lambda unit: heads.look_at_log(unit, keyring))
        database.work(partial(heads.keep, sound=log.sound, now=now))
    return faults


def accept(database: Database, keyring: Keyring, now: datetime) -> list[str]:
    """MAIN was restored on purpose: take it as it is. Rows that no key opens any more go; what else is wrong stays.

    Returns what is wrong all the same.
    """
    for look in _looks(database, keyring):
        for report_id in look.unreadable:
            database.work(partial(erasing.take_rows, report_id=report_id))
    database.work(heads.forget_all)
    database.work(lambda unit: audit.append(unit, keyring, _ACCEPTED, now))
    return copy_heads(database, keyring, now)


_ACCEPTED = "accepted"


def _looks(database: Database, keyring: Keyring) -> Iterator[heads.Look]:
    after: bytes | None = b""
    while after is not None:
        look = database.read(partial(heads.look, keyring=keyring, after=after))
        if look.faults:  # perhaps it was filed or erased while we looked
            look = database.read(partial(heads.look, keyring=keyring, after=after))
        yield look
        after = look.after


def _look_at_staff(database: Database, keyring: Keyring) -> heads.Look:
    look = database.read(lambda unit: watching.look(unit, keyring))
    if look.faults:  # perhaps she was removed while we looked
        look = database.read(lambda unit: watching.look(unit, keyring))
    return look


def _recorded(unit: Unit, keyring: Keyring) -> list[str]:
    """Faults on record since everything was last accepted."""
    faults: list[str] = []
    for line in audit.lines(unit, keyring):
        if line.what == "fault":
            faults.append(line.detail)
        elif line.what == _ACCEPTED:
            faults = []
    return faults
