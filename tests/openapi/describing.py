"""The description of the whole application (OpenAPI 3.1), made from its own map of addresses and its own tables.

Addresses, methods and parameters come from the application; who may open what, how large what is sent may be and what it
is for from the console's table; fields from the code of the views. Only what providers send is written down here: their
payloads, field for field, are in tests/handlers/payloads.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from handlers.webhooks import LARGEST_BODY
from tests.handlers import payloads as real
from tests.openapi.reading import ANY, reads
from web.console.flows import shared
from web.console.routes import ROUTES, Route, in_words

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"
METHODS = {"GET", "POST"}
FORM, PARTS, JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"
PROOF = "csrf_token"
SAYS = {
    200: "done, or the page",
    204: "taken",
    206: "the part that was asked for",
    303: "go on to another page; to the login where nobody is logged in",
    304: "as it was",
    400: "refused: what was sent cannot be, or is no form of ours",
    403: "not proven, or not hers",
    404: "there is no such thing",
    413: "too large",
    416: "it has no such part",
    429: "too many tries; wait",
    503: "busy, or the storage is away: again in a moment",
}
TWILIO = real.twilio_whatsapp() | real.twilio_sms() | real.whatsapp_location() | real.whatsapp_button("a")
SIGNED = {"twilio": "X-Twilio-Signature", "telegram": "X-Telegram-Bot-Api-Secret-Token"}
OTHERS: Mapping[str, tuple[str, str, tuple[int, ...]]] = {  # endpoint: whose, about, answers
    "webhooks.status": ("twilio", "what became of a message", (204, 400, 403, 413, 503)),
    "webhooks.files": ("anybody who was told the address", "a file that a counsellor sends", (200, 404, 503)),
    "webhooks.healthz": ("anybody", "the process lives", (200,)),
    "webhooks.readyz": ("anybody", "the databases answer", (200, 503)),
    "webhooks.metrics": ("this machine, or who has the token", "counts, no words", (200, 403)),
    "shared.begin": ("whoever has the link", "a draft of a flow on three phones", (200, 404, 429, 503)),
    "shared.go_on": ("whoever has the link", "go on with it on one phone", (200, 400, 404, 413, 429, 503)),
    "security_txt.show": ("anybody", "where to write about a hole", (200,)),
}
A_TRY = frozenset(("form", name) for name in ("script", "channel", "do", "text", "all", "later"))
TAKEN = (200, 204, 400, 403, 413, 503)


def describe(app: Flask) -> dict[str, Any]:
    """The description of what this application answers."""
    paths: dict[str, dict[str, Any]] = {}
    by_endpoint = {f"console.{route.endpoint}": route for route in ROUTES}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        for method in sorted((rule.methods or set()) & METHODS):
            route = by_endpoint.get(rule.endpoint)
            told = _console(app, rule, route) if route else _other(rule)
            paths.setdefault(in_braces(rule.rule), {})[method.lower()] = _parameters(rule) | told
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hamraz", "version": "every address, made by `python -m tests.openapi --write`"},
        "components": {
            "responses": {str(code): {"description": said} for code, said in SAYS.items()},
            "parameters": {"language": _parameter("language", "query")},
        },
        "paths": paths,
    }


def in_braces(rule: str) -> str:
    """An address as OpenAPI writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def written(description: Mapping[str, Any]) -> str:
    """As it lies in docs/: a line for each address and method, so that a change of one shows as one."""
    paths = [
        f"{_line(path)}: {{\n"
        + ",\n".join(f"  {_line(method)}: {_line(told)}" for method, told in methods.items())
        + "\n }"
        for path, methods in description["paths"].items()
    ]
    rest = {name: value for name, value in description.items() if name != "paths"}
    return _line(rest)[:-1] + ', "paths": {\n ' + ",\n ".join(paths) + "\n}}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _parameters(rule: Rule) -> dict[str, Any]:
    return {"operationId": rule.endpoint, "parameters": [_parameter(name, "path") for name in sorted(rule.arguments)]}


def _parameter(name: str, place: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}


def _console(app: Flask, rule: Rule, route: Route) -> dict[str, Any]:
    found = reads(app.view_functions[rule.endpoint])
    language = {"$ref": "#/components/parameters/language"}
    queries = [_parameter(name, "query") for name in sorted(_names(found, "query"))] + [language]
    told: dict[str, Any] = {
        "summary": route.about,
        "x-roles": in_words(route.roles),
        "parameters": [_parameter(name, "path") for name in sorted(rule.arguments)] + queries,
        "responses": _answers(_codes(route)),
    }
    return told | (_body(found, route.largest) if route.method == "POST" else {})


def _names(found: frozenset[tuple[str, str]], place: str) -> Iterator[str]:
    return (name for where, name in found if where == place)


def _body(found: frozenset[tuple[str, str]], largest: int) -> dict[str, Any]:
    texts = {PROOF, *_names(found, "form")}
    files = set(_names(found, "file"))
    fields = {name: {"type": "string"} for name in sorted(texts - {ANY})}
    fields |= {name: {"type": "string", "format": "binary"} for name in sorted(files)}
    schema = {"type": "object", "properties": fields, "required": [PROOF], "additionalProperties": ANY in texts}
    return {"requestBody": {"content": {PARTS if files else FORM: {"schema": schema}}}, "x-largest": largest}


def _codes(route: Route) -> tuple[int, ...]:
    if route.view == "pages.static":
        return (200, 206, 304, 404, 416)
    codes = {200, 303, 503}
    if route.roles is not None:
        codes |= {403}
    if route.method == "POST":
        codes |= {400, 413, 429}
    return tuple(sorted(codes | {400, 404}))


def _answers(codes: tuple[int, ...]) -> dict[str, Any]:
    return {str(code): {"$ref": f"#/components/responses/{code}"} for code in codes}


def _other(rule: Rule) -> dict[str, Any]:
    by_telegram = rule.endpoint.startswith("webhooks.telegram")
    otherwise = ("telegram" if by_telegram else "twilio", "what somebody sent", TAKEN)
    whose, about, codes = OTHERS.get(rule.endpoint, otherwise)
    told: dict[str, Any] = {"summary": about, "responses": _answers(codes)}
    if whose not in SIGNED:
        return told | {"x-roles": whose} | (_body(A_TRY, shared.LARGEST) if "go_on" in rule.endpoint else {})
    header = _parameter(SIGNED[whose], "header") | {"required": True}
    body: dict[str, Any] = {"schema": {"type": "object", "required": ["update_id"], "additionalProperties": True}}
    if whose == "twilio":
        fields = real.twilio_status() if rule.endpoint == "webhooks.status" else TWILIO
        kinds = {name: {"type": "string"} for name in sorted(fields)}
        body = {"schema": {"type": "object", "properties": kinds, "additionalProperties": True}}
    return told | {
        "x-roles": f"{whose}, proven",
        "parameters": [*[_parameter(one, "path") for one in sorted(rule.arguments)], header],
        "requestBody": {"content": {FORM if whose == "twilio" else JSON: body}},
        "x-largest": LARGEST_BODY,
    }
