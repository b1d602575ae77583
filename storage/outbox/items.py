"""Items that wait to be sent, fetched or wiped, each sealed with the conversation, kind and channel it is for.

A row is written in the turn's own unit of work and leaves when the provider has taken it.
A lease has an end: a worker that dies loses nothing, and its items are sent by another.
Only sends keep their order: a wipe or question ("ask") that must wait holds back no answer; nor does a send before its hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, delete, exists, func, or_, select, update

from storage import audit, shredding
from storage.database import Unit
from storage.outbox import paces
from storage.outbox.calls import call
from storage.outbox.days import day_key, day_key_of
from storage.outbox.enclosures import drop_file, drop_files, handed_over
from storage.outbox.hours import HAS_A_PLACE, LATER, SEND, earlier
from storage.tables import outbox
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_id, new_item_id
from storage.vault.sealing import Context, open_sealed, seal

LEASE = timedelta(seconds=30)  # unless its holder renews it
_AGAIN = timedelta(seconds=1)  # until a row that another worker holds in this moment is looked at again
WAITS = timedelta(hours=24)  # then it leaves: a day-old answer may reach the wrong eyes
KINDS = {"send": SEND, "wipe": 2, "fetch": 3, "ask": 5}
_KIND_NAMES = {number: name for name, number in KINDS.items()}
_WIPE, _ASK = KINDS["wipe"], KINDS["ask"]
_STOPPED = 4  # no item: a mark that this conversation wants nothing that it did not ask for
STOPPED_FOR = timedelta(days=90)  # then the number may be somebody else's

_p = bindparam
_LAST = select(
    func.coalesce(func.max(outbox.c.seq), 0),
    func.coalesce(func.max(case((outbox.c.kind == _STOPPED, 1), else_=0)), 0),
).where(outbox.c.owner == _p("owner"))
_PUT = outbox.insert().values(
    id=_p("id"),
    owner=_p("owner"),
    seq=_p("seq"),
    kind=_p("kind"),
    channel=_p("channel"),
    sealed=_p("sealed"),
    day_key=_p("day_key"),
    due=_p("due"),
    leaves=_p("leaves"),
    dead_reason=_p("why"),
    attempts=0,
)


def _waiting(*which: ColumnElement[bool]) -> Select[tuple[bytes, bytes, int, bytes, int, int]]:
    """Items that may be tried now, oldest first; of one second by id, which says when it was put (`new_item_id`).
    Of each conversation only its first send, leased or not: so its second waits, whoever asks.
    """
    chosen = select(
        outbox.c.id, outbox.c.owner, outbox.c.kind, outbox.c.sealed, outbox.c.day_key, outbox.c.attempts
    ).where(
        outbox.c.channel == _p("channel"),
        outbox.c.dead_reason.is_(None),
        outbox.c.due <= _p("due"),
        outbox.c.leaves > _p("now"),
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < _p("now")),
        or_(
            outbox.c.kind != SEND,
            ~exists().where(
                earlier.c.owner == outbox.c.owner,
                earlier.c.kind == SEND,
                earlier.c.dead_reason.is_(None),
                earlier.c.leaves > _p("now"),
                HAS_A_PLACE,
                or_(earlier.c.seq < outbox.c.seq, and_(earlier.c.seq == outbox.c.seq, earlier.c.id < outbox.c.id)),
            ),
        ),
        *which,
    )
    found: Select[tuple[bytes, bytes, int, bytes, int, int]] = chosen.order_by(outbox.c.due, outbox.c.id)
    return found.limit(_p("most")).with_for_update(of=outbox, skip_locked=True)


# What a worker is woken for: a conversation, whose sends go one after the other, or one wipe or fetch.
_BEHIND = or_(
    and_(outbox.c.kind == SEND, outbox.c.owner == _p("of")),
    and_(outbox.c.kind != SEND, outbox.c.id == _p("of")),
)
_READY = _waiting()
_READY_BEHIND = _waiting(_BEHIND)
_NEXT = (
    select(outbox.c.due, outbox.c.leased_until)
    .where(outbox.c.channel == _p("channel"), outbox.c.dead_reason.is_(None), outbox.c.leaves > _p("now"), _BEHIND)
    .order_by(case((LATER, 1), else_=0), outbox.c.seq, outbox.c.id)
    .limit(1)
)
_LEASE = update(outbox).where(outbox.c.id == _p("of")).values(leased_until=_p("until"), worker=_p("by"))
_MINE = and_(outbox.c.id == _p("of"), outbox.c.worker == _p("by"))
_RENEW = update(outbox).where(_MINE).values(leased_until=_p("until"))
_DONE = delete(outbox).where(outbox.c.id == _p("of"))
_TAKE_BACK = delete(outbox).where(
    outbox.c.id == _p("of"),
    outbox.c.dead_reason.is_(None),
    or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < _p("now")),
)
_THERE = select(outbox.c.dead_reason).where(outbox.c.id == _p("of"))
_RETRY = (
    update(outbox)
    .where(_MINE)
    .values(due=_p("when"), leased_until=None, worker=None, attempts=outbox.c.attempts + _p("tried"))
)
_DEAD = update(outbox).where(outbox.c.id == _p("of")).values(dead_reason=_p("why"), leased_until=None, worker=None)
_PLACE = select(outbox.c.owner, outbox.c.kind, outbox.c.channel).where(_MINE).with_for_update()
_REWRITE = update(outbox).where(_MINE).values(sealed=_p("sealed"), day_key=_p("day"), leased_until=_p("until"))
_DROP = delete(outbox).where(outbox.c.owner == _p("of"), outbox.c.kind != _WIPE, outbox.c.kind != _STOPPED)
_DROP_SENDS = delete(outbox).where(outbox.c.owner == _p("of"), outbox.c.kind.in_((SEND, _ASK)))
_RESUME = delete(outbox).where(outbox.c.owner == _p("of"), outbox.c.kind == _STOPPED)
_OF = select(
    outbox.c.id, outbox.c.kind, outbox.c.channel, outbox.c.sealed, outbox.c.day_key, outbox.c.dead_reason
).where(outbox.c.owner == _p("of"))
_ADOPT = update(outbox).where(outbox.c.id == _p("of")).values(owner=_p("owner_now"), sealed=_p("sealed_now"))
_ADOPT_EMPTY = update(outbox).where(outbox.c.id == _p("of")).values(owner=_p("owner_now"))
_LEAVE = delete(outbox).where(outbox.c.leaves <= _p("now"))
_Place = tuple[bytes, bytes, int, str]  # id, owner, kind, channel


@dataclass(frozen=True, slots=True)
class Leased:
    """One item to deliver now."""

    id: bytes
    owner: bytes = field(repr=False)
    kind: str
    channel: str
    address: str = field(repr=False)
    payload: Mapping[str, Any] = field(repr=False)
    attempts: int
    start: datetime  # its moment in the channel's pace: not to be sent before


def put(
    unit: Unit,
    keyring: Keyring,
    owner: bytes,
    kind: str,
    channel: str,
    address: str,
    payload: Mapping[str, Any],
    now: datetime,
    *,
    unasked: bool = False,
    item_id: bytes | None = None,
    until: datetime | None = None,
    due: datetime | None = None,
) -> bool:
    """Let it wait; a send, behind whatever waits to be sent in the same conversation.

    owner    Sender.outbox_tag
    item_id  its own, where somebody wants it back (`take_back`): a `new_item_id`
    due      not before; within the day that an item waits
    unasked  not an answer to what she wrote: refused, with False, while she wants nothing
    until    when it leaves, sent or not, where that is sooner than it would by itself
    """
    seq, stopped = unit.main.one(_LAST, owner=owner) or (0, 0)
    if stopped and kind in ("send", "ask"):
        if unasked:
            return False
        resume(unit, owner)  # she writes again; whether the carrier still refuses, it will say
    item_id, day = item_id or new_item_id(now), shredding.day_of(now)
    unit.main.run(
        _PUT,
        id=item_id,
        owner=owner,
        seq=seq + 1,
        kind=KINDS[kind],
        channel=channel,
        sealed=_sealed(unit, keyring, (item_id, owner, KINDS[kind], channel), address, payload, day),
        day_key=day,
        due=int((due or now).timestamp()),
        leaves=int(min(now + WAITS, until or now + WAITS).timestamp()),
        why=None,
    )
    call(unit, channel, owner if kind == "send" else item_id)
    return True


def lease(
    unit: Unit,
    keyring: Keyring,
    worker: str,
    channel: str,
    limit: int,
    now: datetime,
    *,
    per_second: float | None = None,
    overdue: timedelta = timedelta(0),
) -> list[Leased]:
    """Items to deliver now, of each conversation its first send at most; none that is in another lease.

    per_second  the channel's pace, over all workers; None: at once
    overdue     only what should have gone so long ago
    One that somebody changed is never delivered: it is marked dead, and that is put on record.
    """
    moment = int(now.timestamp())
    due = int((now - overdue).timestamp())
    rows = unit.main.all(_READY, channel=channel, due=due, now=moment, most=limit)
    return _leased(unit, keyring, worker, channel, rows, now, per_second)


def lease_behind(
    unit: Unit, keyring: Keyring, worker: str, channel: str, of: bytes, now: datetime, per_second: float | None = None
) -> Leased | datetime | None:
    """The next send of one conversation, or one wipe or fetch; when to ask again, where it may not go now; None when
    nothing waits there.

    of  the conversation's tag, or the item's id
    """
    moment = int(now.timestamp())
    rows = unit.main.all(_READY_BEHIND, channel=channel, due=moment, now=moment, most=1, of=of)
    found = _leased(unit, keyring, worker, channel, rows, now, per_second)
    if found:
        return found[0]
    waiting = unit.main.one(_NEXT, channel=channel, now=moment, of=of)
    if waiting is None:
        return None
    when = datetime.fromtimestamp(max(waiting[0], (waiting[1] or -1) + 1), UTC)
    return when if when > now else paces.free_from(unit, channel, now + _AGAIN)


def _leased(
    unit: Unit,
    keyring: Keyring,
    worker: str,
    channel: str,
    rows: Sequence[tuple[Any, ...]],
    now: datetime,
    per_second: float | None,
) -> list[Leased]:
    moments = [now] * len(rows) if per_second is None else paces.reserve(unit, channel, len(rows), per_second, now)
    until = int((now + LEASE).timestamp())
    found: list[Leased] = []
    for (item_id, owner, kind, sealed, day, attempts), start in zip(rows, moments, strict=False):
        try:
            body = _opened(unit, keyring, (item_id, owner, kind, channel), sealed, day)
        except Tampered as fault:
            dead(unit, item_id, "changed")
            audit.note_fault(unit, keyring, str(fault), now)
            continue
        if body is None:  # its key was destroyed: it opens for nobody any more
            unit.main.run(_DONE, of=item_id)
            continue
        unit.main.run(_LEASE, of=item_id, until=until, by=worker)
        kind_name = _KIND_NAMES[kind]
        found.append(Leased(item_id, owner, kind_name, channel, body["address"], body["payload"], attempts, start))
    return found


def renew(unit: Unit, worker: str, item_ids: Iterable[bytes], now: datetime) -> int:
    """The worker lives and has these in hand: they stay its own. Return how many are."""
    until = int((now + LEASE).timestamp())
    return sum(unit.main.run(_RENEW, of=item_id, by=worker, until=until) for item_id in sorted(item_ids))


def rewrite(
    unit: Unit,
    keyring: Keyring,
    worker: str,
    item_id: bytes,
    address: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Part of it was taken: what is left stays in its place, and its lease begins anew. False when it is not this
    worker's any more, or was dropped meanwhile: then nothing of it may be sent.
    """
    row = unit.main.one(_PLACE, of=item_id, by=worker)
    if row is None:
        return False
    day = shredding.day_of(now)
    sealed = _sealed(unit, keyring, (item_id, *row), address, payload, day)
    unit.main.run(_REWRITE, of=item_id, by=worker, sealed=sealed, day=day, until=int((now + LEASE).timestamp()))
    return True


def done(unit: Unit, item_id: bytes) -> None:
    """The provider has taken it."""
    unit.main.run(_DONE, of=item_id)
    handed_over(unit, item_id)


def take_back(unit: Unit, item_id: bytes, now: datetime) -> bool:
    """Take an item out again; False when it is being sent in this moment. One that went, or was dropped, is out already."""
    if unit.main.run(_TAKE_BACK, of=item_id, now=int(now.timestamp())):
        drop_file(unit, item_id)
        return True
    return (row := unit.main.one(_THERE, of=item_id)) is None or row[0] is not None


def retry_at(unit: Unit, worker: str, item_id: bytes, when: datetime, *, tried: bool = True) -> None:
    """Not now: again from `when` on; nothing where its lease ran out and it is another worker's.

    tried  this was an attempt
    """
    unit.main.run(_RETRY, of=item_id, by=worker, when=int(when.timestamp()), tried=int(tried))


def dead(unit: Unit, item_id: bytes, reason: str) -> None:
    """It will never be taken. `reason`: a code, never words."""
    unit.main.run(_DEAD, of=item_id, why=reason)
    drop_file(unit, item_id)


def drop(unit: Unit, owner: bytes) -> int:
    """Panic: nothing that waits for this conversation is sent or fetched, by anybody. Wipes under way stay."""
    drop_files(unit, owner)
    return unit.main.run(_DROP, of=owner)


# --- conversations that want nothing ------------------------------------------------------------


def stop(unit: Unit, owner: bytes, channel: str, now: datetime) -> None:
    """She opted out, or blocked us: what waits to be sent goes, and nothing unasked is put for 90 days."""
    unit.main.run(_DROP_SENDS, of=owner)
    drop_files(unit, owner)
    resume(unit, owner)
    moment, day = int(now.timestamp()), shredding.day_of(now)
    unit.main.run(
        _PUT,
        id=new_id(),
        owner=owner,
        seq=0,
        kind=_STOPPED,
        channel=channel,
        sealed=b"",
        day_key=day,
        due=moment,
        leaves=moment + int(STOPPED_FOR.total_seconds()),
        why="stopped",
    )


def resume(unit: Unit, owner: bytes) -> None:
    """She writes again, or said START."""
    unit.main.run(_RESUME, of=owner)


def stopped(unit: Unit, owner: bytes) -> bool:
    """Whether this conversation wants nothing that it did not ask for."""
    last = unit.main.one(_LAST, owner=owner)
    return bool(last and last[1])


def adopt_items(unit: Unit, keyring: Keyring, older: bytes, owner: bytes, now: datetime) -> None:
    """After a rotation: what waits for a conversation under an earlier tag comes under the current one."""
    for item_id, kind, channel, sealed, day, dead_reason in unit.main.all(_OF, of=older):
        if dead_reason is not None:
            unit.main.run(_ADOPT_EMPTY, of=item_id, owner_now=owner)
            continue
        try:
            body = _opened(unit, keyring, (item_id, older, kind, channel), sealed, day)
        except Tampered as fault:
            dead(unit, item_id, "changed")
            audit.note_fault(unit, keyring, str(fault), now)
            continue
        if body is not None:
            place = (item_id, owner, kind, channel)
            anew = _sealed(unit, keyring, place, body["address"], body["payload"], day)
            unit.main.run(_ADOPT, of=item_id, owner_now=owner, sealed_now=anew)
            call(unit, channel, owner if kind == SEND else item_id)


def expire_items(unit: Unit, now: datetime) -> None:
    """Items past their day leave."""
    unit.main.run(_LEAVE, now=int(now.timestamp()))


def _sealed(unit: Unit, keyring: Keyring, place: _Place, address: str, payload: Mapping[str, Any], day: int) -> bytes:
    body = json.dumps({"address": address, "payload": payload, "channel": place[3]}, ensure_ascii=False).encode()
    return seal(day_key(unit, keyring, day), body, _context(place))


def _opened(unit: Unit, keyring: Keyring, place: _Place, sealed: bytes, day: int) -> dict[str, Any] | None:
    key = day_key_of(unit, keyring, day)
    if key is None:
        return None
    body: dict[str, Any] = json.loads(open_sealed(key, sealed, _context(place)))
    if body["channel"] != place[3]:
        raise Tampered("outbox.channel")
    return body


def _context(place: _Place) -> Context:
    item_id, owner, kind, _ = place
    return Context("outbox", "sealed", item_id, owner, kind)
