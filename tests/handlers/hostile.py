"""Requests that nobody means well with: over 10,000 of them, the same at every run.

Each hostile text holds MARK, so that a log can be searched for what must not be in it.
Real requests (`payloads`) are the ground: one thing in each is made hostile at a time.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator
from werkzeug.formparser import FormDataParser

from tests.handlers import payloads as real

MARK = "zanbil7q"
PUBLIC = "https://hamraz.example"
AUTH = "a1" * 16
SECRET = "secret_9-Z"
TWILIO_PATHS = ("/webhooks/sms", "/webhooks/whatsapp", "/webhooks/twilio/status")
TELEGRAM_PATH = "/webhooks/telegram"
PATHS = (*TWILIO_PATHS, TELEGRAM_PATH)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
OTHERS = 97  # invented senders besides her, who get most of it
ONE_IN = 9  # every so many hostile texts are sent as if by her, in the middle of her report

TEXTS = {
    "NUL": f"\0{MARK}\0\0",
    "controls": MARK + "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f",
    "10,000": MARK + "ا" * (10_000 - len(MARK)),
    "10,001": MARK + "x" * 10_001,
    "bidi": f"\u202e\u2066\u2067{MARK}\u202d\u2069",
    "unclosed isolates": "\u2068" * 400 + MARK,
    "closed too often": MARK + "\u2069\u202c" * 400,
    "zero width": "\u200b\u200c\u200d\u2060\ufeff".join(MARK),
    "only zero width": f"\u200b\u200d\ufeff{MARK}\u200b",
    "emoji": f"😭😡🙏{MARK}",
    "family": "👨‍👩‍👧‍👦" * 300 + MARK,
    "one letter of 5,000 marks": "a" + "\u0301" * 5_000 + MARK,
    "flags": "🇵🇰" * 500 + MARK,
    "tags": "🏴\U000e0067\U000e0062\U000e007f" * 50 + MARK,
    "variation": "✌\ufe0f\ufe0e" * 100 + MARK,
    "private use": "\ue000\U000f0000\U0010fffd" + MARK,
    "not characters": "\ufffe\uffff\U0001ffff" + MARK,
    "ligatures": "﷽" * 500 + MARK,
    "tatweel": "ـ" * 1_000 + MARK,
    "lines": "\n" * 3_000 + MARK,
    "strange lines": f"{MARK}\u2028\u2029\x85\r\r\n\v\f",
    "digits of ten scripts": "٣۳߃३৩੩૩୩௩౩" + MARK,
    "superscripts": "²³¹①Ⅷ½" + MARK,
    "huge number": "9" * 5_000 + MARK,
    "receipt too long": "1234 " * 12 + MARK,
    "SQL": f"'; DROP TABLE sessions; --{MARK}",
    "format": f"{{}} {{0.__class__}} %s %n %(x)s ${{jndi:ldap://x}}{MARK}",
    "template": f"{{{{7*7}}}}{{% raw %}}{MARK}",
    "XML": f'<!DOCTYPE x [<!ENTITY a "a">]><Response><Message>&a;]]>{MARK}',
    "HTML": f"<script>alert(1)</script>{MARK}",
    "headers": f"x\r\nSet-Cookie: a=b\r\n\r\n{MARK}",
    "terminal": f"\x1b[2J\x1b]0;{MARK}\x07",
    "path": f"../../../../etc/passwd\0{MARK}",
    "address": f"http://169.254.169.254/{MARK}",
    "JSON": f'{{"text": "{MARK}"}}',
    "command": f"/start@hamraz_bot {MARK}",
    "regular expression": "a" * 200 + "!" + MARK,
    "spaces": " \t\u00a0\u3000\u2003" * 400 + MARK,
    "look-alikes": "ｘｘ ХХ ⅹⅹ " + MARK,
    "mixed scripts": f"مجھے madad منهنجو نالو {MARK} ayúdame",
}

JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, -(2**63), 2**64, 10**30, -(10**30), 0.5, -0.0, 1e308,
    "", " ", "\ud800", "\udfff\ud800", f"{MARK}\ud83d", [], [[]], {}, [None], ["a", {}], {"id": {}}, {"": ""},
    {MARK: [MARK] * 50}, [0] * 500,
)  # fmt: skip

RAW = {
    "nothing": b"",
    "NUL": b"\0",
    "not UTF-8": b"\xff\xfe\xfd" + MARK.encode(),
    "UTF-16": f'{{"update_id": 1, "x": "{MARK}"}}'.encode("utf-16"),
    "overlong": b"Body=\xc0\xaf" + MARK.encode(),
    "bad escapes": b"Body=%zz%&%=%u0041&&==&" + MARK.encode(),
    "escaped bytes": b"Body=%ff%fe%00%ED%A0%80" + MARK.encode(),
    "many fields": b"&".join(b"k%d=v" % number for number in range(5_000)),
    "one field often": b"Body=" + b"&Body=".join([MARK.encode()] * 3_000),
    "no values": b"&" * 20_000,
    "a long key": b"k" * 100_000 + b"=" + MARK.encode(),
    "deep list": b"[" * 100_000,
    "deep object": b'{"a":' * 50_000,
    "deep and closed": b"[" * 900 + b"]" * 900,
    "deep update": b'{"update_id": 1, "message": ' + b'{"reply_to_message": ' * 400 + b"{}" + b"}" * 401,
    "half a text": b'{"update_id": 1, "message": "' + MARK.encode(),
    "long number": b'{"update_id": ' + b"9" * 5_000 + b"}",
    "infinite": b'{"update_id": Infinity, "message": {"date": NaN}}',
    "repeated keys": b'{"update_id": 1, "update_id": [], "update_id": {}}',
    "list": b"[1]",
    "text": b'"' + MARK.encode() + b'"',
    "null": b"null",
    "true": b"true",
    "number": b"17",
    "BOM": b'\xef\xbb\xbf{"update_id": 1}',
    "two values": b'{"update_id": 1}{"update_id": 2}',
    "XML": b"<?xml version='1.0'?><x>" + MARK.encode() + b"</x>",
    "multipart": b'--b\r\nContent-Disposition: form-data; name="Body"\r\n\r\n' + MARK.encode() + b"\r\n--b--\r\n",
    "multipart without end": b'--b\r\nContent-Disposition: form-data; name="Body"; filename="x"\r\n\r\n' + b"x" * 5_000,
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0" + bytes(40),
    "almost a megabyte": b"Body=" + MARK.encode() + b"a" * (1024 * 1024 - 20),
    "a megabyte": b"a" * 1024 * 1024,
}
TYPES = (
    FORM, JSON, "", "text/plain", "multipart/form-data; boundary=b", "multipart/form-data",
    "application/x-www-form-urlencoded; charset=utf-7", "application/json; charset=\x7f", "a/b; charset=nonsense; q",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Knock:
    """One request at a webhook."""

    path: str
    body: bytes
    content_type: str
    proven: bool

    def headers(self) -> dict[str, str]:
        """What proves it, or what was forged."""
        if self.path == TELEGRAM_PATH:
            return {"X-Telegram-Bot-Api-Secret-Token": SECRET if self.proven else SECRET[::-1]}
        _, form, _ = FormDataParser().parse(BytesIO(self.body), self.content_type.split(";")[0], len(self.body), {})
        signature = RequestValidator(AUTH).compute_signature(PUBLIC + self.path, form if self._is_form() else {})
        return {"X-Twilio-Signature": signature if self.proven else signature[::-1]}

    def _is_form(self) -> bool:
        return self.content_type.startswith(FORM)


def everything() -> Iterator[Knock]:
    """All of it, proven and forged by turns."""
    for number, knock in enumerate(_all()):
        yield knock
        if number % 3 == 0:
            yield Knock(knock.path, knock.body, knock.content_type, not knock.proven)


def _all() -> Iterator[Knock]:
    numbers = count(1)
    yield from _raw()
    yield from _forms(numbers)
    yield from _updates(numbers)


def _raw() -> Iterator[Knock]:
    for path in PATHS:
        for body in RAW.values():
            for kind in TYPES if len(body) < 200_000 else TYPES[:1]:
                yield Knock(path, body, kind, proven=True)


def _forms(numbers: Iterator[int]) -> Iterator[Knock]:
    grounds = {
        "/webhooks/sms": [real.twilio_sms(), real.twilio_media("image/jpeg", real.twilio_sms())],
        "/webhooks/whatsapp": [
            real.twilio_whatsapp(),
            real.whatsapp_button("3:street"),
            real.whatsapp_location(),
            real.twilio_media("audio/ogg", real.twilio_whatsapp()),
        ],
        "/webhooks/twilio/status": [real.twilio_status(ErrorCode="30003", MessageStatus="failed")],
    }
    for path, grounds_there in grounds.items():
        for ground in grounds_there:
            for name in sorted({*ground, "OptOutType", "NumMedia", "MediaUrl0"} - {"ToCity", "ToZip", "FromZip"}):
                for pairs in _hostile_pairs(ground, name, numbers):
                    yield Knock(path, urlencode(pairs, errors="surrogatepass").encode(), FORM, proven=True)


def _hostile_pairs(ground: real.Form, name: str, numbers: Iterator[int]) -> Iterator[list[tuple[str, str]]]:
    is_hers = name in ("Body", "Latitude", "ButtonPayload", "MediaUrl0", "NumMedia")
    texts = list(TEXTS.values()) if is_hers else list(TEXTS.values())[:: 4 if name.startswith(("From", "Sms")) else 9]
    for text in [*texts, "", "-1", "10", "999999999999", "NaN", "1e999"]:
        number = next(numbers)
        yield list((_of(ground, number) | {name: text}).items())
    without = {key: value for key, value in _of(ground, next(numbers)).items() if key != name}
    yield list(without.items())
    yield [*_of(ground, next(numbers)).items(), (name, MARK), (name, "")]


def _of(ground: real.Form, number: int) -> real.Form:
    """The form with ids of its own, from her now and then, else from somebody else."""
    sid = f"SM{number:032x}"
    given = {key: sid for key in ("MessageSid", "SmsSid", "SmsMessageSid") if key in ground}
    key = "To" if "MessageStatus" in ground else "From"
    if number % ONE_IN:
        given[key] = ground[key].replace(real.HER_NUMBER, f"+9230055{number % OTHERS:05}")
    return ground | given


def _updates(numbers: Iterator[int]) -> Iterator[Knock]:
    grounds = [
        real.update(message=real.telegram_message(text="hi")),
        real.update(message=real.telegram_message(photo=real.PHOTO, caption="x")),
        real.update(message=real.telegram_message(voice=real.VOICE)),
        real.update(message=real.telegram_message(document=real.DOCUMENT)),
        real.update(message=real.telegram_message(location=real.LOCATION)),
        real.update(edited_message=real.telegram_message(text="hi", edit_date=1_790_000_100)),
        real.update(message=real.telegram_message(contact=real.CONTACT, sticker=real.STICKER)),
        real.update(something_new={"a": {"b": 1}}),
        real.telegram_tap("3:street"),
    ]
    for ground in grounds:
        for where in places(ground):
            if where == ("update_id",):
                continue
            for hostile in [*list(TEXTS.values())[::8], *JUNK[len(where) % 2 :: 2], *JUNK[:6]]:
                yield _update(changed(ground, where, hostile), next(numbers))
            yield _update(changed(ground, where, GONE), next(numbers))
    for text in TEXTS.values():
        yield _update(real.update(message=real.telegram_message(text=text)), next(numbers))
    for junk in (*JUNK, *TEXTS.values()):
        yield _update({"update_id": junk, "message": real.telegram_message(text=MARK)}, None)


GONE = object()


def _update(update: dict[str, Any], number: int | None) -> Knock:
    if number is not None:
        update["update_id"] = number
        if number % ONE_IN:
            update = json.loads(json.dumps(update).replace(str(real.HER_CHAT), str(800_000 + number % OTHERS)))
    return Knock(TELEGRAM_PATH, json.dumps(update).encode(), JSON, proven=True)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place within a value: keys and indices from the top."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*above, key)
        yield from places(one, (*above, key))


def changed(value: Any, where: tuple[Any, ...], hostile: Any) -> Any:
    """The same with something hostile in one place, or nothing there (GONE)."""
    other = copy.deepcopy(value)
    holder = other
    for key in where[:-1]:
        holder = holder[key]
    if hostile is GONE:
        del holder[where[-1]]
    else:
        holder[where[-1]] = hostile
    return other
