"""Headers that every answer carries: nothing from elsewhere, in no frame, kept by no cache, told to nobody."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from werkzeug import Response

# No 'unsafe-inline' anywhere: what is not a file of ours does not run.
CONSOLE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_NOTHING = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"


def protect(app: Flask, *, secure: bool) -> Callable[[Response], Response]:
    """Put them on every answer that does not say otherwise itself; return what does so, for answers that pass by Flask.

    secure  served on https:// only
    """
    always = {
        "Content-Security-Policy": _NOTHING,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Not no-referrer: our own forms prove by it that they are ours.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if secure:
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    def headers(response: Response) -> Response:
        there = {name.lower() for name, _ in response.headers}  # once, not a look through them all for each
        response.headers.extend({name: value for name, value in always.items() if name.lower() not in there})
        return response

    app.after_request(headers)
    return headers
