"""Every ready answer, by kind, with how each language stands; and a new one."""

from __future__ import annotations

from itertools import groupby

from flask import Response

from casework.canned import editing
from casework.canned.shelf import CATEGORIES, REVIEWED, Reply
from casework.staff.refusals import Refusal
from web.console.canned.words import done, languages
from web.console.pages import Console, go, page, person, typed


def replies(console: Console, refusal: Refusal | None = None) -> Response:
    """The list; after a refusal with what was typed."""
    found = editing.every(console.room)
    return page(
        "canned/list",
        refusal=refusal,
        groups=[(kind, list(some)) for kind, some in groupby(found, key=lambda one: one.category)],
        stands=lambda one: [(code, own, _state(one, code)) for code, own in languages(console).items()],
        categories=CATEGORIES,
        edits=person().role in editing.EDITORS,
        name=typed("name") if refusal else "",
        category=typed("category") if refusal else "",
        done=done(),
    )


def create(console: Console) -> Response:
    """A new one, and on to its words."""
    name = typed("name").strip().lower()
    try:
        editing.create(console.room, person().id, name, typed("category"), console.clock())
    except Refusal as refusal:
        return replies(console, refusal)
    return go("/canned/<name>", name=name)


def _state(one: Reply, code: str) -> str:
    """ "missing", "behind", "draft" or "reviewed"."""
    text = one.texts.get(code)
    if text is None:
        return "missing"
    return "behind" if one.is_behind(code) else "reviewed" if text.state == REVIEWED else "draft"
