"""Rules, guards, differences and findings as sentences in the words of the console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import g
from markupsafe import Markup

from flows.editing.conditions import Condition, conditions_of
from flows.editing.merging import Difference
from flows.editing.rules import Row, rows_of
from flows.findings import Finding
from flows.guards import Both, Either, Guard, Not, Test, read_guard
from flows.shape import ANY
from locales.isolates import isolate
from web.console import faults
from web.console.words import Words


def trouble(one: Finding) -> Markup:
    """What is wrong, in the language of the page."""
    return faults.said(one.trouble, "finding_trouble")


def mend(one: Finding) -> Markup:
    """How it is mended, in the language of the page."""
    return faults.said(one.mend, "finding_mend")


def line(one: Finding, place: str) -> str:
    """Both as plain text, with the place: the line of the command line, in the language of the page."""
    trouble, mend = faults.told(one.trouble, "finding_trouble"), faults.told(one.mend, "finding_mend")
    return replace(one, trouble=trouble, mend=mend).at(isolate(place) if g.words.direction == "rtl" else place)


def guard(t: Words, text: str) -> str:
    """A guard that can be read, as a sentence: "channel is sms and not: story is answered"."""
    return _said(t, read_guard(text))


def rule(t: Words, row: Row) -> str:
    """One way on: "on yes, if path is witness: go to when"."""
    parts = [t("flow_rule.always") if row.outcome == ANY else t("flow_rule.on", answer=answer(t, row.outcome))]
    if row.guard:
        parts.append(t("flow_rule.where", condition=guard(t, row.guard)))
    return t("flow_rule.goes", when=t("flow_rule.comma").join(parts), target=row.target)


def answer(t: Words, outcome: str) -> str:
    """An outcome as its id, but for the one that every question knows."""
    return t("flow_rule.skip") if outcome == "skip" else outcome


def rows(then: Any) -> list[Row]:
    """For templates."""
    return rows_of(then)


def simple(row: Row) -> Condition | None:
    """A guard that one line of menus holds; None for none, and for a deeper one."""
    found = conditions_of(row.guard) if row.guard else None
    return found[1][0] if found is not None and len(found[1]) == 1 else None


def difference(t: Words, one: Difference) -> str:
    """What differs at one place."""
    if one.what in ("added", "gone"):
        return t(f"flow_change.{one.what}", kind=t(f"flow_kind.{one.after or one.before}"))
    if one.field == "then":
        return t("flow_change.then", before=_ways(t, one.before), after=_ways(t, one.after))
    name = t(f"flow_field.{one.field}")
    if one.before is None:
        return t("flow_change.set", field=name, after=shown(t, one.after))
    if one.after is None:
        return t("flow_change.unset", field=name, before=shown(t, one.before))
    return t("flow_change.field", field=name, before=shown(t, one.before), after=shown(t, one.after))


def shown(t: Words, value: Any) -> str:
    """A field's value, short enough for a sentence."""
    if isinstance(value, bool):
        return t("flow_field.yes") if value else t("flow_field.no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {shown(t, one)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(shown(t, one) for one in value)
    return str(value)


def _ways(t: Words, then: Any) -> str:
    return " · ".join(rule(t, row) for row in rows_of(then)) or t("flow_rule.nowhere")


def _said(t: Words, one: Guard) -> str:
    match one:
        case Test(_, "staffed"):
            return t("flow_guard.staffed")
        case Test(name, "filled"):
            return t("flow_guard.filled", name=name)
        case Test(name, "has", value):
            return t("flow_guard.has", name=name, value=value)
        case Test(name, "!=", value):
            return t("flow_guard.other", name=name, value=value)
        case Test(name, _, value):
            return t("flow_guard.same", name=name, value=value)
        case Not(inner):
            return t("flow_guard.denied", condition=_said(t, inner))
        case Both(left, right):
            return t("flow_guard.both", one=_said(t, left), other=_said(t, right))
        case Either(left, right):
            return t("flow_guard.either", one=_said(t, left), other=_said(t, right))
