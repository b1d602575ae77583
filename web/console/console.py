"""The console as a blueprint: joins the table of routes to its views, and stands before every one of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from io import BytesIO
from typing import IO

import structlog
from flask import Blueprint, Flask, Request, Response, abort, g, make_response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from casework.staff.entering import who
from casework.staff.office import short
from web.console import pages
from web.console.cases import live
from web.console.flows.shared import make_shared
from web.console.pages import Console, page
from web.console.roots import ROOT
from web.console.routes import ROUTES, Route
from web.console.words import languages
from web.headers import CONSOLE_POLICY

View = Callable[..., Response]
_HEADERS = {
    "Content-Security-Policy": CONSOLE_POLICY,
    "Permissions-Policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
}
log = structlog.get_logger()


class _Request(Request):
    """What is sent stays in memory: a file written down on the way would lie there in clear."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


class _Forms(SecureCookieSessionInterface):
    """A session only where there may be forms: a provider's webhook has none, and pays for none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if request.path.startswith("/webhooks/") else super().open_session(app, request)


def add_console(app: Flask, console: Console, form_keys: list[bytes]) -> None:
    """Put the console into the application.

    form_keys  sign what proves that a form is ours; the first signs, the others still prove
    """
    languages()  # what is wrong with its words must show at the start, and the first page need not wait for them
    app.secret_key = form_keys[0]
    app.session_interface = _Forms()
    app.request_class = _Request
    app.config.update(
        SECRET_KEY_FALLBACKS=form_keys[1:],
        SESSION_COOKIE_NAME=console.form_cookie,
        SESSION_COOKIE_SECURE=console.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # it ends with the session that it is bound to
        WTF_CSRF_CHECK_DEFAULT=False,  # providers' webhooks prove themselves otherwise; `_before` asks for it here
    )
    app.register_blueprint(_blueprint(console, CSRFProtect(app)))
    app.register_blueprint(make_shared(console))
    for code in (404, 405):
        app.register_error_handler(code, partial(_nowhere, console))


def _blueprint(console: Console, forms: CSRFProtect) -> Blueprint:
    blueprint = Blueprint("console", __name__, url_prefix=ROOT, template_folder="templates")
    for route in ROUTES:
        blueprint.add_url_rule(
            route.path,
            route.endpoint,
            partial(_find(route), console),
            methods=[route.method],
            provide_automatic_options=False,
        )
    by_endpoint = {f"console.{route.endpoint}": route for route in ROUTES}
    blueprint.before_request(lambda: _before(console, forms, by_endpoint[str(request.endpoint)]))
    blueprint.after_request(partial(_after, console))
    blueprint.register_error_handler(CSRFError, _not_our_form)
    blueprint.register_error_handler(Exception, partial(_failed, console))
    return blueprint


def _find(route: Route) -> View:
    module, _, function = route.view.rpartition(".")
    view: View = getattr(import_module(f"web.console.{module}"), function)
    return view


def _before(console: Console, forms: CSRFProtect, route: Route) -> Response | None:
    """Who is it, may she, did our own form send this. Nothing behind it asks again."""
    request.max_content_length = request.max_form_memory_size = route.largest
    pages.choose_language(console)
    g.person = None
    if route.view == "pages.static":
        return None
    by_itself = route.view == "cases.live.live" or pages.BY_ITSELF in request.headers
    cookie = request.cookies.get(console.login_cookie, "")
    g.person = who(console.office, cookie, console.clock(), touch=not by_itself)
    # Before anything of what is sent is read: some of it is large.
    if route.roles is not None and (g.person is None or g.person.role not in route.roles):
        return _kept_out(console)
    forms.protect()
    if g.person is not None and not by_itself:
        g.face = console.deployment.face()
    return None


def _kept_out(console: Console) -> Response:
    """To the login; 403 where she is logged in and it is not hers.

    A page that was left open hears that its login has ended, also where somebody else has logged in since: it is to clear
    itself. It takes no login from the browser: another page may have begun one just now.
    """
    if live.EVENTS in request.headers.get("Accept", ""):
        return live.ended()
    if pages.BY_ITSELF in request.headers:
        return pages.go("/login", ended="1")
    if g.person is not None:
        log.warning("kept out", route=request.endpoint, who=short(g.person.id), role=g.person.role.value)
        abort(403)
    ended = "1" if console.login_cookie in request.cookies else ""
    return pages.let_out(console, pages.go("/login", ended=ended))


def _after(console: Console, response: Response) -> Response:
    console.answered("GET" if request.method in ("GET", "HEAD") else "POST", response.status_code)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return pages.keep_language(console, response)


def _nowhere(console: Console, error: HTTPException) -> Response | HTTPException:
    """No route at all: a page of ours where the address is the console's, and nobody else's answer changed."""
    if not f"{request.path}/".startswith(f"{ROOT}/"):
        return error
    return _after(console, _failed(console, error))


def _not_our_form(error: CSRFError) -> Response:
    log.warning("a form that is not ours", route=request.endpoint)
    return page("problem", status=400, what="stale")


def _failed(console: Console, error: Exception) -> Response:
    """A page for every error; the log gets its class, and never what was typed."""
    if "words" not in g:
        pages.choose_language(console)
    if isinstance(error, HTTPException):
        code = error.code or 500
        known = {403: "not_yours", 404: "not_there", 405: "not_there", 413: "too_large"}
        return page("problem", status=code, what=known.get(code, "failed"))
    if isinstance(error, console.away):
        log.error("storage away", door="console", error=type(error).__name__)
        response = page("problem", status=503, what="away")
        response.headers["Retry-After"] = "5"
        return response
    log.error("console failed", error=type(error).__name__)
    return make_response(page("problem", status=500, what="failed"))
