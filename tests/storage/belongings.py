"""One house with something in every sealed column, and a way to read all of it again as the program would."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage import (
    audit,
    casebook,
    cases,
    changes,
    counsellors,
    counting,
    erasing,
    notes,
    outbox,
    papers,
    passages,
    reports,
    sessions,
    shredding,
    subscriptions,
    teams,
    threads,
    unshown,
    ways_back,
    wishes,
    wordings,
)
from storage.database import Database, Unit
from storage.sessions import pockets
from storage.staff import doors, pairings, topics
from storage.tables import contacts, draft_media, enclosures, erasures
from storage.tables import unshown as unshown_rows
from storage.vault.errors import VaultError
from storage.vault.grants import KeyPair
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id, new_key
from storage.vault.receipts import ReceiptCode, ReceiptKeys, derive
from storage.vault.sealing import open_sealed
from storage.vault.senders import Sender, SenderBook, message_mac

FACT = {
    "day": 1, "month": 1, "district": "lahore", "area": "", "kind": "TALK", "place": "street", "relation": "",
    "path": "me", "language": "en", "day_part": "", "response": "", "told": "", "wants": "", "institution": "",
    "child": 0, "mark": "00" * 16,
}  # fmt: skip


@dataclass(frozen=True)
class Belongings:
    """Who lives in the house."""

    keyring: Keyring
    senders: tuple[Sender, ...]
    receipts: tuple[ReceiptKeys, ...]
    teams: tuple[KeyPair, ...]
    codes: tuple[str, ...]  # that pair an account
    now: datetime


def fill(database: Database, keyring: Keyring, now: datetime) -> Belongings:
    """Two women, each with a draft, things that wait, two reports; one report erased; and the house's own."""
    book = SenderBook(keyring, memory_kib=8, iterations=1)
    people = tuple(book.of("sms", f"+92300111223{n}", now) for n in range(2))
    receipts = tuple(
        derive(ReceiptCode.mint(), keyring.key(Purpose.PEPPER), memory_kib=8, iterations=1) for _ in range(5)
    )
    pairs = (KeyPair.new(), KeyPair.new())

    codes: list[str] = []

    def work(unit: Unit) -> None:
        for key in pairs:
            teams.adopt(unit, keyring, new_id(), key.public, b"under a passphrase", now)
        for n, sender in enumerate(people):
            for turn in range(2):
                _draft(unit, keyring, sender, n, turn, now)
            pockets.put(unit, keyring, sender, {"saved": [f"row {n}"]}, now)
            for kind in ("send", "wipe"):
                outbox.put(unit, keyring, sender.outbox_tag, kind, "sms", f"+{n}", {"text": f"reply {n} {kind}"}, now)
            for number in range(2):
                outbox.keep_copy(unit, keyring, sender.outbox_tag, f"SM{n}{number}", now)
                _file_that_waits(unit, keyring, sender, n, number, now)
        for n, receipt in enumerate(receipts):
            _report(unit, keyring, people[n % 2], receipt, n, now)
        gone = reports.find(unit, receipts[4])
        assert gone is not None
        report = reports.fetch(unit, keyring, gone)
        assert report is not None
        erasing.erase(unit, keyring, report, now)
        for n in range(2):
            one = counsellors.held(unit, keyring, _staff(n))
            one.capacity = 3 + n
            counsellors.save(unit, keyring, one)
            cases.note_erased(unit, keyring, _staff(n), f"CODE{n}", now)
            for number in range(2):
                changes.add(unit, keyring, f"row {n}", {"note": f"change {n} {number}"}, now)
            hers = doors.fetch(unit, keyring, _staff(n))
            hers.telegram, hers.phone = 9_000 + n, f"+92300555000{n}"
            doors.save(unit, keyring, hers)
            codes.append(pairings.issue(unit, keyring, _staff(n), now))
            for number in range(2):
                fresh = topics.Topic(_staff(n), _case(number), 70 + number)
                topic = topics.fetch(unit, keyring, _staff(n), _case(number)) or fresh
                topic.messages = [n, number]
                topics.save(unit, keyring, topic)
            papers.add(unit, keyring, f"kind {n}", {"text": f"paper {n}"}, now, about=bytes([n]))
            passage = passages.Passage(f"node {n}", "sms", "ur", passages.REACHED)
            passages.add(unit, keyring, passages.week_of(now) - n, f"edition {n}", Counter({passage: 40 + n}), now)
            wordings.save(unit, keyring, wordings.Wording("ur", f"say.{new_key().hex()}", said=(f"wording {n}",)))
            wish = {"name": f"wish {n}", "city": "", "quarter": 8_100 + n, "mark": f"{n:032x}"}
            wishes.put(unit, keyring, new_key(), wish)
            wants = subscriptions.Subscription(
                people[n].news_tag,
                shredding.day_of(now) + 90 + n,
                "sms",
                f"+{n}",
                "",
                "",
                "en",
                n,
                districts=("karachi",),
            )
            subscriptions.put(unit, keyring, people[n], wants, now)
        for detail in ("one", "two", "three"):
            audit.append(unit, keyring, "note", now, detail)

    database.work(work)
    return Belongings(keyring, people, receipts[:4], pairs, tuple(codes), now)


def _staff(n: int) -> bytes:
    return bytes([n]) * 16


def _case(n: int) -> bytes:
    return bytes([n]) * 16


def _draft(unit: Unit, keyring: Keyring, sender: Sender, n: int, turn: int, now: datetime) -> None:
    held = sessions.claim(unit, keyring, sender, message_mac(keyring, "sms", f"{n}-{turn}"), now)
    sessions.keep_media(unit, keyring, sender, held, new_id(), f"voice {n} {turn}".encode(), now)
    sessions.save(unit, keyring, sender, held, {"story": f"draft {n} {turn}"}, sessions.Shown("e", "n"), now)
    sessions.keep_answer(unit, keyring, sender, held, f"answer {n} {turn}".encode(), now)


def _report(unit: Unit, keyring: Keyring, sender: Sender, receipt: ReceiptKeys, n: int, now: datetime) -> None:
    report, pair = reports.begin(unit, keyring, receipt, {"story": f"report {n}"}, {"status": f"new {n}"}, now)
    for number in range(2):
        reports.add_media(unit, report, new_id(), f"picture {n} {number}".encode(), number)
    ways_back.add_link(unit, sender, report, shredding.day_of(now) + 90 + n)
    ways_back.add_contact(unit, keyring, report, {"address": f"+{n}"}, shredding.day_of(now) + 30 + n)
    counting.add_pending(unit, keyring, report, {**FACT, "district": f"d{n}"}, now)
    reports.file(unit, keyring, report, pair, now)
    ways_back.lease(unit, keyring, report, {"address": f"+{n}", "channel": "sms"}, now)
    for entry in range(2):
        casebook.add(unit, report, {"plan": f"plan {n} {entry}"}, now)
        threads.add(unit, report, 1, {"said": f"entry {n} {entry}"}, now)
        notes.add(unit, report, {"note": f"note {n} {entry}"}, now)
        unshown.keep(unit, keyring, report.id, f"unshown {n} {entry}".encode(), now)
    reports.save(unit, keyring, report, now)


def _file_that_waits(unit: Unit, keyring: Keyring, sender: Sender, n: int, number: int, now: datetime) -> None:
    item, file = new_id(), outbox.Enclosed("image/jpeg", "photo.jpg", f"picture {n} {number}".encode())
    outbox.enclose(unit, keyring, sender.outbox_tag, item, file, now + outbox.WAITS, now)
    outbox.link_to(unit, keyring, item, now)


def everything(unit: Unit, house: Belongings) -> dict[tuple[Any, ...], Any]:
    """All that can be read in the house, opened as the program opens it; what is refused is not in it."""
    found: dict[tuple[Any, ...], Any] = {}
    for part in (_talks, _waiting, _reports, _own):
        for name, value in part(unit, house):
            assert name not in found, name
            found[name] = value
    return found


Items = Iterator[tuple[tuple[Any, ...], Any]]


def _talks(unit: Unit, house: Belongings) -> Items:
    keyring, now = house.keyring, house.now
    for n, sender in enumerate(house.senders):
        for turn in range(2):  # before the draft: when that is refused its answers go, too
            with refused():
                again = sessions.claim(unit, keyring, sender, message_mac(keyring, "sms", f"{n}-{turn}"), now)
                if again.repeat is not None:
                    yield ("answer", n, turn), again.repeat
    files = [row[0] for row in unit.main.all(select(draft_media.c.id))]
    for n, sender in enumerate(house.senders):
        with refused():
            if kept := pockets.look(unit, keyring, sender, now):
                yield ("pocket", n), kept
        with refused():
            held = sessions.claim(unit, keyring, sender, new_id(), now)
            if held.state is not None:
                yield ("draft", n), held.state
            for media_id in files:
                with refused(KeyError):
                    yield ("voice", n, media_id), sessions.media(unit, keyring, sender, held, media_id)


def _waiting(unit: Unit, house: Belongings) -> Items:
    keyring, now = house.keyring, house.now
    with refused():
        for one in outbox.lease(unit, keyring, "w", "sms", 100, now):
            yield ("waits", one.id), (one.owner, one.kind, one.address, one.payload)
    for (item_id,) in unit.main.all(select(enclosures.c.id)):
        file = outbox.enclosed(unit, keyring, item_id, now)
        if file is not None:
            yield ("file that waits", item_id), file.content
    for n, sender in enumerate(house.senders):
        with refused():
            for name in outbox.take_copies(unit, keyring, sender.outbox_tag, now):
                yield ("copy", n, name), True


def _reports(unit: Unit, house: Belongings) -> Items:
    keyring = house.keyring
    teams_now: Sequence[teams.TeamKey] = ()
    with refused():
        teams_now = teams.sound_keys(unit, keyring, house.now)
        yield from ((("team", team.id), team.public) for team in teams_now)
    for n, receipt in enumerate(house.receipts):
        with refused():
            report_id = reports.find(unit, receipt)
            report = reports.fetch(unit, keyring, report_id) if report_id else None
            if report is None:
                continue
            yield ("meta", n), (report.id, report.day, report.meta, report.refs)
            with refused():
                route = ways_back.leased(unit, keyring, report, house.now)
                if route is not None:
                    yield ("lease", n), route
            with refused():
                private = reports.private_by_receipt(report, receipt)
                yield ("body", n), reports.read_body(report, private)
                with refused():
                    yield ("files", n), reports.read_media(unit, report, private)
                with refused():
                    yield ("thread", n), threads.read(unit, report, private)
                with refused():
                    yield ("notes", n), notes.read(unit, report, private)
                with refused():
                    yield ("casebook", n), casebook.read(unit, report, private)
            for team in teams_now:
                for number, pair in enumerate(house.teams):
                    if team.public == pair.public:
                        with refused(KeyError):
                            private = reports.private_of(unit, report, team, pair.private)
                            yield ("read by a team", n, number), reports.read_body(report, private)
    for n, sender in enumerate(house.senders):
        with refused():
            for report_id in ways_back.linked(unit, keyring, sender, house.now):
                yield ("linked", n, report_id), True
    contacts_of = select(contacts.c.id, contacts.c.key_id, contacts.c.until_day, contacts.c.sealed)
    for contact_id, key_id, day, sealed in unit.main.all(contacts_of):
        with refused():
            place = ways_back.contact_context(contact_id, key_id, day)
            yield ("contact", contact_id), (day, open_sealed(keyring.key(Purpose.ROUTES, key_id), sealed, place))


def _own(unit: Unit, house: Belongings) -> Items:
    keyring = house.keyring
    with refused():
        yield from ((("fact", fact["district"]), True) for fact in counting._taken(unit, keyring, house.now))
    erasures_of = select(erasures.c.report_id, erasures.c.key_id, erasures.c.sealed)
    for report_id, key_id, sealed in unit.keys.all(erasures_of):
        with refused():
            place = erasing.context_of(report_id, key_id)
            yield ("erasure", report_id), open_sealed(keyring.key(Purpose.METADATA, key_id), sealed, place)
    for n in range(2):
        with refused():
            yield ("counsellor", n), counsellors.held(unit, keyring, _staff(n)).capacity
        with refused():
            if (found := doors.fetch(unit, keyring, _staff(n))).version:
                yield ("doors", n), found
        with refused():
            if whose := pairings.find(unit, keyring, house.codes[n], house.now):
                yield ("pairing", n), whose
        for number in range(2):
            with refused():
                if topic := topics.by_number(unit, keyring, _staff(n), 70 + number):
                    yield ("topic", n, number), topic
        with refused():
            # One by one: that the last were cut off shows only beside the thing itself.
            yield from ((("change", n, one.seq), one.content) for one in changes.of(unit, keyring, f"row {n}"))
        with refused():
            yield ("erased", n), cases.erased(unit, keyring, _staff(n))
        with refused():
            for paper in papers.every(unit, keyring, f"kind {n}", bytes([n])):
                yield ("paper", paper.id), (paper.kind, paper.about, paper.body, paper.day)
    for week in passages.between(unit, keyring, 0, 9_999):
        yield ("passages", week.id), week
    for wording in wordings.every(unit, keyring)[0]:
        yield ("wording", wording.id), wording
    for (row_id,) in unit.main.all(select(unshown_rows.c.id)):
        with refused():
            if words := unshown.fetch(unit, keyring, row_id, house.now):
                yield ("unshown", row_id), words
    for sender in house.senders:
        wants = subscriptions.of(unit, keyring, sender, house.now)
        if wants is not None:
            yield ("subscription", wants.address), wants
    for wish in wishes.every(unit, keyring)[0]:
        yield ("wish", wish.tag), wish
    with refused():
        yield ("log",), [(line.day, line.detail) for line in audit.lines(unit, keyring) if line.what == "note"]


@contextlib.contextmanager
def refused(*also: type[Exception]) -> Iterator[None]:
    """What the vault refuses is not in the house; anything else fails the test."""
    with contextlib.suppress(VaultError, *also):
        yield
