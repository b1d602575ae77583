"""What invented reporters do: file, leave a draft, tell in a conversation, write over the webhook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.message import InboundMessage
from operating.parts import Hamraz
from operating.serving import make_app
from operating.worker import make_worker
from storage import outbox, reports, sessions
from storage.database import Unit
from storage.vault.keyring import Purpose
from storage.vault.randomness import new_id
from storage.vault.receipts import ReceiptCode, derive
from storage.vault.senders import SenderBook, message_mac
from tests.bot.test_conversation import LANGUAGES, receipt_in
from tests.phones import Clock, Phone
from tests.whole.invented import Invented
from tests.whole.providers import House, text

NOW = Clock()()


def file_for(hamraz: Hamraz, one: Invented) -> None:
    """Keep a draft, an answer, a file and what waits; file the report; every third adds to it by her number."""
    keyring, now = hamraz.keyring, NOW
    sender = SenderBook(keyring, memory_kib=8, iterations=1).of(one.channel, one.address, now)
    story = {"words": list(one.words)}
    slots = {
        "path": "me", "happened": "touch", "where": "street", "area": "lahore", "story": story,
        "institution": "none", "institution_name": {"words": [one.name]}, "institution_city": {"words": [one.more]},
        "name": {"words": [one.name]}, "keep": {"given": True, "version": 1}, "counts": ["path", "where", "area"],
        "count": {"given": True, "version": 1}, "contact": {"given": True, "version": 1},
        "contact_word": {"words": [one.name]}, "picture": {"media": [{"id": new_id().hex(), "sha256": ""}]},
    }  # fmt: skip

    def work(unit: Unit) -> None:
        keep_draft(unit, hamraz, one)
        desk = hamraz.counter.desk(
            unit, sender, one.channel, one.address, one.language, lambda _: " ".join(one.words).encode() * 20, now
        )
        told = desk.commit("file_report", slots, now)
        if int(one.address[-1]) % 3 == 0:
            code = ReceiptCode.read(told.values["receipt"].digits)  # type: ignore[union-attr]  # a ReceiptLine
            assert code is not None
            report_id = reports.find(unit, derive(code, keyring.key(Purpose.PEPPER), 8, 2))
            more = {"report": (report_id or b"").hex(), "opened": now.isoformat(), "more": {"words": [one.more]}}
            assert desk.commit("add_to_report", more, now).outcome == "ok"

    hamraz.database.work(work)


def draft_for(hamraz: Hamraz, one: Invented) -> None:
    """Leave a draft open, and ask to be told what is on."""
    sender = SenderBook(hamraz.keyring, memory_kib=8, iterations=1).of(one.channel, one.address, NOW)

    def work(unit: Unit) -> None:
        keep_draft(unit, hamraz, one)
        desk = hamraz.counter.desk(unit, sender, one.channel, one.address, one.language, lambda _: b"", NOW)
        wants = {"place": "larkana", "news": {"given": True, "version": 1}}
        assert desk.commit("subscribe", wants, NOW).outcome == "ok"

    hamraz.database.work(work)


def keep_draft(unit: Unit, hamraz: Hamraz, one: Invented) -> None:
    keyring, now = hamraz.keyring, NOW
    sender = SenderBook(keyring, memory_kib=8, iterations=1).of(one.channel, one.address, now)
    held = sessions.claim(unit, keyring, sender, message_mac(keyring, one.channel, one.address), now)
    said = " ".join((*one.words, one.name, one.more))
    sessions.keep_media(unit, keyring, sender, held, new_id(), said.encode() * 9, now)
    sessions.save(unit, keyring, sender, held, {"story": said, "at": one.address}, sessions.Shown("e", "story"), now)
    sessions.keep_answer(unit, keyring, sender, held, said.encode(), now)
    outbox.put(unit, keyring, sender.outbox_tag, "send", one.channel, one.address, {"text": said}, now)
    outbox.keep_copy(unit, keyring, sender.outbox_tag, f"SM{one.address[-10:]}", now)


def tell_for(hamraz: Hamraz, one: Invented) -> None:
    """Tell a whole report in the conversation, and add to it by her number."""
    phone = Phone(hamraz, one.channel, one.address, Clock())
    for answer in (one.name, "1", str(LANGUAGES.index(one.language) + 1)):
        phone.say(answer)
    said = ""
    for answer in ["1", "1", "2", "1", "2", "1", "2", *one.words, "DONE", "1", "1", "1", "2", "2", "1"]:
        said = phone.say(answer)
    for answer in (receipt_in(said), "1", one.more, "DONE"):
        phone.say(answer)


def bring_for(hamraz: Hamraz, some: list[Invented], monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts over the webhook, each once more with a forged body; and at the end all of us fails."""
    house = House(hamraz, make_app(hamraz), make_worker(hamraz), None, None)  # type: ignore[arg-type]  # no provider is called
    brought = [text("sms", f"+92{one.address[-10:]}", " ".join((*one.words, one.name))) for one in some]
    for one, call in zip(some, brought, strict=True):
        assert house.bring(call).status == 200
        assert house.bring(replace(call, body=call.body + one.more.encode())).status == 403

    def fails(_: object, inbound: InboundMessage, *__: object) -> None:
        raise ValueError(f"{inbound.address.value} said {inbound.text}")

    monkeypatch.setattr("bot.answering.take_turn", fails)
    for one in some:
        assert house.bring(text("sms", f"+92{one.address[-10:]}", one.more)).status == 200
