"""Topics: where a case stands in a counsellor's chat with the staff bot, so that what she writes there finds the case.

Where her chat has no topics, the bot's own messages are noted instead, so that they can be deleted at the end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from storage.database import Unit
from storage.tables import staff_topics as topics
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, mac, open_sealed, seal

GROUP = bytes(16)  # stands for the team's group where otherwise a member's id stands
MOST_NOTED = 200  # messages of one case

_p = bindparam
_columns = (topics.c.id, topics.c.staff_id, topics.c.report_id, topics.c.sealed, topics.c.key_id)
_ALL = select(*_columns)
_ONE = _ALL.where(topics.c.staff_id == _p("staff_id"), topics.c.report_id == _p("report_id"))
_HELD = _ONE.with_for_update()
_BY_ID = _ALL.where(topics.c.id == _p("of")).with_for_update()
_BY_TAG = _ALL.where(topics.c.tag.in_(_p("tags", expanding=True)))
_OF_STAFF = _ALL.where(topics.c.staff_id == _p("of")).order_by(topics.c.report_id).with_for_update()
_OF_REPORT = _ALL.where(topics.c.report_id == _p("of")).order_by(topics.c.staff_id).with_for_update()
_ADD = topics.insert().values(
    id=_p("id"),
    staff_id=_p("staff_id"),
    report_id=_p("report_id"),
    tag=_p("tag"),
    sealed=_p("sealed"),
    key_id=_p("key_id"),
)
_SAVE = update(topics).where(topics.c.id == _p("of")).values(tag=_p("tag"), sealed=_p("sealed"), key_id=_p("key_id"))
_REMOVE = delete(topics).where(topics.c.id == _p("of"))


@dataclass(slots=True)
class Topic:
    """One case in one chat."""

    staff_id: bytes
    report_id: bytes
    number: int | None = None  # Telegram's; None: it is still to be made
    flat: bool = False  # this chat has no topics: her answers are known by the message they reply to
    messages: list[int] = field(default_factory=list)  # the bot's own, where there is no topic to delete
    id: bytes = b""


def fetch(unit: Unit, keyring: Keyring, staff_id: bytes, report_id: bytes, *, hold: bool = True) -> Topic | None:
    """Where a case stands in her chat; None when it does not stand there yet. Raises Tampered.

    hold  nobody else changes it until this unit ends; false in a unit that only reads
    """
    row = unit.main.one(_HELD if hold else _ONE, staff_id=staff_id, report_id=report_id)
    return None if row is None else _opened(keyring, row)


def by_number(unit: Unit, keyring: Keyring, staff_id: bytes, number: int) -> Topic | None:
    """The case of a topic in her chat. Raises Tampered."""
    row = unit.main.one(_BY_TAG, tags=[_tag(keyring, staff_id, number, key_id) for key_id in keyring.ids])
    found = None if row is None else _opened(keyring, row)
    return found if found is not None and (found.staff_id, found.number) == (staff_id, number) else None


def of_staff(unit: Unit, keyring: Keyring, staff_id: bytes) -> list[Topic]:
    """Every case that stands in her chat; nobody else changes them until this unit ends. Raises Tampered."""
    return [_opened(keyring, row) for row in unit.main.all(_OF_STAFF, of=staff_id)]


def of_report(unit: Unit, keyring: Keyring, report_id: bytes) -> list[Topic]:
    """Every chat in which a case stands; nobody else changes them until this unit ends. Raises Tampered."""
    return [_opened(keyring, row) for row in unit.main.all(_OF_REPORT, of=report_id)]


def save(unit: Unit, keyring: Keyring, topic: Topic) -> None:
    """Keep where it stands, under the current key. Raises Duplicate when another made the same row meanwhile."""
    known, topic.id = topic.id, topic.id or new_id()
    topic.messages = topic.messages[-MOST_NOTED:]
    tag = None if topic.number is None else _tag(keyring, topic.staff_id, topic.number, keyring.current)
    body = json.dumps({"number": topic.number, "flat": topic.flat, "messages": topic.messages}).encode()
    context = _context(topic.id, topic.staff_id, topic.report_id, keyring.current)
    row: dict[str, Any] = {
        "tag": tag,
        "sealed": seal(keyring.key(Purpose.STAFF), body, context),
        "key_id": keyring.current,
    }
    if known:
        unit.main.run(_SAVE, of=topic.id, **row)
    else:
        unit.main.run(_ADD, id=topic.id, staff_id=topic.staff_id, report_id=topic.report_id, **row)


def remove(unit: Unit, topic: Topic) -> None:
    """It stands there no more."""
    unit.main.run(_REMOVE, of=topic.id)


def reseal(unit: Unit, keyring: Keyring, topic_id: bytes) -> None:
    """Bring a row under the current key."""
    row = unit.main.one(_BY_ID, of=topic_id)
    if row is not None:
        save(unit, keyring, _opened(keyring, row))


def _opened(keyring: Keyring, row: tuple[Any, ...]) -> Topic:
    topic_id, staff_id, report_id, sealed, key_id = row
    context = _context(topic_id, staff_id, report_id, key_id)
    body = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, context))
    return Topic(staff_id, report_id, body["number"], body["flat"], body["messages"], topic_id)


def _context(topic_id: bytes, staff_id: bytes, report_id: bytes, key_id: str) -> Context:
    return Context("staff_topics", "sealed", topic_id + staff_id, report=report_id, key_id=key_id)


def _tag(keyring: Keyring, staff_id: bytes, number: int, key_id: str) -> bytes:
    return mac(keyring.key(Purpose.STAFF, key_id), b"topic", staff_id, str(number).encode())
