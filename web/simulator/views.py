"""The demo's page: three phones on the real webhooks, and what a thief would see.

Each phone sends what its provider would send, signed as its provider signs, to the same
addresses a provider calls. What comes back is shown as it came. Never part of `serve`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from web.console.pages import Console, go, let_in
from web.simulator.demo import Demo
from web.simulator.posting import Posting, Said
from web.simulator.screens import CHANNELS, Screens, sms_cost
from web.simulator.stand_ins import add_stand_ins

LARGEST = 16 * 1024 * 1024  # bytes of a file
STILL_HERE = 15  # seconds between signs of life to an open page
LONG_ENOUGH = 8  # characters: shorter texts, such as "1", stand in any database by chance
TITLES = {"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram"}
GREETINGS = {"en": "hi", "ur": "سلام", "sd": "ڀليڪار", "ur-Latn": "salam", "es": "hola"}
# What the page's own program says; it fills the braces itself.
PROGRAM_SAYS = {
    "place": (),
    "voice": (),
    "photo": (),
    "counter": ("units", "room", "parts", "alphabet"),
    "cost": ("parts", "alphabet", "price"),
    "copy_gone": (),
    "protected": (),
    "sent": (),
    "arrived": (),
    "not_taken": ("status",),
    "tapped": (),
    "thief.search": ("bytes", "texts", "found"),
    "thief.more": ("count",),
}
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def make_simulator(demo: Demo, console: Console) -> Blueprint:
    """The blueprint of the demo's page and of its stand-ins for Twilio and Telegram."""
    page = Blueprint(
        "simulator", __name__, template_folder="templates", static_folder="static", static_url_path="/simulator/static"
    )
    posting = Posting(demo)
    languages = {one.code: one for one in demo.phrasebook.languages if one.complete}

    @page.get("/")
    def phones() -> Response:
        code = request.args.get("language", "en")
        language = languages.get(code) or languages["en"]

        def say(key: str, **values: str) -> str:
            return demo.phrasebook.say(f"demo.{key}", language.code, values)

        shown = render_template(
            "phones.html",
            say=say,
            words={key: say(key, **{name: f"{{{name}}}" for name in names}) for key, names in PROGRAM_SAYS.items()},
            language=language,
            languages=languages.values(),
            channels=TITLES.items(),
            greetings=GREETINGS.items(),
            staff=demo.staff,
        )
        return Response(shown, headers=SECURITY)

    @page.get("/simulator/changes")
    def changes() -> Response:
        """The three screens, again whenever they change, as server-sent events."""
        return Response(_events(demo.screens), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    @page.post("/simulator/<channel>")
    def write(channel: str) -> Response:
        if channel not in CHANNELS:
            abort(404)
        return jsonify(status=posting.post(channel, _said()))

    @page.post("/simulator/<channel>/begin")
    def begin(channel: str) -> Response:
        if channel not in CHANNELS:
            abort(404)
        demo.begin(channel)
        return Response(status=204)

    @page.post("/simulator/staff/<int:number>")
    def enter(number: int) -> Response:
        """Into the console as one of the invented staff."""
        if number >= len(demo.staff):
            abort(404)
        entered = demo.staff[number].enter()
        return let_in(console, go("/"), entered.cookie, entered.mark)

    @page.post("/simulator/count")
    def parts() -> Response:
        return jsonify(sms_cost(_text(_json(), "text")))

    @page.get("/simulator/thief")
    def thief() -> Response:
        return jsonify(databases=demo.stolen.rows(), search=_search(demo))

    add_stand_ins(page, demo)
    return page


def _events(screens: Screens) -> Iterator[str]:
    seen = 0
    while not screens.closed:
        seen, shown = screens.wait(seen, STILL_HERE)
        yield ": still here\n\n" if shown is None else f"data: {json.dumps(shown)}\n\n"


def _search(demo: Demo) -> dict[str, int]:
    """Look for what was typed, and for the numbers, in every byte of both databases."""
    looked_for = {one.strip() for one in demo.screens.typed() if len(one.strip()) >= LONG_ENOUGH}
    content = demo.stolen.content()
    found = sum(any(one.encode(how) in content for how in ("utf-8", "utf-16-le")) for one in looked_for)
    return {"bytes": len(content), "texts": len(looked_for), "found": found}


def _said() -> Said:
    """What the page sent: a text, a tap, a place, or a file."""
    if request.mimetype == "multipart/form-data":
        file = request.files.get("file") or abort(400)
        return Said(file=file.stream.read(LARGEST), file_type=file.mimetype)
    given = _json()
    text = partial(_text, given)
    pin = given.get("pin")
    if pin is not None:
        return Said(pin=(float(pin[0]), float(pin[1])))
    return Said(text=text("text"), tap=text("tap"), message=text("message"))


def _json() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _text(given: dict[str, Any], name: str) -> str:
    return str(given.get(name, ""))
