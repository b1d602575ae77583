"""The demo's page: three phones on the real webhooks, and what a thief would see.

Each phone sends what its provider would send, signed as its provider signs, to the same
addresses a provider calls. What comes back is shown as it came. Never part of `serve`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.etree import ElementTree

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from locales.segments import cost
from web.simulator.bot_api import BotApi
from web.simulator.twilio_api import TwilioApi

HER_NUMBER = "+923001234567"  # invented
HER_CHAT = 70_001
LARGEST = 16 * 1024 * 1024
CENTS_A_PART = 0.1  # dollars for one SMS part in Pakistan, roughly; only to give a feeling

Rows = Callable[[], Mapping[str, Any]]  # both databases as a thief reads them


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The invented accounts of one demo."""

    public_url: str
    twilio: TwilioApi
    telegram: BotApi
    telegram_secret: str = field(repr=False)
    our_number: str
    rows: Rows


def make_simulator(demo: Demo) -> Blueprint:
    """The blueprint of the demo's page and of its stand-ins for Twilio and Telegram."""
    page = Blueprint(
        "simulator", __name__, template_folder="templates", static_folder="static", static_url_path="/simulator/static"
    )
    updates = count(1)

    @page.get("/")
    def phones() -> Response:
        response = Response(render_template("phones.html"))
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @page.get("/favicon.ico")
    def icon() -> Response:
        return Response(status=204)

    @page.post("/simulator/<channel>")
    def write(channel: str) -> Response:
        said = _said()
        if channel in ("sms", "whatsapp"):
            return jsonify(_by_twilio(demo, channel, said))
        if channel == "telegram":
            _by_telegram(demo, said, next(updates))
            return jsonify(messages=[])
        return Response(status=404)

    @page.get("/simulator/telegram")
    def telegram_chat() -> Response:
        shown = [
            {"id": one.message_id, "text": one.text, "protected": one.protected, "keyboard": _keyboard(one.markup)}
            for one in demo.telegram.shown.values()
            if one.chat_id == HER_CHAT
        ]
        return jsonify(messages=shown, hers=[key for key, chat in demo.telegram.hers.items() if chat == HER_CHAT])

    @page.get("/simulator/later")
    def later() -> Response:
        """Messages that came by Twilio's REST, not in a webhook's answer."""
        since = request.args.get("since", 0, type=int)
        taken = [
            _message(one.body) | {"to": "whatsapp" if one.to.startswith("whatsapp:") else "sms"}
            for one in demo.twilio.taken[since:]
        ]
        return jsonify(messages=taken, next=since + len(taken))

    @page.post("/simulator/count")
    def parts() -> Response:
        return jsonify(_cost(_said()["text"]))

    @page.get("/simulator/thief")
    def thief() -> Response:
        return jsonify(demo.rows())

    _stand_ins(page, demo)
    return page


def _said() -> dict[str, Any]:
    """What the page sent: text, tap, latitude and longitude, or a file."""
    if request.mimetype == "multipart/form-data":
        file = request.files.get("file")
        content = file.stream.read(LARGEST) if file else b""
        return {"text": "", "file": content, "type": file.mimetype if file else "application/octet-stream"}
    data = request.get_json(silent=True)
    said = data if isinstance(data, dict) else {}
    return {**said, "text": str(said.get("text", ""))}


# --- Twilio -------------------------------------------------------------------------------------


def _by_twilio(demo: Demo, channel: str, said: Mapping[str, Any]) -> dict[str, Any]:
    prefix = "whatsapp:" if channel == "whatsapp" else ""
    form = {
        "MessageSid": demo.twilio.sid("SM"),
        "AccountSid": demo.twilio.account,
        "From": prefix + HER_NUMBER,
        "To": prefix + demo.our_number,
        "Body": said["text"],
        "NumMedia": "0",
    }
    if "latitude" in said:
        form |= {"Latitude": str(said["latitude"]), "Longitude": str(said["longitude"])}
    if "file" in said:
        media = demo.twilio.keep(said["type"], said["file"])
        url = f"https://api.twilio.com/2010-04-01/Accounts/{demo.twilio.account}/Messages/{form['MessageSid']}/Media/{media}"
        form |= {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": said["type"]}
    path = f"/webhooks/{channel}"
    answer = current_app.test_client().post(
        path, data=form, headers={"X-Twilio-Signature": demo.twilio.signature(demo.public_url + path, form)}
    )
    if answer.status_code != 200:
        return {"messages": [], "status": answer.status_code}
    return {"messages": [_message(text) for text in _texts(answer.data)], "status": 200}


def _texts(twiml: bytes) -> list[str]:
    if not twiml.strip():
        return []
    # Our own answer, made a moment ago by our own code: no stranger's XML.
    return ["".join(message.itertext()) for message in ElementTree.fromstring(twiml).iter("Message")]  # noqa: S314


def _message(text: str) -> dict[str, Any]:
    return {"text": text, **_cost(text)}


def _cost(text: str) -> dict[str, Any]:
    found = cost(text)
    return {
        "parts": found.parts,
        "units": found.units,
        "alphabet": found.alphabet,
        "price": round(found.parts * CENTS_A_PART, 2),
    }


# --- Telegram -----------------------------------------------------------------------------------


def _by_telegram(demo: Demo, said: Mapping[str, Any], number: int) -> None:
    person = {"id": HER_CHAT, "is_bot": False, "first_name": "Demo"}
    chat = {"id": HER_CHAT, "type": "private"}
    update: dict[str, Any] = {"update_id": number}
    if "tap" in said:
        query = f"q{number}"
        demo.telegram.queries.add(query)
        under = {"message_id": int(said["message"]), "date": 1_790_000_000, "chat": chat, "text": "…"}
        update["callback_query"] = {
            "id": query,
            "from": person,
            "chat_instance": "demo",
            "data": str(said["tap"]),
            "message": under,
        }
    else:
        message: dict[str, Any] = {
            "message_id": demo.telegram.new_id(HER_CHAT),
            "date": 1_790_000_000,
            "from": person,
            "chat": chat,
        }
        if "latitude" in said:
            message["location"] = {"latitude": said["latitude"], "longitude": said["longitude"]}
        elif "file" in said:
            message |= _file(demo, said, number)
        else:
            message["text"] = said["text"]
        update["message"] = message
    current_app.test_client().post(
        "/webhooks/telegram",
        data=json.dumps(update),
        content_type="application/json",
        headers={"X-Telegram-Bot-Api-Secret-Token": demo.telegram_secret},
    )


def _file(demo: Demo, said: Mapping[str, Any], number: int) -> dict[str, Any]:
    name = f"f{number}"
    demo.telegram.files[name] = said["file"]
    common = {"file_id": name, "file_unique_id": f"u{name}", "file_size": len(said["file"])}
    if str(said["type"]).startswith("audio/"):
        return {"voice": {**common, "duration": 1, "mime_type": said["type"]}}
    return {"photo": [{**common, "width": 1, "height": 1}]}


def _keyboard(markup: Mapping[str, Any] | None) -> list[list[dict[str, str]]]:
    rows = markup.get("inline_keyboard", []) if markup else []
    return [[{"label": button["text"], "data": button["callback_data"]} for button in row] for row in rows]


# --- the providers' own addresses, as the demo's channels call them -----------------------------


def _stand_ins(page: Blueprint, demo: Demo) -> None:
    @page.route("/simulator/telegram-api/bot<token>/<method>", methods=["GET", "POST"])
    def bot_api(token: str, method: str) -> tuple[Response, int]:
        fields = request.get_json(silent=True) or request.form.to_dict()
        status, body = demo.telegram.call(token, method, {key: _on_the_wire(value) for key, value in fields.items()})
        return jsonify(body), status

    @page.get("/simulator/telegram-api/file/bot<token>/<path:path>")
    def bot_file(token: str, path: str) -> Response:
        content = demo.telegram.file(token, path)
        return Response(status=404) if content is None else Response(content, mimetype="application/octet-stream")

    messages = f"/simulator/twilio-api/2010-04-01/Accounts/{demo.twilio.account}/Messages"

    @page.post(f"{messages}.json")
    def create() -> tuple[Response, int]:
        if not _allowed(demo):
            return jsonify(code=20003, message="Authenticate", status=401), 401
        status, body = demo.twilio.create(request.form.to_dict())
        return jsonify(body), status

    @page.route(f"{messages}/<sid>.json", methods=["POST", "DELETE"])
    def wipe(sid: str) -> tuple[Response, int] | Response:
        if not _allowed(demo):
            return jsonify(code=20003, message="Authenticate", status=401), 401
        return Response(status=204) if request.method == "DELETE" else (jsonify(sid=sid, body=""), 200)

    @page.route(f"{messages}/<sid>/Media/<media>", methods=["GET"])
    @page.route(f"{messages}/<sid>/Media/<media>.json", methods=["DELETE"])
    def media(sid: str, media: str) -> Response:
        if not _allowed(demo):
            return Response(status=401)
        if request.method == "DELETE":
            demo.twilio.media.pop(media, None)
            return Response(status=204)
        kept = demo.twilio.media.get(media)
        return Response(status=404) if kept is None else Response(kept[1], mimetype=kept[0])


def _allowed(demo: Demo) -> bool:
    given = request.authorization
    return given is not None and demo.twilio.allows((given.username or "", given.password or ""))


def _on_the_wire(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
