"""A file of any form, read; or refused as a whole, with its line or its path. Nothing is unpacked, fetched or run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.exchange import own
from flows.exchange.bundle import Bundle, Note, NotTaken
from flows.exchange.rapidpro import shape as rapidpro
from flows.exchange.rapidpro import weaving
from flows.exchange.strict import read_json

MOST_BYTES = 4_000_000  # of any file, looked at before it is read
# Beginnings of what is packed: how large it is inside, nobody knows before unpacking.
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"Rar!")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file holds."""

    bundles: tuple[Bundle, ...]
    notes: tuple[Note, ...] = field(default=())  # what of it has no equal here


def read(content: bytes) -> Taken:
    """The flows of a file. Raises NotTaken."""
    if len(content) > MOST_BYTES:
        raise NotTaken("too_large", most=f"{MOST_BYTES // 1_000_000} MB")
    if content.startswith(_PACKED):
        raise NotTaken("packed")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotTaken("not_text", f"line {content.count(10, 0, error.start) + 1}") from None
    if "\0" in text:
        raise NotTaken("not_text", f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}")
    beginning = text.lstrip()[:1]
    if not beginning:
        raise NotTaken("empty")
    return _of_json(read_json(text)) if beginning in "{[" else Taken((own.from_toml(text),))


def _of_json(data: Any) -> Taken:
    if not isinstance(data, Mapping):
        raise NotTaken("no_flow")
    if own.MARK in data or {"name", "begins", "node"} <= set(data):
        return Taken((own.from_json(data),))
    if rapidpro.is_export(data) and "specification_version" not in data:
        return Taken(*weaving.bundles(data))
    if "specification_version" in data:
        raise NotTaken("floip", "specification_version")
    raise NotTaken("no_flow")
