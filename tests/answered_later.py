"""A counsellor answers while a reporter is away, and what comes to her phone by itself then."""

from __future__ import annotations

from dataclasses import dataclass

from bot.message import Address
from casework.cases import holding, relay
from casework.cases.case import Case
from operating.worker import outbox_of
from storage import reports, ways_back
from storage.database import Unit
from storage.outbox import Leased
from storage.staff import people
from storage.vault.senders import Sender
from tests.phones import Phone


@dataclass
class Answering:
    """Whoever answers the report that leads to this phone. There is one counsellor."""

    phone: Phone
    case: bytes = b""

    def says(self, text: str) -> None:
        """She takes the case, if nobody has it yet, and answers."""
        room, now = self.phone.hamraz.room, self.phone.clock()
        (by,) = [one.id for one in room.read(lambda unit: people.everybody(unit, room.keyring))]
        if not self.case:
            self.case = room.work(lambda unit: ways_back.linked(unit, room.keyring, self._sender, now)[0])
            holding.claim(room, by, self.case, now)
        relay.reply(room, by, self.case, text, now)

    def comes(self) -> list[str]:
        """What is shown on the reporter's phone now without a word of hers."""
        afterwards, now = self.phone.hamraz.afterwards, self.phone.clock()
        box, came = outbox_of(self.phone.hamraz, "w"), []
        for of in (self._sender.outbox_tag, self._line()) if self.case else ():
            while of and isinstance(item := box.lease_behind(self.phone.channel, of, now, None), Leased):
                about, address = str(item.payload.get("about", "")), Address(item.channel, item.address)
                if item.kind == "send" or afterwards.may_ask(address, item.id, now, about):
                    came.append(str(item.payload["text"]))
                box.done(item)
        return came

    @property
    def _sender(self) -> Sender:
        return self.phone.hamraz.afterwards.parts.senders.of(self.phone.channel, self.phone.number, self.phone.clock())

    def _line(self) -> bytes:
        """The item of the outbox that holds the neutral line."""

        def look(unit: Unit) -> bytes:
            report = reports.fetch(unit, self.phone.hamraz.keyring, self.case, hold=False)
            return bytes.fromhex(Case(report).desk.get("line", {}).get("item", "")) if report is not None else b""

        return self.phone.hamraz.database.read(look)
