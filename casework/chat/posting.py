"""Posting: what is put into the outbox for a counsellor's chat, in the unit of work of whatever it tells of.

Each case in each chat is a conversation of its own there: in order, and taken back as one when the case goes. What a payload may
hold is written here and read by the door (handlers/telegram_staff.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.cases.case import Case
from casework.chat.words import Words, words
from casework.staff.roles import READERS
from storage import outbox
from storage.database import Unit
from storage.staff import doors, people, topics
from storage.staff.topics import GROUP, Topic
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import mac

CHANNEL = "telegram-staff"
LONGEST = 4_000  # UTF-16 units of one message; the messenger takes 4,096
# On a counsellor's own message: what became of it. The messenger knows a fixed set of marks only.
MARKS = {"sent": "👌", "delivered": "👍", "read": "👀", "noted": "✍"}

A_FILE = b"\0"  # before a file that is kept, so that it is never taken for words

Buttons = Sequence[Sequence[tuple[str, str]]]  # rows of (label, what it means)


@dataclass(frozen=True, slots=True)
class Chat:
    """One counsellor's chat, or the team's group."""

    staff_id: bytes
    number: int = field(repr=False)
    words: Words
    content: bool = False  # her words may be pushed
    name: str = field(default="", repr=False)  # of the member


def chat_of(unit: Unit, keyring: Keyring, staff_id: bytes) -> Chat | None:
    """Her chat; None where she has none, or may not be told anything."""
    hers = doors.fetch(unit, keyring, staff_id, hold=False)
    member = people.fetch(unit, keyring, staff_id, hold=False) if hers.telegram is not None else None
    if hers.telegram is None or member is None or member.status != people.ACTIVE or member.role not in READERS:
        return None
    return Chat(staff_id, hers.telegram, words(hers.language), hers.content, member.name)


def say(
    unit: Unit,
    keyring: Keyring,
    chat: Chat,
    text: str,
    now: datetime,
    *,
    case: Case | None = None,
    buttons: Buttons = (),
    reply_to: int = 0,
    thread: int | None = None,
) -> None:
    """Say something: in the topic of a case, or where `thread` says, or in the chat itself."""
    parts = list(_parts(text))
    for number, part in enumerate(parts):
        payload: dict[str, Any] = {"do": "say", "text": part}
        if number == 0 and reply_to:
            payload["reply_to"] = reply_to
        if number == len(parts) - 1 and buttons:
            payload["buttons"] = [[list(button) for button in row] for row in buttons]
        if thread is not None:
            payload["thread"] = thread
        _put(unit, keyring, chat, payload, now, case)


def send_file(unit: Unit, keyring: Keyring, chat: Chat, kind: str, kept: bytes, now: datetime, case: Case) -> None:
    """Send a file of hers that is kept for a day (storage/unshown.py), or a line where the messenger will not take it.

    kind  "photo" or "voice"
    """
    payload = {"do": kind, "file": kept.hex(), "instead": chat.words("case.file_file")}
    _put(unit, keyring, chat, payload, now, case)


def change(
    unit: Unit, keyring: Keyring, chat: Chat, message: int, text: str, now: datetime, *, case: Case | None = None
) -> None:
    """Put other words, and no buttons, into a message of the bot's. What does not fit into it follows."""
    first, *rest = _parts(text)
    _put(unit, keyring, chat, {"do": "change", "message": message, "text": first}, now, case)
    for part in rest:
        _put(unit, keyring, chat, {"do": "say", "text": part}, now, case)


def mark(unit: Unit, keyring: Keyring, chat: Chat, message: int, what: str, now: datetime) -> None:
    """Put a mark on her own message; one there before is replaced."""
    _put(unit, keyring, chat, {"do": "react", "message": message, "emoji": MARKS[what]}, now, None)


def clear(unit: Unit, keyring: Keyring, topic: Topic, number: int, now: datetime) -> None:
    """A case goes from a chat: what waits for it there is not sent, and its topic is deleted with all that is in it.

    number  of the chat
    """
    take_back(unit, keyring, topic.staff_id, topic.report_id)
    topics.remove(unit, topic)
    payload: dict[str, Any] = {}
    if topic.number is not None:
        payload = {"do": "drop", "topic": topic.number}
    elif topic.messages:
        payload = {"do": "delete", "messages": topic.messages}
    if payload:
        owner = owner_of(keyring, topic.staff_id, b"")
        outbox.put(unit, keyring, owner, "send", CHANNEL, str(number), payload, now)


def clear_all(unit: Unit, keyring: Keyring, staff_id: bytes, now: datetime) -> None:
    """Every case goes from her chat: it is hers no more."""
    take_back(unit, keyring, staff_id, b"")
    for topic in topics.of_staff(unit, keyring, staff_id):
        _clear_hers(unit, keyring, topic, now)


def clear_one(unit: Unit, keyring: Keyring, staff_id: bytes, report_id: bytes, now: datetime) -> None:
    """One case goes from her chat, if it stands there."""
    topic = topics.fetch(unit, keyring, staff_id, report_id)
    if topic is not None:
        _clear_hers(unit, keyring, topic, now)


def take_back(unit: Unit, keyring: Keyring, staff_id: bytes, report_id: bytes) -> None:
    """What waits for one case in one chat is not sent."""
    for key_id in keyring.ids:
        outbox.drop(unit, owner_of(keyring, staff_id, report_id, key_id))


def owner_of(keyring: Keyring, staff_id: bytes, report_id: bytes, key_id: str | None = None) -> bytes:
    """The conversation that one case in one chat is, to the outbox; of b"": the chat itself."""
    return mac(keyring.key(Purpose.STAFF, key_id), b"chat", staff_id, report_id)[:16]


def _clear_hers(unit: Unit, keyring: Keyring, topic: Topic, now: datetime) -> None:
    hers = doors.fetch(unit, keyring, topic.staff_id, hold=False)
    if hers.telegram is not None:
        clear(unit, keyring, topic, hers.telegram, now)
    else:
        topics.remove(unit, topic)


def _put(unit: Unit, keyring: Keyring, chat: Chat, payload: dict[str, Any], now: datetime, case: Case | None) -> None:
    if case is not None:
        if topics.fetch(unit, keyring, chat.staff_id, case.id, hold=False) is None:
            topics.save(unit, keyring, Topic(chat.staff_id, case.id, flat=chat.staff_id == GROUP))
        payload |= {"spot": [chat.staff_id.hex(), case.id.hex()], "name": case.code, "risk": str(case.risk)}
    owner = owner_of(keyring, chat.staff_id, case.id if case is not None else b"")
    outbox.put(unit, keyring, owner, "send", CHANNEL, str(chat.number), payload, now)


def _parts(text: str) -> Iterator[str]:
    """`text` in messages that fit: cut at a space where there is one."""
    while len(text.encode("utf-16-le")) // 2 > LONGEST:
        end = LONGEST // 2  # letters; each is two units at most
        at = max(text.rfind("\n", 0, end), text.rfind(" ", 0, end))
        end = at if at > 0 else end
        yield text[:end]
        text = text[end:].lstrip()
    yield text
