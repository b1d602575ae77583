"""The console's words: a folder a language, a file a part of the console, apart from what reporters are told.

English is complete; what another language lacks is shown in English. The texts of other languages are drafts until
a native speaker has read them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("words")
FIRST = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    code: str
    own_name: str
    direction: str  # "ltr" or "rtl"
    texts: Mapping[str, str] = field(repr=False)  # "login.title" → its words

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key`, filled. Raises KeyError when English lacks it."""
        text = self.texts.get(key) or languages()[FIRST].texts[key]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether there are such words."""
        return key in languages()[FIRST].texts


@cache
def languages() -> Mapping[str, Words]:
    """Every language of the console, by code, English first."""
    codes = sorted((path.name for path in _FOLDER.iterdir() if path.is_dir()), key=lambda code: (code != FIRST, code))
    return {code: _read(code) for code in codes}


def chosen(wanted: tuple[str, ...]) -> Words:
    """The first language among the wanted ones that there is; English otherwise."""
    there = languages()
    return next((there[code] for code in wanted if code in there), there[FIRST])


def _read(code: str) -> Words:
    texts: dict[str, str] = {}
    about: dict[str, str] = {}
    for path in sorted((_FOLDER / code).glob("*.toml")):
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        about |= tables.pop("language", {})
        for table, entries in tables.items():
            for name, text in entries.items():
                if f"{table}.{name}" in texts:
                    raise ValueError(f"{path.name} of {code} says {table}.{name} a second time")
                texts[f"{table}.{name}"] = text
    return Words(code, about["own_name"], about["direction"], texts)
