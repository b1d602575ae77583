"""Builds the parts and joins them: settings, databases, keys, words, flows, channels, doors.

`create_app` is what the web server loads; `main` is the `hamraz` command. It is long and one piece
because it is the only file that may know every room; what it loads, it loads when a command needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.settings import (
    Settings,
    SettingsError,
    described,
    passphrase,
    read_settings,
    refuse_team_passphrase,
)
from handlers.commands import CommandError, Hands, make_commands, run

if TYPE_CHECKING:
    from flask import Flask

    from bot.afterwards import Afterwards
    from bot.conversation import Conversation
    from bot.media import MediaTrouble
    from bot.message import MediaReference
    from casework.chores import Chore
    from casework.desk import Counter
    from casework.hours import OpeningHours
    from handlers.catching_up import CatchingUp
    from handlers.channel import StatusUpdate
    from handlers.channels import Channels, ChannelSettings
    from handlers.counters import Counters
    from handlers.delivery import Delivery, Waiting
    from locales.phrasebook import Phrasebook
    from storage.database import Database, Unit
    from storage.vault.keyring import Keyring
    from web.simulator.views import Demo

ROOM = Path(__file__).parent
TEAM_FILE = "team.json"  # beside the keyring: the team's public half, its private half under a passphrase


def now() -> datetime:
    return datetime.now(UTC)


# --- building -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Hamraz:
    """Every part, joined."""

    settings: Settings
    database: Database
    keyring: Keyring
    counter: Counter
    conversation: Conversation
    afterwards: Afterwards
    channels: Channels
    counters: Counters


def open_keyring(settings: Settings, word: str = "") -> Keyring:
    """The keyring, opened. Raises CommandError with one clear line."""
    from storage.vault.errors import KeyringError
    from storage.vault.keyring import Keyring

    if not settings.keyring.exists():
        raise CommandError(f"no keyring at {settings.keyring}: run `hamraz keys new`")
    word = word or passphrase("HAMRAZ_KEYRING_PASSPHRASE") or _ask("Passphrase of the keyring: ")
    try:
        return Keyring.opened(settings.keyring.read_bytes(), word)
    except KeyringError as error:
        raise CommandError(str(error)) from None


def build(settings: Settings, keyring: Keyring) -> Hamraz:
    """Join everything. Raises CommandError when the databases are not ready."""
    from prometheus_client import CollectorRegistry

    from bot.afterwards import Afterwards
    from bot.conversation import Conversation, Parts
    from bot.danger import DangerWords
    from casework.desk import Counter
    from flows.library import Library, shipped_flows
    from handlers.channels import open_channels
    from handlers.counters import Counters
    from locales.phrasebook import Phrasebook
    from storage import editions
    from storage.database import Database
    from storage.errors import StorageError
    from storage.migrations import check
    from storage.vault.senders import SenderBook

    database = Database(settings.database_url, settings.keys_url)
    try:
        check(database)
        flows = shipped_flows()
        for flow in flows:
            database.work(partial(editions.publish, name=flow.name, edition=flow.hash, body=flow.source, now=now()))
    except StorageError as error:
        raise CommandError(str(error)) from None
    counter = Counter(database, keyring, _hours(settings), memory_kib=settings.slow_memory_kib)
    library = Library(flows, lambda edition: database.read(lambda unit: editions.fetch(unit, edition)))
    parts = Parts(
        database=database,
        keyring=keyring,
        counter=counter,
        library=library,
        phrasebook=Phrasebook.load(),
        senders=SenderBook(keyring, memory_kib=settings.slow_memory_kib),
        danger=DangerWords.load(),
        default_language=settings.default_language,
    )
    conversation = Conversation(parts)
    return Hamraz(
        settings=settings,
        database=database,
        keyring=keyring,
        counter=counter,
        conversation=conversation,
        afterwards=Afterwards(parts, conversation),
        channels=open_channels(_channel_settings(settings, parts.phrasebook)),
        counters=Counters(CollectorRegistry()),
    )


def make_app(hamraz: Hamraz, wake: Callable[[str], None], demo: Demo | None = None) -> Flask:
    """The web application over these parts."""
    from flask import Flask

    from handlers.webhooks import Inside, make_webhooks
    from storage.errors import StorageAway

    app = Flask("hamraz", static_folder=None)
    inside = Inside(
        converse=hamraz.conversation.converse,
        apologise=hamraz.conversation.apologise,
        told=partial(_told, hamraz),
        wake=wake,
        clock=now,
        ready=lambda: _ready(hamraz),
        away=(StorageAway,),
    )
    app.register_blueprint(
        make_webhooks(
            hamraz.channels.on,
            hamraz.channels.status,
            inside,
            hamraz.counters,
            metrics_token=hamraz.settings.metrics_token.get_secret_value(),
        )
    )
    if demo is not None:
        from web.simulator.views import make_simulator

        app.register_blueprint(make_simulator(demo))
    return app


def create_app() -> Flask:
    """What the web server loads in each worker process."""
    settings = read_settings().without_surprises()
    refuse_team_passphrase()
    hamraz = build(settings, open_keyring(settings))
    worker = make_worker(hamraz)
    worker.start()
    return make_app(hamraz, worker.wake)


def make_worker(hamraz: Hamraz) -> Worker:
    """Deliveries and chores of one process."""
    from bot.message import Address
    from handlers.catching_up import CatchingUp
    from handlers.delivery import Delivery, Surroundings
    from storage.errors import StorageAway
    from storage.vault.randomness import new_id

    database, keyring = hamraz.database, hamraz.keyring
    channels = hamraz.channels.on

    def sent(item: Waiting, name: str) -> None:
        stays = channels[item.channel].her_copy_stays
        hamraz.afterwards.sent(item.owner, Address(item.channel, item.address), name, her_copy_stays=stays, now=now())

    def arrived(item: Waiting, reference: MediaReference, found: bytes | MediaTrouble) -> None:
        address, limits = Address(item.channel, item.address), channels[item.channel].limits
        hamraz.afterwards.arrived(address, str(item.payload["id"]), reference, found, limits, now())

    surroundings = Surroundings(clock=now, jitter=lambda: new_id()[0] / 256, sent=sent, arrived=arrived)
    delivery = Delivery(_Outbox(database, keyring, new_id().hex()[:8]), channels, surroundings, hamraz.counters)
    conversation = hamraz.conversation
    catching_up = CatchingUp(
        channels,
        _Marks(database),
        conversation.took,
        conversation.converse,
        delivery.wake,
        hamraz.counters,
        (StorageAway,),
    )
    return Worker(hamraz, delivery, catching_up)


def _told(hamraz: Hamraz, update: StatusUpdate) -> None:
    from handlers.channel import WANTS_NOTHING

    nothing = update.reason in WANTS_NOTHING
    hamraz.afterwards.told(update.address, update.id, update.state, wants_nothing=nothing, now=now())


class _Marks:
    """Until when each channel's log was read, as catching up sees it."""

    def __init__(self, database: Database) -> None:
        from storage import marks

        self._marks, self._database = marks, database

    def turn(self, channel: str, every: timedelta, now: datetime) -> datetime | None:
        until: datetime | None = self._database.work(lambda unit: self._marks.turn(unit, f"{channel} log", every, now))
        return until

    def read_until(self, channel: str, moment: datetime) -> None:
        self._database.work(lambda unit: self._marks.done(unit, f"{channel} log", moment))


class _Outbox:
    """The outbox as delivery sees it: each call one unit of work."""

    def __init__(self, database: Database, keyring: Keyring, worker: str) -> None:
        from storage import outbox

        self._outbox, self._database, self._keyring, self._worker = outbox, database, keyring, worker

    def lease(self, channel: str, limit: int, now: datetime) -> Sequence[Waiting]:
        return self._database.work(
            lambda unit: self._outbox.lease(unit, self._keyring, self._worker, channel, limit, now)
        )

    def done(self, item: Waiting) -> None:
        self._database.work(lambda unit: self._outbox.done(unit, item.id))

    def rewrite(self, item: Waiting, payload: Mapping[str, object]) -> None:
        self._database.work(
            lambda unit: self._outbox.rewrite(unit, self._keyring, item.id, item.address, payload, now())
        )

    def retry(self, item: Waiting, when: datetime, *, tried: bool) -> None:
        self._database.work(lambda unit: self._outbox.retry_at(unit, item.id, when, tried=tried))

    def dead(self, item: Waiting, code: str, reason: str) -> None:
        from handlers.channel import WANTS_NOTHING

        def work(unit: Unit) -> None:
            self._outbox.dead(unit, item.id, f"{code} {reason}")
            if reason in WANTS_NOTHING:
                self._outbox.stop(unit, item.owner, item.channel, now())

        self._database.work(work)


class Worker:
    """Delivers what waits, catches up and does the chores, in threads of its own."""

    def __init__(self, hamraz: Hamraz, delivery: Delivery, catching_up: CatchingUp) -> None:
        import threading

        self._hamraz, self._delivery, self._catching_up = hamraz, delivery, catching_up
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._chores, name="chores", daemon=True)

    @property
    def wake(self) -> Callable[[str], None]:
        return self._delivery.wake

    def start(self) -> None:
        self._delivery.start()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._delivery.stop()

    def _chores(self) -> None:
        import structlog

        from casework.chores import CHORES

        log = structlog.get_logger()
        due = {chore.name: now() for chore in CHORES}
        while not self._stopping.wait(5):
            try:
                self._catching_up.run(now())  # it knows itself when its turn has come
            except Exception as error:  # noqa: BLE001  # the chores must still run
                log.error("chore failed", chore="catch up after an outage", error=type(error).__name__)
            for chore in CHORES:
                if now() < due[chore.name]:
                    continue
                due[chore.name] = now() + chore.every
                try:
                    self._hamraz.database.work(partial(_do, chore, self._hamraz.keyring))
                except Exception as error:  # noqa: BLE001  # the other chores must still run
                    log.error("chore failed", chore=chore.name, error=type(error).__name__)


def _do(chore: Chore, keyring: Keyring, unit: Unit) -> object:
    return chore.work(unit, keyring, now())


def _ready(hamraz: Hamraz) -> Mapping[str, bool]:
    from storage.errors import StorageError
    from storage.migrations import check

    try:
        check(hamraz.database)
    except (StorageError, OSError):
        return {"databases": False}
    except Exception:  # noqa: BLE001  # SQLAlchemy's own, which only storage may name
        return {"databases": False}
    return {"databases": True}


def _hours(settings: Settings) -> OpeningHours:
    from casework.hours import OpeningHours

    return OpeningHours(zone=settings.time_zone)


def _channel_settings(settings: Settings, phrasebook: Phrasebook | None = None) -> ChannelSettings:
    """phrasebook: gives what is said to a group; not needed to connect or to check."""
    from handlers.channels import ChannelSettings

    said = [phrasebook.say("say.private_only", one.code, {}) for one in phrasebook.languages] if phrasebook else []

    given: dict[str, Any] = {
        "public_url": settings.public_url.rstrip("/"),
        "twilio_account_sid": settings.twilio_account_sid,
        "twilio_auth_token": settings.twilio_auth_token.get_secret_value(),
        "twilio_api_url": settings.twilio_api_url,
        "sms_from": settings.sms_from,
        "whatsapp_from": settings.whatsapp_from,
        "whatsapp_templates": dict(
            pair.split("=", 1) for pair in settings.whatsapp_templates.split(",") if "=" in pair
        ),
        "telegram_bot_token": settings.telegram_bot_token.get_secret_value(),
        "telegram_webhook_secret": settings.telegram_webhook_secret.get_secret_value(),
        "telegram_secret_path": settings.telegram_webhook_path.get_secret_value(),
        "telegram_api_url": settings.telegram_api_url,
        "private_only": "\n".join(dict.fromkeys(said)),
    }
    return ChannelSettings(**{name: value for name, value in given.items() if value})


# --- commands -----------------------------------------------------------------------------------


def _ask(question: str) -> str:
    from getpass import getpass

    if not sys.stdin.isatty():
        raise CommandError(f"{question.strip(' :')}: set it in the environment, or run this in a terminal")
    return getpass(question)


def _demo(host: str, port: int) -> None:
    """One process, everything in it: invented accounts, keys made now, nothing kept but var/demo/."""
    import shutil

    from werkzeug.serving import WSGIRequestHandler, make_server

    folder = Path("var/demo")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    free = _free_port(host, port)
    if free != port:
        print(f"port {port} is taken; using {free}", flush=True)
    url = f"http://{host}:{free}"
    hamraz = _demo_parts(folder, url)
    worker = make_worker(hamraz)
    app = make_app(hamraz, worker.wake, _demo_accounts(hamraz, url))

    class Quiet(WSGIRequestHandler):
        """Says nothing: a request line would show what is typed in the demo."""

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...

    server = make_server(host, free, app, threaded=True, request_handler=Quiet)
    worker.start()
    print(f"Hamraz is ready: {url}\nCtrl-C ends it.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        worker.stop()
        hamraz.counter.close()
        hamraz.database.close()


DEMO_SID = "AC" + "0" * 32
DEMO_NUMBER = "+15005550006"  # Twilio's own number for trying things out


def _demo_parts(folder: Path, url: str) -> Hamraz:
    from casework.seeding import load
    from storage.database import Database
    from storage.migrations import migrate
    from storage.vault.randomness import new_key

    secret = new_key().hex()
    given: dict[str, Any] = {
        "HAMRAZ_DATABASE_URL": f"sqlite:///{folder}/hamraz.db",
        "HAMRAZ_KEYS_URL": f"sqlite:///{folder}/keys.db",
        "HAMRAZ_KEYRING": folder / "keyring.json",
        "HAMRAZ_PUBLIC_URL": url,
        "TWILIO_ACCOUNT_SID": DEMO_SID,
        "TWILIO_AUTH_TOKEN": secret[:32],
        "HAMRAZ_SMS_FROM": DEMO_NUMBER,
        "HAMRAZ_WHATSAPP_FROM": DEMO_NUMBER,
        "HAMRAZ_TWILIO_API_URL": f"{url}/simulator/twilio-api",
        "HAMRAZ_TELEGRAM_API_URL": f"{url}/simulator/telegram-api",
        "TELEGRAM_BOT_TOKEN": f"70000:{secret[:35]}",
        "TELEGRAM_WEBHOOK_SECRET": secret,
    }
    settings = Settings(**given)
    keyring = new_keys(settings, new_key().hex(), new_key().hex())
    database = Database(settings.database_url, settings.keys_url)
    migrate(database)
    database.work(load)
    list(_adopt_team(settings, database, keyring))
    database.close()
    return build(settings, keyring)


def _demo_accounts(hamraz: Hamraz, url: str) -> Demo:
    from storage.exposed import rows
    from web.simulator.bot_api import BotApi
    from web.simulator.twilio_api import TwilioApi
    from web.simulator.views import Demo

    settings = hamraz.settings
    return Demo(
        public_url=url,
        twilio=TwilioApi(DEMO_SID, settings.twilio_auth_token.get_secret_value()),
        telegram=BotApi(settings.telegram_bot_token.get_secret_value()),
        telegram_secret=settings.telegram_webhook_secret.get_secret_value(),
        our_number=DEMO_NUMBER,
        rows=lambda: rows(hamraz.database),
    )


def _free_port(host: str, port: int) -> int:
    import socket

    for candidate in range(port, port + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    raise CommandError(f"no free port from {port} to {port + 99}")


def _serve(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    settings = read_settings().without_surprises()
    refuse_team_passphrase()
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or _ask("Passphrase of the keyring: ")
    hamraz = build(settings, open_keyring(settings, word))  # refuse now, in one line, not in each worker
    for name, missing in hamraz.channels.off.items():
        print(f"{name} is off: set {', '.join(missing)}", flush=True)
    hamraz.counter.close()
    hamraz.database.close()
    _hand_down(word)
    Granian(
        "webhook_app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=8,
        factory=True,
        log_access=False,
    ).serve()


def _hand_down(word: str) -> None:
    """Workers are processes of their own: a passphrase typed at the prompt reaches them by their environment."""
    from bot.settings import hand_down

    hand_down("HAMRAZ_KEYRING_PASSPHRASE", word)


def _worker() -> None:
    import signal

    settings = read_settings().without_surprises()
    refuse_team_passphrase()
    worker = make_worker(build(settings, open_keyring(settings)))
    worker.start()
    print("delivering; Ctrl-C ends", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    worker.stop()


def _chat(channel: str, language: str) -> None:
    """A conversation in the terminal, over databases that are gone afterwards."""
    import tempfile

    from bot import limits
    from handlers.terminal import talk
    from storage.vault.randomness import new_id

    rooms = {"sms": limits.SMS, "whatsapp": limits.WHATSAPP, "telegram": limits.TELEGRAM, "terminal": limits.TERMINAL}
    if channel not in rooms:
        raise CommandError(f"no channel {channel!r}; there are {', '.join(rooms)}")
    with tempfile.TemporaryDirectory() as folder:
        hamraz = _demo_parts(Path(folder), "http://127.0.0.1")
        try:
            talk(hamraz.conversation.converse, rooms[channel], channel, language, new_id().hex(), now)
        finally:
            hamraz.counter.close()
            hamraz.database.close()


def _migrate() -> Iterable[str]:
    from casework.seeding import load
    from storage.database import Database
    from storage.migrations import migrate

    settings = read_settings().without_surprises()
    database = Database(settings.database_url, settings.keys_url)
    try:
        migrate(database)
        yield "tables: up to date"
        offices = database.work(load)
        yield f"directory: {offices} offices"
        if settings.keyring.exists():
            yield from _adopt_team(settings, database)
    finally:
        database.close()


def _adopt_team(settings: Settings, database: Database, keyring: Keyring | None = None) -> Iterable[str]:
    import json

    from storage import cases

    file = settings.keyring.with_name(TEAM_FILE)
    if not file.exists():
        return
    team = json.loads(file.read_text(encoding="utf-8"))
    ring = keyring or open_keyring(settings)
    database.work(
        lambda unit: cases.adopt_team(
            unit, ring, bytes.fromhex(team["id"]), bytes.fromhex(team["public"]), team["private"].encode(), now()
        )
    )
    yield "team key: in place"


def new_keys(settings: Settings, word: str, team_word: str) -> Keyring:
    """Make a keyring and a team key, each under its passphrase. Raises CommandError when one is there."""
    import json

    from storage.vault.grants import KeyPair, seal_private
    from storage.vault.keyring import Keyring
    from storage.vault.randomness import new_id

    if settings.keyring.exists():
        raise CommandError(f"{settings.keyring} is there already: it opens what was kept, so it is never overwritten")
    keyring, pair = Keyring.new(), KeyPair.new()
    team = {
        "id": new_id().hex(),
        "public": pair.public.hex(),
        "private": seal_private(pair.private, team_word).decode(),
    }
    settings.keyring.parent.mkdir(parents=True, exist_ok=True)
    for file, content in (
        (settings.keyring.with_name(TEAM_FILE), json.dumps(team).encode()),
        (settings.keyring, keyring.sealed(word)),
    ):
        file.touch(mode=0o600)
        file.write_bytes(content)
    return keyring


def _keys_new() -> Iterable[str]:
    settings = read_settings().without_surprises()
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or _ask("New passphrase for the keyring: ")
    team_word = passphrase("HAMRAZ_TEAM_PASSPHRASE") or _ask("New passphrase for the team (it opens reports): ")
    if word == team_word:
        raise CommandError("the two passphrases must differ: one opens the service, the other opens reports")
    new_keys(settings, word, team_word)
    yield f"keyring: {settings.keyring}"
    yield f"team key: {settings.keyring.with_name(TEAM_FILE)}"
    yield "Without these passphrases nothing can be opened again. Write them down, apart from this machine."


def _keys_seal() -> Iterable[str]:
    settings = read_settings().without_surprises()
    keyring = open_keyring(settings)
    _replace(settings.keyring, keyring.sealed(_ask("New passphrase for the keyring: ")))
    yield "sealed under the new passphrase"


def _keys_rotate() -> Iterable[str]:
    settings = read_settings().without_surprises()
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or _ask("Passphrase of the keyring: ")
    keyring = open_keyring(settings, word).rotated()
    _replace(settings.keyring, keyring.sealed(word))
    yield f"new key {keyring.current}; earlier ones stay to open what they sealed. Restart `hamraz serve`."


def _replace(path: Path, content: bytes) -> None:
    """Write beside and rename: a kill in between leaves the old file whole."""
    beside = path.with_name(path.name + ".new")
    beside.touch(mode=0o600)
    beside.write_bytes(content)
    beside.replace(path)


def _danger() -> Callable[[str], str]:
    found: list[Callable[[str], str]] = []

    def answer(text: str) -> str:
        if not found:
            from bot.danger import DangerWords, danger_line

            words = DangerWords.load()
            found.append(lambda one: danger_line(one, words))
        return found[0](text)

    return answer


def _answer(line: str) -> str:
    from flows.reading.answering import answer_line

    return answer_line(line)


def _flows_check(files: Sequence[str]) -> Iterable[str]:
    from flows.definition import parse
    from flows.errors import BrokenFlow
    from flows.inspection import inspect
    from flows.library import shipped_flows
    from locales.phrasebook import Phrasebook

    try:
        flows = [parse(Path(file).read_text(encoding="utf-8"), Path(file).stem) for file in files] or list(
            shipped_flows()
        )
    except (BrokenFlow, OSError, UnicodeDecodeError) as error:
        yield f"E100 {error}"
        return
    everything = {flow.name: flow for flow in (*shipped_flows(), *flows)}
    yield from (str(finding) for finding in inspect(flows, everything, Phrasebook.load()))


def _flows_graph(name: str) -> str:
    from flows.drawing import mermaid
    from flows.library import shipped_flows

    for flow in shipped_flows():
        if flow.name == name:
            return mermaid(flow)
    raise CommandError(f"no flow {name!r}; there are {', '.join(flow.name for flow in shipped_flows())}")


def _connect() -> Iterable[str]:
    """Tell each provider where to reach us: sets Telegram's webhook, prints what to paste at Twilio."""
    from handlers.channel import SendError
    from handlers.channels import open_channels

    settings = read_settings().without_surprises()
    channels = open_channels(_channel_settings(settings))
    if channels.on and not settings.public_url.startswith("https://"):
        raise CommandError("HAMRAZ_PUBLIC_URL must be the https:// address under which providers reach this server")
    for channel in channels.on.values():
        try:
            yield from channel.connect()
        except SendError as error:
            raise CommandError(f"{channel.name}: the provider said no: {error}; `hamraz doctor` tells more") from None
    for name, missing in channels.off.items():
        yield f"{name}: off, set {', '.join(missing)}"


def _doctor() -> Iterable[tuple[bool, str, str]]:
    from handlers.channels import open_channels
    from storage.database import Database
    from storage.migrations import check

    try:
        settings = read_settings().without_surprises()
    except SettingsError as error:
        yield False, "settings", str(error)
        return
    yield True, "settings", ""
    database = Database(settings.database_url, settings.keys_url)
    try:
        check(database)
        yield True, "databases", ""
    except Exception as error:  # noqa: BLE001  # a doctor reports, whatever it is
        yield False, "databases", str(error).splitlines()[0]
    finally:
        database.close()
    try:
        open_keyring(settings)
        yield True, "keyring", ""
    except CommandError as error:
        yield False, "keyring", str(error)
    channels = open_channels(_channel_settings(settings))
    for name, channel in channels.on.items():
        for found in channel.examine():
            yield found.sound, f"channel {name}: {found.what}", found.mend
    for name, missing in channels.off.items():
        yield True, f"channel {name} is off (set {', '.join(missing)})", ""


def _case_open(receipt: str) -> str:
    from casework.reading import open_case
    from storage.database import Database

    settings = read_settings().without_surprises()
    keyring = open_keyring(settings)
    word = passphrase("HAMRAZ_TEAM_PASSPHRASE") or _ask("Passphrase of the team: ")
    database = Database(settings.database_url, settings.keys_url)
    try:
        return open_case(database, keyring, receipt, word, memory_kib=settings.slow_memory_kib)
    except LookupError as error:
        raise CommandError(str(error.args[0])) from None
    finally:
        database.close()


def _words_check() -> Iterable[str]:
    from locales.check import check

    return (str(finding) for finding in check(_needed_keys()))


def _words_extract() -> Iterable[str]:
    from locales.updating import extract

    return extract(_needed_keys())


def _words_update() -> Iterable[str]:
    from locales.updating import update

    return update()


def _needed_keys() -> frozenset[str]:
    from flows.inspection import phrases_of
    from flows.library import shipped_flows

    return frozenset(key for flow in shipped_flows() for key in phrases_of(flow))


HANDS = Hands(
    demo=_demo,
    serve=_serve,
    worker=_worker,
    chat=_chat,
    flows_check=_flows_check,
    flows_graph=_flows_graph,
    words_check=_words_check,
    words_extract=_words_extract,
    words_update=_words_update,
    keys_new=_keys_new,
    keys_seal=_keys_seal,
    keys_rotate=_keys_rotate,
    danger=_danger(),
    answer=_answer,
    connect=_connect,
    doctor=_doctor,
    migrate=_migrate,
    settings=described,
    case_open=_case_open,
)


def main() -> None:
    """The `hamraz` command."""
    try:
        code = run(make_commands(HANDS))
    except SettingsError as error:
        print(f"hamraz: {error}", file=sys.stderr)
        code = 1
    sys.exit(code)


if __name__ == "__main__":
    main()
