"""One ready answer, a language at a time: its words, how they come out on each channel, and what they were before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Response, abort, g, request

from bot.limits import SMS, TELEGRAM, WHATSAPP
from casework.canned import editing
from casework.canned.refusals import NoSuchReply
from casework.canned.shelf import CATEGORIES
from casework.canned.variables import VARIABLES
from casework.staff.office import short
from casework.staff.refusals import Refusal
from locales.segments import cost, plain
from web.console.canned.words import done, languages
from web.console.cases import moments
from web.console.pages import Console, go, page, person, typed

ENOUGH = 3  # parts of an SMS; more is told, not refused


@dataclass(frozen=True, slots=True)
class Preview:
    """How words come out on one channel."""

    channel: str
    text: str = field(repr=False)
    size: int  # parts of an SMS; messages elsewhere
    much: bool


def shown(console: Console, name: str, refusal: Refusal | None = None, *, looking: bool = False) -> Response:
    """The page.

    looking  what is typed is shown as it would come out, and kept nowhere
    """
    try:
        one, earlier, names = editing.look(console.room, name)
    except NoSuchReply:
        abort(404)
    spoken = languages(console)
    asked = typed("lang") or request.args.get("lang", "")
    of = asked if asked in spoken else _first(spoken)
    text = one.texts.get(of)
    words = typed("text") if refusal or looking else text.text if text else ""
    trouble, previews = refusal, []
    try:
        previews = _previews(console, words, of)
    except Refusal as unreadable:
        trouble = trouble or unreadable
    return page(
        "canned/reply",
        refusal=trouble,
        one=one,
        of=of,
        spoken=spoken,
        text=text,
        words=words,
        seen=text.digest if text else "",
        by=names.get(text.by, "") if text else "",
        when=_at(console, text.at) if text and text.at else "",
        at=lambda moment: moments.at(g.words, moment, console.room),
        own=text is not None and text.by == short(person().id),
        behind=text is not None and one.is_behind(of),
        english=one.texts.get("en"),
        previews=previews,
        enough=ENOUGH,
        variables=VARIABLES,
        categories=CATEGORIES,
        earlier=[each for each in earlier if each.language == of],
        edits=person().role in editing.EDITORS,
        most=editing.LONGEST,
        looking=looking,
        done=done(),
    )


def preview(console: Console, name: str) -> Response:
    """What is typed, as it would come out."""
    return shown(console, name, looking=True)


def write(console: Console, name: str) -> Response:
    """Keep the words of one language."""
    return _do(
        console,
        name,
        "written",
        lambda: editing.write(
            console.room, person().id, name, typed("lang"), typed("text"), typed("seen"), console.clock()
        ),
    )


def review(console: Console, name: str) -> Response:
    """She has looked the words over."""
    return _do(
        console,
        name,
        "reviewed",
        lambda: editing.review(console.room, person().id, name, typed("lang"), typed("seen"), console.clock()),
    )


def file_under(console: Console, name: str) -> Response:
    """Put it among others of its kind."""
    return _do(
        console,
        name,
        "filed",
        lambda: editing.file_under(console.room, person().id, name, typed("category"), console.clock()),
    )


def take_away(console: Console, name: str) -> Response:
    """Nobody is offered it any more."""
    try:
        editing.take_away(console.room, person().id, name, console.clock())
    except NoSuchReply:
        abort(404)
    return go("/canned", done="gone")


def _do(console: Console, name: str, what: str, act: Callable[[], None]) -> Response:
    try:
        act()
    except NoSuchReply:
        abort(404)
    except Refusal as refusal:
        return shown(console, name, refusal)
    return go("/canned/<name>", name=name, lang=typed("lang"), done=what)


def _at(console: Console, seconds: int) -> str:
    return moments.at(g.words, datetime.fromtimestamp(seconds, UTC), console.room)


def _first(spoken: dict[str, tuple[str, str, str]]) -> str:
    """The language of the interface, where reporters write in it."""
    return g.words.code if g.words.code in spoken else next(iter(spoken))


def _previews(console: Console, words: str, of: str) -> list[Preview]:
    if not words.strip():
        return []
    said = editing.preview(console.room, person().id, words, of)
    by_sms = plain(said, console.room.phrasebook.language(of).sms_plain)
    parts = cost(by_sms).parts
    others = [(limits.channel, -(-limits.size(said) // limits.longest)) for limits in (WHATSAPP, TELEGRAM)]
    found = [Preview(SMS.channel, by_sms, parts, parts > ENOUGH)]
    return found + [Preview(channel, said, messages, messages > 1) for channel, messages in others]
