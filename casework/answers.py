"""Reading the answers of a flow, whatever shape they came in.

A slot may hold a choice's id, free words, or both kinds of thing a node kind allows
(flows/definition.py). These readers never fail: an answer that is not there, or not
of the shape asked for, reads as empty. What she said is never lost by it, because the
sealed report keeps every slot as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flows.desk import Slots


def chosen(slots: Slots, name: str) -> str:
    """Return the id that was chosen for `name`, or ""."""
    value = slots.get(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        value = value.get("choice") or value.get("id")
    return value if isinstance(value, str) else ""


def words(slots: Slots, name: str) -> list[str]:
    """Return her own words under `name`, one string a message."""
    value = slots.get(name)
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        said = value.get("words") or value.get("text") or value.get("said") or []
        value = [said] if isinstance(said, str) else said
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def nameless(slots: Slots) -> Slots:
    """Return the answers without the name that she gave: it is shown only once two of staff have agreed."""
    return {name: value for name, value in slots.items() if name != "name"}


def given(slots: Slots, name: str) -> bool:
    """Whether the consent `name` is a clear yes."""
    value = slots.get(name)
    return isinstance(value, Mapping) and value.get("given") is True


def refused(slots: Slots, name: str) -> bool:
    """Whether the consent `name` was asked and is a no."""
    value = slots.get(name)
    return isinstance(value, Mapping) and value.get("given") is False


def earliest(slots: Slots, name: str) -> date | None:
    """Return the first day a date answer allows."""
    return _day(slots, name, "from")


def latest(slots: Slots, name: str) -> date | None:
    """Return the last day a date answer allows."""
    return _day(slots, name, "to")


def media(slots: Slots) -> Iterator[dict[str, Any]]:
    """Give every piece of media in any answer, once each, in the order of the answers."""
    seen: set[str] = set()
    for value in slots.values():
        items = value.get("media") if isinstance(value, Mapping) else value
        for item in items if isinstance(items, list) else ():
            if isinstance(item, Mapping) and isinstance(item.get("id"), str) and item["id"] not in seen:
                seen.add(item["id"])
                yield dict(item)
                if isinstance(item.get("shown"), Mapping):  # a picture's copy to look at, kept beside it
                    yield dict(item["shown"])


def _day(slots: Slots, name: str, edge: str) -> date | None:
    value = slots.get(name)
    said = value.get(edge) if isinstance(value, Mapping) else None
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
