"""Twilio: with `twilio_messages`, the one file that knows its library. SMS and WhatsApp both speak through it.

A webhook's signature is checked over the address that the operator gave us, never
over the one our server sees: behind a proxy that one differs from what was signed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hmac import compare_digest
from typing import Any
from urllib.parse import urlparse
from xml.sax.saxutils import escape, quoteattr

import requests
from twilio.base.deserialize import rfc2822_datetime
from twilio.base.exceptions import TwilioException
from twilio.base.serialize import iso8601_datetime
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import (
    RequestValidator,
    add_port,
    get_signature_algorithm,
    remove_port,
)
from twilio.rest import Client

from bot.media import MediaGone
from bot.message import MediaReference, Reply
from handlers.channel import (
    Answer,
    Finding,
    RawRequest,
    SendError,
    SendLater,
    Unverified,
    silence,
)
from handlers.twilio_codes import ALREADY_GONE, NOT_FINISHED, explain
from handlers.twilio_messages import Messages

TWILIO_API = "https://api.twilio.com"
CONTENT_API = "https://content.twilio.com"
MEDIA_HOSTS = ("twilio.com", "twiliocdn.com", "amazonaws.com")  # where Twilio keeps files
MOST_LISTED, MOST_ON_A_PAGE = 5000, 1000  # messages of one outage; Twilio refuses larger pages
MOST_MEDIA = 10  # of one message
LONGEST_PAUSE = 600.0  # seconds that we let a provider ask of us
STATUS_PATH = "/webhooks/twilio/status"

# Twilio reads these from the webhook's own address: three more tries on a 5xx, a refused
# connection or a silence. Its signature may or may not cover them, so both are accepted.
RETRIES = "#rc=3&rp=5xx,ct,rt"

_MEDIA_URL = re.compile(
    r"https://[^/?#]+/2010-04-01/Accounts/[A-Za-z0-9]{2,64}"
    r"/Messages/([A-Za-z0-9]{2,64})/Media/([A-Za-z0-9]{2,64})(?:\.json)?"
)
_REFERENCE = re.compile(r"([A-Za-z0-9]{2,64})/([A-Za-z0-9]{2,64})")
_SID = re.compile(r"[A-Za-z0-9]{2,64}")
_FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Listed:
    """An inbound message as Twilio's log shows it, for messages that never reached us."""

    id: str = field(repr=False)
    sender: str = field(repr=False)
    text: str = field(repr=False)
    sent: datetime
    media: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # reference, declared type


class _Form(dict[str, list[str]]):
    """Form pairs with repeated keys, as Twilio's validator reads those of web frameworks."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        for key, value in pairs:
            self.setdefault(key, []).append(value)

    def getall(self, key: str) -> list[str]:
        return self[key]


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]  # its library has no types
    """Twilio's own client, able to talk to another host (tests, a regional edge)."""

    def __init__(self, api_url: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._api_url = api_url

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        if self._api_url != TWILIO_API:
            url = url.replace(TWILIO_API, self._api_url, 1).replace(CONTENT_API, self._api_url, 1)
        response = super().request(method, url, params, data, headers, auth, timeout, allow_redirects)
        asked = (response.headers or {}).get("Retry-After", "") if response.status_code in (429, 503) else ""
        if asked.isascii() and asked.isdigit():  # the library's own exception forgets it
            raise SendLater("slow down", min(float(asked), LONGEST_PAUSE), whole_channel=response.status_code == 429)
        return response


class TwilioAccount:
    """One Twilio account: its signatures, its REST API and its media."""

    def __init__(
        self,
        sid: str,
        token: str,
        public_url: str,
        *,
        api_url: str = TWILIO_API,
        webhook_keys: Sequence[str] = (),
        discreet: bool = False,
        timeout: float = 10,
    ) -> None:
        """
        public_url    where the internet reaches us, without a path or with a prefix
        webhook_keys  secrets of shared signing keys, for webhooks signed with SHA-256
        discreet      ask Twilio not to keep words and numbers; the account must be allowed to
        timeout       seconds a call may take
        """
        # urllib3 logs the path with the account's id, httpx whole URLs, twilio whole messages.
        silence("twilio", "urllib3", "httpx", "httpcore")
        self._sid = sid
        self._auth = (sid, token)
        self._public_url = public_url.rstrip("/")
        self._api_url = api_url.rstrip("/")
        self._validators = [RequestValidator(secret) for secret in (token, *webhook_keys)]
        self._discreet = discreet
        self._timeout = timeout
        self._client = Client(sid, token, http_client=_HttpClient(self._api_url, timeout))
        self._messages = Messages(self._client, TWILIO_API, sid)

    def __repr__(self) -> str:
        return "TwilioAccount()"

    @property
    def status_url(self) -> str:
        """Where Twilio tells what became of a message."""
        return self._public_url + STATUS_PATH

    def webhook_url(self, path: str) -> str:
        """The address to paste at Twilio, with the fragment that makes it try again."""
        return self._public_url + path + RETRIES

    def verify(self, raw: RawRequest, path: str) -> None:
        """Return if Twilio signed this form for `path` of our public address. Raises Unverified."""
        signature = raw.header("X-Twilio-Signature")
        if not signature:
            raise Unverified("no signature")
        if not raw.url.partition("?")[0].endswith(path):
            raise Unverified("wrong path")
        algorithm = get_signature_algorithm(raw.header("X-Twilio-Webhooks-Signature-Settings"))
        _, _, query = raw.url.partition("?")
        url = f"{self._public_url}{path}?{query}" if query else self._public_url + path
        form = _Form(raw.form)
        try:
            given = signature.encode()
            for signed_url in _as_signed(url):
                for one in self._validators:
                    if compare_digest(one.compute_signature(signed_url, form, algorithm).encode(), given):
                        return
        except ValueError:
            pass  # a lone surrogate, which nobody can have signed, or an algorithm that there is not
        raise Unverified("wrong signature")

    def answer(self, replies: Sequence[Reply]) -> Answer:
        """The replies as TwiML, each asking to hear of its delivery."""
        action = quoteattr(self.status_url)
        messages = "".join(
            f"<Message action={action}>{escape(_FORBIDDEN_IN_XML.sub('', reply.text))}</Message>" for reply in replies
        )
        body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{messages}</Response>'
        return Answer(body.encode(), "text/xml; charset=utf-8")

    def send(self, to: str, sender: str, content: Mapping[str, str | list[str]]) -> str:
        """Send a message and return its SID. Raises SendLater or SendRefused.

        sender   a number, "whatsapp:+…", or the SID of a messaging service (MG…)
        content  `Body`, `MediaUrl`, or `ContentSid` with `ContentVariables`
        """
        fields = {"To": to, "StatusCallback": self.status_url, **content}
        fields["MessagingServiceSid" if sender.startswith("MG") else "From"] = sender
        if self._discreet:
            fields |= {"ContentRetention": "discard", "AddressRetention": "obfuscate"}
        try:
            return self._messages.create(fields)
        except (TwilioException, requests.RequestException) as error:
            raise translated(error) from None  # the cause's text names her number

    def wipe(self, ids: Sequence[str]) -> None:
        """Empty and delete messages and media. Raises SendLater while Twilio is not done with one."""
        waiting: SendError | None = None
        for one in ids:
            try:
                self._wipe(one)
            except SendLater as later:
                waiting = later  # the others need not wait for it
        if waiting is not None:
            raise waiting

    def _wipe(self, one: str) -> None:
        media = _REFERENCE.fullmatch(one)
        if media is None and _SID.fullmatch(one) is None:
            return  # another channel's id
        try:
            if media is not None:
                self._messages.delete_media(media[1], media[2])
                return
            # The words go at once. The record, with number and media, may only be deleted
            # once Twilio has finished with it, which can take minutes (20009).
            self._messages.empty(one)
            self._messages.delete(one)
        except (TwilioException, requests.RequestException) as error:
            code = getattr(error, "code", None)
            if code in ALREADY_GONE:
                return
            if code in NOT_FINISHED:
                raise SendLater("not finished at the provider", 120) from None
            raise translated(error) from None

    def reference_of(self, media_url: str) -> str:
        """The part of a media address that we keep, "" when it is not one of Twilio's.

        Only ids are kept and the address is built anew, so no message can make us fetch
        from a host of its choosing.
        """
        found = _MEDIA_URL.fullmatch(media_url)
        return f"{found[1]}/{found[2]}" if found else ""

    def fetch(self, reference: MediaReference, limit: int, patience: float = 60) -> bytes:
        """The file's bytes. Raises MediaTooBig, MediaGone or SendLater."""
        from handlers.streaming import streamed  # here: it brings another client of HTTP, which only files need

        ids = _REFERENCE.fullmatch(reference.reference)
        if ids is None:
            raise MediaGone("not a media reference")
        url = f"{self._api_url}/2010-04-01/Accounts/{self._sid}/Messages/{ids[1]}/Media/{ids[2]}"
        return streamed(url, limit, patience, MEDIA_HOSTS, self._auth)

    def missed(self, to: str, since: datetime, until: datetime, known: Callable[[str], bool]) -> Iterator[Listed]:
        """Messages that came in for `to` between the two moments and are not `known`, oldest first.

        For a chore after a longer outage: Twilio's own tries end after minutes. What was
        tapped is not in the log, only the label as text. `to` may be a messaging service:
        then all of the account's are listed. Raises SendLater or SendRefused.
        """
        narrowed = {} if to.startswith("MG") else {"To": to}
        wanted = {"DateSent>": iso8601_datetime(since), **narrowed}
        try:
            for one in reversed(self._messages.listed(wanted, MOST_LISTED, MOST_ON_A_PAGE)):
                sent = rfc2822_datetime(one.get("date_sent")) or rfc2822_datetime(one.get("date_created"))
                sid, sender = one.get("sid"), one.get("from")
                if one.get("direction") != "inbound" or not sid or not sender or sent is None or sent > until:
                    continue
                if not known(sid):
                    yield Listed(sid, sender, one.get("body") or "", sent, self._media_of(sid, one.get("num_media")))
        except (TwilioException, requests.RequestException) as error:
            raise translated(error) from None

    def _media_of(self, sid: str, count: str | None) -> tuple[tuple[str, str], ...]:
        if not count or count == "0":
            return ()
        media = self._messages.media_of(sid, MOST_MEDIA)
        return tuple((f"{sid}/{one.get('sid')}", one.get("content_type") or "") for one in media)

    def examine(self) -> Finding:
        """Whether the account answers to our token and is active. Raises nothing."""
        try:
            status = str(self._client.api.accounts(self._sid).fetch().status)
        except (TwilioException, requests.RequestException, SendError) as error:
            return Finding(False, "Twilio account", _mend(error))
        return Finding(status == "active", "Twilio account", f"it is {status!r}: see the console at Twilio")

    def examine_number(self, number: str, path: str) -> Finding:
        """Whether Twilio calls our address when a text comes in for `number`. Raises nothing."""
        what, wanted = "where Twilio sends what comes in", self.webhook_url(path)
        if number.startswith("MG"):
            return Finding(True, f"{what}: a messaging service; compare it with {wanted}")
        try:
            found = self._client.incoming_phone_numbers.list(phone_number=number, limit=1)
        except (TwilioException, requests.RequestException, SendError) as error:
            return Finding(False, what, _mend(error))
        if not found:
            return Finding(False, what, "the account has no such number")
        set_to = found[0].sms_url or ""
        if set_to == wanted:
            return Finding(True, what)
        if set_to.partition("#")[0] == wanted.partition("#")[0]:
            return Finding(False, what, f"without {RETRIES} a message is lost when we are away: paste {wanted}")
        return Finding(False, what, f"another address is set; paste {wanted}")

    def templates(self) -> dict[str, str]:
        """Content templates that are there already: friendly name -> SID. Raises SendLater or SendRefused."""
        try:
            return {one.friendly_name: one.sid for one in self._client.content.v1.contents.list(limit=1000)}
        except (TwilioException, requests.RequestException) as error:
            raise translated(error) from None

    def make_template(self, content: Mapping[str, object]) -> str:
        """Make a content template; return its SID. Raises SendLater or SendRefused.

        Past the library, whose models know each kind of content by name and drop what is newer.
        """
        return str(self._post_content("", content)["sid"])

    def approval(self, sid: str) -> str:
        """How far WhatsApp has looked a template over: "unsubmitted", "pending", "approved"… Raises SendLater, SendRefused."""
        try:
            found = self._client.content.v1.contents(sid).approval_fetch().fetch().whatsapp or {}
        except (TwilioException, requests.RequestException) as error:
            raise translated(error) from None
        return str(found.get("status") or "unsubmitted")

    def ask_approval(self, sid: str, name: str) -> str:
        """Ask WhatsApp to look a template over, as one that is no advertisement. Raises SendLater or SendRefused."""
        asked = {"name": name, "category": "UTILITY"}
        return str(self._post_content(f"/{sid}/ApprovalRequests/whatsapp", asked).get("status", ""))

    def _post_content(self, path: str, content: Mapping[str, object]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        try:
            url = f"{CONTENT_API}/v1/Content{path}"
            response = self._client.request("POST", url, data=dict(content), headers=headers)
        except requests.RequestException as error:
            raise SendLater(type(error).__name__) from None
        answer: dict[str, Any] = json.loads(response.text or "{}")
        if response.status_code != 201:
            raise explain(response.status_code, str(answer.get("code", response.status_code)))
        return answer


@lru_cache(maxsize=8)
def _as_signed(url: str) -> tuple[str, ...]:
    """Our address as Twilio may have signed it: it is not of one mind about a port, nor about our fragment.

    The library's `validate` tries the same two ports, and works them out anew for each request.
    """
    parsed = [urlparse(one) for one in (url, url + RETRIES)]
    return tuple(dict.fromkeys(way(one) for one in parsed for way in (remove_port, add_port)))


def translated(error: Exception) -> SendError:
    """What a failed call means to us."""
    if isinstance(error, SendError):
        return error
    status = getattr(error, "status", None)
    code = getattr(error, "code", None)
    if status is None:
        return SendLater(type(error).__name__)
    return explain(int(status), str(code or status))


def _mend(error: Exception) -> str:
    """What an operator can do about a failed call."""
    status = getattr(error, "status", None)
    said = translated(error)
    if status in (401, 403, 404):
        return f"Twilio refuses the account ({said}): check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
    if isinstance(said, SendLater):
        return f"Twilio cannot be reached just now ({said}): check the network, and try again"
    return f"Twilio refuses ({said}): see the console at Twilio"
