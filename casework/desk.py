"""The desk that flows ask, served from casework. One counter a process, one desk a unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from casework import answers, filing, following, own_words, resources
from casework.casefile import own_copy
from casework.cases import delivery, hearing, queue, reading, tending, ways
from casework.cases.case import Case
from casework.cases.news import FILED, News
from casework.cases.room import CaseRoom
from casework.community import asking as community
from casework.community import subscribing
from casework.deployment import trying
from casework.directory.stock import Shelf, Stock
from casework.institutions import asking, keywords
from casework.institutions.shelf import Register
from casework.institutions.shelf import Shelf as InstitutionShelf
from casework.pocket import question, saving, texting
from casework.pocket.offers import offers
from casework.receipts import Opening, look_up
from casework.tips import table as tips
from casework.tips import telling
from casework.tips.shelf import TipShelf
from flows.desk import KEYWORD, SenderWanted, Slots, Told
from flows.prompt import Choice, Phrase, ReceiptLine, Value
from storage import reports
from storage.database import Unit
from storage.reports import Report
from storage.vault.keyring import Purpose
from storage.vault.receipts import ReceiptMint
from storage.vault.senders import Sender


@dataclass(slots=True, eq=False)
class CaseDesk:
    """Serves `flows.desk.Desk` for one message."""

    counter: Counter = field(repr=False)
    unit: Unit = field(repr=False)
    teller: filing.Teller = field(repr=False)
    now: datetime
    opening: Opening | None = None  # what a number in this very message opens
    other: Sender | None = field(default=None, repr=False)  # whom the number belongs to that something is sent to
    _kept: Stock | None = field(default=None, repr=False)  # the directory, looked up once a message

    def values(self, language: str) -> Mapping[str, Value]:
        return {
            **resources.emergency(self._stock),
            **resources.advisers(self._stock),
            **reading.values(self.unit, self.counter.room, self.now),
            "app": Phrase(f"name.app.{self.teller.channel}") if self.teller.channel in ("whatsapp", "telegram") else "",
        }

    @property
    def _stock(self) -> Stock:
        if self._kept is None:
            self._kept = self.counter.shelf.stock(self.unit)
        return self._kept

    @property
    def _register(self) -> Register:
        return self.counter.institutions.register(self.unit)

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        match source:
            case "districts":
                return resources.districts(self._stock)
            case "resource_kinds":
                return resources.kind_choices(slots)
            case "places_asked":
                return resources.places_asked(self._stock, slots)
            case community.SOURCE:
                return resources.districts(self._stock)
            case "situations":
                return tips.choices(danger=slots.get("danger") == "red")
            case "asked_rows":
                return question.choices(self._stock, slots)
            case _ if source in asking.SOURCES:
                return asking.choices(source, self._register, self._stock, slots)
        raise KeyError(source)

    def understand(self, source: str, text: str, cell: str, slots: Slots) -> Told | None:
        match source:
            case "situations":
                return own_words.about_tips(text)
            case "anything":
                return own_words.anything(text, slots)
            case "more_help":
                return resources.more(text, cell, self._stock, slots)
            case community.SOURCE:
                return community.heard(text, cell, self._stock, slots)
        if source == KEYWORD:
            number = keywords.read(text)
            known = self._register.by_number.get(number) if number is not None else None
            return Told("ok", slots={"preset": known.id}) if known is not None else None
        if source == "asked_rows":
            return None
        if source in asking.SOURCES:
            return asking.heard(source, text, self._register, self._stock, slots)
        return resources.heard(source, text, cell, self._stock, slots)

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        match about:
            case "resources":
                return self._nearby(slots, now)
            case "nationwide":
                return resources.nationwide(self._stock, now)
            case "tip":
                return telling.told(self.counter.tips.tips(self.unit), slots)
            case "emergency":
                return Told("ok")
            case _ if about in community.TOLD:
                return self.counter.board.tell(self.unit, about, self._stock, slots, now)
            case "report":
                return following.tell(self.unit, self.counter.keyring, slots, now)
            case "reading":
                return Told(reading.stands(self.unit, self.counter.room, now))
            case "copy":
                return own_copy.stands(slots, self.teller)
            case "summary":
                return hearing.summary(self.counter.room, slots)
            case "talk":
                return Told(hearing.stands(self.unit, self.counter.room, str(slots["talk"])))
            case "kept":
                return saving.kept(self.unit, self.counter.keyring, self.teller, now)
            case "saved":
                return saving.saved(self.unit, self.counter.keyring, self._stock, self.teller, now)
            case "asked_rows":
                return question.told(self._stock, slots)
            case "sms_number":
                return texting.number_of(self.teller, slots)
        raise KeyError(about)

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        room = self.counter.room
        match effect:
            case "file_report":
                return self._file(slots, now)
            case "add_to_report":
                return following.add(self.unit, room, slots, self.teller, now)
            case "send_report":
                return following.send(self.unit, room, slots, self.teller, now)
            case "withdraw_report":
                return following.withdraw(self.unit, room, slots, now)
            case "erase_report":
                erased = following.erase(self.unit, room, slots, now)
                if erased.outcome == "ok":
                    subscribing.unsubscribe(self.unit, room.keyring, self.teller.sender, now)
                return erased
            case "hand_off":
                return self._hand_off(slots, now)
            case "relay":
                return self._hear(slots, now)
            case "here_again":  # a word or two do not tell a stranger's language; what was told before does
                self.teller = replace(self.teller, language=str(slots["language"]))
                return hearing.here_again(self.unit, room, slots, self.teller, now)
            case "helped":
                return hearing.helped(self.unit, room, slots, now)
            case "end_talk":
                return hearing.end(self.unit, room, slots, now)
            case "read_replies":
                return self._replies(slots, now)
            case "send_copy":
                return self._copy(slots, now)
            case "subscribe":
                district = community.district_of(self._stock, slots)
                return subscribing.subscribe(self.unit, room.keyring, self.teller, district, slots, now)
            case "unsubscribe":
                return subscribing.unsubscribe(self.unit, room.keyring, self.teller.sender, now)
        return self._keep(effect, slots, now)

    def _keep(self, effect: str, slots: Slots, now: datetime) -> Told:
        """What she does with numbers that she was shown."""
        unit, keyring, stock, teller = self.unit, self.counter.keyring, self._stock, self.teller
        match effect:
            case "save_numbers":
                return saving.save(unit, keyring, stock, slots, teller, now)
            case "forget_saved":
                return saving.forget(unit, keyring, teller, now)
            case "send_by_sms":
                if self.other is None:
                    raise SenderWanted("sms", str(slots["sms_number"]))
                return texting.send(unit, stock, slots, teller.sender, self.other, now)
            case "ask_tomorrow":
                return question.put(unit, keyring, self.counter.room.phrasebook, stock, slots, teller, now)
            case "count_answer":
                return question.count(unit, keyring, stock, slots, teller, now)
            case "let_question_go":
                return question.let_go(unit, keyring, teller.sender, now)
        raise KeyError(effect)

    def staffed(self, now: datetime) -> bool:
        return bool(queue.on_duty(self.unit, self.counter.room, now))

    def leave(self, now: datetime, talk: str) -> None:
        """Panic and STOP."""
        if talk:
            hearing.leave(self.unit, self.counter.room, bytes.fromhex(talk), now)
        following.leave(self.unit, self.counter.room, self.teller, now)
        subscribing.unsubscribe(self.unit, self.counter.keyring, self.teller.sender, now)

    def _nearby(self, slots: Slots, now: datetime) -> Told:
        holidays = self.counter.room.rota(self.unit).hours.holidays
        told = resources.nearby(self._stock, slots, now, language=self.teller.language, holidays=holidays)
        if told.outcome != "ok":
            return told
        rows = [self._stock.by_id[row] for row in saving.shown(told.slots)]
        can = offers(self.unit, self.counter.keyring, slots, rows, self.teller, now, texts=self.counter.texts)
        return replace(told, slots={**told.slots, **can})

    def asked(self, now: datetime) -> Slots | None:
        """The question that was put to her a day after, if she has not answered it."""
        return question.open_to(self.unit, self.counter.keyring, self.teller.sender, now)

    def answered(self, now: datetime) -> Slots | None:
        """The talk in which somebody has answered her since she wrote last."""
        case = ways.awaiting(self.unit, self.counter.keyring, self.teller.sender, now)
        return {"talk": case.id.hex(), "language": case.language} if case is not None else None

    def alarm(self, now: datetime) -> None:
        """She is in danger, as far as her words tell, and has asked for no person yet."""
        self.counter.alarm(self.unit, self.teller.language, self.teller.channel, now)

    def _hand_off(self, slots: Slots, now: datetime) -> Told:
        room = self.counter.room
        if not answers.given(slots, "keep"):
            return Told("refused")
        known, _ = following.opened(self.unit, self.counter.keyring, slots, now)
        self.unit.after_commit(lambda: tending.assign(room, now))
        if known is not None:
            return hearing.hand_over_known(self.unit, room, known, slots, self.teller, now)
        return hearing.hand_over(self.unit, room, slots, self.teller, self.counter.mint.take(), now)

    def _hear(self, slots: Slots, now: datetime) -> Told:
        room = self.counter.room
        told = hearing.hear(self.unit, room, slots, self.teller, now)
        self.unit.after_commit(lambda: tending.assign(room, now))
        return told

    def _replies(self, slots: Slots, now: datetime) -> Told:
        report, private = self._by_number(slots)
        if report is None:
            return Told("none")
        return hearing.replies(self.unit, self.counter.room, report, private, self.teller, now)

    def _copy(self, slots: Slots, now: datetime) -> Told:
        report, private = self._by_number(slots)
        if report is None:
            return Told("gone")
        return own_copy.order(self.unit, self.counter.room, report, private, slots, self.teller, now)

    def _by_number(self, slots: Slots) -> tuple[Report | None, bytes]:
        """What the number in this very message opens, and its private half."""
        opening = self.opening
        if opening is None or opening.keys is None or opening.report.hex() != slots.get("report"):
            return None, b""
        report = reports.fetch(self.unit, self.counter.keyring, opening.report)
        return report, reports.private_by_receipt(report, opening.keys) if report is not None else b""

    def _file(self, slots: Slots, now: datetime) -> Told:
        if not answers.given(slots, "keep"):
            return Told("refused")
        code, keys = self.counter.mint.take()
        room = self.counter.room
        report = filing.file_report(self.unit, room.keyring, slots, self.teller, (code, keys), now)
        if report.meta["status"] != "private":
            room.tell(self.unit, News(FILED, Case(report), now))
        return Told("ok", {"receipt": ReceiptLine(code.grouped.replace(" ", ""))})


class Counter:
    """What every desk of this process shares."""

    def __init__(
        self,
        room: CaseRoom,
        *,
        memory_kib: int,
        iterations: int = 2,
        alarm: Callable[[Unit, str, str, datetime], None] = lambda unit, language, channel, now: None,
        texts: bool = False,
    ) -> None:
        keyring, database = room.keyring, room.database
        self.room = room
        self.keyring = keyring
        self.alarm = alarm  # calls who is on call: language and channel of whoever writes
        self.texts = texts  # whether SMS goes out at all
        self.mint = ReceiptMint(keyring.key(Purpose.PEPPER), memory_kib, iterations)
        self._database = database
        self._memory_kib, self._iterations = memory_kib, iterations
        self.shelf = Shelf()
        self.institutions = InstitutionShelf()
        self.tips = TipShelf()
        self.board = community.Board(room)

    def renew(self, unit: Unit) -> None:
        """Say what the organisation says by now."""
        self.room.renew(unit)

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
        opening: Opening | None = None,
        other: Sender | None = None,
    ) -> CaseDesk:
        return CaseDesk(self, unit, filing.Teller(sender, channel, address, language, media), now, opening, other)

    def asking(self, unit: Unit, sender: Sender, item: bytes, now: datetime, about: str = "") -> bool:
        """Whether what waits in this item of the outbox until she is away is still to go; a question is open from here on."""
        if about.startswith(ways.ABOUT):
            return ways.still_wanted(unit, self.room, about)
        return question.sending(unit, self.keyring, sender, item, now)

    def told(self, unit: Unit, about: str, state: str, now: datetime, why: str = "") -> None:
        """What became of something that we had put into the outbox by ourselves: a counsellor's words, or a post."""
        if about.startswith(subscribing.ABOUT):
            subscribing.told(unit, about, state, why)
            return
        if about.startswith(trying.ABOUT):
            trying.told(unit, about, state, now, why)
            return
        if about.startswith(ways.ABOUT):
            ways.told(unit, self.room, about, state, now)
            return
        delivery.told(unit, self.room, about, state, now, why)

    def close(self) -> None:
        self.mint.close()
