"""Languages that the organisation brings itself: begun with a name and the words that steer, offered once they are complete."""

from __future__ import annotations

from typing import Literal, cast

from flask import Response, g, request

from casework.staff.refusals import Refusal
from casework.staff.roles import Role
from casework.wordings import bringing
from casework.wordings.bringing import STEERING
from casework.wordings.refusals import BadTongue, WordsClash, WordsUnfit
from casework.wordings.tongues import Tongue
from web.console.pages import Console, go, page, person, typed
from web.console.phrases.languages import html, spoken

_SAID = ("brought", "on", "off", "same", "renamed", "taken")
_NAMED = ("own_name", "own_name_sms", "direction")
_FIELDS = ("code", *_NAMED, *STEERING)


def shown(console: Console, refusal: Refusal | None = None, form: str = "") -> Response:
    """Every one, how it stands, and the form of another.

    form  "bring" or "rename", where that was refused: what was typed there stays in it; "remove": it stays open
    """
    said = request.args.get("said", "")
    if isinstance(refusal, BadTongue):
        refusal.values["field"] = g.words(f"tongue_field.{refusal.values['field']}")
    return page(
        "phrases/tongues",
        refusal=refusal,
        states=bringing.everything(console.wording),
        spoken=spoken(console),
        held={name: typed(name) if form == "bring" else "" for name in _FIELDS},
        form=form,
        code=typed("code") if form in ("rename", "remove") else "",
        typed={name: typed(name) for name in _NAMED} if form == "rename" else {},
        steering=STEERING,
        clashes=refusal.clashes if isinstance(refusal, WordsClash) else (),
        findings=refusal.findings if isinstance(refusal, WordsUnfit) else (),
        html=html,
        tends=person().role == Role.ADMIN,
        said=said if said in _SAID else "",
    )


def bring(console: Console) -> Response:
    """Begin one."""
    direction = cast(Literal["ltr", "rtl"], typed("direction"))
    one = Tongue(typed("code").strip(), typed("own_name"), typed("own_name_sms"), direction)
    steering = {name: typed(name) for name in STEERING}
    try:
        bringing.bring(console.wording, person().id, one, steering, console.clock())
    except Refusal as refusal:
        return shown(console, refusal, "bring")
    return go("/words/languages", said="brought")


def rename(console: Console) -> Response:
    """Call it otherwise, or write it the other way."""
    direction = cast(Literal["ltr", "rtl"], typed("direction"))
    one = Tongue(typed("code"), typed("own_name"), typed("own_name_sms"), direction)
    try:
        changed = bringing.rename(console.wording, person().id, one, console.clock())
    except Refusal as refusal:
        return shown(console, refusal, "rename")
    return go("/words/languages", said="renamed" if changed else "same")


def take_away(console: Console) -> Response:
    """Take away one that was never offered."""
    try:
        bringing.take_away(console.wording, person().id, typed("code"), typed("meant"), console.clock())
    except Refusal as refusal:
        return shown(console, refusal, "remove")
    return go("/words/languages", said="taken")


def switch(console: Console) -> Response:
    """Offer it, or no more."""
    on = typed("do") == "on"
    try:
        changed = bringing.switch(console.wording, person().id, typed("code"), on, console.clock())
    except Refusal as refusal:
        return shown(console, refusal)
    return go("/words/languages", said=("on" if on else "off") if changed else "same")
