"""What every page of settings shows: the way back, what was just done, who decided what before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, g, request

from casework.staff.refusals import Refusal
from casework.staff.register import entries
from web.console.cases import moments
from web.console.pages import Console, go, page, typed, whole


def shown(console: Console, template: str, refusal: Refusal | None = None, **values: Any) -> Response:
    """A page of settings."""
    names = {entry.id: entry.name for entry in entries(console.office)}
    said = f"setting_said.{request.args.get('said', '')}"
    return page(
        f"settings/{template}",
        refusal=refusal,
        said=said if g.words.has(said) else "",
        who=lambda staff_id: names.get(staff_id, "") or g.words("settings.gone"),
        at=lambda seconds: moments.at(g.words, datetime.fromtimestamp(seconds, UTC), console.room),
        **values,
    )


def version() -> int:
    """Which decision she saw, as her form says."""
    return whole(typed("version"), digits=9, otherwise=-1)


def done(path: str, act: Callable[[], str], again: Callable[[Refusal], Response], **values: str) -> Response:
    """Do it and go back to the page, or show the page again with what was typed.

    act  tells what was done: a key of `setting_said`
    """
    try:
        said = act()
    except Refusal as refusal:
        return again(refusal)
    return go(path, said=said, **values)
