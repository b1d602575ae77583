"""The words of the counsellors' chat: a file a language of staff, apart from the console's and from what reporters are told.

English is complete; what another language lacks is said in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("words")
FIRST = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    code: str
    texts: Mapping[str, str] = field(repr=False)  # "queue.empty" → its words

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key`, filled. Raises KeyError when English lacks it."""
        text = self.texts.get(key) or languages()[FIRST].texts[key]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        return key in languages()[FIRST].texts

    def of(self, table: str) -> dict[str, str]:
        """Every entry of one table, in the order of the file."""
        keys = [key for key in languages()[FIRST].texts if key.startswith(f"{table}.")]
        return {key.removeprefix(f"{table}."): self(key) for key in keys}


@cache
def languages() -> Mapping[str, Words]:
    """Every language of the chat, by code."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def words(code: str) -> Words:
    """The language `code`, or English: "ur-PK" is Urdu."""
    there = languages()
    return there.get(code) or there.get(code.partition("-")[0]) or there[FIRST]


def _read(path: Path) -> Words:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = {f"{table}.{name}": text for table, entries in tables.items() for name, text in entries.items()}
    return Words(path.stem, texts)
