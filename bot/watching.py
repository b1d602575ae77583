"""The desk as a conversation lends it to a turn: the same desk, remembering what the conversation has to finish.

An erased report takes the provider's copies of this talk with it, and only the conversation knows those; what goes to another
number is put into words by it, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flows.desk import Desk, Slots, Told
from flows.prompt import Choice, Value


class TalkDesk(Desk, Protocol):
    """A desk for one message."""

    def leave(self, now: datetime, talk: str) -> None: ...

    def asked(self, now: datetime) -> Slots | None:
        """The question that she agreed to be asked, once it was sent: its slots, and its language."""
        ...

    def answered(self, now: datetime) -> Slots | None:
        """The talk in which a person has answered her since she wrote last: its id, and its language."""
        ...

    def alarm(self, now: datetime) -> None:
        """She is in danger, as far as her words tell, and has asked for no person yet."""
        ...


@dataclass(slots=True)
class Watched:
    """Serves `TalkDesk` by asking the real one."""

    desk: TalkDesk
    erased: bool = False
    by_sms: Mapping[str, Value] | None = None  # what is to be sent to another number

    def values(self, language: str) -> Mapping[str, Value]:
        return self.desk.values(language)

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        return self.desk.choices(source, slots)

    def understand(self, source: str, text: str, cell: str, slots: Slots) -> Told | None:
        return self.desk.understand(source, text, cell, slots)

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        return self.desk.tell(about, slots, now)

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        told = self.desk.commit(effect, slots, now)
        self.erased = self.erased or (effect == "erase_report" and told.outcome == "ok")
        if effect == "send_by_sms" and told.outcome == "ok":
            self.by_sms = told.values
        return told

    def asked(self, now: datetime) -> Slots | None:
        return self.desk.asked(now)

    def answered(self, now: datetime) -> Slots | None:
        return self.desk.answered(now)

    def staffed(self, now: datetime) -> bool:
        return self.desk.staffed(now)

    def leave(self, now: datetime, talk: str) -> None:
        self.desk.leave(now, talk)

    def alarm(self, now: datetime) -> None:
        self.desk.alarm(now)
