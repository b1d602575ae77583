"""A message to try a channel: to a number that an admin types, by the same outbox and doors as every other.

It says nothing of what this is. The number is kept nowhere: it lies sealed in the outbox until the message has gone, a day
at most, and goes with it. Few go out, and none to whoever wants nothing from us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import phonenumbers
from phonenumbers import PhoneNumberFormat

from casework.deployment.refusals import TrialClosed, TrialNumber, TrialOften, TrialStopped
from casework.deployment.room import SettingsRoom
from casework.mobiles import is_at_home, mobile_in
from casework.receipts import WINDOW
from casework.staff.office import short
from storage import audit, guesses, marks, outbox
from storage.database import Unit

ABOUT = "trial:"  # how an item of the outbox says what it is; then by which channel, and when
CHANNELS = ("sms", "whatsapp")  # Telegram lets no bot write first
WORDS = "say.trial"
TO_ONE, IN_ALL = 3, 20  # a day: to one number, and of all admins together
_SAID = {"taken": "sent", "read": "delivered"}
_ORDER = ("waits", "sent", "delivered", "failed")  # never backwards
_TOTAL = b"trials to all".ljust(16, b"\0")
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Trial:
    """The last one by a channel."""

    state: str  # "waits", "sent", "delivered", "failed"; "": none yet
    at: datetime | None = None
    why: str = ""


def send(room: SettingsRoom, by: bytes, channel: str, number: str, language: str, now: datetime) -> None:
    """Send one. Slow, for the number is stretched first. Raises TrialNumber, TrialOften, TrialStopped, TrialClosed, NotHersToSet."""
    if channel not in CHANNELS or channel not in room.channels:
        raise TrialClosed
    found = mobile_in(number)
    if found is None or not is_at_home(found):
        raise TrialNumber
    dialled = str(phonenumbers.format_number(found, PhoneNumberFormat.E164))
    address = f"whatsapp:{dialled}" if channel == "whatsapp" else dialled
    sender = room.senders.of(channel, address, now)
    room.senders.forget(channel, address)
    payload = {
        "text": room.room.phrasebook.say(WORDS, language, channel=channel),
        "about": f"{ABOUT}{channel}:{int(now.timestamp())}",
    }

    def work(unit: Unit) -> None:
        day = int(now.timestamp()) // _DAY
        last = (day + 1) * _DAY // WINDOW  # a count is let go of when its last window is past
        for tag, most in ((sender.mark(f"trial {channel}", str(day)), TO_ONE), (_TOTAL, IN_ALL)):
            if guesses.count(unit, tag, last) > most:
                raise TrialOften
        if not outbox.put(unit, room.keyring, sender.outbox_tag, "send", channel, address, payload, now, unasked=True):
            raise TrialStopped
        _note(unit, channel, "waits", now, "")
        audit.append(unit, room.keyring, "trial", now, f"{channel} by {short(by)}")

    room.work(by, work)


def told(unit: Unit, about: str, state: str, now: datetime, why: str) -> None:
    """What became of one. Nothing where another went since, or this is told late of an earlier state."""
    channel, _, at = about.removeprefix(ABOUT).partition(":")
    known, state = look(unit, channel), _SAID.get(state, state)
    if known.at is None or str(int(known.at.timestamp())) != at or state not in _ORDER:
        return
    if _ORDER.index(state) > _ORDER.index(known.state):
        _note(unit, channel, state, known.at, why)


def look(unit: Unit, channel: str) -> Trial:
    """The last one by a channel."""
    state, _, rest = marks.text(unit, _name(channel)).partition(" ")
    at, _, why = rest.partition(" ")
    return Trial(state, datetime.fromtimestamp(int(at), UTC) if at else None, why)


def went(unit: Unit, channel: str) -> bool:
    """Whether the provider took the last one, or it arrived."""
    return look(unit, channel).state in ("sent", "delivered")


def _note(unit: Unit, channel: str, state: str, now: datetime, why: str) -> None:
    marks.note(unit, _name(channel), f"{state} {int(now.timestamp())} {why}".strip())


def _name(channel: str) -> str:
    return f"trial {channel}"
