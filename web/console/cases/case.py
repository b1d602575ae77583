"""One case: what she told, what was said, what to do. Panels of it are partial templates, each an include."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import Response, abort, g, request

from casework.casefile import plans
from casework.cases import board, canned, opening, refusals, ways
from casework.cases.case import REASONS
from casework.cases.opening import Opened
from casework.cases.relay import new_name
from casework.enclosing.preparing import LARGEST
from casework.staff.refusals import Refusal
from casework.staff.roles import Role
from casework.triage import Level
from web.console.casefile.panels import PLAYED, casefile
from web.console.cases import moments
from web.console.cases.inbox import own_names, state_of
from web.console.cases.live import Stream
from web.console.cases.telling import sentences
from web.console.pages import Console, go, page, person, to, typed


def case(console: Console, case: str) -> Response:
    """The page of a case, by its id; a code leads there."""
    found = board.called(console.room, person().id, case)
    if len(found) != 1:
        abort(404)
    if found[0].hex() != case:
        return go("/cases/<case>", case=found[0].hex())
    return shown(console, found[0])


def shown(
    console: Console, case_id: bytes, refusal: Refusal | None = None, *, done: str = "", reply: str = "", note: str = ""
) -> Response:
    """The page; with what was done or refused, and what was typed."""
    reader = person().reader
    if reader is None:
        abort(403)
    now, position = console.clock(), console.live.position()
    try:
        opened = opening.look(console.room, reader, case_id, now)
    except refusals.CaseGone:
        abort(404)
    except refusals.CaseBroken as broken:
        return page("cases/closed_off", refusal=broken)
    t = g.words
    return page(
        "cases/case",
        refusal=_named(refusal, opened),
        can=getattr(refusal, "can", ()),
        case=opened,
        one=opened.standing,
        mine=opened.standing.holder == person().id,
        supervises=person().role == Role.SUPERVISOR,
        done=_done(done or request.args.get("done", "")),
        state=state_of(opened.standing, opened.names),
        told=sentences(t, console.room, opened.told),
        sentences=lambda slots: sentences(t, console.room, slots),
        own_names=own_names(console),
        waits=None if opened.standing.waits is None else moments.since(t, opened.standing.waits, now),
        reach=_reach(console, opened, now),
        at=lambda moment: moments.at(t, moment, console.room),
        day=lambda day: console.room.phrasebook.day(day, t.code),
        here=lambda what: to(f"/cases/<case>/{what}", "post", case=case_id.hex()),
        file=lambda one: to("/cases/<case>/files/<file>", case=case_id.hex(), file=one),
        keep=lambda one: to("/cases/<case>/files/<file>/keep", "post", case=case_id.hex(), file=one),
        plays=lambda one: one.type.startswith(PLAYED),
        casefile=casefile(console, opened, now),
        risks=list(Level),
        reasons=REASONS,
        institutions=console.room.read(console.institutions.register).by_id if opened.reads else {},
        ready=canned.offered(console.room, person().id, case_id) if opened.reads else (),
        reply=reply,
        note=note,
        typed=typed,
        ticked=request.form.getlist,
        refused=partial(_is_refused, refusal),
        why=refusal.reason if refusal else "",
        unsent=_unsent(refusal, reply, note),
        largest=LARGEST,
        once=new_name,
        stream=Stream(to("/cases/<case>", case=case_id.hex()), position, case_id.hex(), opened.reads),
    )


def _named(refusal: Refusal | None, opened: Opened) -> Refusal | None:
    """A refusal that says who, not which id."""
    if refusal is not None and "holder" in refusal.values:
        refusal.values["holder"] = opened.names.get(refusal.values["holder"], "")  # type: ignore[call-overload]  # an id
    return refusal


def _done(said: str) -> str:
    return f"done.{said}" if g.words.has(f"done.{said}") else ""


def _is_refused(refusal: Refusal | None, form: str, **fields: str) -> bool:
    """Whether it is this form of the page that was refused: it stands open again, with what was typed into it."""
    return (
        refusal is not None
        and request.path.endswith(f"/{form}")
        and all(typed(name) == value for name, value in fields.items())
    )


def _unsent(refusal: Refusal | None, reply: str, note: str) -> list[str]:
    """All that was typed, where the boxes for it are not there any more."""
    names = (*plans.PARTS, "words", *(("reason",) if _is_refused(refusal, "requests") else ()))
    return [text for text in (reply, note, *(typed(name) for name in names)) if text.strip()]


def _reach(console: Console, opened: Opened, now: datetime) -> str:
    """Where an answer goes now, and for how long."""
    t = g.words
    if not opened.reads:
        return ""
    way, until = opened.way, opened.reachable_until
    if way.why == "wish":
        return str(t("case.reach_number"))
    if until is not None:
        key = "case.reach_whatsapp" if opened.standing.channel == "whatsapp" else "case.reach_here"
        return str(t(key, time=moments.lasting(t, until - now)))
    if opened.line is not None and way.kind == ways.WRITES:
        return str(t(f"way.line_{opened.line.state}", time=moments.at(t, opened.line.at, console.room)))
    if way.why or way.due is None:
        return str(t(f"way.{way.why}"))
    key = "way.hours" if way.kind == ways.HOURS else "way.line"
    return str(t(f"{key}_now") if way.due <= now else t(key, time=moments.at(t, way.due, console.room)))
