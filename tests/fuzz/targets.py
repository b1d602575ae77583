"""The parsers: what each is given, what it may refuse with, and real inputs to begin from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

from PIL import Image

from bot.danger import DangerWords
from bot.limits import SMS, TELEGRAM, WHATSAPP
from bot.listening import Listener
from bot.media import looked_at
from bot.pictures import Darkroom
from casework import spreadsheets
from casework.cases.refusals import FileTooLarge, FileUnknown
from casework.directory import exchange as offices
from casework.directory.asking import shipped_asker
from casework.directory.opening import read_hours
from casework.directory.phones import read_phones
from casework.directory.schedules import read_schedule
from casework.enclosing.preparing import prepared
from casework.institutions import exchange as institutions
from casework.institutions import keywords
from casework.places.finding import shipped_finder
from casework.places.gazetteer import read_country
from casework.staff import passkeys
from casework.staff.recovery import RecoveryCode
from casework.staff.relying import Relying
from casework.wordings import exchange as wordings
from flows.definition import from_source, parse
from flows.editing.values import as_flow, of_flow
from flows.errors import FlowError
from flows.exchange import own, taking
from flows.exchange.bundle import Bundle, NotTaken
from flows.guards import BadGuard, read_guard
from flows.reading.dates import read_date
from flows.reading.options import Option, read_option
from flows.reading.yes_no import read_yes_no
from handlers.channel import Malformed, RawRequest
from handlers.sms import SmsChannel
from handlers.staff_updates import read_staff_update
from handlers.telegram import TelegramChannel
from handlers.twilio import TwilioAccount
from handlers.twilio_form import TwilioStatus
from handlers.whatsapp import WhatsAppChannel
from locales.phrasebook import Phrasebook
from locales.pofile import WordsError, read_sent
from storage.vault.receipts import BadReceiptCode, ReceiptCode
from tests.flows.exchange import foreign
from tests.fuzz.making import bytes_like, form_like, json_like, text_like, utf8
from tests.handlers import payloads as real
from tests.handlers.conftest import AUTH, BOT, NOW, PUBLIC, SECRET

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 25)


@dataclass(frozen=True)
class Target:
    """One parser."""

    name: str
    read: Callable[[Any], object]
    make: Callable[[Random, Sequence[Any]], Any]
    real: Sequence[Any] = field(repr=False)
    refuses: tuple[type[Exception], ...] = ()
    share: int = 4  # of all cases: what is quick gets more


@cache
def targets() -> tuple[Target, ...]:
    return (*_requests(), *_texts(), *_files(), *_staff())


def _request(body: bytes = b"", form: tuple[tuple[str, str], ...] = ()) -> RawRequest:
    return RawRequest("https://hamraz.example/", {}, body, form)


def _requests() -> Iterator[Target]:
    account = TwilioAccount(real.ACCOUNT, AUTH, PUBLIC)
    telegram = TelegramChannel(BOT, SECRET, TELEGRAM)
    forms = [
        real.twilio_sms(), real.twilio_whatsapp(), real.whatsapp_button("3:street"), real.whatsapp_location(),
        real.twilio_media("image/jpeg", real.twilio_sms()), real.twilio_media("audio/ogg", real.twilio_whatsapp()),
        real.twilio_status(ErrorCode="30003", MessageStatus="failed"),
    ]  # fmt: skip
    doors = (
        SmsChannel(account, real.OUR_NUMBER, SMS),
        WhatsAppChannel(account, real.OUR_NUMBER, WHATSAPP),
        TwilioStatus(account),
    )
    for door in doors:
        yield Target(
            f"{door.name} form",
            lambda sent, door=door: door.parse(
                _request(form=tuple(parse_qsl(sent, keep_blank_values=True, errors="surrogateescape"))), NOW
            ),
            form_like,
            [urlencode(form) for form in forms],
            (Malformed,),
            10,
        )
    message = real.telegram_message
    updates = [
        real.update(message=message(text="hi")), real.update(message=message(photo=real.PHOTO, caption="x")),
        real.update(message=message(voice=real.VOICE)), real.update(message=message(document=real.DOCUMENT)),
        real.update(message=message(location=real.LOCATION)), real.update(edited_message=message(text="hi", edit_date=1_790_000_100)),
        real.update(message=message(contact=real.CONTACT, sticker=real.STICKER)), real.telegram_tap("3:street"),
    ]  # fmt: skip
    bodies = [real.body_of(one).decode() for one in updates]
    yield Target(
        "Telegram update", lambda body: telegram.parse(_request(body), NOW), utf8(json_like), bodies, (Malformed,), 12
    )
    yield Target(
        "staff update", lambda body: read_staff_update(body, "123456"), utf8(json_like), bodies, (Malformed,), 12
    )


def _texts() -> Iterator[Target]:
    said = [
        line.split("\t")[0]
        for name in ("asks.tsv", "places.tsv", "answers.tsv", "danger_texted.tsv")
        for line in _lines(ROOT / "tests" / "corpora" / name)
    ]
    said = [text for text in said if text][::3]
    book = Phrasebook.load()
    listener, danger, finder, asker = Listener(book), DangerWords.load(), shipped_finder(), shipped_asker()
    options = [
        Option(key, {"en": label})
        for key, label in (("street", "On the street"), ("work", "کام پر"), ("home", "ghar mein"))
    ]
    dates = [
        "yesterday",
        "3 days ago",
        "25/11/2026",
        "last monday",
        "kal",
        "پچھلے ہفتے",
        "ayer",
        "1 ramzan 1447",
        "march 2025",
        *said[:50],
    ]
    codes = ["1234 5678 9012 3456 7890", "۱۲۳۴ ۵۶۷۸ ۹۰۱۲ ۳۴۵۶ ۷۸۹۰", ReceiptCode.mint().digits, "12-34"]
    yield Target("date", lambda text: read_date(text, TODAY, "ur"), text_like, dates, share=20)
    yield Target("choice", lambda text: read_option(text, options), text_like, said, share=16)
    yield Target("yes or no", read_yes_no, text_like, ["yes", "nahi", "ہاں", "no quiero", *said[:40]], share=20)
    yield Target(
        "control word",
        lambda text: listener.now.controls.read(text),
        text_like,
        ["XX", "STOP", "مدد", "back", *said[:40]],
        share=20,
    )
    yield Target("language", book.guess, text_like, said, share=10)
    yield Target("receipt", ReceiptCode.read, text_like, codes, (BadReceiptCode,), 20)
    yield Target("place", finder.find, text_like, said, share=2)
    yield Target("what help", lambda text: asker.read(text), text_like, said, share=2)
    yield Target("danger", danger.ring, text_like, said, share=4)
    yield Target("number of a poster", keywords.read, text_like, ["Hi 311", "/start 311", "سلام ۳۱۱"], share=20)
    yield Target(
        "hours of an office",
        read_hours,
        text_like,
        ["Mon-Sat 09:00-17:00", "24 hours (2020)", "Tue 10:00-14:00"],
        share=10,
    )
    yield Target(
        "telephone numbers",
        lambda text: read_phones(text, "PK"),
        text_like,
        ["021-34567890; 1099", "+92 300 1234567 (exchange)"],
        share=3,
    )


def _files() -> Iterator[Target]:
    country = read_country()
    flows = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "flows" / "shipped").glob("*.toml"))]
    sources = [parse(text, _name(text)).source for text in flows]
    words = (ROOT / "locales" / "es" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    seed = ROOT / "casework" / "seed"
    rows = _head(next(iter(sorted(seed.glob("resources*.csv")))), 12)
    places = [_head(path, 12) for path in sorted(seed.glob("institutions*.csv"))] or [
        "id,name_en,type\na1,College,college\n"
    ]
    shared = offices.read_batch(rows.encode(), country, TODAY).rows
    exported = [offices.exported(shared, country, form) for form in ("csv", "geojson", "openreferral")]
    book = spreadsheets.write_xlsx(
        "Words", ["key", "en", "ur"], [["a", "one", "ایک"], ["b", "=1", "دو"]], right_to_left=True
    )
    yield Target(
        "flow (TOML)",
        lambda text: parse(text, _name(text)),
        text_like,
        [text[:6_000] for text in flows],
        (FlowError,),
        3,
    )
    bundle = Bundle(
        of_flow(parse(flows[0], _name(flows[0]))), {"en": {"a.b": ("one", "{n} more")}, "ur": {"a.b": ("ہاں",)}}
    )
    elsewhere = [own.to_json(bundle), json.dumps(foreign.market())]
    yield Target("file of flows (TOML)", _brought, utf8(text_like), [own.to_toml(bundle)], (NotTaken,), 2)
    yield Target("file of flows (JSON)", _brought, utf8(json_like), elsewhere, (NotTaken,), 3)
    yield Target("flow (JSON)", from_source, json_like, sources, (FlowError,), 2)
    yield Target(
        "guard",
        read_guard,
        text_like,
        ["path = 'witness' and not (channel = 'sms' or staffed)", "wants has 'talk'", "story filled"],
        (BadGuard,),
        20,
    )
    yield Target(
        "PO", lambda text: read_sent(text, "sent.po"), text_like, [words[:1_500], words[-2_500:]], (WordsError,), 3
    )
    spanish = Phrasebook.load().language("es")
    yield Target(
        "words (PO)",
        lambda sent: wordings.read(sent, spanish),
        utf8(text_like),
        [words[:1_500], words[-2_500:]],
        share=3,
    )
    yield Target("words (spreadsheet)", lambda sent: wordings.read(sent, spanish), bytes_like, [book], share=1)
    yield Target("directory", lambda sent: offices.read_batch(sent, country, TODAY), utf8(text_like), exported, share=1)
    yield Target(
        "directory (JSON)",
        lambda sent: offices.read_batch(sent, country, TODAY),
        utf8(json_like),
        exported[1:],
        share=1,
    )
    yield Target("institutions", lambda sent: institutions.read_batch(sent, country), utf8(text_like), places, share=2)
    yield Target(
        "visits", read_schedule, text_like, ["Tue 10:00-14:00 Mithi; Thu 09:00-12:00 Islamkot"], (ValueError,), 10
    )
    yield Target("spreadsheet", spreadsheets.read_xlsx, bytes_like, [book], share=1)
    darkroom = Darkroom()
    pictures = [_picture(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]
    yield Target(
        "picture", lambda sent: looked_at(lambda: bytes(16), "photo", sent, darkroom), bytes_like, pictures, share=2
    )
    sounds = [path.read_bytes()[:8_000] for path in sorted((ROOT / "tests" / "casework" / "sounds").iterdir())]
    refuses = (FileTooLarge, FileUnknown)
    yield Target("enclosure: picture", lambda sent: prepared(sent, darkroom.bare), bytes_like, pictures, refuses, 2)
    yield Target("enclosure: voice", lambda sent: prepared(sent, darkroom.bare), bytes_like, sounds, refuses, 3)
    yield Target("enclosure: PDF", lambda sent: prepared(sent, darkroom.bare), bytes_like, [_pdf()], refuses, 1)


def _staff() -> Iterator[Target]:
    relying = Relying("help.example", "https://help.example")
    answers = [
        '{"id": "QUJD", "rawId": "QUJD", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "o2NmbXRkbm9uZQ"}}'
    ]
    yield Target("new passkey", lambda text: passkeys.made(relying, bytes(32), text), json_like, answers, share=4)
    kept = [{"id": "QUJD", "key": "QUJD", "count": 0}]
    yield Target("passkey", lambda text: passkeys.shown(relying, bytes(32), text, kept), json_like, answers, share=4)
    yield Target("paper", RecoveryCode.read, text_like, [RecoveryCode.mint().printed, "ABCD-EFGH"], share=20)


def _brought(sent: bytes) -> None:
    """What was read is a flow: nobody asks again."""
    for bundle in taking.read(sent).bundles:
        as_flow(bundle.data)


def _picture(kind: str) -> bytes:
    out = BytesIO()
    Image.effect_noise((32, 24), 40).convert("RGB").save(out, kind)
    return out.getvalue()


def _pdf() -> bytes:
    out = BytesIO()
    Image.effect_noise((32, 24), 40).convert("RGB").save(out, "PDF")
    return out.getvalue()


def _head(path: Path, count: int) -> str:
    return "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:count])


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _name(text: str) -> str:
    found = re.search(r'^name\s*=\s*"([^"]*)"', text, re.MULTILINE)
    return found[1] if found else ""
