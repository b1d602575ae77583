"""A try by a link: the three phones and nothing else of the console, for whoever has the link, with no login.

What it holds is sealed into the page, as in the console, and opens for this link only. Clicks are counted by network and by link,
under keyed tags in the database, so that all processes count together; nothing else is written.
"""

from __future__ import annotations

from functools import partial

import structlog
from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from bot.tries import Script
from casework.staff import gate
from casework.staff.refusals import Wait
from casework.trying import links, scripts
from casework.trying.links import Link
from casework.trying.refusals import TryOver, TryTooLong
from flows.errors import FlowError
from flows.shape import Flow
from web.console import pages
from web.console.flows.trying import done, on_phones
from web.console.pages import Console, typed
from web.console.phrases.languages import spoken
from web.console.roots import SHARED
from web.console.words import languages
from web.headers import CONSOLE_POLICY

LARGEST = 256 * 1024  # bytes of a form
_HEADERS = {
    "Content-Security-Policy": CONSOLE_POLICY,
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",  # an address of ours opens something
}
log = structlog.get_logger()


def make_shared(console: Console) -> Blueprint:
    """The one address and its two methods."""
    blueprint = Blueprint("shared", __name__, url_prefix=SHARED)
    for name, view, method in (("begin", begin, "GET"), ("go_on", go_on, "POST")):
        blueprint.add_url_rule(
            "/<link>", name, partial(view, console), methods=[method], provide_automatic_options=False
        )
    blueprint.before_request(partial(_before, console))
    blueprint.after_request(partial(_after, console))
    blueprint.register_error_handler(Exception, partial(_failed, console))
    return blueprint


def begin(console: Console, link: str) -> Response:
    """A fresh one."""
    found, edition = _let_in(console, link)
    if found is None or edition is None:
        return _gone()
    return _begun(console, found, edition)


def go_on(console: Console, link: str) -> Response:
    """The same, after one thing more."""
    found, edition = _let_in(console, link)
    if found is None or edition is None:
        return _gone()
    now = console.clock()
    try:
        script = Script.of_values(scripts.opened(console.office.keyring, found.id, typed("script"), now))
        return _shown(console, found, edition, done(console, script, now, edition))
    except (TryOver, TryTooLong):
        return _begun(console, found, edition)


def _let_in(console: Console, token: str) -> tuple[Link | None, Flow | None]:
    """The link, counted. Raises Wait."""
    now = console.clock()
    found = links.opened(console.studio, token, now)
    gate.try_out(console.office, found.id if found else None, pages.visitor(console).network, now)
    return found, links.usable(found) if found else None


def _begun(console: Console, link: Link, edition: Flow) -> Response:
    wanted = request.args.get("lang", "")
    language = wanted if wanted in spoken(console) else link.language
    script = console.trials.begun(link.flow, link.node, language, console.clock(), edition)
    return _shown(console, link, edition, script)


def _shown(console: Console, link: Link, edition: Flow, script: Script) -> Response:
    tried = console.trials.played(script, edition)
    carried = scripts.sealed(console.office.keyring, link.id, script.as_values(), console.clock())
    numbers = console.trials.numbers()
    phones = on_phones(console, script.language)
    return _page(
        "tried",
        tried=tried,
        carried=carried,
        flow=link.flow,
        until=link.until,
        numbers=numbers,
        action=request.path,
        staff=False,
        edits=False,
        **phones,
    )


def _gone() -> Response:
    return _page("gone", 404)


def _page(what: str, status: int = 200, **values: object) -> Response:
    shown = render_template(
        "console/flows/shared.html", t=g.words, languages=languages().values(), what=what, to=pages.to,
        in_language=pages.in_language, **values,
    )  # fmt: skip
    return make_response(shown, status)


def _before(console: Console) -> None:
    request.max_content_length = request.max_form_memory_size = LARGEST
    pages.choose_language(console)
    g.person = None


def _after(console: Console, response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return pages.keep_language(console, response)


def _failed(console: Console, error: Exception) -> Response:
    if isinstance(error, Wait):
        response = _page("wait", 429, minutes=error.minutes)
        response.headers["Retry-After"] = str(error.minutes * 60)
        return response
    if isinstance(error, HTTPException):
        return _page("failed", error.code or 500)
    if isinstance(error, FlowError):  # what it leads to holds no more
        return _gone()
    log.error("try failed", error=type(error).__name__)
    return _page("failed", 503 if isinstance(error, console.away) else 500)
