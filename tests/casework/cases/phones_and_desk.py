"""A whole Hamraz with a counsellor on duty, and what reaches each phone from the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casework.cases import opening, queue, relay
from casework.cases.case import Case
from casework.cases.room import CaseRoom
from casework.staff.roles import Role
from operating.parts import Hamraz
from operating.worker import outbox_of
from storage import cases, reports, threads
from storage.database import Unit
from storage.staff.readers import Reader
from tests.casework.cases.conftest import Colleague, hired
from tests.phones import Clock, Phone


@dataclass
class Team:
    """Counsellors of one Hamraz, and the providers."""

    hamraz: Hamraz
    clock: Clock
    received: dict[str, list[str]] = field(default_factory=dict)  # by address
    items: dict[str, list[Mapping[str, object]]] = field(default_factory=dict)  # the same as it waited

    def hire(self, name: str = "Amina", role: Role = Role.COUNSELLOR, *, duty: bool = True, **how: object) -> Colleague:
        return hired(self.hamraz.room, self.clock, name, role, duty=duty, **how)

    @property
    def room(self) -> CaseRoom:
        return self.hamraz.room

    def open_cases(self) -> list[Case]:
        room = self.hamraz.room
        found = room.read(lambda unit: [Case(one) for one in cases.everyones(unit, room.keyring)])
        return [case for case in found if case.is_open]

    @property
    def case(self) -> Case:
        """The only one that is open."""
        (only,) = self.open_cases()
        return only

    def reply(self, who: Colleague, case: Case, text: str, *, keep: bool = False, locked: bool = False) -> relay.Sent:
        private = None if locked else who.pair.private
        return relay.reply(self.hamraz.room, who.id, case.id, text, self.clock(), keep=keep, private=private)

    def thread(self, who: Colleague, case: Case) -> list[str]:
        """Who said what, as a counsellor reads it."""

        def work(unit: Unit) -> list[str]:
            half = reports.half_granted(unit, case.id, who.id, who.pair.private)
            report = reports.fetch(unit, self.hamraz.keyring, case.id)
            assert half is not None and report is not None
            return [_line(entry) for entry in threads.read(unit, report, half)]

        return self.hamraz.room.work(work)

    def body(self, who: Colleague, case: Case) -> dict[str, object]:
        def work(unit: Unit) -> dict[str, object]:
            half = reports.half_granted(unit, case.id, who.id, who.pair.private)
            report = reports.fetch(unit, self.hamraz.keyring, case.id)
            assert half is not None and report is not None
            return reports.read_body(report, half)

        return self.hamraz.room.work(work)

    def notes(self, who: Colleague, case: Case) -> list[str]:
        found = opening.look(self.room, Reader(who.id, who.pair.private), case.id, self.clock())
        return [one.text for one in found.notes]

    def deliver(self, *, at: datetime | None = None) -> None:
        """The providers take all that waits to be sent."""
        box = outbox_of(self.hamraz, "w")
        for channel in ("sms", "whatsapp", "telegram"):
            while items := box.lease(channel, 20, at or self.clock()):
                for item in items:
                    if item.kind == "send":
                        self.received.setdefault(item.address, []).append(str(item.payload["text"]))
                        self.items.setdefault(item.address, []).append(item.payload)
                    box.done(item)

    def waiting(self) -> int:
        room = self.hamraz.room
        return len(room.read(lambda unit: queue.waiting(unit, room)))


def ask_for_a_person(phone: Phone, *, about: str = "", back: str = "1") -> str:
    """From the menu to the line; return all that was said at the end."""
    phone.say("TALK")
    phone.say(about or "SKIP")
    phone.say("1")
    return phone.say(back)


def _line(entry: dict[str, object]) -> str:
    said = entry.get("said")
    if isinstance(said, dict):
        return "her: " + " ".join(said.get("words", []))
    return f"us: {entry['text']}"
