"""The walk: every operation in turn, each request looked at for a 5xx, a hang, a leak, and an answer that nobody described."""

from __future__ import annotations

import re
import signal
import sys
import tempfile
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from html import unescape
from io import StringIO
from itertools import count
from math import gcd
from pathlib import Path
from random import Random
from shutil import rmtree
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import structlog
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from casework.staff.roles import Role
from operating.logs import set_up_logs
from tests.handlers.hostile import MARK
from tests.openapi.describing import describe
from tests.openapi.house import SITE, STRANGER, House, Model, opened
from tests.openapi.knocking import Knock, Knocker, Operation, Pages, fits, operations

TOO_LONG = 20.0  # seconds of CPU of one request; the dearest, a poster as PDF, takes about one
A_ROUND = 120  # requests in one copy of the house
MOST_PAGES = 80  # of one role, opened before
ALIKE = 2  # pages that differ by an id or a choice only
MOST_VALUES = 40
OUTSIDE = ("/console/", "/console/login", "/console/invitation", "/console/lost/password", "/console/lost/factor")
FORMS = "__Host-hamraz-form"
FAULTS = {"console failed", "door failed", "turn failed", "no apology", "storage away", "a thread died"}
WHO = (STRANGER, Role.COUNSELLOR, Role.ADMIN, Role.TRANSLATOR, Role.ANALYST, Role.SUPERVISOR)
ENDS = ("/logout", "/leave", "/logins", "/remove", "/role", "/account/password", "/account/factor")  # a login
LET_IN = 0.7  # of the requests come from somebody who may


class Hang(BaseException):
    """It took too long. Nothing may catch it."""


@dataclass
class Tally:
    """What became of the requests."""

    cases: Counter[str] = field(default_factory=Counter)  # by operation
    answers: Counter[int] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)  # by operation: it came past every guard to the view itself
    who: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)  # 5xx, and what a door hides from its provider
    hangs: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    undescribed: set[str] = field(default_factory=set)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def wrong(self) -> list[str]:
        return [*self.faults, *self.hangs, *self.leaks, *sorted(self.undescribed)]


def walk(
    model: Model, cases: int, seed: int, tally: Tally, seen: Seen | None = None, *, copies: bool = True, first: int = 0
) -> Iterator[Tally]:
    """So many requests; hands over the tally after each round.

    seen    what was seen in this model before
    copies  a fresh copy of the model's files for each round; otherwise all of it in one
    first   the number of the round to begin with
    """
    a_round = A_ROUND if copies else cases
    with tempfile.TemporaryDirectory() as folder, _logged() as log:
        for at in range(first * a_round, first * a_round + cases, a_round):
            here = Path(folder) / str(at)
            with opened(model, here if copies else None) as house:
                seen = seen or look_round(house)
                if not copies:  # a login that ended would keep out whatever comes after
                    seen = replace(seen, operations=[one for one in seen.operations if not one.path.endswith(ENDS)])
                numbers = range(at, min(at + a_round, first * a_round + cases))
                _Round(house, seed, seen, tally, log).go(numbers)
            rmtree(here, ignore_errors=True)
            yield tally


@dataclass
class _Log:
    """What was logged, and where each fault was."""

    text: StringIO
    faults: list[str] = field(default_factory=list)

    def hear(self, logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event.get("event") in FAULTS:
            where = "".join(traceback.format_exception(sys.exception(), limit=-4))
            self.faults.append(f"{event['event']} {event.get('error', '')}\n{where}")
        return event

    def taken(self) -> str:
        said = self.text.getvalue()
        self.text.seek(0)
        self.text.truncate()
        return said


@contextmanager
def _logged() -> Iterator[_Log]:
    """Logs as in life, kept."""
    log, before = _Log(StringIO()), structlog.get_config()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stderr", log.text)
        set_up_logs("DEBUG")
        structlog.configure(processors=[log.hear, *structlog.get_config()["processors"]])
        try:
            yield log
        finally:
            structlog.configure(**before)


class _Round:
    """Some requests in one house."""

    def __init__(self, house: House, seed: int, seen: Seen, tally: Tally, log: _Log) -> None:
        self._house, self._seed, self._seen, self._tally, self._log = house, seed, seen, tally, log
        words = [word for of in house.model.words.values() for word in of]
        self._secret = re.compile("|".join(map(re.escape, [*words, *house.model.numbers])))
        self._watched = _Watched(house.app)

    def go(self, numbers: range) -> None:
        for who, cookie in self._seen.cookies.items():
            self._house.browsers[who].set_cookie(FORMS, cookie, domain="help.example", secure=True)
        with _watched():
            for at in numbers:
                self._case(at)
        counted = self._house.hamraz.counters.text().decode()
        unsaid = (MARK, *self._house.model.codes, *(one.hex() for one in self._house.model.words))
        if found := self._secret.search(counted) or re.search("|".join(map(re.escape, unsaid)), counted):
            self._tally.leaks.append(f"in the metrics: {found[0]} (cases {numbers}, seed {self._seed})")

    def _case(self, at: int) -> None:
        rng = Random(f"{self._seed}/{at}")
        # A stride that shares no factor with their number: each round meets others.
        there = len(self._seen.operations)
        stride = next(number for number in count(37) if gcd(number, there) == 1)
        operation = self._seen.operations[at * stride % there]
        who = self._somebody(operation, rng)
        knock = Knocker(rng, who, self._seen.pages[who], self._seen.known).knock(operation)
        self._tally.cases[operation.name] += 1
        self._tally.who[who] += 1
        named = f"case {at}, seed {self._seed}: {knock}"
        self._watched.clear()
        begun = perf_counter()
        signal.setitimer(signal.ITIMER_VIRTUAL, TOO_LONG)
        try:
            answer = _sent(self._house.browsers[who], knock)
        except Hang:
            self._tally.hangs.append(named)
            return
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        self._tally.slowest = max(self._tally.slowest, (perf_counter() - begun, operation.name))
        self._look_at(knock, answer, named)

    def _somebody(self, operation: Operation, rng: Random) -> str:
        may = [who for who in WHO if operation.roles == "all staff" or who in operation.roles.split(", ")]
        return rng.choice(may if may and rng.random() < LET_IN else WHO)

    def _look_at(self, knock: Knock, answer: _Answer, named: str) -> None:
        tally, operation = self._tally, knock.operation
        tally.answers[answer.status] += 1
        if self._log.faults or (answer.status >= 500 and answer.status != 503):
            tally.faults.append(f"{named}: {answer.status}\n" + "\n".join(self._log.faults))
        self._log.faults.clear()
        elsewhere = knock.method.lower() != operation.method or not fits(operation.path, knock.url.partition("?")[0])
        if answer.status not in operation.codes | ({308, 404, 405} if elsewhere else set()):
            tally.undescribed.add(f"{operation.name} answers {answer.status} ({named})")
        if self._watched.inside:
            tally.reached[operation.name] += 1
        for place, name in self._watched.read:
            if not elsewhere and not _described(operation, place, name):
                tally.undescribed.add(f"{operation.name} reads {place} {name}")
        self._leaks(knock, answer, named)

    def _leaks(self, knock: Knock, answer: _Answer, named: str) -> None:
        said = self._log.taken()
        if (found := self._secret.search(said)) or MARK in said:
            self._tally.leaks.append(f"in the log: {found[0] if found else MARK} ({named})")
        for found in {one[0] for one in self._secret.finditer(answer.text)}:
            case = next((case for case, words in self._house.model.words.items() if found in words), b"")
            if not case and knock.url.endswith("/reveal"):
                continue
            if not case or not self._house.may_read(knock.who, case):
                self._tally.leaks.append(f"{found} is shown: {named}")


@dataclass(frozen=True)
class Seen:
    """What was seen before the first request, in a house like all the others."""

    operations: list[Operation]
    pages: dict[str, Pages]
    known: dict[str, list[str]]  # values that are real, by the name of a field or of a part of an address
    cookies: dict[str, str]  # what a form's proof is bound to


def look_round(house: House, most: int = MOST_PAGES) -> Seen:
    """Everybody opens what can be reached by links; `most` pages each."""
    pages = {who: _looked(client, most) for who, client in house.browsers.items()}
    cookies = {who: client.get_cookie(FORMS, domain="help.example") for who, client in house.browsers.items()}
    return Seen(
        operations(describe(house.app)),
        pages,
        _known(house.app, pages),
        {who: cookie.value for who, cookie in cookies.items() if cookie is not None},
    )


def _looked(client: FlaskClient, most: int) -> Pages:
    pages, opened = Pages(), set[str]()
    pages.links |= dict.fromkeys(OUTSIDE)
    shapes = Counter[str]()
    while len(opened) < most:
        left = (one for one in pages.links if one not in opened and shapes[_shape(one)] < ALIKE)
        link = next(
            (one for one in left if not any(part in one for part in ("/export", "/static", "poster", "/live"))), ""
        )
        if not link:
            break
        opened.add(link)
        shapes[_shape(link)] += 1
        with client.get(link.partition("#")[0], base_url=SITE) as answer:
            if answer.status_code == 200 and answer.mimetype == "text/html":
                pages.read(link, answer.text)
    return pages


def _known(app: Flask, seen: Mapping[str, Pages]) -> dict[str, list[str]]:
    known: dict[str, dict[str, None]] = defaultdict(dict)
    adapter = app.url_map.bind("help.example")
    for pages in seen.values():
        for name, values in pages.values.items():
            known[name] |= values
        for link in (*pages.links, *pages.forms):
            parts = urlsplit(link)
            for method in ("GET", "POST"):
                try:
                    _, found = adapter.match(parts.path, method)
                except HTTPException:
                    continue
                for name, value in found.items():
                    known[name][str(value)] = None
            for name, value in parse_qsl(parts.query):
                known[name][value] = None
    return {name: list(values)[:MOST_VALUES] for name, values in known.items()}


@dataclass(frozen=True)
class _Answer:
    status: int
    text: str
    location: str


def _sent(client: FlaskClient, knock: Knock) -> _Answer:
    answer: TestResponse = client.open(knock.url, **knock.how())
    try:
        if answer.mimetype == "text/event-stream":  # it has no end
            body = next(iter(answer.response), b"")
            text = body.decode() if isinstance(body, bytes) else str(body)
        else:
            text = answer.get_data().decode("utf-8", "replace")
    finally:
        answer.close()
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    return _Answer(answer.status_code, unescape(text) + headers, answer.headers.get("Location", ""))


def _shape(link: str) -> str:
    return re.sub(r"[0-9a-f]{8,}|=[^&]*", "", link)


def _described(operation: Operation, place: str, name: str) -> bool:
    if place == "query":
        return name == "language" or name in operation.names("query") or not operation.path.startswith("/console")
    if operation.method != "post" or not operation.path.startswith("/console"):
        return True
    content = operation.told["requestBody"]["content"][operation.media]["schema"]
    return bool(content["additionalProperties"]) or any(fnmatchcase(name, one) for one in operation.fields)


class _Watched:
    """Which fields are read, and whether a view was reached at all."""

    def __init__(self, app: Flask) -> None:
        self.read: set[tuple[str, str]] = set()
        self.inside = False
        read = self.read

        class Fields(ImmutableMultiDict[Any, Any]):
            def _place(self) -> str:
                made = request.__dict__
                return "query" if made.get("args") is self else "file" if made.get("files") is self else "form"

            def get(self, name: Any, *more: Any, **named: Any) -> Any:
                read.add((self._place(), name))
                return super().get(name, *more, **named)

            def getlist(self, name: Any, *more: Any) -> Any:
                read.add((self._place(), name))
                return super().getlist(name, *more)

        app.request_class = type("Request", (app.request_class,), {"parameter_storage_class": Fields})
        for endpoint, view in app.view_functions.items():
            app.view_functions[endpoint] = partial(self._enter, view)

    def clear(self) -> None:
        self.read.clear()
        self.inside = False

    def _enter(self, view: Any, **given: Any) -> Any:
        self.inside = True
        return view(**given)


@contextmanager
def _watched() -> Iterator[None]:
    def over(number: int, frame: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, over)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
