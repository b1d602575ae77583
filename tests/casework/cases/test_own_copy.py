"""Her own copy: only by her number, only for her passphrase, as a file in the talk; nothing of a colleague's notes in it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfReader

from casework.casefile import copies, plans
from casework.cases import holding, notes, relay
from casework.printing import CannotPrint
from operating.parts import Hamraz
from operating.worker import outbox_of
from storage import outbox
from storage.staff.readers import Reader
from tests.bot.test_conversation import SHORT, STORY, receipt_in, tell
from tests.casework.cases.conftest import Colleague
from tests.casework.cases.phones_and_desk import Team
from tests.databases import Place
from tests.phones import Clock, Phone
from tests.storage.attacker import copied

Phones = Callable[..., Phone]
WORD = "lemon tree 77"
COPY = "4"  # of: add, take back, erase, copy, leave it


@pytest.fixture
def place(sqlite: Place) -> Place:
    """It has no SQL of its own."""
    return sqlite


@pytest.fixture
def team(hamraz: Hamraz, clock: Clock) -> Team:
    return Team(hamraz, clock)


@pytest.fixture
def amina(team: Team) -> Colleague:
    return team.hire()


def come(hamraz: Hamraz, clock: Clock, channel: str = "telegram") -> list[tuple[str, bytes]]:
    """What comes to her phone by itself: the words, and the file."""
    box, came = outbox_of(hamraz, "w"), []
    for item in box.lease(channel, 20, clock()):
        file = hamraz.database.work(lambda unit, item=item: outbox.enclosed(unit, hamraz.keyring, item.id, clock()))
        if item.kind == "send":
            came.append((str(item.payload["text"]), file.content if file is not None else b""))
        box.done(item)
    return came


def test_her_number_after_her_passphrase_brings_all_that_is_hers_and_no_note(
    phone: Phones, hamraz: Hamraz, team: Team, amina: Colleague, clock: Clock
) -> None:
    one = phone("telegram")
    code = receipt_in(tell(one))
    room, case = team.room, team.case
    holding.claim(room, amina.id, case.id, clock())
    reader = Reader(amina.id, amina.pair.private)
    notes.add(room, amina.id, case.id, "a secret note", clock())
    plans.write(room, reader, case.id, {"places": "my aunt's roof"}, 0, clock())
    relay.reply(room, amina.id, case.id, "We are here", clock(), keep=True)

    one.say(code)
    assert "10 letters or more" in one.say(COPY)
    assert "10 to 100 letters" in one.say("short")
    assert "send your number once more" in one.say(WORD)
    said = one.say(code)

    assert "Your copy comes next." in said and "Open for 15 minutes" not in said
    ((words, pdf),) = come(hamraz, clock)
    assert words == "" and STORY.encode() not in pdf
    assert PdfReader(BytesIO(pdf)).decrypt("lemon tree 78") == 0
    found = PdfReader(BytesIO(pdf))
    assert found.decrypt(WORD) != 0
    text = found.attachments["case.txt"][0].decode()
    assert [part for part in (STORY, "my aunt's roof", "We are here") if part not in text] == []
    assert "a secret note" not in text
    assert WORD not in repr(copied(hamraz.database))


def test_without_the_number_there_is_no_copy_and_another_number_takes_no_passphrase_along(
    phone: Phones, hamraz: Hamraz, clock: Clock
) -> None:
    one = phone("telegram")
    first = receipt_in(tell(one))
    one.say("hi")
    one.say("1")
    other = receipt_in("\n".join(one.say(answer) for answer in SHORT))
    one.say(first)
    one.say(COPY)
    one.say(WORD)

    assert "Open for 15 minutes" in one.say(other)  # of another report: what was asked of the first is let go of
    assert "10 letters or more" in one.say(COPY)
    one.say(WORD)
    one.say("1")

    assert come(hamraz, clock) == []


def test_by_sms_she_is_told_where_it_comes_and_a_machine_that_prints_nothing_says_so(
    phone: Phones, hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_sms, app = phone("sms"), phone("whatsapp", "+923007654321")
    code = receipt_in(tell(by_sms))
    by_sms.say(code)
    assert "WhatsApp or Telegram" in by_sms.say(COPY)

    def cannot(html: str) -> bytes:
        raise CannotPrint("no Pango")

    monkeypatch.setattr(copies, "printed", cannot)
    for text in (code, COPY, WORD):
        app.say(text)
    app.say(code)
    assert [words for words, _ in come(hamraz, clock, "whatsapp")] == [
        "The copy could not be made just now. Nothing is lost. Please ask again later."
    ]


def test_whoever_erases_takes_back_a_copy_that_is_on_its_way(phone: Phones, hamraz: Hamraz, clock: Clock) -> None:
    one, other = phone("telegram"), phone("sms", "+923007654321")
    code = receipt_in(tell(one))
    for text in (code, COPY, WORD, code):
        one.say(text)
    assert copied(hamraz.database, ["enclosures"])["enclosures"]

    for text in (code, "erase", "1"):
        said = other.say(text)

    assert "erased" in said
    assert come(hamraz, clock) == [] and copied(hamraz.database, ["enclosures"]) == {"enclosures": []}


def test_panic_takes_back_a_copy_that_is_on_its_way(phone: Phones, hamraz: Hamraz, clock: Clock) -> None:
    one = phone("telegram")
    code = receipt_in(tell(one))
    for text in (code, COPY, WORD, code):
        one.say(text)
    assert copied(hamraz.database, ["enclosures"])["enclosures"]

    one.say("XX")

    assert come(hamraz, clock) == [] and copied(hamraz.database, ["enclosures"]) == {"enclosures": []}


@pytest.mark.parametrize("word", ["XX", "STOP"])
def test_who_leaves_while_it_is_made_is_sent_nothing(
    phone: Phones, hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    one = phone("telegram")
    code = receipt_in(tell(one))
    for text in (code, COPY, WORD):
        one.say(text)
    made = copies.printed

    def while_it_is_made(html: str) -> bytes:
        one.say(word, opt_out="STOP" if word == "STOP" else "")
        return made(html)

    monkeypatch.setattr(copies, "printed", while_it_is_made)
    one.say(code)

    assert come(hamraz, clock) == [] and copied(hamraz.database, ["enclosures"]) == {"enclosures": []}
