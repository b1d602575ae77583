"""What each provider posts to Hamraz when a person does something on her phone.

The form or update is what the provider would send, signed as it signs, to the same webhook.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.etree import ElementTree

from flask import current_app

from web.simulator.demo import Demo
from web.simulator.screens import Kind

SENT = 1_790_000_000  # a date in Unix seconds; nothing hangs on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What she did: one of these."""

    text: str = field(default="", repr=False)
    tap: str = ""  # a key's data, and the message it stood under
    message: str = ""
    pin: tuple[float, float] | None = field(default=None, repr=False)  # degrees: latitude, longitude
    file: bytes | None = field(default=None, repr=False)
    file_type: str = ""

    @property
    def kind(self) -> Kind:
        """How it is shown."""
        if self.file is not None:
            return "voice" if self.file_type.startswith("audio/") else "photo"
        return "pin" if self.pin else "text"


class Posting:
    """Posts for both providers of one demo."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._updates = count(1)
        demo.report = self._delivered

    def post(self, channel: str, said: Said) -> int:
        """Carry it to Hamraz; return the status it answered."""
        return self._by_telegram(said) if channel == "telegram" else self._by_twilio(channel, said)

    # --- Twilio ---------------------------------------------------------------------------------

    def _by_twilio(self, channel: str, said: Said) -> int:
        demo, sid = self._demo, self._demo.twilio.sid("SM")
        form = self._form(channel, sid, demo.her_address(channel)) | {"Body": said.text, "NumMedia": "0"}
        if said.tap:
            form |= self._tapped(channel, said)
        if said.pin:
            form |= {"Latitude": str(said.pin[0]), "Longitude": str(said.pin[1])}
        if said.file is not None:
            media = demo.twilio.keep(said.file_type, said.file)
            url = f"https://api.twilio.com/2010-04-01/Accounts/{form['AccountSid']}/Messages/{sid}/Media/{media}"
            form |= {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": said.file_type}
        demo.screens.show_hers(channel, sid, said.text, said.kind)
        status, body = self._signed(f"/webhooks/{channel}", form)
        demo.screens.change(channel, sid, status=status)
        for text in _texts(body) if status == 200 else ():
            ours = demo.twilio.sid("SM")
            demo.screens.show_ours(channel, ours, text)
            self._delivered(channel, ours)
        return status

    def _tapped(self, channel: str, said: Said) -> dict[str, str]:
        as_list = any(one.as_list for one in self._demo.screens.on(channel) if one.id == said.message)
        names = ("ListId", "ListTitle") if as_list else ("ButtonPayload", "ButtonText")
        # WhatsApp greys used keys out by itself.
        self._demo.screens.change(channel, said.message, keys=())
        return dict(zip(names, (said.tap, said.text), strict=True))

    def _delivered(self, channel: str, sid: str) -> None:
        form = self._form(channel, sid, "") | {"MessageStatus": "delivered"}
        form |= {"From": form["To"], "To": self._demo.her_address(channel)}
        self._signed("/webhooks/twilio/status", form)

    def _form(self, channel: str, sid: str, sender: str) -> dict[str, str]:
        accounts = self._demo.accounts
        ours = ("whatsapp:" if channel == "whatsapp" else "") + accounts.our_number
        return {"MessageSid": sid, "AccountSid": accounts.twilio_account, "From": sender, "To": ours}

    def _signed(self, path: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        signature = self._demo.twilio.signature(self._demo.accounts.public_url + path, form)
        answer = current_app.test_client().post(path, data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code, answer.data

    # --- Telegram -------------------------------------------------------------------------------

    def _by_telegram(self, said: Said) -> int:
        demo, number = self._demo, next(self._updates)
        chat = {"id": demo.chat, "type": "private"}
        person = {"id": demo.chat, "is_bot": False, "first_name": "Demo"}
        if said.tap:
            id, query = f"tap{number}", f"q{number}"
            demo.telegram.queries.add(query)
            under = {"message_id": int(said.message), "date": SENT, "chat": chat, "text": "…"}
            tap = {"id": query, "from": person, "chat_instance": "demo", "data": said.tap, "message": under}
            update: dict[str, Any] = {"callback_query": tap}
            demo.screens.show_hers("telegram", id, said.text, "tap", under=said.message)
        else:
            message_id = demo.telegram.new_id(demo.chat)
            id = str(message_id)
            message = {"message_id": message_id, "date": SENT, "from": person, "chat": chat}
            update = {"message": message | self._content(said, number)}
            demo.screens.lay_below("telegram", ())
            demo.screens.show_hers("telegram", id, said.text, said.kind)
        answer = current_app.test_client().post(
            "/webhooks/telegram",
            data=json.dumps({"update_id": number, **update}),
            content_type="application/json",
            headers={"X-Telegram-Bot-Api-Secret-Token": demo.accounts.telegram_secret},
        )
        demo.screens.change("telegram", id, status=answer.status_code)
        return answer.status_code

    def _content(self, said: Said, number: int) -> dict[str, Any]:
        if said.pin:
            return {"location": {"latitude": said.pin[0], "longitude": said.pin[1]}}
        if said.file is None:
            return {"text": said.text}
        name = f"f{number}"
        self._demo.telegram.files[name] = said.file
        common = {"file_id": name, "file_unique_id": f"u{name}", "file_size": len(said.file)}
        if said.kind == "voice":
            return {"voice": {**common, "duration": 1, "mime_type": said.file_type}}
        return {"photo": [{**common, "width": 1, "height": 1}]}


def _texts(twiml: bytes) -> list[str]:
    if not twiml.strip():
        return []
    # Our own answer, made a moment ago by our own code: no stranger's XML.
    return ["".join(message.itertext()) for message in ElementTree.fromstring(twiml).iter("Message")]  # noqa: S314
