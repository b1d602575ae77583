"""Stands in for Twilio's servers in the demo: signs webhooks, keeps media, takes messages.

It refuses what Twilio refuses of what we send. Only the demo and its tests use it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

LONGEST_BODY = 1600  # characters; twilio.com/docs/api/errors/21617
LONGEST_BODY_WITH_KEYS = 1024
LONGEST_LABEL = {"quick": 20, "list": 24}  # characters; twilio.com/docs/content


@dataclass(frozen=True, slots=True)
class Taken:
    """One message we sent through the REST API."""

    sid: str
    to: str = field(repr=False)
    body: str = field(repr=False)
    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # label, what a tap sends back
    as_list: bool = False
    media: str = field(default="", repr=False)  # where Twilio fetches the file that goes with it


class Refused(Exception):
    """Twilio says no: its error code and a sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class TwilioApi:
    """One account with its messages and media in memory."""

    def __init__(
        self,
        account: str,
        token: str,
        templates: Mapping[str, str],
        took: Callable[[Taken], None] = lambda message: None,
        deleted: Callable[[str], None] = lambda sid: None,
    ) -> None:
        """
        templates  content templates that are set up: "quick1"…"list10" -> SID
        took       told each message that we send
        deleted    told each message whose copy here is deleted
        """
        self.account = account
        self._token = token
        self._templates = {sid: name for name, sid in templates.items()}
        self._took, self._deleted = took, deleted
        self._numbers = count(1)
        self._lock = threading.Lock()
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
        try:
            message = self._message(fields)
        except Refused as no:
            return 400, {"code": no.code, "message": str(no), "status": 400}
        self._took(message)
        body: dict[str, object] = {"sid": message.sid, "status": "queued", "body": message.body, "to": message.to}
        return 201, body | {"account_sid": self.account}

    def delete(self, sid: str) -> None:
        """DELETE …/Messages/SID.json."""
        self._deleted(sid)

    def keep(self, kind: str, content: bytes) -> str:
        """Keep a file she sends; return its media id."""
        sid = self.sid("ME")
        self.media[sid] = (kind, content)
        return sid

    def _message(self, fields: Mapping[str, str]) -> Taken:
        to, body = fields.get("To", ""), fields.get("Body", "")
        if not re.fullmatch(r"(whatsapp:)?\+[0-9]{7,15}", to):
            raise Refused(21211, "Invalid 'To' Phone Number")
        if fields.get("ContentSid"):
            return self._filled(to, fields["ContentSid"], fields.get("ContentVariables", ""))
        media = fields.get("MediaUrl", "")
        if media and not (media.startswith(("https://", "http://")) and to.startswith("whatsapp:")):
            raise Refused(21620, "Invalid media URL(s)")
        if not body and not media:
            raise Refused(21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            raise Refused(21617, "The message body exceeds the 1600 character limit.")
        return Taken(self.sid("MM" if media else "SM"), to, body, media=media)

    def _filled(self, to: str, content: str, variables: str) -> Taken:
        """A content template with this message's words: 1 is the text, then label and id of each key."""
        name = self._templates.get(content)
        if name is None or not to.startswith("whatsapp:"):
            raise Refused(21655, "The ContentSid is Invalid")
        kind, keys = name.rstrip("0123456789"), int(name.lstrip("abcdefghijklmnopqrstuvwxyz"))
        try:
            given = json.loads(variables)
            words = [str(given[str(number)]) for number in range(1, 2 * keys + 2)]
        except (ValueError, KeyError, TypeError):
            raise Refused(21656, "The ContentVariables Parameter is invalid") from None
        body, labels, ids = words[0], words[1::2], words[2::2]
        too_long = len(body) > LONGEST_BODY_WITH_KEYS or max(map(len, labels)) > LONGEST_LABEL[kind]
        if len(given) != len(words) or not all(words) or too_long:
            raise Refused(21656, "The ContentVariables Parameter is invalid")
        return Taken(self.sid("SM"), to, body, tuple(zip(labels, ids, strict=True)), kind == "list")
