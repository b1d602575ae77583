"""Trying Hamraz out: phones in the browser, a conversation in the terminal; invented keys, nothing kept."""

from __future__ import annotations

import socket
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot import limits
from bot.settings import Settings
from casework.seeding import load
from handlers.commands import CommandError
from handlers.terminal import talk
from handlers.whatsapp import TEMPLATES
from locales.phrasebook import Phrasebook
from operating.clock import now
from operating.invented_staff import invent_staff
from operating.keys import new_keys
from operating.listening import end_alike, listen, serve_until_told, url_of
from operating.logs import set_up_logs
from operating.own_folder import own_folder
from operating.parts import Hamraz, build
from operating.preparing import adopt_team
from operating.serving import make_app
from operating.worker import make_worker
from storage.database import Database
from storage.exposed import content, rows
from storage.migrations import migrate
from storage.vault.randomness import new_id, new_key
from web.simulator.demo import Accounts, Demo, Stolen
from web.simulator.screens import Screens

DEMOS = Path("var/demo")
DEMO_SID = "AC" + "0" * 32
DEMO_NUMBER = "+15005550006"  # Twilio's own number for trying things out
DEMO_TEMPLATES = {name: f"HX{number:032x}" for number, name in enumerate(sorted(TEMPLATES), 1)}


def demo(host: str, port: int) -> None:
    """One process, everything in it: invented accounts, keys made now, nothing kept but var/demo/."""
    end_alike()
    try:
        with listen(host, port) as held, own_folder(DEMOS) as folder:
            _demo(held, folder, port)
    except KeyboardInterrupt:
        pass
    print("ended", flush=True)


def _demo(held: socket.socket, folder: Path, port: int) -> None:
    url = url_of(held)
    taken = held.getsockname()[1]
    if port not in (0, taken):
        print(f"port {port} is taken; using {taken}", flush=True)
    hamraz = demo_parts(folder, url)
    set_up_logs("WARNING")
    worker = make_worker(hamraz)
    worker.start()
    shown = _demo_of(hamraz, url)
    try:
        app = make_app(hamraz, shown)
        serve_until_told(app, held, lambda: print(f"Hamraz is ready: {url}\nCtrl-C ends it.", flush=True))
    finally:
        shown.screens.close()
        worker.stop()
        hamraz.counter.close()
        hamraz.database.close()


def demo_parts(folder: Path, url: str) -> Hamraz:
    secret = new_key().hex()
    given: dict[str, Any] = {
        "HAMRAZ_DATABASE_URL": f"sqlite:///{folder}/hamraz.db",
        "HAMRAZ_KEYS_URL": f"sqlite:///{folder}/keys.db",
        "HAMRAZ_KEYRING": folder / "keyring.json",
        "HAMRAZ_PUBLIC_URL": url,
        "HAMRAZ_HOURS": "Mon-Sat 09:00-21:00",
        "HAMRAZ_PASSWORD_MEMORY_KIB": 8192,  # random passwords, gone with the demo
        "TWILIO_ACCOUNT_SID": DEMO_SID,
        "TWILIO_AUTH_TOKEN": secret[:32],
        "HAMRAZ_SMS_FROM": DEMO_NUMBER,
        "HAMRAZ_WHATSAPP_FROM": DEMO_NUMBER,
        "HAMRAZ_WHATSAPP_TEMPLATES": ",".join(f"{name}={sid}" for name, sid in DEMO_TEMPLATES.items()),
        "HAMRAZ_TWILIO_API_URL": f"{url}/simulator/twilio-api",
        "HAMRAZ_TELEGRAM_API_URL": f"{url}/simulator/telegram-api",
        "TELEGRAM_BOT_TOKEN": f"70000:{secret[:35]}",
        "TELEGRAM_WEBHOOK_SECRET": secret,
    }
    settings = Settings(**given)
    with ThreadPoolExecutor(1) as beside:  # two passphrases are stretched meanwhile, which takes no lock of ours
        keys = beside.submit(new_keys, settings, new_key().hex(), new_key().hex())
        database = Database(settings.database_url, settings.keys_url)
        migrate(database)
        database.work(load)
        keyring = keys.result()
    list(adopt_team(settings, database, keyring))
    database.close()
    return build(settings, keyring)


def _demo_of(hamraz: Hamraz, url: str) -> Demo:
    settings = hamraz.settings
    accounts = Accounts(
        public_url=url,
        twilio_account=DEMO_SID,
        twilio_token=settings.twilio_auth_token.get_secret_value(),
        templates=DEMO_TEMPLATES,
        telegram_token=settings.telegram_bot_token.get_secret_value(),
        telegram_secret=settings.telegram_webhook_secret.get_secret_value(),
        our_number=DEMO_NUMBER,
    )
    stolen = Stolen(rows=lambda: rows(hamraz.database), content=lambda: content(hamraz.database))
    screens = Screens(new_id().hex()[:8], now)
    staff = invent_staff(hamraz) if settings.serves_console else ()
    return Demo(accounts, screens, stolen, hamraz.afterwards.parts.phrasebook, staff)


def chat(channel: str, language: str) -> None:
    """A conversation in the terminal, over databases that are gone afterwards."""
    rooms = {"sms": limits.SMS, "whatsapp": limits.WHATSAPP, "telegram": limits.TELEGRAM, "terminal": limits.TERMINAL}
    if channel not in rooms:
        raise CommandError(f"no channel {channel!r}; there are {', '.join(rooms)}")
    languages = [one.code for one in Phrasebook.load().languages]
    if language not in languages:
        raise CommandError(f"no language {language!r}; there are {', '.join(languages)}")
    with tempfile.TemporaryDirectory() as folder:
        hamraz = demo_parts(Path(folder), "http://127.0.0.1")
        try:
            talk(hamraz.conversation.converse, rooms[channel], channel, language, new_id().hex(), now)
        finally:
            hamraz.counter.close()
            hamraz.database.close()
