"""A file of a case: in the page, where a browser shows it without running it; on her device only when she asks for it."""

from __future__ import annotations

from io import BytesIO

from flask import Response, abort, make_response, send_file

from casework.cases import opening, refusals
from casework.cases.opening import Content
from web.console.casefile.panels import PLAYED
from web.console.cases.acting import id_of, reader
from web.console.pages import Console

# A document of its own, without scripts, forms, frames and this site's cookies, whatever a browser takes it for.
_POLICY = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_ENDS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "audio/ogg": "ogg",
    "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/amr": "amr", "video/mp4": "mp4", "application/pdf": "pdf",
}  # fmt: skip


def look(console: Console, case: str, file: str) -> Response:
    """A picture made of pixels alone, or a sound or film to play. A PDF, or a picture as it came, is only kept."""
    found = _found(console, case, file, keep=False)
    if not shows(found.type, bare=found.bare):
        abort(404)
    # In parts where the browser asks for them: a film is wound forward that way.
    response = send_file(BytesIO(found.content), mimetype=found.type, conditional=True, etag=False, max_age=None)
    response.headers["Content-Disposition"] = "inline"
    return _sealed(response)


def keep(console: Console, case: str, file: str) -> Response:
    """As it came, for her own device; that is on record."""
    found = _found(console, case, file, keep=True)
    response = make_response(found.content)
    response.headers["Content-Type"] = "application/octet-stream"
    name = f"{file[:8]}.{_ENDS.get(found.type, 'bin')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _sealed(response)


def shows(type: str, *, bare: bool) -> bool:
    """Whether it is shown in the page."""
    return type.startswith(PLAYED) or (bare and type == "image/jpeg")


def _found(console: Console, case: str, file: str, *, keep: bool) -> Content:
    act = opening.keep_file if keep else opening.file
    try:
        return act(console.room, reader(), id_of(case), id_of(file), console.clock())
    except refusals.CaseRefusal:
        abort(404)


def _sealed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response
