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

_SAID = ("brought", "on", "off", "same")
_FIELDS = ("code", "own_name", "own_name_sms", "direction", *STEERING)


def shown(console: Console, refusal: Refusal | None = None) -> Response:
    """Every one, how it stands, and the form of another."""
    said = request.args.get("said", "")
    if isinstance(refusal, BadTongue):
        refusal.values["field"] = g.words(f"tongue_field.{refusal.values['field']}")
    return page(
        "phrases/tongues",
        refusal=refusal,
        states=bringing.everything(console.wording),
        spoken=spoken(console),
        held={name: typed(name) for name in _FIELDS},
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
        return shown(console, refusal)
    return go("/words/languages", said="brought")


def switch(console: Console) -> Response:
    """Offer it, or no more."""
    on = typed("do") == "on"
    try:
        changed = bringing.switch(console.wording, person().id, typed("code"), on, console.clock())
    except Refusal as refusal:
        return shown(console, refusal)
    return go("/words/languages", said=("on" if on else "off") if changed else "same")
