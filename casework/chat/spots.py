"""Spots: where a case stands in a chat, as the door needs it in the moment of sending. Each call is one unit of work.

A topic is made when the first message goes there, and made again when somebody deleted it; so the door asks here first, and says
afterwards what it found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.chat import posting
from casework.chat.posting import Chat
from storage import unshown
from storage.database import Database, Unit
from storage.staff import doors, topics
from storage.staff.topics import GROUP
from storage.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message goes."""

    topic: int | None  # None: a topic is still to be made, or there are none
    flat: bool  # this chat has no topics


@dataclass(frozen=True, slots=True)
class Spots:
    """What the door asks while it sends."""

    database: Database = field(repr=False)
    keyring: Keyring = field(repr=False)

    def find(self, spot: tuple[str, str]) -> Spot | None:
        """Where a case stands; None when it has gone from there: then nothing more is sent."""
        staff_id, report_id = map(bytes.fromhex, spot)
        known = self.database.read(lambda unit: topics.fetch(unit, self.keyring, staff_id, report_id, hold=False))
        return None if known is None else Spot(known.number, known.flat)

    def opened(self, spot: tuple[str, str], number: int | None, now: datetime, gone: int | None = None) -> Spot | None:
        """A topic was made (None: this chat has none). Return where the case stands from now on.

        gone  the topic before it, which is there no more
        Another one than was made, or None where the case has gone: then what was made must go, too.
        """
        staff_id, report_id = map(bytes.fromhex, spot)

        def work(unit: Unit) -> Spot | None:
            hers = doors.fetch(unit, self.keyring, staff_id) if number is None else None  # held before the topic is
            known = topics.fetch(unit, self.keyring, staff_id, report_id)
            if known is None:
                return None
            if known.number not in (None, gone):  # another made one in this moment
                return Spot(known.number, known.flat)
            known.number, known.flat = number, number is None
            topics.save(unit, self.keyring, known)
            chat = posting.chat_of(unit, self.keyring, staff_id)
            if hers is not None and chat is not None:
                self._say_once(unit, hers, chat, now)
            return Spot(known.number, known.flat)

        return self.database.work(work)

    def file(self, kept: str, now: datetime) -> bytes | None:
        """A file of hers that is to be shown; None when it is no longer kept."""
        found = self.database.read(lambda unit: unshown.fetch(unit, self.keyring, bytes.fromhex(kept), now))
        return None if found is None else found[1].removeprefix(posting.A_FILE)

    def sent(self, payload: Mapping[str, Any], message: str) -> None:
        """A message went: noted where no topic holds it, so that it can be changed or deleted later."""
        spot = payload.get("spot")
        if not spot or not message.isdecimal():
            return
        staff_id, report_id = map(bytes.fromhex, spot)

        def work(unit: Unit) -> None:
            known = topics.fetch(unit, self.keyring, staff_id, report_id)
            if known is not None and known.flat:
                known.messages.append(int(message))
                topics.save(unit, self.keyring, known)

        if staff_id == GROUP or self.database.read(lambda unit: self._is_flat(unit, staff_id, report_id)):
            self.database.work(work)

    def _is_flat(self, unit: Unit, staff_id: bytes, report_id: bytes) -> bool:
        known = topics.fetch(unit, self.keyring, staff_id, report_id, hold=False)
        return known is not None and known.flat

    def _say_once(self, unit: Unit, hers: doors.Doors, chat: Chat, now: datetime) -> None:
        if not hers.flat:
            hers.flat = True
            doors.save(unit, self.keyring, hers)
            posting.say(unit, self.keyring, chat, chat.words("say.flat"), now)
