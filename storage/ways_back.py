"""Ways back: the link from her number to her report, and how she may be written to. Both only as she allowed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select

from storage import audit
from storage.database import Unit
from storage.outbox.days import day_key, day_key_of
from storage.reports import Report
from storage.shredding import day_of
from storage.tables import contacts, leases, links
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal
from storage.vault.senders import Sender

LEASE_LIVES = timedelta(hours=24)  # from her last message: as long as WhatsApp lets anybody answer in free words

_p = bindparam
_LINK = links.insert().values(
    id=_p("id"), link_index=_p("link_index"), report_id=_p("sealed"), key_id=_p("key_id"), expires_day=_p("expires_day")
)
_LINKS = select(links.c.id, links.c.report_id, links.c.expires_day).where(links.c.link_index == _p("of"))
_CONTACT = contacts.insert().values(id=_p("id"), sealed=_p("sealed"), key_id=_p("key_id"), until_day=_p("until_day"))
_CONTACTED = select(contacts.c.sealed, contacts.c.key_id, contacts.c.until_day).where(contacts.c.id == _p("of"))
_LEASE = leases.insert().values(id=_p("id"), sealed=_p("sealed"), day_key=_p("day_key"), expires_day=_p("expires_day"))
_LEASED = select(leases.c.sealed, leases.c.day_key).where(leases.c.id == _p("of"))
_DROP = {
    "link": delete(links).where(links.c.id == _p("of")),
    "lease": delete(leases).where(leases.c.id == _p("of")),
    "contact": delete(contacts).where(contacts.c.id == _p("of")),
}
_OLD = tuple(
    delete(column.table).where(column < _p("day"))
    for column in (links.c.expires_day, contacts.c.until_day, leases.c.expires_day)
)


def add_link(unit: Unit, sender: Sender, report: Report, expires_day: int) -> None:
    """Let her number find the report, so that she can add to it. Only her own address opens the link.

    The caller saves the report, here and below.
    """
    link_id = new_id()
    unit.main.run(
        _LINK,
        id=link_id,
        link_index=sender.link_index,
        sealed=seal(sender.link_key, report.id, _link_context(link_id, expires_day)),
        key_id=sender.key_id,
        expires_day=expires_day,
    )
    report.refs["link"] = link_id.hex()


def linked(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> list[bytes]:
    """The ids of reports that her address is linked to. A link that does not open leads nowhere, so it goes."""
    found = []
    for one in sender.everyone:
        for link_id, sealed, day in unit.main.all(_LINKS, of=one.link_index):
            try:
                found.append(open_sealed(one.link_key, sealed, _link_context(link_id, day)))
            except Tampered as fault:  # she must be able to leave all the same
                unit.main.run(_DROP["link"], of=link_id)
                audit.note_fault(unit, keyring, str(fault), now)
    return found


def add_contact(unit: Unit, keyring: Keyring, report: Report, route: dict[str, Any], until_day: int) -> None:
    """Keep how she may be written to, until the day she chose."""
    contact_id, key_id = new_id(), keyring.current
    body = json.dumps(route, ensure_ascii=False).encode()
    sealed = seal(keyring.key(Purpose.ROUTES), body, contact_context(contact_id, key_id, until_day))
    unit.main.run(_CONTACT, id=contact_id, sealed=sealed, key_id=key_id, until_day=until_day)
    report.refs["contact"] = contact_id.hex()


def lease(unit: Unit, keyring: Keyring, report: Report, route: dict[str, Any], now: datetime) -> None:
    """Where a quick answer goes, for 24 hours: instead of where one went before. The caller saves the report."""
    drop(unit, "lease", report.refs.get("lease"))
    lease_id, day = new_id(), day_of(now)
    body = json.dumps({**route, "at": int(now.timestamp())}, ensure_ascii=False).encode()
    sealed = seal(day_key(unit, keyring, day), body, _lease_context(lease_id, report.id, day))
    unit.main.run(_LEASE, id=lease_id, sealed=sealed, day_key=day, expires_day=day + 1)
    report.refs["lease"] = lease_id.hex()


def leased(unit: Unit, keyring: Keyring, report: Report, now: datetime) -> dict[str, Any] | None:
    """Where a quick answer goes now; None when no way lives any more. Raises Tampered."""
    lease_id = bytes.fromhex(report.refs.get("lease", ""))
    row = unit.main.one(_LEASED, of=lease_id) if lease_id else None
    key = day_key_of(unit, keyring, row[1]) if row is not None else None
    if row is None or key is None:
        return None
    route: dict[str, Any] = json.loads(open_sealed(key, row[0], _lease_context(lease_id, report.id, row[1])))
    return route if now.timestamp() - route["at"] < LEASE_LIVES.total_seconds() else None


def contact(unit: Unit, keyring: Keyring, report: Report, now: datetime) -> dict[str, Any] | None:
    """How she may be written to until the day she chose; None without her yes, or after that day. Raises Tampered."""
    contact_id = bytes.fromhex(report.refs.get("contact", ""))
    row = unit.main.one(_CONTACTED, of=contact_id) if contact_id else None
    if row is None or row[2] < day_of(now):
        return None
    sealed, key_id, until_day = row
    context = contact_context(contact_id, key_id, until_day)
    route: dict[str, Any] = json.loads(open_sealed(keyring.key(Purpose.ROUTES, key_id), sealed, context))
    return route


def let_go(unit: Unit, report: Report) -> None:
    """Nothing leads from the report to her any more, or from her to it; the report stays."""
    for name in _DROP:
        drop(unit, name, report.refs.pop(name, None))


def drop(unit: Unit, name: str, reference: str | None) -> None:
    """Take away a link, lease or contact by what a report calls it; nothing when there is none."""
    if reference is not None and name in _DROP:
        unit.main.run(_DROP[name], of=bytes.fromhex(reference))


def expire(unit: Unit, day: int) -> int:
    """Take away what is past its day; return how many."""
    return sum(unit.main.run(statement, day=day) for statement in _OLD)


def contact_context(contact_id: bytes, key_id: str, until_day: int) -> Context:
    return Context("contacts", "sealed", contact_id, seq=until_day, key_id=key_id)


def _lease_context(lease_id: bytes, report_id: bytes, day: int) -> Context:
    return Context("leases", "sealed", lease_id, report=report_id, seq=day)


def _link_context(link_id: bytes, expires_day: int) -> Context:
    return Context("links", "report_id", link_id, seq=expires_day)
