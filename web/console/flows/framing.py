"""What every page of one flow shows: its draft, who wrote it, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Response, abort, g, request

from casework.staff.office import BY_COMMAND
from casework.staff.refusals import Refusal
from casework.staff.register import entries
from casework.studio import drafts, publishing
from casework.studio.drafts import Draft
from casework.studio.refusals import BadForm, FlowMeanwhile, NoSuchFlow, NotProved
from flows.editing.values import Written
from flows.findings import Finding
from flows.nodes import KINDS
from flows.published import FINISH
from web.console.cases import moments
from web.console.flows import mending, saying
from web.console.flows.mending import MENDS
from web.console.pages import Console, go, page, person, typed

# The field of a step that each is about; what is about words stands beside their phrase.
_FIELDS = {
    "E101": "then",
    "E105": "then",
    "E112": "then",
    "E110": "skippable",
    "E111": "seals",
    "E204": "choose",
    "E205": "choose",
    "E307": "purpose",
    "E403": "flow",
}
_OF_THE_STEP = ("E102", "E103", "E104", "E107", "E108", "E401", "E402")  # about where it stands, or about many fields
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


def wrong_closely(console: Console, name: str, policy: str) -> list[Finding]:
    """The same, and what walking through it shows."""
    try:
        return publishing.look_closely(console.studio, name, policy, console.clock())[0]
    except Refusal:
        return []


def mended(console: Console, draft: Draft) -> Draft:
    """The draft with what her click on a mend of the form asked for, if it did: "E110 when". Raises what `drafts.take` does."""
    code, _, node = typed("mend").partition(" ")
    if not code:
        return draft
    step = mending.step_of(draft, code, node)
    return drafts.take(console.studio, person().id, draft.name, draft.token, step, console.clock())


def placed(wrong: Sequence[Finding], node: Written) -> dict[str, list[Finding]]:
    """The same by the field of a step's form beside which it stands; "" above it: of other steps, or of the flow."""
    found: dict[str, list[Finding]] = {}
    for one in wrong:
        found.setdefault(_field(one, node) if one.node == node["name"] else "", []).append(one)
    return found


def shown(console: Console, template: str, refusal: Refusal | None = None, **values: Any) -> Response:
    """A page of the studio."""
    if isinstance(refusal, BadForm):
        refusal.values["said"] = saying.line(refusal.finding, refusal.place)
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


def _field(one: Finding, node: Written) -> str:
    field = _FIELDS.get(one.code, "") or next((name for name in ("ask", "say") if node.get(name)), "")
    there = field == "then" or field in KINDS[node["kind"]].fields
    return field if there and one.code not in _OF_THE_STEP else ""


def _who(names: dict[bytes, str], staff_id: bytes) -> str:
    if staff_id == BY_COMMAND:
        return str(g.words("flows.by_command"))
    return names.get(staff_id, "") or g.words("flows.gone")
