"""What lies in an outbox item, read back: a reply, a file, or names of copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast, get_args

from bot.message import Button, Enclosed, MediaKind, MediaReference, Reply


class BrokenPayload(Exception):
    """An outbox item that nobody can read; trying again would change nothing."""


def reply_from(payload: Mapping[str, object]) -> tuple[Reply, list[str]]:
    """The reply in an outbox payload, and the texts that follow it.

    {"text", "buttons": [[[label, data]…]…], "asks_pin", "protect", "rest": [text…], "file", "template"}; keys and pin
    belong to the last text, a file to the first.
    """
    text, rows, rest = payload.get("text"), payload.get("buttons", []), payload.get("rest", [])
    if not isinstance(text, str) or not isinstance(rows, list | tuple) or not isinstance(rest, list | tuple):
        raise BrokenPayload
    if rest:
        return Reply(text, protect=bool(payload.get("protect"))), [str(one) for one in rest]
    try:
        buttons = tuple(tuple(Button(str(label), str(data)) for label, data in row) for row in rows)
    except (TypeError, ValueError):
        raise BrokenPayload from None
    asks_pin, protect, template = (payload.get(name) for name in ("asks_pin", "protect", "template"))
    return Reply(text, buttons, bool(asks_pin), bool(protect), template=str(template or "")), []


def file_from(
    payload: Mapping[str, object], content: Callable[[], bytes | None], address: Callable[[], str | None]
) -> Enclosed:
    """The file that goes with a reply: {"file": {"kind", "type", "name"}}."""
    described = payload["file"]
    if not isinstance(described, Mapping) or described.get("kind") not in get_args(MediaKind):
        raise BrokenPayload
    kind = cast(MediaKind, described["kind"])
    return Enclosed(kind, str(described.get("type")), str(described.get("name")), content, address)


def without_file(payload: Mapping[str, object]) -> dict[str, object]:
    """The payload once its file has gone."""
    return {name: value for name, value in payload.items() if name != "file"}


def reference_from(payload: Mapping[str, object]) -> MediaReference:
    """The file in an outbox payload: {"id", "kind", "reference", "declared_type", "size"}."""
    kind, reference, size = payload.get("kind"), payload.get("reference"), payload.get("size")
    if kind not in get_args(MediaKind) or not isinstance(reference, str):
        raise BrokenPayload
    declared = str(payload.get("declared_type", ""))
    return MediaReference(cast(MediaKind, kind), reference, declared, size if isinstance(size, int) else None)


def ids_from(payload: Mapping[str, object]) -> list[str]:
    """The names of copies in an outbox payload: {"ids": [str, …]}."""
    ids = payload.get("ids")
    if not isinstance(ids, list | tuple):
        raise BrokenPayload
    return [str(one) for one in ids]
