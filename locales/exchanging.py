"""Phrases of one language as a PO file that is sent out and comes back: each with the English that it stands beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from babel.messages.catalog import Message

from locales.catalogues import entry_of
from locales.check import MADE_FROM
from locales.pofile import PoFile, read_sent, written


@dataclass(frozen=True, slots=True)
class Sent:
    """One phrase of a file."""

    at: int  # the line or row of the file that it begins with, from 1
    key: str
    english: str = field(repr=False)  # on one line, as it was when the file was given out; "": it does not say
    forms: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    doubtful: bool = False  # marked fuzzy: whoever sent it was not sure


def write_sent(phrases: Iterable[Sent], headers: Mapping[str, str]) -> bytes:
    """Return them as a PO file."""
    file = PoFile()
    file.headers = dict(headers)
    for one in phrases:
        message_id = (one.key, one.key) if len(one.forms) > 1 else one.key
        said = one.forms if len(one.forms) > 1 else one.forms[0]
        file[one.key] = Message(message_id, said, auto_comments=[*one.notes, f"{MADE_FROM}: {one.english}"])
    return written(file)


def read_po(text: str, name: str) -> tuple[list[Sent], Mapping[str, str], list[str]]:
    """Return the phrases of a PO file, its headers, and keys that stand twice. Raises BrokenCatalogue."""
    file = read_sent(text, name)
    found: list[Sent] = []
    for message in file:
        entry = entry_of(message)
        if entry is not None:
            english = entry.note(MADE_FROM) or ""
            found.append(Sent(message.lineno or 0, entry.key, english, entry.forms, doubtful="fuzzy" in entry.flags))
    return found, file.headers, file.repeated
