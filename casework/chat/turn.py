"""One turn: what somebody of staff did, and how she is answered. What is done, what she is told of it and that her update was
taken commit together, so that an update which comes again does nothing again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from casework.cases import board
from casework.cases.case import Case
from casework.cases.refusals import CaseGone
from casework.cases.room import CaseRoom
from casework.chat import posting
from casework.chat.posting import Buttons, Chat
from casework.chat.update import File, Update
from casework.staff.refusals import Refusal
from storage import cases, sessions
from storage.database import Unit
from storage.staff import people, topics
from storage.vault.senders import message_mac, older_macs

T = TypeVar("T")


class Repeated(Exception):
    """This update was taken before."""


@dataclass(frozen=True, slots=True)
class ChatDesk:
    """What every turn stands on, made once a process."""

    room: CaseRoom = field(repr=False)
    group: int = field(default=0, repr=False)  # the team's group; 0: none
    fetch: Callable[[File], bytes] | None = field(default=None, repr=False)  # a counsellor's file; raises NoFile


@dataclass(frozen=True, slots=True)
class Turn:
    """One update of a counsellor's."""

    desk: ChatDesk
    chat: Chat
    update: Update
    now: datetime

    @property
    def by(self) -> bytes:
        return self.chat.staff_id

    def words(self, key: str, **values: object) -> str:
        return self.chat.words(key, **values)

    def room(self, also: Callable[[Unit, Any], None] | None = None, *, once: bool = False) -> CaseRoom:
        """The room in which what is done is done together with taking this update.

        also  what she is told of it
        once  a button does it one time: a second tap on it is a Repeated, and does nothing
        """

        def both(unit: Unit, value: object) -> None:
            self._take(unit, self.update.id)
            if once and self.update.kind == "tap":
                self._take(unit, f"{self.update.chat} {self.update.message} {self.update.data}")
            if also is not None:
                also(unit, value)

        return self.desk.room.together(both)

    def read(self, function: Callable[[Unit], T]) -> T:
        return self.desk.room.read(function)

    def only_say(self, text: str, *, case: Case | None = None, buttons: Buttons = (), reply: bool = False) -> None:
        """Nothing is done but to tell her something."""
        self.room().work(lambda unit: self.say(unit, text, case=case, buttons=buttons, reply=reply))

    def say(
        self, unit: Unit, text: str, *, case: Case | None = None, buttons: Buttons = (), reply: bool = False
    ) -> None:
        """Answer her where she wrote: in a case's topic, if it was there."""
        where = {"case": case} if case is not None else {"thread": self.update.topic}
        message = self.update.message if reply and self.update.kind != "tap" else 0
        keyring = self.desk.room.keyring
        posting.say(unit, keyring, self.chat, text, self.now, buttons=buttons, reply_to=message, **where)

    def refused(self, refusal: Refusal, case: Case | None = None, code: str = "") -> str:
        """How a no is said to her."""
        code = case.code if case is not None else code
        values = dict(refusal.values)
        if isinstance(holder := values.get("holder"), bytes):
            values["holder"] = self.read(lambda unit: self.name_of(unit, holder))
        if "status" in values:
            key = f"status.{values['status']}"
            values["status"] = self.words(key) if self.chat.words.has(key) else values["status"]
        key = f"refusal.{refusal.reason}"
        return self.words(key if self.chat.words.has(key) else "refusal.refused", **{"code": code, **values})

    # --- which case -------------------------------------------------------------------------------

    def here(self) -> Case | None:
        """The case in whose topic she wrote, or to whose message she replied; None elsewhere, and for a list of cases."""

        def find(unit: Unit) -> Case | None:
            if self.update.topic is not None:
                topic = topics.by_number(unit, self.desk.room.keyring, self.by, self.update.topic)
                if topic is not None:
                    return self._case(unit, topic.report_id)
            found = [case for code in codes_in(self.update.answers) if (case := self._by_code(unit, code)) is not None]
            return found[0] if len(found) == 1 else None

        return self.read(find)

    def by_code(self, code: str) -> Case | None:
        """The case of this code, if she has been granted it."""
        return self.read(lambda unit: self._by_code(unit, code))

    def by_id(self, report_id: bytes) -> Case | None:
        return self.read(lambda unit: self._case(unit, report_id))

    def name_of(self, unit: Unit, staff_id: bytes) -> str:
        member = people.fetch(unit, self.desk.room.keyring, staff_id, hold=False)
        return member.name if member is not None else "–"

    def _by_code(self, unit: Unit, code: str) -> Case | None:
        found = board.coded(unit, self.desk.room, self.by, code)
        return self._case(unit, found[0]) if found else None

    def _case(self, unit: Unit, report_id: bytes) -> Case | None:
        try:
            return self.desk.room.seen(unit, report_id, self.by)
        except CaseGone:
            return None

    def _take(self, unit: Unit, what: str) -> None:
        keyring = self.desk.room.keyring
        if not sessions.take(unit, keyring, message_mac(keyring, posting.CHANNEL, what), self.now):
            raise Repeated


def taken_before(desk: ChatDesk, update: Update) -> bool:
    """Whether this update was taken; also under an earlier key, after a rotation."""
    keyring = desk.room.keyring
    macs = (message_mac(keyring, posting.CHANNEL, update.id), *older_macs(keyring, posting.CHANNEL, update.id))
    return desk.room.read(lambda unit: any(sessions.heard(unit, one) for one in macs))


def codes_in(text: str) -> list[str]:
    """Whatever looks like a case's code in what the bot said, each once, in order."""
    words = (word.strip(".,:;·()[]،۔") for word in text.split())
    return list(dict.fromkeys(word for word in words if cases.is_code(word)))
