"""One case from end to end, written down: SMS in Urdu, a counsellor in Telegram, one in the console, then WhatsApp with her number.

`pytest --accept` writes one_run.txt anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pyotp
import pytest

from bot.settings import Settings
from casework.staff import joining
from casework.staff.factors import Shown
from casework.staff.roles import Role
from tests.bot.test_conversation import begin, receipt_in
from tests.casework.cases.phones_and_desk import ask_for_a_person
from tests.phones import Clock, Phone
from tests.staffroom import Account, Staffroom, staffroom
from tests.web.console.conftest import PASSWORD, SITE, Browser

WRITTEN = Path(__file__).with_name("one_run.txt")
HER_NUMBER = re.compile(r"\d{4} \d{4} \d{4} \d{4} \d{4}|\d{20}")


@dataclass
class Record:
    """What everybody wrote and read, in order."""

    room: Staffroom
    lines: list[str] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # what is another at each run, and what stands for it

    def title(self, text: str) -> None:
        self.lines += ["", f"# {text}"]

    def says(self, who: str, text: str) -> None:
        self.lines += [f"{who} > {line}" for line in text.splitlines()]

    def hears(self, who: str, text: str) -> None:
        self.lines += [f"{who} < {line}" for line in text.splitlines()]

    def phone(self, who: str, phone: Phone, text: str) -> str:
        """She writes; what comes at once."""
        self.says(who, text)
        said = phone.say(text)
        self.hears(who, said)
        self.deliver()
        return said

    def deliver(self) -> None:
        self.room.deliver()

    def counsellor(self, hers: Account, text: str, topic: int | None = None) -> None:
        """She writes to the staff bot; what stands in her chat afterwards that did not before."""
        self.says("Telegram, Amina", text)
        assert hers.say(text, topic=topic) == 200
        self.deliver()
        self.telegram(hers)

    def telegram(self, hers: Account) -> None:
        """What is new in her chat, topic by topic: each has an order of its own."""
        fresh = [one for one in self.room.screen(hers.number) if one.message_id > self.read.get("telegram", 0)]
        for shown in sorted(fresh, key=lambda one: (one.thread, one.message_id)):
            self.hears("Telegram, Amina", shown.text)
        self.read["telegram"] = max((one.message_id for one in fresh), default=self.read.get("telegram", 0))

    def console(self, browser: Browser, path: str, text: str) -> None:
        """She answers on the case's page."""
        self.says("Console, Bano", text)
        assert browser.send(f"{path}/reply", path, reply=text).status_code == 303
        self.deliver()
        self.lines += [f"Console, Bano | {line}" for line in on_the_page(browser, path)[-2:]]

    def compare(self, *, accept: bool) -> None:
        text = HER_NUMBER.sub("{number}", "\n".join(self.lines).strip() + "\n")
        for code, stands in self.codes.items():
            text = text.replace(code, stands)
        if accept:
            WRITTEN.write_text(text, encoding="utf-8")
        assert text == WRITTEN.read_text(encoding="utf-8")

    def arrived(self, who: str, phone: Phone) -> list[str]:
        """What reached her phone since the last look."""
        received = self.room.team.received[phone.number]
        fresh = received[self.read.get(phone.number, 0) :]
        self.read[phone.number] = len(received)
        for text in fresh:
            self.hears(who, text)
        return fresh


@pytest.fixture
def room(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staffroom]:
    with staffroom(settings, clock, monkeypatch, public_url=SITE) as made:
        yield made


def in_the_console(room: Staffroom, name: str) -> Browser:
    """A counsellor who has just accepted her invitation, in her browser."""
    office, now = room.hamraz.office, room.clock()
    code = joining.invite(office, name, Role.COUNSELLOR, b"", now)
    offer = joining.offer(office, joining.look(office, code, now), now)
    shown = Shown(code=pyotp.TOTP(offer.secret).at(now), ticket=offer.ticket)
    joined = joining.accept(office, code, PASSWORD, shown, now)
    client = room.client.application.test_client()
    client.set_cookie("__Host-hamraz-login", joined.cookie, domain="help.example", secure=True)
    client.set_cookie("__Host-hamraz-browser", joined.mark, domain="help.example", secure=True)
    return Browser(client, room.clock, name, offer.secret)


def on_the_page(browser: Browser, path: str) -> list[str]:
    """The talk as a counsellor reads it in the console: who, and what."""
    thread = browser.open(path).text.partition('id="thread"')[2].partition("</ol>")[0]
    found = re.findall(r'<p class="(ours|hers)" dir="auto"[^>]*>([^<]*)<', thread)
    return [f"{'us ' if whose == 'ours' else 'her'}: {unescape(text)}" for whose, text in found]


def test_one_case_goes_from_sms_to_telegram_to_the_console_and_on_by_whatsapp(
    room: Staffroom, request: pytest.FixtureRequest
) -> None:
    bano = in_the_console(room, "Bano")
    room.staffed()
    hers = room.paired(room.hire("Amina"), language="ur", content=True)
    record = Record(room)

    record.title("She writes by SMS, in Urdu, and asks for a person.")
    sms = room.phone("sms", "+923001112233")
    begin(sms, "ur")
    said = ask_for_a_person(sms, about="کالج کے گیٹ پر ایک آدمی روز تنگ کرتا ہے")
    record.hears("SMS", said)
    number, (case,) = receipt_in(said), room.team.open_cases()
    record.codes[case.code] = "{case}"

    record.title("Amina takes the case in Telegram and answers there.")
    record.counsellor(hers, f"/take {case.code}")
    topic = hers.topics()[case.code]
    record.counsellor(hers, "میں سن رہی ہوں۔ کیا اس وقت لکھنا محفوظ ہے؟", topic)
    assert record.arrived("SMS", sms) == ["میں سن رہی ہوں۔ کیا اس وقت لکھنا محفوظ ہے؟"]
    record.phone("SMS", sms, "جی، میں اکیلی ہوں")
    record.telegram(hers)
    record.counsellor(hers, "// اس کا بھائی رات کو فون دیکھتا ہے", topic)
    assert record.arrived("SMS", sms) == []

    record.title("She gives it to Bano, who works in the console.")
    record.counsellor(hers, f"/give {case.code} Bano", topic)
    assert case.code not in hers.topics()
    path = f"/cases/{case.id.hex()}"
    assert on_the_page(bano, path) == [
        "us : میں سن رہی ہوں۔ کیا اس وقت لکھنا محفوظ ہے؟",
        "her: جی، میں اکیلی ہوں",
    ]
    assert "اس کا بھائی رات کو فون دیکھتا ہے" in bano.open(path).text  # among the notes
    record.console(bano, path, "کل تین بجے بات کریں؟")
    assert record.arrived("SMS", sms) == ["کل تین بجے بات کریں؟"]

    record.title("She goes on by WhatsApp, from another phone, with her number.")
    whatsapp = room.phone("whatsapp", "+923004445566")
    begin(whatsapp, "ur")
    record.phone("WhatsApp", whatsapp, number)
    for answer in ("کونسلر", "اب یہیں لکھوں گی", "1", "1"):
        record.phone("WhatsApp", whatsapp, answer)
    record.phone("WhatsApp", whatsapp, "تین بجے ٹھیک ہے")
    assert [one.code for one in room.team.open_cases()] == [case.code]
    assert on_the_page(bano, path)[-1] == "her: تین بجے ٹھیک ہے"
    record.console(bano, path, "میں یہیں ہوں گی۔")
    assert record.arrived("WhatsApp", whatsapp) == ["میں یہیں ہوں گی۔"]
    assert record.arrived("SMS", sms) == []

    assert "بھائی" not in "\n".join(room.team.received[sms.number] + room.team.received[whatsapp.number])
    record.compare(accept=request.config.getoption("--accept"))
