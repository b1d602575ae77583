"""What every page of one flow shows: its draft, who wrote it, what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Response, abort, g, request

from casework.staff.refusals import Refusal
from casework.staff.register import entries
from casework.studio import drafts, publishing
from casework.studio.drafts import Draft
from casework.studio.refusals import FlowMeanwhile, NoSuchFlow, NotProved
from flows.findings import Finding
from flows.published import FINISH
from web.console.cases import moments
from web.console.flows import saying
from web.console.pages import Console, go, page, typed

MENDS = {"E102": "delete", "E110": "ask", "E105": "lead"}  # what one click mends
FEW = 5  # a smaller count of conversations could be somebody


def asked() -> str:
    """The flow that the address, or the form, names; to the list of them where none is named."""
    name = request.args.get("flow", "") or typed("flow")
    if not name:
        abort(go("/flows"))
    return name


def draft_of(console: Console) -> Draft:
    """Its draft, or what there is to begin one from; 404 where there is no such flow."""
    try:
        return drafts.of(console.studio, asked())
    except NoSuchFlow:
        abort(404)


def wrong_with(console: Console, name: str, policy: str = FINISH) -> list[Finding]:
    """What is wrong with the draft."""
    try:
        return publishing.look(console.studio, name, policy, console.clock())
    except Refusal:
        return []  # it is said where the page shows its form


def shown(console: Console, template: str, refusal: Refusal | None = None, **values: Any) -> Response:
    """A page of the studio."""
    return page(
        f"flows/{template}",
        refusal=refusal,
        who=partial(_who, {entry.id: entry.name for entry in entries(console.office)}),
        at=lambda seconds: moments.at(g.words, datetime.fromtimestamp(seconds, UTC), console.room),
        say=saying,
        mends=MENDS,
        meant=partial(meant, console),
        differing=refusal.differing if isinstance(refusal, FlowMeanwhile) else (),
        refused=refusal.findings if isinstance(refusal, NotProved) else (),
        **values,
    )


def meant(console: Console, key: str) -> tuple[str, str]:
    """What a phrase says, in the language of the page where reporters have it, and the code of that language."""
    book = console.room.phrasebook
    forms = book.forms(key)
    code = g.words.code if g.words.code in forms else "en"
    return forms.get(code, ""), code


def count(number: int) -> str:
    """A count of conversations that could be nobody."""
    return str(number) if number == 0 or number >= FEW else g.words("flows.few", count=FEW)


def _who(names: dict[bytes, str], staff_id: bytes) -> str:
    return names.get(staff_id, "") or g.words("flows.gone")
