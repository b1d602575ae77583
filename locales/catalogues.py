"""The catalogues: every phrase of every language, with what its writer noted about it.

A key is the msgid, "report.when.ask"; "report.when.ask@sms" is the same phrase on one channel.
Notes are the "#." lines: "sms: 3" (parts it may take), "button", "item", "worst: n=9999; hour=…"
and, in a translation, "en: …", the English it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Message

from locales.languages import (
    SHIPPED,
    Language,
    catalogue_path,
    read_language,
    read_languages,
)
from locales.pofile import BrokenCatalogue, PoFile, read_pofile

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
DEFAULT_SMS_PARTS = 3
BUTTON_LENGTH = 20  # WhatsApp cuts a quick reply here
ITEM_LENGTH = 24  # and the title of a list item here

_COMMA = re.compile("[,،]")
_NO_FLAGS: frozenset[str] = frozenset()  # one for all the phrases that have none


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase in one language."""

    key: str
    forms: tuple[str, ...]  # one, or a form for each plural
    notes: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    written: bool = field(init=False)  # whether it has forms, and each of them words

    def __post_init__(self) -> None:
        # Asked some twenty times a message, so it is looked at once.
        object.__setattr__(self, "written", bool(self.forms) and all(form.strip() for form in self.forms))

    @property
    def text(self) -> str:
        return self.forms[0]

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(name for form in self.forms for name in PLACEHOLDER.findall(form))

    def note(self, name: str) -> str | None:
        """Return what follows "name:" in the notes, "" for a bare "name", None without it."""
        for line in self.notes:
            head, _, rest = line.partition(":")
            if head.strip() == name:
                return rest.strip()
        return None

    @property
    def sms_parts(self) -> int:
        """How many parts the phrase may take as SMS, with its worst values."""
        noted = self.note("sms") or ""
        return int(noted) if noted.isdecimal() else DEFAULT_SMS_PARTS

    @property
    def label_length(self) -> int | None:
        """The longest the phrase may be as a label, None when it is not one."""
        if self.note("button") is not None:
            return BUTTON_LENGTH
        return ITEM_LENGTH if self.note("item") is not None else None

    @property
    def worst(self) -> dict[str, str]:
        """The longest values that may fill it: {"n": "9999"}."""
        pairs = (pair.partition("=") for pair in (self.note("worst") or "").split(";"))
        return {name.strip(): value.strip() for name, equals, value in pairs if equals}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All phrases of one language."""

    language: Language
    path: Path
    entries: Mapping[str, Entry] = field(repr=False)
    plural: Callable[[int], int] = field(repr=False)  # which form a number takes
    repeated: tuple[str, ...] = ()

    def text(self, key: str) -> str | None:
        """Return the words of `key`, None when they are not written yet."""
        entry = self.entries.get(key)
        return entry.text if entry is not None and entry.written else None

    def with_words(self, own: Mapping[str, Entry]) -> Catalogue:
        """The same language, with other words under some keys."""
        return replace(self, entries={**self.entries, **own}) if own else self


def listed(text: str) -> tuple[str, ...]:
    """Return the members of a comma-separated list ("," or "،")."""
    return tuple(item for part in _COMMA.split(text) if (item := part.strip()))


def read_catalogues(directory: Path = SHIPPED) -> tuple[Catalogue, ...]:
    """Return every catalogue in `directory`, in the languages' order. Raises BrokenCatalogue."""
    return tuple(read_catalogue(catalogue_path(directory, language.code)) for language in read_languages(directory))


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue at `path`. A file that has not changed is parsed once a process."""
    try:
        facts = path.stat()
    except OSError:
        raise BrokenCatalogue(path, "is missing") from None
    return _read(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int, size: int) -> Catalogue:
    # Babel takes a tenth of a second for five languages; the tests load them a thousand times.
    del changed, size
    pofile = read_pofile(path)
    entries = {entry.key: entry for message in pofile if (entry := entry_of(message))}
    return Catalogue(
        language=read_language(path, pofile.headers),
        path=path,
        entries=entries,
        plural=_plural(path, pofile),
        repeated=tuple(pofile.repeated),
    )


def entry_of(message: Message) -> Entry | None:
    """Return the phrase in Babel's `message`, None for the header."""
    key = message.id if isinstance(message.id, str) else message.id[0]
    if not key:
        return None
    said = message.string
    forms = (said,) if isinstance(said, str) else tuple(said or ("",))
    return Entry(key, forms, tuple(message.auto_comments), frozenset(message.flags) or _NO_FLAGS)


def _plural(path: Path, pofile: PoFile) -> Callable[[int], int]:
    try:
        return c2py(pofile.plural_expr)
    except ValueError:
        raise BrokenCatalogue(path, f"header Plural-Forms: {pofile.plural_expr!r} is no expression") from None
