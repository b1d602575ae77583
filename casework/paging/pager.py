"""The pager: hears what happens to cases, and calls whoever is on call when one is red.

Once a case. When nobody has taken it or answered, again every few minutes, with supervisors, until somebody does; when
nobody is on call, supervisors and admins at once, so that those who can change it know. What is kept of it lies in the case
itself, under its seal, and dies with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from casework.cases import queue
from casework.cases.case import Case
from casework.cases.news import LEFT, News
from casework.cases.room import CaseRoom
from casework.cases.standings import Standing
from casework.staff.roles import Role
from casework.triage import Level
from locales.languages import ENGLISH
from storage import marks, outbox, reports
from storage.database import Unit
from storage.staff import doors, people
from storage.staff.doors import Doors
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import mac

ROUNDS = 6  # calls for one case; then time itself raises it in the queue, as it does any other
WRITES_EVERY = timedelta(minutes=2)  # calls about somebody in danger who has asked for nobody yet, over all of them
CHANNELS = {"telegram": "telegram-staff", "sms": "sms", "whatsapp": "whatsapp"}  # of the outbox, by a door
_SHOWN = {"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram"}  # as each calls itself everywhere
_TAKEN = frozenset({"case claimed", "case answered", "case handed over", "case reopened"})
_LET_GO = frozenset({"case released", "case back: no answer", "case back: her holder left"})
_RUNS = ("new", "waiting", "held")


@dataclass(frozen=True, slots=True)
class Pager:
    """Serves `casework.cases.news.Herald`."""

    room: CaseRoom = field(repr=False)  # one in which nobody hears what the pager itself writes down
    open: frozenset[str]  # channels that are switched on
    every: timedelta  # until it calls again

    @classmethod
    def of(cls, room: CaseRoom, channels: Iterable[str], every: timedelta) -> Pager:
        return cls(replace(room, heralds=()), frozenset(channels), every)

    def tell(self, unit: Unit, news: News) -> None:
        """Hear of it."""
        case, now = news.case, news.now
        alarm = case.alarm
        if news.what in ("case closed", LEFT):
            if case.desk.pop("alarm", None) is not None:  # what comes after it is another matter
                self.room.keep(unit, case, now)
        elif news.what in _TAKEN:
            if alarm is not None or _cannot_wait(case):  # nobody is called for what somebody has
                self._note(unit, case, now, **(alarm or _first(now)) | {"over": True})
        elif news.what in _LET_GO and alarm is not None:
            self._note(unit, case, now, **alarm | {"over": False, "at": int(now.timestamp())})
        elif _cannot_wait(case) and (alarm is None or (alarm["over"] and case.holder is None)):
            case.desk.pop("alarm", None)
            self._call(unit, case, now)

    def again(self, now: datetime) -> Sequence[str]:
        """Call again for whatever nobody has taken; return what is not as it should be. May be killed and run again."""
        found = self.room.read(lambda unit: [one.id for one in self._standings(unit) if self._due(one, now)])
        said = [self.room.work(partial(self._once_more, report_id=report_id, now=now)) for report_id in found]
        return [fault for fault in said if fault]

    def writes(self, unit: Unit, language: str, channel: str, now: datetime) -> None:
        """Somebody in danger writes, and has asked for nobody yet. Nothing but that is told, and not for each of many."""
        if marks.turn(unit, "calls for who writes in danger", WRITES_EVERY, now) is None:
            return
        called = [one.id for one in self.room.rota(unit).on_call(now)]
        for staff_id in called:
            self._send(unit, staff_id, "page.writes.say", language, channel, now)

    def try_door(self, unit: Unit, staff_id: bytes, now: datetime) -> bool:
        """Call her once to see whether it arrives; False when there is no way."""
        return self._send(unit, staff_id, "page.try.say", ENGLISH, "sms", now)

    def ways(self, her: Doors) -> tuple[str, ...]:
        """How a call to her goes out: by the door that she chose, if it is open. None: she is not called.

        WhatsApp brings nothing to whoever has not written to us for 24 hours, and says so too late: so an SMS goes, too.
        """
        chosen = () if her.page_by is None else ("whatsapp", "sms") if her.page_by == "whatsapp" else (her.page_by,)
        return tuple(way for way in chosen if CHANNELS[way] in self.open and _address(her, way) is not None)

    def reached(self, unit: Unit) -> frozenset[bytes]:
        """Everybody who can be called."""
        return frozenset(her.id for her in doors.everybody(unit, self.room.keyring) if self.ways(her))

    def _standings(self, unit: Unit) -> Sequence[Standing]:
        return self.room.standings.all(unit, self.room.keyring)

    def _due(self, case: Case | Standing, now: datetime) -> bool:
        alarm = case.alarm
        if not _cannot_wait(case):
            return False
        if alarm is None:
            return case.asked is not None or case.holder is None
        waited = now.timestamp() - alarm["at"]
        return not alarm["over"] and alarm["round"] < ROUNDS and waited >= self.every.total_seconds()

    def _once_more(self, unit: Unit, report_id: bytes, now: datetime) -> str:
        report = reports.fetch(unit, self.room.keyring, report_id)
        if report is None or not self._due(Case(report), now):
            return ""
        return "" if self._call(unit, Case(report), now) else "a red case waits, and nobody could be called for it"

    def _call(self, unit: Unit, case: Case, now: datetime) -> int:
        """One round of calls; how many went out."""
        alarm = case.alarm or _first(now)
        everybody = [one for one in people.everybody(unit, self.room.keyring) if one.status == people.ACTIVE]
        on_call = [one.id for one in self.room.rota(unit).on_call(now) if queue.is_free_to_take(one, case)]
        above = [one.id for one in everybody if one.role == Role.SUPERVISOR and one.id not in on_call]
        admins = [one.id for one in everybody if one.role == Role.ADMIN]

        def send(to: Sequence[bytes], key: str) -> int:
            return sum(self._send(unit, one, key, case.language, case.channel, now) for one in to)

        key = "page.again.say" if alarm["round"] else "page.red.say"
        sent = send(on_call, key)
        if not sent:
            sent = send([*above, *admins], "page.nobody.say")
        elif alarm["round"]:
            sent += send(above, key)
        self._note(unit, case, now, **_first(now) | {"round": alarm["round"] + 1})
        return sent

    def _note(self, unit: Unit, case: Case, now: datetime, **alarm: Any) -> None:
        case.desk["alarm"] = alarm
        self.room.keep(unit, case, now)

    def _send(self, unit: Unit, staff_id: bytes, key: str, language: str, channel: str, now: datetime) -> bool:
        """Whether a call to her waits to go out."""
        keyring = self.room.keyring
        her = doors.fetch(unit, keyring, staff_id, hold=False)
        put = [
            outbox.put(
                unit,
                keyring,
                owner_of(keyring, staff_id, way),
                "send",
                CHANNELS[way],
                str(_address(her, way)),
                _payload(way, self._words(her, way, key, language, channel)),
                now,
                unasked=True,
            )
            for way in self.ways(her)
        ]
        return any(put)

    def _words(self, her: Doors, way: str, key: str, language: str, channel: str) -> str:
        book, reads = self.room.phrasebook, her.language or ENGLISH
        names = book.own_names(language)
        name = names.get(f"{reads}@{way}") or names[ENGLISH]
        return book.say(key, reads, {"speaks": name, "channel": _SHOWN.get(channel, channel)})


def owner_of(keyring: Keyring, staff_id: bytes, way: str, key_id: str = "") -> bytes:
    """The conversation that calls to her by one way are, as the outbox knows it: none waits for another way's."""
    return mac(keyring.key(Purpose.STAFF, key_id or keyring.current), f"page {way}".encode(), staff_id)


def drop_calls(unit: Unit, keyring: Keyring, staff_id: bytes) -> None:
    """No call that still waits goes out to her: she left, or the number is hers no more."""
    for way in CHANNELS:
        for key_id in keyring.ids:
            outbox.drop(unit, owner_of(keyring, staff_id, way, key_id))


def _payload(way: str, text: str) -> dict[str, str]:
    """As each channel reads it; the counsellors' own knows more to do than to say."""
    return {"do": "say", "text": text} if way == "telegram" else {"text": text}


def _address(her: Doors, way: str) -> str | None:
    if way == "telegram":
        return None if her.telegram is None else str(her.telegram)
    return f"whatsapp:{her.phone}" if way == "whatsapp" and her.phone else her.phone


def _first(now: datetime) -> dict[str, Any]:
    """What is kept of an alarm before anybody was called."""
    return {"at": int(now.timestamp()), "round": 0, "over": False}


def _cannot_wait(case: Case | Standing) -> bool:
    return case.risk == Level.RED and case.status in _RUNS
