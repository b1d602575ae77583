"""The providers' own addresses, as the demo's channels call them."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from web.simulator.demo import Demo
from web.simulator.twilio_api import TwilioApi

Answer = Response | tuple[Response, int]


def add_stand_ins(page: Blueprint, demo: Demo) -> None:
    """Put Telegram's and Twilio's addresses below /simulator/."""
    _telegram(page, demo)
    _twilio(page, demo.twilio)


def _telegram(page: Blueprint, demo: Demo) -> None:
    @page.route("/simulator/telegram-api/bot<token>/<method>", methods=["GET", "POST"])
    def bot_api(token: str, method: str) -> Answer:
        fields = request.get_json(silent=True) or request.form.to_dict()
        files = {key: (one.filename or "", one.read()) for key, one in request.files.items()}
        wire = {key: _on_the_wire(value) for key, value in fields.items()}
        status, body = demo.telegram.call(token, method, wire, files)
        return jsonify(body), status

    @page.get("/simulator/telegram-api/file/bot<token>/<path:path>")
    def bot_file(token: str, path: str) -> Answer:
        content = demo.telegram.file(token, path)
        return Response(status=404) if content is None else Response(content, mimetype="application/octet-stream")


def _twilio(page: Blueprint, twilio: TwilioApi) -> None:
    messages = f"/simulator/twilio-api/2010-04-01/Accounts/{twilio.account}/Messages"

    @page.get(f"{messages}.json")
    def listed() -> Answer:
        """Its log. Empty: whatever is sent here has reached Hamraz by webhook."""
        return jsonify(messages=[], next_page_uri=None) if _allowed(twilio) else _stranger()

    @page.post(f"{messages}.json")
    def create() -> Answer:
        if not _allowed(twilio):
            return _stranger()
        status, body = twilio.create(request.form.to_dict())
        return jsonify(body), status

    @page.route(f"{messages}/<sid>.json", methods=["POST", "DELETE"])
    def wipe(sid: str) -> Answer:
        if not _allowed(twilio):
            return _stranger()
        if request.method == "POST":
            return jsonify(sid=sid, body="")
        twilio.delete(sid)
        return Response(status=204)

    @page.route(f"{messages}/<sid>/Media/<media>", methods=["GET"])
    @page.route(f"{messages}/<sid>/Media/<media>.json", methods=["DELETE"])
    def media(sid: str, media: str) -> Answer:
        if not _allowed(twilio):
            return Response(status=401)
        if request.method == "DELETE":
            twilio.media.pop(media, None)
            return Response(status=204)
        kept = twilio.media.get(media)
        return Response(status=404) if kept is None else Response(kept[1], mimetype=kept[0])


def _allowed(twilio: TwilioApi) -> bool:
    given = request.authorization
    return given is not None and twilio.allows((given.username or "", given.password or ""))


def _stranger() -> Answer:
    return jsonify(code=20003, message="Authenticate", status=401), 401


def _on_the_wire(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
