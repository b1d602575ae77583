"""A house to knock at: staff of every role in their own browsers, cases in every state, and words that only some may read.

It is made once; each round works on a copy of its files, in which every login still holds.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.message import MediaReference
from bot.settings import Settings
from casework.cases import holding, relay
from casework.cases.case import Case
from casework.staff import joining
from casework.staff.factors import Shown
from casework.staff.roles import Role
from operating import serving
from operating.parts import Hamraz, build
from storage import cases
from storage.vault.keyring import Keyring
from tests.bot.test_conversation import SHORT, STORY, begin
from tests.casework.cases.conftest import hired
from tests.casework.staff.conftest import PASSWORD
from tests.casework.test_enclosing import photo
from tests.handlers import payloads as real
from tests.handlers.hostile import AUTH, SECRET
from tests.phones import Clock, Phone, make_hamraz

SITE = "https://help.example"
STRANGER, COLLEAGUE = "stranger", "colleague"
STAFF_SECRET = "staff_secret-9"
TOKEN = "open sesame"
NOWHERE = "http://127.0.0.1:9"  # nobody listens there: what goes out waits
COOKIES = ("login", "browser")


@dataclass
class Model:
    """A house that was made, closed, to copy from."""

    settings: Settings
    keyring: Keyring
    moment: datetime
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)  # of staff: login, mark
    members: dict[str, bytes] = field(default_factory=dict)
    words: dict[bytes, tuple[str, ...]] = field(default_factory=dict)  # of a case: only whoever reads it may see them
    numbers: tuple[str, ...] = ()  # which nobody may see
    codes: tuple[str, ...] = ()  # of cases: for pages, never for a log or a metric


@dataclass
class House:
    """One copy of it, open."""

    model: Model
    hamraz: Hamraz
    app: Flask
    clock: Clock
    browsers: dict[str, FlaskClient]

    def may_read(self, who: str, case_id: bytes) -> bool:
        """Whether the words of this case are hers to read now."""
        member = self.model.members.get(who)
        keyring = self.hamraz.keyring
        found = self.hamraz.database.read(lambda unit: [Case(one) for one in cases.everyones(unit, keyring)])
        return any(case.id == case_id and member in (case.holder, *case.joined) for case in found)


def settings_of(database_url: str, keys_url: str, folder: Path) -> Settings:
    """Every door open, every provider away."""
    return Settings(
        HAMRAZ_DATABASE_URL=database_url,
        HAMRAZ_KEYS_URL=keys_url,
        HAMRAZ_KEYRING=folder / "keyring.json",
        HAMRAZ_SLOW_MEMORY_KIB=8,
        HAMRAZ_PASSWORD_MEMORY_KIB=8,
        HAMRAZ_PUBLIC_URL=SITE,
        HAMRAZ_SECURITY_CONTACT="mailto:holes@help.example",
        HAMRAZ_METRICS_TOKEN=TOKEN,
        HAMRAZ_HOURS="Mon-Sun 00:00-23:59",
        TWILIO_ACCOUNT_SID=real.ACCOUNT,
        TWILIO_AUTH_TOKEN=AUTH,
        HAMRAZ_SMS_FROM=real.OUR_NUMBER,
        HAMRAZ_WHATSAPP_FROM=real.OUR_NUMBER,
        HAMRAZ_TWILIO_API_URL=NOWHERE,
        HAMRAZ_TELEGRAM_API_URL=NOWHERE,
        TELEGRAM_BOT_TOKEN="123456:" + "A" * 35,
        TELEGRAM_BOT_NAME="hamraz_test_bot",
        TELEGRAM_WEBHOOK_SECRET=SECRET,
        TELEGRAM_STAFF_BOT_TOKEN="654321:" + "B" * 35,
        TELEGRAM_STAFF_WEBHOOK_SECRET=STAFF_SECRET,
    )  # type: ignore[call-arg]  # pydantic reads them by these names


def make_model(settings: Settings) -> Model:
    """Fill two empty databases."""
    hamraz, clock = make_hamraz(settings), Clock()
    model = Model(settings, hamraz.keyring, clock())
    try:
        for who in (*Role, COLLEAGUE):
            _join(hamraz, clock, model, who)
        hired(hamraz.room, clock, "On duty", duty=True, capacity=0)
        _tell(hamraz, clock, model)
        model.moment = clock()
    finally:
        hamraz.counter.close()
        hamraz.database.close()
    return model


def _join(hamraz: Hamraz, clock: Clock, model: Model, who: str) -> None:
    role = Role.COUNSELLOR if who == COLLEAGUE else Role(who)
    code = joining.invite(hamraz.office, f"Staff {who}", role, b"", clock())
    invited = joining.look(hamraz.office, code, clock())
    offer = joining.offer(hamraz.office, invited, clock())
    shown = Shown(code=pyotp.TOTP(offer.secret).at(clock()), ticket=offer.ticket)
    joined = joining.accept(hamraz.office, code, PASSWORD, shown, clock())
    model.cookies[who], model.members[who] = (joined.cookie, joined.mark), invited.id


def _tell(hamraz: Hamraz, clock: Clock, model: Model) -> None:
    """Four cases: two that nobody has, one of the counsellor's, one of her colleague's, in which a supervisor reads along."""
    channels = ("sms", "whatsapp", "telegram", "sms")
    for at, channel in enumerate(channels):
        number, word = f"30055501{at:02}", f"{STORY.split()[0]}balut{at}x"
        address = {"sms": f"+92{number}", "whatsapp": f"whatsapp:+92{number}", "telegram": f"92{number}"}[channel]
        phone = Phone(hamraz, channel, address, clock)
        known = {case.id for case in _cases(hamraz)}
        begin(phone)
        phone.say("1")
        for answer in SHORT[:6]:
            phone.say(answer)
        phone.say(f"{word} he followed me")
        for answer in ("/TALK", "SKIP", "1", "1"):
            phone.say(answer)
        (case,) = (case for case in _cases(hamraz) if case.id not in known)
        model.words[case.id] = (word, f"{word}later")
        model.numbers += (number,)
        model.codes += (case.code,)
        phone.say(f"{word}later")
        if at >= len(channels) - 2:
            _hold(hamraz, clock, model, case, phone, COLLEAGUE if at % 2 else Role.COUNSELLOR)


def _hold(hamraz: Hamraz, clock: Clock, model: Model, case: Case, phone: Phone, who: str) -> None:
    holding.claim(hamraz.room, model.members[who], case.id, clock())
    relay.reply(hamraz.room, model.members[who], case.id, "I am here.", clock())
    phone.files["p"] = photo()
    phone.say("look", media=(MediaReference("photo", "p", "image/jpeg"),))
    if who == COLLEAGUE:
        holding.join(hamraz.room, model.members[Role.SUPERVISOR], case.id, clock())


def _cases(hamraz: Hamraz) -> list[Case]:
    return hamraz.database.read(lambda unit: [Case(one) for one in cases.everyones(unit, hamraz.keyring)])


@contextmanager
def opened(model: Model, folder: Path | None = None) -> Iterator[House]:
    """A house as the model left it.

    folder  where to copy its files to; None: the databases themselves, once
    """
    settings = model.settings
    if folder is not None:
        shutil.copytree(settings.keyring.parent, folder, dirs_exist_ok=True)
        here, there = str(settings.keyring.parent), str(folder)
        urls = {name: getattr(settings, name).replace(here, there) for name in ("database_url", "keys_url")}
        settings = settings.model_copy(update=urls | {"keyring": folder / "keyring.json"})
    clock = Clock()
    clock.now = model.moment
    hamraz = build(settings, model.keyring)
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(serving, "now", clock)
            app = serving.make_app(hamraz)
            yield House(model, hamraz, app, clock, _browsers(app, model))
    finally:
        hamraz.counter.close()
        hamraz.database.close()


def _browsers(app: Flask, model: Model) -> dict[str, FlaskClient]:
    browsers = {STRANGER: app.test_client()}
    for who, cookies in model.cookies.items():
        browsers[who] = app.test_client()
        for name, value in zip(COOKIES, cookies, strict=True):
            browsers[who].set_cookie(f"__Host-hamraz-{name}", value, domain="help.example", secure=True)
    return browsers
