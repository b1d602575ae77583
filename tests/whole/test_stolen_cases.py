"""Everything is stolen while counsellors work: no word of a talk, note, referral, plan, reason, file, ready answer or of staff is in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.settings import Settings
from casework.canned import editing
from casework.casefile import asking, plans, referrals
from casework.cases import holding, notes, relay
from casework.chores import CHORES
from casework.enclosing.preparing import Enclosure
from casework.paging import door
from casework.paging.pager import Pager
from casework.shifts import keeping
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import outbox, reports, threads, ways_back
from storage.database import Unit
from storage.staff import doors
from storage.staff.readers import Reader
from storage.vault.keyring import Purpose
from storage.vault.receipts import ReceiptCode, derive
from storage.vault.senders import SenderBook
from tests.casework.cases.conftest import Colleague, hired
from tests.phones import Clock, make_hamraz
from tests.whole.invented import Invented, people
from tests.whole.scanning import Scanner
from tests.whole.test_stolen import Loot, loot, plant, search

__all__ = ["loot"]  # the fixture: logs as loud as they can be, temporary files where they can be seen
CASES = 15
FINDABLE = "Nargisqirmizi"  # another than any test planted: a server's log keeps what was written in all its databases


@pytest.mark.bare
def test_no_word_of_a_case_and_no_name_number_or_account_of_staff_is_in_what_was_stolen(
    loot: Loot,
    settings: Settings,
) -> None:
    hamraz, clock = make_hamraz(settings), Clock()
    everybody = list(people(CASES + 3, seed=20261130))
    amina, sana = (_staff(hamraz, clock, one) for one in everybody[:2])
    _work_together(hamraz, clock, everybody[2])
    for one in everybody[3:]:
        _work_on(hamraz, clock, amina, _filed(hamraz, clock, one), one)
    for chore in CHORES:
        assert chore.work(hamraz.database, hamraz.keyring, clock() + timedelta(hours=2)) in ([], ())
    waiting = asking.waiting_for(hamraz.room, Reader(sana.id, sana.pair.private), clock())
    assert len(waiting) == CASES  # so that all of it is there, and opens
    scanner = Scanner([FINDABLE, *(secret for one in everybody for secret in one.secrets)])

    loot.place.settle()
    found, looked = search(scanner, loot, hamraz)
    planted = plant(loot, hamraz, FINDABLE)
    now_there = {name for name, content in loot.pieces(hamraz) if FINDABLE.encode() in content}

    assert found == {}
    assert looked > 500_000  # bytes
    assert planted <= now_there
    hamraz.counter.close()
    hamraz.database.close()


def _staff(hamraz: Hamraz, clock: Clock, one: Invented) -> Colleague:
    """Somebody with a name, a telephone and an account in the counsellors' chat."""
    made = hired(hamraz.room, clock, one.name, duty=True, capacity=CASES)
    known = doors.Doors(made.id, telegram=int(one.address[-10:]), phone=f"+92{one.address[-10:]}")
    hamraz.database.work(lambda unit: doors.save(unit, hamraz.keyring, known))
    return made


def _work_together(hamraz: Hamraz, clock: Clock, one: Invented) -> None:
    """Ready answers and what they said before, a holiday, a name for reporters, a call that waits to go out."""
    room, now = hamraz.room, clock()
    tahira = hired(room, clock, one.more[:60], Role.TRANSLATOR)
    sara = hired(room, clock, f"{one.name} too"[:60], Role.SUPERVISOR)
    editing.create(room, tahira.id, "stolen", "talk", now)
    seen = ""
    for text in one.words:
        editing.write(room, tahira.id, "stolen", "en", text, seen, now)
        seen = editing.look(room, "stolen")[0].texts["en"].digest
    keeping.add_holiday(room, sara.id, now.date() + timedelta(days=9), one.words[0], now)
    her = room.read(room.rota).person(sara.id)
    assert her is not None
    keeping.set_ways(
        room, sara.id, sara.id, languages=["ur"], capacity=3, called=one.words[-1][:24], belongs=[],
        version=her.one.version, now=now,
    )  # fmt: skip
    pager = Pager.of(room, ["sms"], timedelta(minutes=5))
    door.choose(pager, sara.id, "sms", f"+9230{one.address[-8:]}", "ur", now)
    door.attempt(pager, sara.id, now)


def _filed(hamraz: Hamraz, clock: Clock, one: Invented) -> bytes:
    """A case in a talk, with a way back to her."""
    keyring, now = hamraz.keyring, clock()
    receipt = derive(ReceiptCode.mint(), keyring.key(Purpose.PEPPER), 8, 1)
    sender = SenderBook(keyring, memory_kib=8).of("telegram", one.address, now)
    meta = {"status": "waiting", "language": one.language, "channel": "telegram", "priority": "green"}

    def work(unit: Unit) -> bytes:
        body = {"answers": {"name": {"words": [one.name], "media": []}}, "filed": now.isoformat()}
        report, pair = reports.begin(unit, keyring, receipt, body, meta | {"filed": now.isoformat()}, now)
        route = {"channel": "telegram", "address": one.address, "owner": sender.outbox_tag.hex(), "language": "en"}
        ways_back.lease(unit, keyring, report, route, now)
        threads.add(unit, report, 1, {"said": {"words": list(one.words), "media": []}, "at": now.isoformat()}, now)
        reports.file(unit, keyring, report, pair, now)
        return report.id

    return hamraz.room.work(work)


def _work_on(hamraz: Hamraz, clock: Clock, amina: Colleague, case: bytes, one: Invented) -> None:
    """All that a counsellor writes into a case, each with a word of its own."""
    room, now, reader, words = hamraz.room, clock(), Reader(amina.id, amina.pair.private), one.words
    holding.claim(room, amina.id, case, now)
    notes.add(room, amina.id, case, words[0], now)
    content = " ".join(words).encode()
    file = Enclosure("file", "application/pdf", "document.pdf", content)
    sent = relay.reply(room, amina.id, case, one.more, now, private=amina.pair.private, file=file)
    assert sent.state == "queued"
    referral = referrals.offer(room, reader, case, words[-1], "", words[0], now)
    yes = referrals.Consent("chat", now.date())
    referrals.agree(room, reader, case, referral, ("name",), yes, one.more, now)
    plans.write(room, reader, case, dict(zip(plans.PARTS, words, strict=False)), 0, now)
    asking.ask(room, reader, case, asking.REVEAL, f"{' '.join(words)} {one.more} {one.name}", now)
    item = hamraz.database.read(lambda unit: reports.fetch(unit, hamraz.keyring, case, hold=False))
    assert item is not None
    name = item.meta["desk"]["sent"][str(sent.seq)]["item"]
    hamraz.database.work(lambda unit: outbox.link_to(unit, hamraz.keyring, bytes.fromhex(name), now))
