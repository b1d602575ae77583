"""Stands in for Twilio's servers in the demo: signs webhooks, keeps media, takes messages.

It refuses what Twilio refuses of what we send. Only the demo and its tests use it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

LONGEST_BODY = 1600  # characters; twilio.com/docs/api/errors/21617


@dataclass(frozen=True, slots=True)
class Taken:
    """One message we sent through the REST API."""

    sid: str
    to: str = field(repr=False)
    body: str = field(repr=False)


class TwilioApi:
    """One account with its messages and media in memory."""

    def __init__(self, account: str, token: str) -> None:
        self.account = account
        self._token = token
        self._numbers = count(1)
        self._lock = threading.Lock()
        self.taken: list[Taken] = []
        self.media: dict[str, tuple[str, bytes]] = {}  # media sid → type, bytes

    def sid(self, prefix: str) -> str:
        """A fresh id of Twilio's shape: two letters and 32 hexadecimal digits."""
        with self._lock:
            return f"{prefix}{next(self._numbers):032x}"

    def signature(self, url: str, form: Mapping[str, str]) -> str:
        """What Twilio puts into X-Twilio-Signature (twilio.com/docs/usage/security)."""
        signed = url + "".join(key + form[key] for key in sorted(form))
        return base64.b64encode(hmac.new(self._token.encode(), signed.encode(), hashlib.sha1).digest()).decode()

    def allows(self, authorization: tuple[str, str]) -> bool:
        """Whether this is the account's own name and token."""
        account, token = authorization
        return hmac.compare_digest(account, self.account) and hmac.compare_digest(token, self._token)

    def create(self, fields: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        """POST …/Messages.json: a status and a body."""
        body, to = fields.get("Body", ""), fields.get("To", "")
        if not re.fullmatch(r"(whatsapp:)?\+[0-9]{7,15}", to):
            return 400, {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}
        if not body and not fields.get("ContentSid"):
            return 400, {"code": 21602, "message": "Message body is required.", "status": 400}
        if len(body) > LONGEST_BODY:
            return 400, {"code": 21617, "message": "The message body exceeds the 1600 character limit.", "status": 400}
        message = Taken(self.sid("SM"), to, body)
        with self._lock:
            self.taken.append(message)
        return 201, {"sid": message.sid, "status": "queued", "body": body, "to": to, "account_sid": self.account}

    def keep(self, kind: str, content: bytes) -> str:
        """Keep a file she sends; return its media id."""
        sid = self.sid("ME")
        self.media[sid] = (kind, content)
        return sid
