"""Requests: from the description, from the forms that pages show, signed as providers sign. Seed and number make each again."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from tests.fuzz.making import TOKENS, form_like, json_like, text_like
from tests.handlers import payloads as real
from tests.handlers.hostile import AUTH, RAW, SECRET, TEXTS, TYPES
from tests.openapi.describing import FORM, PARTS, PROOF
from tests.openapi.house import SITE, STAFF_SECRET, TOKEN

FEW = 8  # of all values seen for a field, those that are kept
ORDINARY = (
    "1",
    "0",
    "yes",
    "on",
    "2026-11-28",
    "09:00",
    "17:00",
    "en",
    "ur",
    "sms",
    "green",
    "Larkana",
    "report",
    "-1",
    "99999",
)
HEADERS = {
    "Accept-Language": ("ur", "sd,ur;q=0.9", "q=;;,", "x" * 500),
    "X-Forwarded-For": ("203.0.113.9", "::1, 2001:db8::1", "not an address", "1" * 400),
    "Accept": ("text/event-stream", "application/json", "*/*;q=x"),
    "X-Hamraz-By-Itself": ("1",),
    "Range": ("bytes=0-10", "bytes=-1", "bytes=9-1,x"),
    "Last-Event-ID": ("7", "x" * 99, "-1"),
    "If-Modified-Since": ("yesterday", "Mon, 30 Nov 2026 09:00:00 GMT"),
    "Content-Encoding": ("gzip",),
    "Origin": ("https://elsewhere.example",),
    "Authorization": (f"Bearer {TOKEN}", "Bearer ", "Basic ::"),
    "Cookie": ("__Host-hamraz-login=x; __Host-hamraz-form=.a.b", "=;=;", "\x7f" * 40),
}
PAYLOADS = {
    "sms": real.twilio_sms(),
    "whatsapp": real.twilio_whatsapp(),
    "twilio/status": real.twilio_status(),
    "telegram": real.update(message=real.telegram_message(text="hi")),
    "telegram-staff": real.update(message=real.telegram_message(text="/cases")),
}
TAPS = (real.telegram_tap("1:street"), real.update(edited_message=real.telegram_message(text="hi", edit_date=1)))


@dataclass(frozen=True, slots=True)
class Operation:
    """One address by one method, as the description has it."""

    path: str
    method: str
    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def roles(self) -> str:
        return str(self.told.get("x-roles", ""))

    @property
    def codes(self) -> set[int]:
        return {int(code) for code in self.told["responses"]}

    def names(self, place: str) -> list[str]:
        return [one["name"] for one in self.told["parameters"] if one.get("in") == place]

    @property
    def media(self) -> str:
        return next(iter(self.told.get("requestBody", {}).get("content", {"": 0})))

    @property
    def fields(self) -> Mapping[str, Mapping[str, str]]:
        content = self.told["requestBody"]["content"][self.media]
        fields: Mapping[str, Mapping[str, str]] = content["schema"].get("properties", {})
        return fields


def operations(description: Mapping[str, Any]) -> list[Operation]:
    """All of them."""
    return [
        Operation(path, method, told)
        for path, methods in description["paths"].items()
        for method, told in methods.items()
    ]


@dataclass
class Shown:
    """A form of a page: where it goes, what it holds, and what else may be chosen."""

    page: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Pages(HTMLParser):
    """Links, forms and the values of fields on the pages that somebody opens."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, None] = {}
        self.forms: dict[str, list[Shown]] = defaultdict(list)  # by the path of its address
        self.values: dict[str, dict[str, None]] = defaultdict(dict)  # by a field's name
        self.proof = ""
        self._page, self._open, self._name = "", None, ""  # type: str, Shown | None, str

    def read(self, page: str, text: str) -> None:
        self._page, self._open = page, None
        self.feed(text)
        self.reset()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if said.get("href", "").startswith(("/console", "?")):
            self.links.setdefault(
                f"{self._page.partition('?')[0]}{said['href']}" if said["href"][0] == "?" else said["href"]
            )
        if tag == "form":
            self._open = Shown(self._page, said.get("action", "") or self._page)
            self.forms[urlsplit(self._open.action).path].append(self._open)
        name = said.get("name", "")
        if tag in ("input", "textarea", "button", "select") and name:
            self._keep(
                name, said.get("value", ""), tag == "input" and said.get("type") not in ("radio", "checkbox", "submit")
            )
        if tag == "select":
            self._name = name
        elif tag == "option" and self._name:
            self._keep(self._name, said.get("value", ""), "selected" in said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._name = ""

    def _keep(self, name: str, value: str, sent: bool) -> None:
        if name == PROOF:
            self.proof = value or self.proof
            return
        if len(self.values[name]) < FEW:
            self.values[name][value] = None
        if self._open is not None and (sent or name not in dict(self._open.fields)):
            self._open.fields.append((name, value))


@dataclass(frozen=True, slots=True)
class Knock:
    """One request."""

    operation: Operation
    who: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    kind: str = ""  # of the body

    def how(self) -> dict[str, Any]:
        """As Flask's client takes it."""
        told: dict[str, Any] = {"method": self.method, "headers": dict(self.headers), "base_url": SITE}
        if self.body is not None:
            told["data"] = self.body() if callable(self.body) else self.body
        return told | ({"content_type": self.kind} if self.kind else {})

    def __str__(self) -> str:
        body = self.body() if callable(self.body) else self.body
        return f"{self.who}: {self.method} {self.url[:200]} {dict(self.headers)!r:.200} {body!r:.400}"


class Knocker:
    """Makes requests for one operation, as somebody who has seen these pages."""

    def __init__(self, rng: Random, who: str, seen: Pages, known: Mapping[str, Sequence[str]]) -> None:
        self._rng, self._who, self._seen, self._known = rng, who, seen, known

    def knock(self, operation: Operation) -> Knock:
        """One request: mostly nearly right, now and then nothing like it."""
        rng = self._rng
        url = self._url(operation)
        headers = {name: rng.choice(values) for name, values in HEADERS.items() if rng.random() < 0.03}
        if operation.path.startswith("/webhooks"):
            return self._provider(operation, url, headers)
        if rng.random() < 0.03:
            method = rng.choice(("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "GET", "POST"))
            return Knock(operation, self._who, method, url, headers)
        if operation.method == "get":
            return Knock(operation, self._who, "GET", url, headers)
        headers = {"Referer": f"{SITE}/console/"} | headers
        if rng.random() < 0.04:
            raw = rng.choice(list(RAW.values()))
            return Knock(operation, self._who, "POST", url, headers, raw, rng.choice(TYPES))
        pairs = self._pairs(operation)
        if rng.random() < 0.97:
            pairs.append((PROOF, self._seen.proof))
        files = [name for name, one in operation.fields.items() if one.get("format") == "binary"]
        if not files and rng.random() < 0.9:
            return Knock(operation, self._who, "POST", url, headers, _form(pairs), FORM)
        return Knock(operation, self._who, "POST", url, headers, self._parts(pairs, files or ["file"]), PARTS)

    def _url(self, operation: Operation) -> str:
        path = re.sub(r"\{(\w+)\}", lambda found: _in_path(self._value(found[1], path=True)), operation.path)
        pairs = [(name, self._value(name)) for name in operation.names("query") if self._rng.random() < 0.5]
        if self._rng.random() < 0.1:
            pairs.append(("language", self._rng.choice(("ur", "en", "xx", "ur" * 50))))
        if self._rng.random() < 0.05 and pairs:
            pairs += pairs[:1] * 3
        return path + (f"?{_form(pairs)}" if pairs else "")

    def _value(self, name: str, *, path: bool = False) -> str:
        rng, known = self._rng, self._known.get(name, ())
        chance = rng.random()
        if known and chance < (0.85 if path else 0.6):
            return rng.choice(known)
        if chance < 0.9:
            return rng.choice((rng.choice(ORDINARY), "0" * 32, "f" * 32, "", *known[:1]))
        if chance < 0.95:
            return rng.choice(TOKENS)
        return rng.choice(list(TEXTS.values()))[:2_000] if chance < 0.98 else text_like(rng, [*known, "words"])

    def _pairs(self, operation: Operation) -> list[tuple[str, str]]:
        """What the form of a page holds, with some of it changed; or what the description has, filled from what was seen."""
        rng = self._rng
        shown = [form for path, forms in self._seen.forms.items() if fits(operation.path, path) for form in forms]
        if shown and rng.random() < 0.75:
            pairs = list(rng.choice(shown).fields)
            for _ in range(rng.choice((0, 1, 1, 2, 3))):
                pairs = self._changed(pairs)
            return pairs
        named = [name for name in operation.fields if name != PROOF and rng.random() < 0.8]
        return [(name.replace("*", str(rng.randrange(4))), self._value(name)) for name in named]

    def _changed(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        rng = self._rng
        if not pairs:
            return pairs
        at = rng.randrange(len(pairs))
        name = pairs[at][0]
        match rng.randrange(5):
            case 0:
                return pairs[:at] + pairs[at + 1 :]
            case 1:
                return [*pairs, (name, self._value(name))]
            case _:
                return [*pairs[:at], (name, self._value(name)), *pairs[at + 1 :]]

    def _parts(self, pairs: list[tuple[str, str]], files: list[str]) -> Any:
        rng = self._rng
        contents = [
            (
                rng.choice((b"", b"a,b\n1,2\n", *RAW.values()))[:300_000],
                rng.choice(("x.csv", "x.xlsx", "x.po", "../x\0.pdf", "")),
            )
            for _ in files
        ]

        def body() -> MultiDict[str, Any]:
            # Werkzeug closes what it has sent.
            streams = [
                (name, (BytesIO(content), called)) for name, (content, called) in zip(files, contents, strict=True)
            ]
            return MultiDict([(name, _sendable(value)) for name, value in pairs] + streams)

        return body

    def _provider(self, operation: Operation, url: str, headers: Mapping[str, str]) -> Knock:
        rng, name = self._rng, operation.path.removeprefix("/webhooks/").removesuffix("/{secret}")
        payload = PAYLOADS[name]
        if rng.random() < 0.06:
            body, kind = rng.choice(list(RAW.values())), rng.choice(TYPES)
        elif name.startswith("telegram"):
            body, kind = (
                json_like(rng, [json.dumps(one) for one in (payload, *TAPS)]).encode("utf-8", "surrogatepass"),
                "application/json",
            )
        else:
            sender = f"+92300444{rng.randrange(40):04}"
            body, kind = (
                form_like(
                    rng, [urlencode(payload | {"From": sender, "MessageSid": f"SM{rng.getrandbits(128):032x}"})]
                ).encode(),
                FORM,
            )
        return Knock(operation, self._who, "POST", url, dict(headers) | self._proof(name, url, body, kind), body, kind)

    def _proof(self, name: str, url: str, body: bytes, kind: str) -> dict[str, str]:
        if self._rng.random() < 0.1:
            return {}
        if name.startswith("telegram"):
            return {"X-Telegram-Bot-Api-Secret-Token": SECRET if name == "telegram" else STAFF_SECRET}
        text = body.decode("latin-1") if kind == FORM else ""
        form: MultiDict[str, str] = MultiDict(
            parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace")
        )
        return {"X-Twilio-Signature": RequestValidator(AUTH).compute_signature(SITE + url, form)}


def _form(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogatepass")


def _in_path(value: str) -> str:
    return _form([("", value)])[1:].replace("%2F", "/")[:1_000] or "x"


def _sendable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


def fits(template: str, path: str) -> bool:
    """Whether a path is one of this address."""
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path) is not None
