"""The desk in a try. What may be known is asked of the real desk; what would be done is only remembered here, as long as the
try is worked out: no report, no case, nobody called, nothing written.

It is lent a unit of work that refuses every write, so that a mistake here fails loudly and keeps nothing. Her numbers are made
of the try's own seed: the same try shows the same number again, and the number opens nothing anywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from casework import answers, resources
from casework.casefile import own_copy
from casework.cases.relay import CARRY_FILES
from casework.desk import CaseDesk, Counter
from casework.directory import kinds
from casework.directory.stock import Stock
from casework.filing import Teller
from casework.following import OPEN_FOR
from casework.places.gazetteer import read_country
from casework.pocket import question, safe_hours, saving
from flows.desk import Slots, Told
from flows.prompt import Choice, Lines, Phrase, ReceiptLine, Value
from flows.shape import Flow
from storage.database import Unit
from storage.directory import Resource
from storage.vault.errors import BadReceiptCode
from storage.vault.receipts import ReceiptCode, check_digit
from storage.vault.senders import Sender

HER_NUMBER = "+923001234567"  # invented, as the demo's
_READS_FOR, _READS_AFTER = timedelta(hours=2), timedelta(hours=12)
_NO_TAG = bytes(16)
_NOBODY = Sender("", _NO_TAG, _NO_TAG, _NO_TAG, _NO_TAG, _NO_TAG, _NO_TAG, _NO_TAG, bytes(32), bytes(32))
_OF_A_REPORT = frozenset({"report", "copy"})  # what is told, or done, only of a report that her number opened
_WITH_A_REPORT = frozenset(
    {"read_replies", "add_to_report", "send_report", "withdraw_report", "erase_report", "send_copy"}
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as far as a try has one."""

    digits: str = field(repr=False)
    status: str
    filed: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What a number in a try opens."""

    outcome: str  # "open", "unknown" or "bad"
    slots: Slots = field(default_factory=dict, repr=False)


class TryDesk:
    """Serves `bot.watching.TalkDesk` for one phone of one try."""

    def __init__(
        self, counter: Counter, unit: Unit, channel: str, language: str, seed: str, reads: str, now: datetime
    ) -> None:
        """
        seed   what its numbers are made of
        reads  whether somebody of the team reads: "yes", "no", or as it is
        """
        address = f"whatsapp:{HER_NUMBER}" if channel == "whatsapp" else HER_NUMBER
        teller = Teller(_NOBODY, channel, address, language, lambda media: b"")
        self._real = CaseDesk(counter, unit, teller, now)
        self._channel, self._language, self._seed, self._reads = channel, language, seed, reads
        self._made = 0  # numbers so far
        self._reports: dict[str, Filed] = {}
        self._saved: list[tuple[str, str, str]] = []  # row, district, for whom
        self._question: dict[str, Any] | None = None
        self._subscribed = False
        self._talks: set[str] = set()

    @cached_property
    def _stock(self) -> Stock:
        return self._real.counter.shelf.stock(self._real.unit)

    def at(self, now: datetime, language: str) -> None:
        """A message comes now, in this language."""
        self._real.now, self._language = now, language
        self._real.teller = replace(self._real.teller, language=language)

    def given(self, flow: Flow, now: datetime) -> dict[str, object]:
        """What a flow begins with that is never begun by itself: a report that was opened, numbers that are asked about."""
        nodes = flow.nodes.values()
        if any(node.text("tell") in _OF_A_REPORT or node.text("effect") in _WITH_A_REPORT for node in nodes):
            return dict(self._open(self._report("new", now), now))
        if any(node.text("tell") == "asked_rows" for node in nodes):
            rows = [row for row in self._stock.by_id.values() if row.phones]
            return {"rows": [row.id for row in rows[: resources.AT_ONCE]], "may": "yes"}
        return {}

    def look_up(self, text: str, now: datetime) -> Opened | None:
        """What a text of 20 digits opens; None for any other."""
        try:
            code = ReceiptCode.read(text)
        except BadReceiptCode:
            return Opened("bad")
        if code is None:
            return None
        known = next((report for report, one in self._reports.items() if one.digits == code.digits), None)
        return Opened("unknown") if known is None else Opened("open", self._open(known, now))

    def due(self, until: datetime) -> datetime | None:
        """When the question that she agreed to comes, if that is by then; it comes once."""
        asked = self._question
        if asked is None or asked["sent"] or until < asked["when"]:
            return None
        asked["sent"] = True
        when: datetime = asked["when"]
        return when

    def forked(self) -> TryDesk:
        """The same, from here on on its own."""
        twin = copy(self)
        twin._real = replace(self._real)
        twin._reports, twin._saved, twin._talks = {**self._reports}, [*self._saved], {*self._talks}
        twin._question = None if self._question is None else {**self._question}
        return twin

    # --- what a turn asks -------------------------------------------------------------------------

    def values(self, language: str) -> dict[str, Value]:
        known = dict(self._real.values(language))
        here = self._real.now.astimezone(ZoneInfo(read_country().zone))
        if self._reads == "yes":
            return {**known, "hour": here, "until": here + _READS_FOR}
        if self._reads == "no" and (known["until"] or not known["hour"]):
            return {**known, "hour": here + _READS_AFTER, "until": ""}
        return known

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        return self._real.choices(source, slots)

    def understand(self, source: str, text: str, cell: str, slots: Slots) -> Told | None:
        return self._real.understand(source, text, cell, slots)

    def staffed(self, now: datetime) -> bool:
        return self._real.staffed(now) if not self._reads else self._reads == "yes"

    def asked(self, now: datetime) -> Slots | None:
        asked = self._question
        if asked is None or not asked["sent"] or now > asked["until"]:
            return None
        return {"rows": asked["rows"], "language": asked["language"]}

    def answered(self, now: datetime) -> Slots | None:
        return None  # nobody answers in a try

    def leave(self, now: datetime, talk: str) -> None:
        """She left in a hurry: what was kept for her goes; what she sent stays where it is."""
        self._saved, self._question, self._subscribed = [], None, False
        self._talks.clear()

    def alarm(self, now: datetime) -> None:
        """Nobody is called."""

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        match about:
            case "resources":
                return self._nearby(slots, now)
            case "report":
                return self._stands(slots, now)
            case "reading" if self._reads:
                return Told("open" if self._reads == "yes" else "closed")
            case "talk":
                return Told("open" if slots.get("talk") in self._talks else "gone")
            case "kept":
                return Told("ok", slots={"kept": "yes" if self._saved else ""})
            case "saved":
                return self._told_saved()
        return self._real.tell(about, slots, now)

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        if effect in _WITH_A_REPORT:
            return self._with_report(effect, slots, now)
        match effect:
            case "file_report":
                if not answers.given(slots, "keep"):
                    return Told("refused")
                status = "private" if answers.chosen(slots, "path") == "record" else "new"
                return Told("ok", {"receipt": ReceiptLine(self._reports[self._report(status, now)].digits)})
            case "hand_off":
                return self._hand_off(slots, now)
            case "relay" | "here_again" | "helped":
                return Told("ok" if slots.get("talk") in self._talks else "gone")
            case "end_talk" | "let_question_go" | "forget_saved":
                return self._let_go(effect)
            case "subscribe":
                if not answers.given(slots, "news"):
                    return Told("refused")
                self._subscribed = True
                return Told("ok")
            case "unsubscribe":
                had, self._subscribed = self._subscribed, False
                return Told("ok" if had else "none")
            case "save_numbers" | "send_by_sms" | "ask_tomorrow":
                return self._with_numbers(effect, slots, now)
            case "count_answer":
                self._question = None
                return Told("ok" if answers.chosen(slots, "row") else "none")
        raise KeyError(effect)

    # --- inside -----------------------------------------------------------------------------------

    def _report(self, status: str, now: datetime) -> str:
        """Another report, by its id."""
        self._made += 1
        made = sha256(f"{self._seed} {self._channel} {self._made}".encode()).digest()
        nineteen = f"{int.from_bytes(made[:16]):039d}"[-19:]
        report = made[16:].hex()
        self._reports[report] = Filed(nineteen + check_digit(nineteen), status, now)
        return report

    def _open(self, report: str, now: datetime) -> Slots:
        return {"report": report, "opened": now.isoformat()}

    def _opened(self, slots: Slots, now: datetime) -> tuple[str, str]:
        """The report that her number opened in this talk, by its id; "" with "gone" or "closed"."""
        since, report = slots.get("opened"), slots.get("report")
        if not isinstance(since, str) or report not in self._reports:
            return "", "gone"
        if now - datetime.fromisoformat(since) > OPEN_FOR:
            return "", "closed"
        return str(report), ""

    def _stands(self, slots: Slots, now: datetime) -> Told:
        report, trouble = self._opened(slots, now)
        if trouble:
            return Told(trouble)
        one = self._reports[report]
        values: dict[str, Value] = {"n": 0, "filed": one.filed.date()}
        return Told(one.status if one.status in ("private", "withdrawn") else "ok", values)

    def _with_report(self, effect: str, slots: Slots, now: datetime) -> Told:
        report, trouble = self._opened(slots, now)
        if trouble:
            return Told("none" if effect == "read_replies" else trouble)
        match effect:
            case "read_replies":
                return Told("none")
            case "send_copy":
                return Told("ok" if self._channel in CARRY_FILES else "sms", slots={own_copy.WORD: None})
            case "erase_report":
                del self._reports[report]
                self._subscribed = False
            case "send_report" | "withdraw_report":
                status = "new" if effect == "send_report" else "withdrawn"
                self._reports[report] = replace(self._reports[report], status=status)
        return Told("ok")

    def _hand_off(self, slots: Slots, now: datetime) -> Told:
        if not answers.given(slots, "keep"):
            return Told("refused")
        known, _ = self._opened(slots, now)
        talk = known or self._report("waiting", now)
        self._talks.add(talk)
        values: dict[str, Value] = {"n": 1, "receipt": ReceiptLine(self._reports[talk].digits)}
        return Told("known" if known else "new", values, {"talk": talk})

    def _let_go(self, effect: str) -> Told:
        match effect:
            case "end_talk":
                self._talks.clear()
            case "let_question_go":
                self._question = None
            case "forget_saved":
                self._saved = []
        return Told("ok")

    # --- numbers that she was shown ---------------------------------------------------------------

    def _nearby(self, slots: Slots, now: datetime) -> Told:
        real = self._real
        holidays = real.counter.room.rota(real.unit).hours.holidays
        told = resources.nearby(self._stock, slots, now, language=self._language, holidays=holidays)
        if told.outcome != "ok":
            return told
        rows = [self._stock.by_id[row] for row in saving.shown(told.slots)]
        return replace(told, slots={**told.slots, **self._can(slots, rows, now)})

    def _can(self, slots: Slots, rows: Sequence[Resource], now: datetime) -> Slots:
        can = ["save", *(["sms"] if self._real.counter.texts and self._channel != "sms" else [])]
        when = self._when(now)
        if when is None or slots.get("danger") == "red" or not any(row.phones for row in rows):
            return {"can": can}
        same = now + safe_hours.AFTER - when < timedelta(minutes=1)
        return {"can": [*can, "ask"], "hour": "same" if same else "hers"}

    def _when(self, now: datetime) -> datetime | None:
        if self._question is not None and now <= self._question["until"]:
            return None
        return safe_hours.moment(now, (), read_country().zone)

    def _told_saved(self) -> Told:
        if not self._saved:
            return Told("none")
        stock, lines = self._stock, list[Phrase]()
        for row, district, person in self._saved:
            target = resources.target_of(stock, {"place": district, "person": person})
            lines += resources.lines([stock.by_id[row]], target, stock).items if row in stock.by_id else ()
        return Told("ok" if lines else "gone", {"lines": Lines(tuple(lines))}, {"missing": ""})

    def _with_numbers(self, effect: str, slots: Slots, now: datetime) -> Told:
        stock = self._stock
        rows = [stock.by_id[row] for row in saving.shown(slots) if row in stock.by_id]
        target = resources.target_of(stock, slots)
        match effect:
            case "save_numbers":
                fresh = [(row.id, target.district, answers.chosen(slots, "person")) for row in rows]
                names = {row.id for row in rows}
                self._saved = [*(one for one in self._saved if one[0] not in names), *fresh][-saving.MOST :]
                return Told("ok" if fresh else "none", slots={"can": saving.without(slots, "save")})
            case "send_by_sms":
                kind, after = kinds.kind_of(str(slots.get("kind", ""))), {"sms_number": None}
                if not rows or kind is None:
                    return Told("none", slots=after)
                return Told("ok", resources.said(rows, kind, target, stock), after)
        when, called = self._when(now), [row.id for row in rows if row.phones]
        left = {"can": saving.without(slots, "ask")}
        if when is None or not called:
            return Told("no", slots=left)
        self._question = {
            "rows": called, "when": when, "until": now + question.STANDS, "sent": False, "language": self._language,
        }  # fmt: skip
        return Told("ok", slots=left)
