"""A Bot API server that holds every call against Telegram's own description of it.

The stand-in itself lives with the demo's phones (`web.simulator.bot_api`); here it gets a
socket, a check of each field against the description, and a second opinion by aiogram.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import aiogram.methods
from aiogram.types import InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from web.simulator.bot_api import BotApi

DESCRIPTION = json.loads((Path(__file__).parent / "telegram_methods.json").read_text())
_KEYBOARDS = {
    "inline_keyboard": InlineKeyboardMarkup,
    "keyboard": ReplyKeyboardMarkup,
    "remove_keyboard": ReplyKeyboardRemove,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it stood on the wire, decoded, and how it was answered."""

    method: str
    fields: Mapping[str, Any]
    status: int


@dataclass(slots=True)
class TelegramApi:
    """The running server."""

    url: str
    bot: BotApi
    calls: list[Call] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # what broke the contract; must stay empty

    def methods(self) -> list[str]:
        """The names of the methods called, in order."""
        return [call.method for call in self.calls]


@contextmanager
def running_telegram(token: str) -> Iterator[TelegramApi]:
    """Start the server on a free port and stop it in the end."""
    api = TelegramApi("", BotApi(token))

    class Handler(_Handler):
        pass

    Handler.api = api
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=partial(server.serve_forever, 0.01), daemon=True).start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


Files = Mapping[str, tuple[str, bytes]]  # by field: name and content


def faults_in(method: str, wire: Mapping[str, str], files: Files | None = None) -> tuple[dict[str, Any], list[str]]:
    """The decoded fields of a call, and what about them the description forbids."""
    if method not in DESCRIPTION["methods"]:
        return {}, [f"{method}: not described in telegram_methods.json"]
    described = {one["name"]: one for one in DESCRIPTION["methods"][method]}
    uploaded = files or {}
    faults = [
        f"{method}: no {name}"
        for name, one in described.items()
        if one["required"] and name not in wire and name not in uploaded
    ]
    for name in uploaded:
        if "InputFile" not in described.get(name, {"types": []})["types"]:
            faults.append(f"{method}: no file may be uploaded as {name}")
    fields: dict[str, Any] = {}
    for name, value in wire.items():
        if name not in described:
            faults.append(f"{method}: unknown field {name}")
            continue
        types = described[name]["types"]
        try:
            fields[name] = value if types == ["String"] else _decoded(value, types)
        except ValueError:
            faults.append(f"{method}.{name}: not JSON")
            continue
        faults += _wrong(fields[name], types, f"{method}.{name}")
    stand_ins = {name: f"attach://{name}" for name in uploaded}
    return fields, faults + _second_opinion(method, {**fields, **stand_ins})


def _parts(body: bytes, kind: str) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    """Fields and files of a call, as a form or in parts (RFC 7578)."""
    if not kind.startswith("multipart/form-data"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
    _, form, files = FormDataParser().parse(
        BytesIO(body), "multipart/form-data", len(body), parse_options_header(kind)[1]
    )
    return form.to_dict(), {name: (one.filename or "", one.read()) for name, one in files.items()}


def _decoded(value: str, types: list[str]) -> Any:
    if "String" in types and not value.lstrip("-").isdigit():
        return value
    return json.loads(value)


def _wrong(value: Any, types: list[str], where: str) -> list[str]:
    """What is wrong with `value`, by the type that fits it best."""
    complaints = [_wrong_for(value, one, where) for one in types]
    return min(complaints, key=len)


def _wrong_for(value: Any, kind: str, where: str) -> list[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where}: not a list", where]
        inner = kind.removeprefix("Array of ")
        return [fault for one in value for fault in _wrong_for(one, inner, f"{where}[]")]
    plain = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool}
    if kind in plain:
        right = isinstance(value, plain[kind]) and (kind == "Boolean" or not isinstance(value, bool))
        return [] if right else [f"{where}: not {kind}", where]
    if not isinstance(value, dict):
        return [f"{where}: not {kind}", where]
    if kind in DESCRIPTION["unions"]:
        return _wrong(value, DESCRIPTION["unions"][kind], where)
    described = {one["name"]: one for one in DESCRIPTION["types"][kind]}
    faults = [f"{where}: {kind} has no {name}" for name in value if name not in described]
    faults += [
        f"{where}: {kind} lacks {name}" for name, one in described.items() if one["required"] and name not in value
    ]
    for name in set(value) & set(described):
        faults += _wrong(value[name], described[name]["types"], f"{where}.{name}")
    return faults


def _second_opinion(method: str, fields: Mapping[str, Any]) -> list[str]:
    """What aiogram's model of the same call says. Its unions are lax: keyboards are checked apart."""
    model = getattr(aiogram.methods, method[0].upper() + method[1:])
    faults = [f"{method}: aiogram knows no {name}" for name in fields if name not in model.model_fields]
    try:
        model.model_validate(fields)
        markup = fields.get("reply_markup")
        if markup:
            keyboard = next((kind for key, kind in _KEYBOARDS.items() if key in markup), None)
            if keyboard is None:
                faults.append(f"{method}: no keyboard of any kind in reply_markup")
            else:
                keyboard.model_validate(markup)
    except ValueError as error:
        faults.append(f"{method}: {type(error).__name__} by aiogram")
    return faults


class _Handler(BaseHTTPRequestHandler):
    api: TelegramApi
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        wire, files = _parts(body, self.headers.get("Content-Type", ""))
        _, bot, method = self.path.split("/", 2)
        token = bot.removeprefix("bot")
        fields, faults = faults_in(method, wire, files)
        self.api.faults.extend(faults)
        status, answer = self.api.bot.call(token, method, wire, files)
        self.api.calls.append(Call(method, fields, status))
        self._answer(status, json.dumps(answer).encode(), "application/json")

    def do_GET(self) -> None:
        _, _file, bot, path = unquote(self.path).split("/", 3)
        file = self.api.bot.file(bot.removeprefix("bot"), path)
        self._answer(404 if file is None else 200, file or b"", "application/octet-stream")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
