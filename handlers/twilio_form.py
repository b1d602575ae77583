"""Reading what Twilio posts to us: messages and delivery reports, as form fields.

Profile names, cities and countries come along in every form. They are never read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from bot.message import Address, InboundMessage, MediaKind, MediaReference, Pin
from handlers.channel import (
    Inbound,
    Malformed,
    Nothing,
    RawRequest,
    StatusUpdate,
    cut,
    on_earth,
    read_tap,
)
from handlers.twilio import STATUS_PATH, TwilioAccount
from handlers.twilio_codes import REFUSALS

STILL_COMING = timedelta(minutes=2)  # Twilio's own tries may still be under way
_LONGEST_NUMBER = 20
MOST_MEDIA = 10  # Twilio sends at most this many with one message

_OPT_OUTS: Mapping[str, Literal["STOP", "START", "HELP"]] = {
    "STOP": "STOP",
    "START": "START",
    "HELP": "HELP",
}

# Carriers act on these by themselves, and pass them on to us with OptOutType only where the
# account has advanced opt-out. YES is one too, at some; to us it is an answer.
_CARRIER_WORDS: Mapping[str, Literal["STOP", "START", "HELP"]] = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), "STOP"),
    **dict.fromkeys(("START", "UNSTOP"), "START"),
    **dict.fromkeys(("HELP", "INFO"), "HELP"),
}

_STATES: Mapping[str, Literal["taken", "sent", "delivered", "read", "failed"]] = {
    "accepted": "taken",
    "scheduled": "taken",
    "queued": "taken",
    "sending": "taken",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
}


def fields(raw: RawRequest) -> dict[str, str]:
    """The form's fields, the first of each name."""
    found: dict[str, str] = {}
    for key, value in raw.form:
        found.setdefault(key, value)
    return found


def read_message(channel: str, raw: RawRequest, account: TwilioAccount, now: datetime) -> Inbound:
    """The message in a Twilio form. Raises Malformed when it lacks a sender or an id."""
    form = fields(raw)
    if not form:
        raise Malformed("no form")
    sid = form.get("MessageSid") or form.get("SmsMessageSid", "")
    sender, _ = cut(form.get("From", ""))
    if not sender or not sid.isascii() or not sid.isalnum() or len(sid) > 64:
        raise Malformed("no sender or no message id")
    if sender.startswith("whatsapp:") != (channel == "whatsapp"):
        raise Malformed(f"not for {channel}: the wrong address is set at Twilio")
    if form.get("MessageStatus") or form.get("SmsStatus", "received") not in (
        "received",
        "receiving",
    ):
        return Nothing("status")

    text, too_long = cut(form.get("Body", ""))
    tapped = form.get("ButtonPayload") or form.get("ListId") or ""
    tap = read_tap(tapped) if tapped else None
    media, unknown = _media(form, account)
    pin, bad_pin = _pin(form)
    problem: Literal["", "unknown_media", "too_long", "unreadable"] = too_long
    if bad_pin:
        problem = "unreadable"
    elif unknown or not (text or tap or media or pin or channel == "sms"):
        problem = problem or "unknown_media"  # a contact, a poll, a kind younger than this file
    return InboundMessage(
        id=sid,
        channel=channel,
        received=now,
        address=Address(channel, sender),
        to=cut(form.get("To", ""))[0].removeprefix("whatsapp:")[:_LONGEST_NUMBER],
        text="" if tap else text,  # a tap's text repeats the label
        tap=tap,
        media=media,
        pin=pin,
        opt_out=_opt_out(channel, form, text),
        provider_copy=sid,
        problem=problem,
    )


def _opt_out(channel: str, form: Mapping[str, str], text: str) -> Literal["", "STOP", "START", "HELP"]:
    """What she told her carrier; on WhatsApp there is none between us."""
    said = form.get("OptOutType", "").upper()
    if said in _OPT_OUTS:
        return _OPT_OUTS[said]
    return _CARRIER_WORDS.get(text.strip().upper(), "") if channel == "sms" else ""


def _media(form: Mapping[str, str], account: TwilioAccount) -> tuple[tuple[MediaReference, ...], bool]:
    """The media that we can take, and whether there was some that we cannot."""
    count = form.get("NumMedia", "0")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    found = []
    unknown = number > MOST_MEDIA
    for index in range(min(number, MOST_MEDIA)):
        declared = form.get(f"MediaContentType{index}", "").lower()
        reference = account.reference_of(form.get(f"MediaUrl{index}", ""))
        if not reference or "vcard" in declared:
            unknown = True
            continue
        found.append(MediaReference(_kind(declared), reference, cut(declared)[0][:100]))
    return tuple(found), unknown


def _kind(declared: str) -> MediaKind:
    match declared.split("/")[0]:
        case "audio":
            return "voice"
        case "image":
            return "photo"
        case "video":
            return "video"
    return "file"


def _pin(form: Mapping[str, str]) -> tuple[Pin | None, bool]:
    """The pin, and whether there was one that cannot be read."""
    if not form.get("Latitude") and not form.get("Longitude"):
        return None, False
    try:
        pin = Pin(float(form.get("Latitude", "")), float(form.get("Longitude", "")))
    except ValueError:
        return None, True
    return (pin, False) if on_earth(pin) else (None, True)


def missed_messages(
    channel: str, account: TwilioAccount, to: str, since: datetime, now: datetime, known: Callable[[str], bool]
) -> Iterator[InboundMessage]:
    """What Twilio took in for this channel since then and we do not know, as if it had come by webhook."""
    for one in account.missed(to, since, now - STILL_COMING, known):
        if one.sender.startswith("whatsapp:") == (channel == "whatsapp"):
            text, problem = cut(one.text)
            yield InboundMessage(
                id=one.id,
                channel=channel,
                received=now,
                address=Address(channel, one.sender),
                text=text,
                media=tuple(MediaReference(_kind(kind), reference, kind) for reference, kind in one.media),
                opt_out=_opt_out(channel, {}, text),
                provider_copy=one.id,
                problem=problem,
            )


class TwilioStatus:
    """The door where Twilio tells what became of a message."""

    name = "twilio_status"

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account

    def verify(self, raw: RawRequest) -> None:
        """Return if Twilio signed this. Raises Unverified."""
        self._account.verify(raw, STATUS_PATH)

    def parse(self, raw: RawRequest, now: datetime) -> Inbound:
        """The delivery report. Of a TwiML answer it is the first that tells us its id. Raises Malformed."""
        form = fields(raw)
        sid = form.get("MessageSid") or form.get("SmsSid", "")
        to, _ = cut(form.get("To", ""))
        if not sid.isascii() or not sid.isalnum() or len(sid) > 64 or not to:
            raise Malformed("no message id or no recipient")
        state = _STATES.get(form.get("MessageStatus") or form.get("SmsStatus", ""))
        if state is None:
            return Nothing("status")
        channel = "whatsapp" if to.startswith("whatsapp:") else "sms"
        code = form.get("ErrorCode", "")
        code = code if state == "failed" and code.isascii() and code.isdigit() and len(code) < 8 else ""
        return StatusUpdate(
            channel=channel,
            id=sid,
            address=Address(channel, to),
            state=state,
            code=code,
            reason=REFUSALS.get(code, "rejected") if state == "failed" else "",
        )
