"""A draft on three phones, from any step, in any language, at any time: the real turn, and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, g, request

from bot.message import Button
from bot.tries import READS, Bubble, Kind, Script, Tried
from casework.staff.refusals import Refusal
from casework.staff.roles import Role
from casework.studio import drafts
from casework.studio.refusals import NoSuchFlow
from casework.trying import links, scripts
from casework.trying.links import Link
from casework.trying.refusals import TryTooLong
from flows.errors import FlowError
from flows.findings import Finding
from flows.nodes.kind import OTHER_WORDING
from flows.shape import Flow
from web import codes
from web.console.cases import moments
from web.console.flows import saying
from web.console.flows.framing import asked, wrong_with
from web.console.pages import Console, go, page, person, typed, whole
from web.console.phrases.languages import asked as language_asked
from web.console.phrases.languages import html, spoken
from web.console.roots import SHARED

CHANNELS: Mapping[str, str] = {"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram"}
WAITS = (3_600, 6 * 3_600, 86_400, 3 * 86_400, 8 * 86_400, 31 * 86_400)  # seconds to put a phone's clock forward by
STRANGER = "/"  # instead of a step: as a stranger writes
MOST_DONE = 150  # on one phone
LONGEST = 2_000  # letters of one message: each click says all of them again
_BY_KEY: Mapping[str, Kind] = {"pin": "pin", "voice": "voice", "photo": "photo"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message."""

    text: str = field(repr=False)
    language: str


def begin(console: Console) -> Response:
    """A fresh one."""
    return _begun(console, asked(), request.args.get("node", ""), language_asked(console).code)


def go_on(console: Console) -> Response:
    """The same, after one thing more; nothing else of it is anywhere but in the form."""
    now = console.clock()
    try:
        values = scripts.opened(console.office.keyring, person().id, typed("script"), now)
    except Refusal as refusal:
        return _begun(console, asked(), "", language_asked(console).code, refusal)
    script = Script.of_values(values)
    try:
        return _shown(console, done(console, script, now))
    except TryTooLong as refusal:
        return _shown(console, script, refusal)


def share(console: Console) -> Response:
    """Make a link to the draft as it is."""
    flow, language, hours = asked(), language_asked(console).code, whole(typed("hours"), digits=4, otherwise=0)
    try:
        console.trials.played(console.trials.begun(flow, "", language, console.clock()))
        links.make(console.studio, person().id, flow, typed("at"), typed("node"), language, hours, console.clock())
    except NoSuchFlow:
        abort(404)
    except FlowError:
        return _cannot(console, flow, language)
    except Refusal as refusal:
        return _begun(console, flow, typed("node"), language, refusal)
    return go("/flows/try", flow=flow, node=typed("node"), lang=language, said="shared")


def unshare(console: Console) -> Response:
    """End one at once."""
    links.take_back(console.studio, person().id, typed("link"), console.clock())
    return go("/flows/try", flow=asked(), said="unshared")


def _begun(console: Console, flow: str, node: str, language: str, refusal: Refusal | None = None) -> Response:
    try:
        reads = request.args.get("reads", "")
        other = request.args.get("wording", "") == "other"
        reads = reads if reads in READS else ""
        script = console.trials.begun(flow, node, language, console.clock(), reads=reads, other=other)
    except NoSuchFlow:
        abort(404)
    except FlowError:
        return _cannot(console, flow, language)
    return _shown(console, script, refusal, node)


def done(console: Console, script: Script, now: datetime, edition: Flow | None = None) -> Script:
    """The script with what was asked for. Raises TryTooLong."""
    channel, (do, _, what) = typed("channel"), typed("do").partition(":")
    if channel not in CHANNELS:
        abort(400)
    if do == "back":
        return script.back_to(channel, whole(what, digits=4, otherwise=len(script.on(channel))))
    if len(script.on(channel)) >= MOST_DONE:
        raise TryTooLong
    if do == "wait":
        seconds = whole(typed("later"), digits=8, otherwise=0)
        return script.doing(channel, "wait", str(seconds), now) if seconds in WAITS else script
    kind: Kind = "tap" if do == "tap" else _BY_KEY.get(do, "text")
    said = what[:80] if kind == "tap" else typed("text").replace("\r\n", "\n").strip()[:LONGEST]
    if kind in ("text", "tap") and not said:
        return script
    if typed("all") == "yes":
        return _everywhere(console.trials.played(script, edition), script, channel, kind, said, now)
    return script.doing(channel, kind, said if kind in ("text", "tap") else "", now)


def _everywhere(tried: Tried, script: Script, channel: str, kind: Kind, said: str, now: datetime) -> Script:
    """The same on all three: the key where a phone has it, its words where it has not; no file where none goes."""
    label = next((key.label for key in _keys(tried, channel) if key.data == said), "") if kind == "tap" else ""
    for each in CHANNELS:
        same = next(
            (key.data for key in _keys(tried, each) if key.data.partition(":")[2] == said.partition(":")[2]), ""
        )
        if len(script.on(each)) >= MOST_DONE or (each == "sms" and kind not in ("text", "tap")):
            continue
        if each == channel or kind != "tap":
            script = script.doing(each, kind, said if kind in ("text", "tap") else "", now)
        elif same or label:
            script = script.doing(each, "tap" if same else "text", same or label, now)
    return script


def _keys(tried: Tried, channel: str) -> Iterator[Button]:
    bubbles = tried.screens[channel].bubbles
    last = bubbles[-1].done if bubbles else 0
    return (key for bubble in bubbles if bubble.done == last for row in bubble.keys for key in row)


def _shown(console: Console, script: Script, refusal: Refusal | None = None, node: str = "") -> Response:
    now = console.clock()
    try:
        tried = console.trials.played(script)
        carried = scripts.sealed(console.office.keyring, person().id, script.as_values(), now)
    except NoSuchFlow:
        abort(404)
    except FlowError:
        return _cannot(console, script.flow, script.language)
    except TryTooLong as too_long:
        return _begun(console, script.flow, "", script.language, too_long)
    first = request.method == "GET"
    return _page(
        console,
        script.flow,
        script.language,
        refusal,
        tried=tried,
        script=script,
        carried=carried,
        node=node,
        changed=tried.over != script.over,
        here=_here(script, tried),
        faults=len(_wrong(console, script.flow)) if first else 0,
        two_wordings=_two_wordings(console, script.flow),
    )


def _two_wordings(console: Console, flow: str) -> bool:
    """Whether some question of the draft is asked in two wordings."""
    return any(OTHER_WORDING in node for node in drafts.of(console.studio, flow).data["node"])


def _cannot(console: Console, flow: str, language: str) -> Response:
    """It cannot run: what has to be mended first."""
    wrong = [one for one in _wrong(console, flow) if one.code.startswith("E")]
    return _page(console, flow, language, tried=None, wrong=wrong)


def _page(console: Console, flow: str, language: str, refusal: Refusal | None = None, **values: Any) -> Response:
    edits = person().role == Role.ADMIN
    open_links = links.of(console.studio, flow, console.clock()) if edits and request.method == "GET" else []
    return page(
        "flows/try",
        refusal=refusal,
        flow=flow,
        stranger=STRANGER,
        reads=READS,
        staff=True,
        say=saying,
        edits=edits,
        links=[(one, address_of(console, one)) for one in open_links],
        hours=links.HOURS,
        picture=codes.svg,
        tests=sorted(console.tests),
        said=request.args.get("said", "") if request.args.get("said") in ("shared", "unshared") else "",
        **on_phones(console, language),
        **values,
    )


def on_phones(console: Console, language: str) -> dict[str, Any]:
    """What every page with phones shows."""
    there = spoken(console)
    return {
        "of": there[language if language in there else "en"],
        "spoken": there.values(),
        "html": html,
        "channels": CHANNELS,
        "waits": WAITS,
        "everywhere": typed("all") == "yes",
        "lines": lines,
        "clock": lambda moment: moment.astimezone(ZoneInfo(console.room.hours.zone)).strftime("%H:%M"),
        "at": lambda moment: moments.at(g.words, moment, console.room),
    }


def address_of(console: Console, link: Link) -> str:
    """Where a link leads."""
    return f"{console.public_url}{SHARED}/{link.token}"


def _wrong(console: Console, flow: str) -> list[Finding]:
    return wrong_with(console, flow) if person().role == Role.ADMIN else []


def _here(script: Script, tried: Tried) -> dict[str, list[str]]:
    """By step of this flow, the channels whose phone stands there."""
    found: dict[str, list[str]] = {}
    for channel, screen in tried.screens.items():
        if screen.standing.flow == script.flow:
            found.setdefault(screen.standing.node, []).append(channel)
    return found


def lines(bubble: Bubble) -> Iterator[Line]:
    """A message line by line, each in the language that its letters tell."""
    for line in bubble.text.split("\n"):
        arabic = any("\u0600" <= letter <= "\u06ff" for letter in line)
        spoken_here = bubble.language if bubble.language in ("ur", "sd") else "ur"
        yield Line(line, spoken_here if arabic else "en" if bubble.language in ("ur", "sd") else bubble.language)
