"""The desk that flows ask, served from casework. One counter a process, one desk a unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casework import answers, filing, following, resources
from casework.directory.stock import Shelf, Stock
from casework.hours import OpeningHours
from casework.receipts import Opening, look_up
from flows.desk import Slots, Told
from flows.prompt import Choice, Phrase, ReceiptLine, Value
from storage.database import Database, Unit
from storage.vault.keyring import Keyring, Purpose
from storage.vault.receipts import ReceiptMint
from storage.vault.senders import Sender


@dataclass(slots=True, eq=False)
class CaseDesk:
    """Serves `flows.desk.Desk` for one message."""

    counter: Counter = field(repr=False)
    unit: Unit = field(repr=False)
    teller: filing.Teller = field(repr=False)
    now: datetime
    _kept: Stock | None = field(default=None, repr=False)  # the directory, looked up once a message

    def values(self, language: str) -> Mapping[str, Value]:
        opening = self.counter.hours.next_opening(self.now)
        return {
            **resources.emergency(self._stock),
            "hour": opening if opening is not None else "",
            "app": Phrase(f"name.app.{self.teller.channel}") if self.teller.channel in ("whatsapp", "telegram") else "",
        }

    @property
    def _stock(self) -> Stock:
        if self._kept is None:
            self._kept = self.counter.shelf.stock(self.unit)
        return self._kept

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        match source:
            case "districts":
                return resources.districts(self._stock)
            case "resource_kinds":
                return resources.kind_choices(slots)
            case "places_asked":
                return resources.places_asked(self._stock, slots)
        raise KeyError(source)

    def understand(self, source: str, text: str, cell: str, slots: Slots) -> Told | None:
        return resources.heard(source, text, cell, self._stock, slots)

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        match about:
            case "resources":
                return resources.nearby(self._stock, slots, now)
            case "nationwide":
                return resources.nationwide(self._stock, now)
            case "emergency":
                return Told("ok")
            case "report":
                return following.tell(self.unit, self.counter.keyring, slots, now)
        raise KeyError(about)

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        keyring = self.counter.keyring
        match effect:
            case "file_report":
                return self._file(slots, now)
            case "add_to_report":
                return following.add(self.unit, keyring, slots, self.teller, now)
            case "send_report":
                return following.send(self.unit, keyring, slots, self.teller, now)
            case "withdraw_report":
                return following.withdraw(self.unit, keyring, slots, now)
            case "erase_report":
                return following.erase(self.unit, keyring, slots, now)
        raise KeyError(effect)

    def staffed(self, now: datetime) -> bool:
        # Nobody answers in the chat until the counsellors' desk is built: saying so is the honest answer.
        return False

    def leave(self, now: datetime) -> None:
        """Panic and STOP."""
        following.leave(self.unit, self.counter.keyring, self.teller, now)

    def _file(self, slots: Slots, now: datetime) -> Told:
        if not answers.given(slots, "keep"):
            return Told("refused")
        code, keys = self.counter.mint.take()
        filing.file_report(self.unit, self.counter.keyring, slots, self.teller, (code, keys), now)
        return Told("ok", {"receipt": ReceiptLine(code.grouped.replace(" ", ""))})


class Counter:
    """What every desk of this process shares."""

    def __init__(
        self, database: Database, keyring: Keyring, hours: OpeningHours, *, memory_kib: int, iterations: int = 2
    ) -> None:
        self.keyring = keyring
        self.hours = hours
        self.mint = ReceiptMint(keyring.key(Purpose.PEPPER), memory_kib, iterations)
        self._database = database
        self._memory_kib, self._iterations = memory_kib, iterations
        self.shelf = Shelf()

    def look_up(self, text: str, sender: Sender, now: datetime) -> Opening | None:
        """What a text of 20 digits opens; None for any other. Slow: never inside a unit of work."""
        return look_up(
            self._database, self.keyring, text, sender, now, memory_kib=self._memory_kib, iterations=self._iterations
        )

    def desk(
        self,
        unit: Unit,
        sender: Sender,
        channel: str,
        address: str,
        language: str,
        media: Callable[[bytes], bytes],
        now: datetime,
    ) -> CaseDesk:
        return CaseDesk(self, unit, filing.Teller(sender, channel, address, language, media), now)

    def close(self) -> None:
        self.mint.close()
