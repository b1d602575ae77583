"""A page in her language, the cookies it brings and takes, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, make_response, redirect, render_template, request, send_from_directory, session, url_for

from bot.tries import Trials
from bot.walkthrough.walks import Walks
from casework.cases.live import Live
from casework.cases.room import CaseRoom
from casework.deployment.room import SettingsRoom
from casework.directory.room import DirectoryRoom
from casework.health import Machine
from casework.institutions.links import Ways
from casework.institutions.shelf import Shelf
from casework.paging.pager import Pager
from casework.staff.entering import Person
from casework.staff.factors import Shown
from casework.staff.gate import Visitor
from casework.staff.office import Office
from casework.staff.refusals import Busy, Refusal, Wait
from casework.studio.room import StudioRoom
from casework.wordings.room import WordsRoom
from web.console.words import chosen, languages

_STATIC = Path(__file__).with_name("static")
_HALF_A_YEAR = 180 * 86_400
_A_YEAR = 365 * 86_400
BY_ITSELF = "X-Hamraz-By-Itself"  # a page that looks by itself says so: it keeps no login open


@dataclass(frozen=True, slots=True)
class Console:
    """What the views work with."""

    office: Office = field(repr=False)
    room: CaseRoom = field(repr=False)
    live: Live = field(repr=False)
    directory: DirectoryRoom = field(repr=False)
    institutions: Shelf = field(repr=False)
    ways: Ways  # the channels that posters lead to
    pager: Pager = field(repr=False)
    studio: StudioRoom = field(repr=False)
    walks: Walks = field(repr=False)
    wording: WordsRoom = field(repr=False)
    trials: Trials = field(repr=False)
    tests: frozenset[str]  # our own numbers on which a code tries a draft
    deployment: SettingsRoom = field(repr=False)
    clock: Callable[[], datetime]  # UTC
    public_url: str  # under which staff open it
    lacking: Mapping[str, Sequence[str]]  # by channel, what the environment must say for it; nothing: it is on
    environment: Sequence[tuple[str, bool]]  # what the environment may say, and whether it does
    away: tuple[type[Exception], ...]  # the storage is away
    channels: tuple[str, ...]  # that are on, the counsellors' own too
    vitals: Callable[[], Machine] = field(repr=False)  # what this process, its machine and its databases are
    staff_bot: Callable[[], str] | None = (
        None  # what the staff bot is called, "" while nobody knows; None: there is none
    )
    entered: Callable[[str], None] = lambda outcome: None  # counts tries to log in
    answered: Callable[[str, int], None] = lambda method, status: None  # counts answers

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def login_cookie(self) -> str:
        return self._named("login")

    @property
    def mark_cookie(self) -> str:
        return self._named("browser")

    @property
    def form_cookie(self) -> str:
        return self._named("form")

    @property
    def language_cookie(self) -> str:
        return self._named("language")

    def _named(self, name: str) -> str:
        # "__Host-": the browser itself sees that it is secure, of this host alone and of every path.
        return f"__Host-hamraz-{name}" if self.secure else f"hamraz-{name}"


def choose_language(console: Console) -> None:
    """Find the language of this answer: asked for just now, chosen before, or her browser's."""
    asked = request.args.get("language", "")
    accepted = (code.split("-")[0].lower() for code in request.accept_languages.values())
    g.words = chosen((asked, request.cookies.get(console.language_cookie, ""), *accepted))
    g.keep_language = asked in languages()


def keep_language(console: Console, response: Response) -> Response:
    """Remember a language that was asked for."""
    if g.get("keep_language"):
        response.set_cookie(
            console.language_cookie,
            g.words.code,
            max_age=_A_YEAR,
            httponly=True,
            secure=console.secure,
            samesite="Strict",
            path="/",
        )
    return response


def page(template: str, *, refusal: Refusal | None = None, status: int = 200, **values: object) -> Response:
    """A page; above it what was refused, if anything."""
    error = "" if refusal is None else g.words(f"error.{refusal.reason}", **refusal.values)
    shown = render_template(
        f"console/{template}.html",
        t=g.words,
        languages=languages().values(),
        person=g.get("person"),
        face=g.get("face"),
        error=error,
        to=to,
        in_language=in_language,
        **values,
    )
    response = make_response(shown, status if refusal is None else status_of(refusal))
    if isinstance(refusal, Wait):
        response.headers["Retry-After"] = str(refusal.minutes * 60)
    return response


def status_of(refusal: Refusal) -> int:
    """The status of a page that refuses."""
    return 429 if isinstance(refusal, Wait) else 503 if isinstance(refusal, Busy) else 400


def to(path: str, method: str = "get", **values: Any) -> str:
    """The address of a route."""
    return url_for(f"console.{method} {path}", **values)


def in_language(code: str) -> str:
    """The same page in another language."""
    asked = {name: values for name, values in request.args.lists() if name not in ("language", "said")}
    return "?" + urlencode({**asked, "language": code}, doseq=True)


def go(path: str, **values: str) -> Response:
    """Send the browser on to another page, as a fresh look at it."""
    response = redirect(to(path, **{name: value for name, value in values.items() if value}), 303)
    return make_response(response)


def let_in(console: Console, response: Response, cookie: str, mark: str) -> Response:
    """Give the browser its login and its mark. Forms shown before it prove nothing now."""
    session.clear()
    response.set_cookie(console.login_cookie, cookie, httponly=True, secure=console.secure, samesite="Strict", path="/")
    return keep_mark(console, response, mark)


def keep_mark(console: Console, response: Response, mark: str) -> Response:
    """Give the browser the mark by which it is known next time; it opens nothing."""
    response.set_cookie(
        console.mark_cookie,
        mark,
        max_age=_HALF_A_YEAR,
        httponly=True,
        secure=console.secure,
        samesite="Strict",
        path="/",
    )
    return response


def let_out(console: Console, response: Response) -> Response:
    """Take the login from the browser; the mark stays."""
    response.delete_cookie(console.login_cookie, path="/", secure=console.secure, httponly=True, samesite="Strict")
    return response


def person() -> Person:
    """Who is logged in, where the route says that somebody must be."""
    found: Person = g.person
    return found


def typed(name: str) -> str:
    """What a field of the form holds."""
    return request.form.get(name, "")


def whole(text: str, *, digits: int, otherwise: int) -> int:
    """A number of at most so many digits, as an address or a hidden field holds it. Never more: thousands of digits make
    `int` refuse."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else otherwise


def shown() -> Shown:
    """The second factor that a form shows or sets up."""
    return Shown(code=typed("code"), answer=typed("answer"), ticket=typed("ticket"))


def visitor(console: Console) -> Visitor:
    """Who stands before the gate."""
    return Visitor(
        network_of(request.remote_addr or "", request.headers.get("X-Forwarded-For", "")),
        request.cookies.get(console.mark_cookie, ""),
    )


def network_of(address: str, forwarded: str) -> str:
    """The network that a request comes from: one address of IPv4, a /64 of IPv6.

    forwarded  X-Forwarded-For; believed from a proxy on this machine or beside it, and of it only the last entry,
               which that proxy wrote
    """
    try:
        near = ip_address(address)
        if forwarded and near.is_private:  # loopback, too
            near = ip_address(forwarded.rpartition(",")[2].strip())
    except ValueError:
        return address[:64]
    if isinstance(near, IPv6Address):
        near = near.ipv4_mapped or near
    return str(ip_network((near, 64 if isinstance(near, IPv6Address) else 32), strict=False))


def static(console: Console, filename: str) -> Response:
    """Style and program; a day in the browser's cache."""
    response = send_from_directory(_STATIC, filename, max_age=86_400)
    return make_response(response)
