"""Whether everything runs, in plain words, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, g

from casework.health import Finding, Grave, findings
from casework.pulse import take_pulse
from web.console.cases import moments
from web.console.pages import Console, page
from web.console.words import Words

_GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Line:
    """One finding, in words."""

    about: str  # what was looked at
    which: str
    grave: str  # "bad", "look", "fine" or "off"
    said: str
    do: str  # what to do; "" where there is nothing to do
    why: str = ""  # in words, or as a provider says it
    code: str = ""


def shown(console: Console) -> Response:
    """The page."""
    now, room = console.clock(), console.room
    pulse = room.read(lambda unit: take_pulse(unit, room, console.channels, now))
    machine = console.vitals()
    lines = [_line(one) for one in findings(pulse, machine, now)]
    return page(
        "health",
        lines=lines,
        wrong=sum(line.grave == "bad" for line in lines),
        at=moments.at(g.words, now, room),
        versions=machine.versions.items(),
    )


def _line(one: Finding) -> Line:
    t = g.words
    values = dict(_filled(one))
    why, code = _why(str(one.values.get("why", "")))
    off = one.what == "off"
    do = f"health_do.{one.name}"
    return Line(
        about=t(f"health_of.{one.of}"),
        which=_which(one),
        grave="off" if off else one.grave.name.lower(),
        said=t(f"health_said.{one.name}", **values),
        do=t(do, **values) if t.has(do) and one.grave != Grave.FINE else "",
        why=why,
        code=str(one.values["missing"]) if off else code,
    )


def _which(one: Finding) -> str:
    t: Words = g.words
    for kind in ("channel", "risk", "health_database"):
        if one.which and t.has(f"{kind}.{one.which}"):
            return t(f"{kind}.{one.which}")
    return t("health.staff_bot") if one.which else ""


def _filled(one: Finding) -> Iterator[tuple[str, object]]:
    for name, value in one.values.items():
        if isinstance(value, timedelta):
            span = moments.lasting(g.words, value)
            yield name, g.words("health.ago", ago=span) if name == "sent" else span
        elif name == "sent":
            yield name, g.words("health.never")
        elif name == "free":
            yield name, f"{float(str(value)) / _GIB:.1f}"
        else:
            yield name, value


def _why(why: str) -> tuple[str, str]:
    """What a provider's refusal means, where we know, and its own code."""
    code, _, reason = why.partition(" ")
    known = f"delivery_why.{reason.replace(' ', '_')}"
    return (g.words(known), code) if reason and g.words.has(known) else ("", why)
