"""The web addresses that providers call. Reads a request, asks the conversation, answers.

Three kinds of no: 403 with an empty body (not proven), 4xx (no such thing is ever sent),
503 (our storage is away: the provider keeps the message and tries again). Never anything
else that a provider would read as a failure: it would try again, with the same result.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from ipaddress import ip_address
from time import perf_counter
from typing import Protocol
from urllib.parse import parse_qsl

import structlog
from flask import Blueprint, Response, request
from werkzeug import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from bot.limits import Limits
from bot.media import LARGEST, Fetch
from bot.message import InboundMessage, MediaReference, Reply
from casework.chat.update import Taken, Update
from handlers.channel import (
    Answer,
    Channel,
    Door,
    Inbound,
    Malformed,
    Nothing,
    RawRequest,
    SendLater,
    StatusUpdate,
    Unverified,
)
from handlers.counters import Counters

LARGEST_BODY = 1024 * 1024 - 1  # bytes; a megabyte is refused
MOST_FIELDS = 1_000  # of a form: its signature sorts and joins them before we know whose it is; Twilio sends some forty
FETCH_WITHIN = 8.0  # seconds for all files of one message: Twilio waits 15 for our answer
FORM = "application/x-www-form-urlencoded"
COME_BACK_IN = "5"  # seconds, while the storage is away
STATUS = "/webhooks/twilio/status"
FILES = "/media"  # below it a provider fetches what a counsellor sends


class StaffDoor(Door, Protocol):
    """The counsellors' own door."""

    def read(self, raw: RawRequest) -> Update | Nothing:
        """What somebody did. Raises Malformed and nothing else, whatever is in it."""
        ...

    def settle(self, taken: InboundMessage | Nothing) -> None:
        """Manners after what asks nothing of us. Never raises, never waits."""
        ...

    def answer_tap(self, update: Update, taken: Taken) -> None:
        """Let a tapped button come to rest. Never raises, never waits."""
        ...

    def apologise(self, update: Update) -> None:
        """It did not work. Never raises, never waits."""
        ...


Answering = Callable[[Request], Response]
Converse = Callable[[InboundMessage, Limits, Fetch, bool], tuple[Reply, ...]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What lies behind the doors; `operating.serving` hands it in."""

    converse: Converse
    apologise: Callable[[InboundMessage, Limits], tuple[Reply, ...]]  # when a turn failed; knows no session
    told: Callable[[StatusUpdate], None]  # what became of a message that we sent
    clock: Callable[[], datetime]  # UTC
    fetched: Callable[[str], tuple[str, str, bytes] | None]  # end of an address -> type, name and content of a file
    ready: Callable[[], Mapping[str, bool]]  # part -> whether it works
    away: tuple[type[Exception], ...]  # the storage is away, locked or full
    staff: Callable[[Update], Taken] | None = None  # what a counsellor did in her chat


def make_webhooks(
    channels: Mapping[str, Channel],
    status: Door | None,
    inside: Inside,
    counters: Counters,
    *,
    staff: StaffDoor | None = None,
    metrics_token: str = "",
) -> Blueprint:
    """The blueprint: POST /webhooks/<channel>, GET /media/<end>, /healthz, /readyz, /metrics.

    staff          the counsellors' own bot, if there is one
    status         the door of Twilio's delivery reports, when Twilio is on
    metrics_token  opens /metrics from elsewhere; without it only the machine itself may look
    """
    blueprint = Blueprint("webhooks", __name__)
    for path, answering in make_doors(channels, status, inside, counters, staff=staff).items():
        name = path.rpartition("/")[2]
        blueprint.add_url_rule(path, name, partial(_asked, answering), methods=["POST"])
        if path != STATUS:
            # An address that nobody can guess; which one it is, only the channel knows.
            blueprint.add_url_rule(f"{path}/<secret>", f"{name}_secret", partial(_asked, answering), methods=["POST"])
    blueprint.add_url_rule(f"{FILES}/<end>", "files", partial(_file, inside))
    blueprint.add_url_rule("/healthz", "healthz", _healthz)
    blueprint.add_url_rule("/readyz", "readyz", partial(_readyz, inside))
    blueprint.add_url_rule("/metrics", "metrics", partial(_metrics, counters, metrics_token))
    return blueprint


def make_doors(
    channels: Mapping[str, Channel],
    status: Door | None,
    inside: Inside,
    counters: Counters,
    *,
    staff: StaffDoor | None = None,
) -> dict[str, Answering]:
    """What answers a POST to each address that a provider calls. Raises nothing."""
    views: dict[str, tuple[Door, Callable[[RawRequest], Response]]] = {
        f"/webhooks/{channel.name}": (channel, partial(_talk, channel, inside, counters))
        for channel in channels.values()
    }
    if staff is not None and inside.staff is not None:
        views[f"/webhooks/{staff.name}"] = staff, partial(_serve_staff, staff, inside.staff, inside, counters)
    if status is not None:
        views[STATUS] = status, partial(_hear, status, inside, counters)
    return {path: partial(_guarded, door, inside, counters, view) for path, (door, view) in views.items()}


def _asked(answering: Answering, secret: str = "") -> Response:
    return answering(request)


def _guarded(
    door: Door,
    inside: Inside,
    counters: Counters,
    view: Callable[[RawRequest], Response],
    request: Request,
) -> Response:
    """Read the request, prove it, and turn every error into what its provider understands."""
    refused = partial(_refused, door, counters)
    proven = False
    try:
        raw = _raw_request(request)
        door.verify(raw)
        proven = True
        return view(raw)
    except RequestEntityTooLarge:
        return refused(413, "too_large")
    except Unverified as error:
        return refused(403, str(error).replace(" ", "_"))
    except Malformed as error:
        log.warning("refused", door=door.name, why=str(error))
        return refused(400, "malformed")
    except HTTPException as error:
        return refused(error.code or 400, "malformed")
    except inside.away as error:
        log.error("storage away", door=door.name, error=type(error).__name__)
        response = refused(503, "storage_away")
        response.headers["Retry-After"] = COME_BACK_IN
        return response
    except Exception as error:  # noqa: BLE001  # ours to mend; a 5xx would only bring the same again
        log.error("door failed", door=door.name, error=type(error).__name__)
        counters.failed.labels(door.name, type(error).__name__).inc()
        return Response(status=204) if proven else refused(400, "malformed")


def _refused(door: Door, counters: Counters, code: int, why: str) -> Response:
    counters.refused.labels(door.name, why).inc()
    return Response(status=code)


def _raw_request(request: Request) -> RawRequest:
    request.max_content_length = LARGEST_BODY
    body = request.get_data(cache=False)
    if request.content_length is None and len(body) >= LARGEST_BODY:
        raise RequestEntityTooLarge  # sent in chunks: its end was cut off
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = request.query_string.decode("latin-1")
    url = f"{request.path}?{query}" if query else request.path
    return RawRequest(url, headers, body, _form(body) if request.mimetype == FORM else ())


def _form(body: bytes) -> tuple[tuple[str, str], ...]:
    """The pairs of a form, as Flask reads it; none of what is not UTF-8, or has more than anybody sends."""
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="werkzeug.url_quote", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return ()
    return tuple(pairs)


def _talk(channel: Channel, inside: Inside, counters: Counters, raw: RawRequest) -> Response:
    begun = perf_counter()
    inbound = channel.parse(raw, inside.clock())
    counters.taken.labels(channel.name, _kind(inbound)).inc()
    if not isinstance(inbound, InboundMessage):
        if isinstance(inbound, Nothing):
            channel.settle(inbound)
        return _response(channel.answer(()))
    try:
        replies = inside.converse(inbound, channel.limits, _fetching(channel, begun), channel.answers_inline)
    except inside.away:
        raise
    except Exception as error:  # noqa: BLE001  # a 5xx would only repeat it; see _apology
        # Only the class: an exception's text may hold her words.
        log.error("turn failed", channel=channel.name, error=type(error).__name__)
        counters.failed.labels(channel.name, type(error).__name__).inc()
        replies = _apology(channel, inbound, inside)
    channel.settle(inbound)
    counters.turns.labels(channel.name).observe(perf_counter() - begun)
    return _response(channel.answer(replies))


def _serve_staff(
    door: StaffDoor, serve: Callable[[Update], Taken], inside: Inside, counters: Counters, raw: RawRequest
) -> Response:
    begun = perf_counter()
    update = door.read(raw)
    counters.taken.labels(door.name, update.kind).inc()
    if isinstance(update, Nothing):
        door.settle(update)
        return Response()
    try:
        door.answer_tap(update, serve(update))
    except inside.away:
        raise
    except Exception as error:  # noqa: BLE001  # a 5xx would only bring the same again
        log.error("turn failed", channel=door.name, error=type(error).__name__)
        counters.failed.labels(door.name, type(error).__name__).inc()
        door.apologise(update)
    counters.turns.labels(door.name).observe(perf_counter() - begun)
    return Response()


def _fetching(channel: Channel, begun: float) -> Fetch:
    """Fetches while there is time; what is left over is fetched later, by the outbox."""

    def fetch(reference: MediaReference) -> bytes:
        left = begun + FETCH_WITHIN - perf_counter()
        if left <= 0:
            raise SendLater("no time left")
        return channel.fetch(reference, LARGEST, left)

    return fetch


def _apology(channel: Channel, inbound: InboundMessage, inside: Inside) -> tuple[Reply, ...]:
    """The apology, sent at once where it cannot ride in the answer: the outbox may be what failed."""
    try:
        replies = inside.apologise(inbound, channel.limits)
        if channel.answers_inline:
            return replies
        for reply in replies:
            channel.send(inbound.address, reply)
    except Exception as error:  # noqa: BLE001  # nothing is left to try
        log.error("no apology", channel=channel.name, error=type(error).__name__)
    return ()


def _hear(door: Door, inside: Inside, counters: Counters, raw: RawRequest) -> Response:
    inbound = door.parse(raw, inside.clock())
    if isinstance(inbound, StatusUpdate):
        counters.status.labels(inbound.channel, inbound.state, inbound.reason).inc()
        inside.told(inbound)
    return Response(status=204)


def _kind(inbound: Inbound) -> str:
    """A word for the metrics: the shape of what came, never what it says."""
    match inbound:
        case Nothing(kind=kind):
            return kind
        case StatusUpdate():
            return "status"
        case InboundMessage(opt_out=word) if word:
            return "opt_out"
        case InboundMessage(problem=problem) if problem:
            return problem
        case InboundMessage(edited=True):
            return "edited"
        case InboundMessage(tap=tap) if tap:
            return "tap"
        case InboundMessage(media=media) if media:
            return media[0].kind
        case InboundMessage(pin=pin) if pin:
            return "pin"
    return "text"


def _response(answer: Answer) -> Response:
    return Response(answer.body, content_type=answer.content_type)


def _file(inside: Inside, end: str) -> Response:
    """A file for the provider that was told this address. The same 404 for what is over and what never was."""
    try:
        found = inside.fetched(end)
    except inside.away as error:
        log.error("storage away", door="files", error=type(error).__name__)
        return Response(status=503, headers={"Retry-After": COME_BACK_IN})
    except Exception as error:  # noqa: BLE001  # the address is the provider's to try again
        log.error("door failed", door="files", error=type(error).__name__)
        return Response(status=404)
    if found is None:
        return Response(status=404)
    kind, name, content = found
    disposition = f'inline; filename="{name}"'
    return Response(
        content, content_type=kind, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"}
    )


def _healthz() -> Response:
    return Response("ok\n", content_type="text/plain")


def _readyz(inside: Inside) -> Response:
    parts = inside.ready()
    lines = "".join(f"{part}: {'ok' if works else 'away'}\n" for part, works in sorted(parts.items()))
    return Response(lines, status=200 if all(parts.values()) else 503, content_type="text/plain")


def _metrics(counters: Counters, token: str) -> Response:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    by_token = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    if not by_token and not _from_this_machine():
        return Response(status=403)
    return Response(counters.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _from_this_machine() -> bool:
    # A proxy on the same machine is not the machine itself: it speaks for the whole internet.
    if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
