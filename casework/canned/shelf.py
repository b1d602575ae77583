"""Every canned reply there is: the shipped ones, and over them what the organisation wrote. Counsellors read it only."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from storage import papers
from storage.database import Unit
from storage.papers import Paper
from storage.vault.keyring import Keyring

CATEGORIES = ("greeting", "support", "safety", "steps", "health", "talk")
KIND, BEFORE = "canned", "canned before"  # of papers: a reply, and what one said before
DRAFT, REVIEWED = "draft", "reviewed"
_SEED = Path(__file__).parents[1] / "seed" / "canned.toml"


@dataclass(frozen=True, slots=True)
class Text:
    """A reply in one language."""

    text: str = field(repr=False)
    state: str = DRAFT
    by: str = ""  # who wrote it, 8 digits of her id; "" where it was shipped
    at: int = 0  # when, in seconds since 1970
    made_from: str = ""  # digest of the English when it was written

    @property
    def digest(self) -> str:
        return digest(self.text)


@dataclass(frozen=True, slots=True)
class Reply:
    """One canned reply."""

    name: str  # what a counsellor types to get it: "hello"
    category: str
    texts: Mapping[str, Text]  # by language
    paper: Paper | None = None  # None while nobody changed the shipped one
    gone: bool = False  # taken away, though it was shipped

    @property
    def is_shipped(self) -> bool:
        return self.name in shipped()

    def is_behind(self, language: str) -> bool:
        """Whether the English was changed since this language was written."""
        english, text = self.texts.get("en"), self.texts[language]
        return bool(english and text.made_from and language != "en" and text.made_from != english.digest)


def replies(unit: Unit, keyring: Keyring) -> list[Reply]:
    """Every reply, by category and name. Raises Tampered."""
    own = {paper.body["name"]: _reply(paper) for paper in papers.every(unit, keyring, KIND)}
    kept = [one for one in (dict(shipped()) | own).values() if not one.gone]
    return sorted(kept, key=lambda one: (CATEGORIES.index(one.category), one.name))


def reply(unit: Unit, keyring: Keyring, name: str) -> Reply | None:
    """The reply of this name; letter case and spaces around it do not matter."""
    wanted = name.strip().lower()
    return next((one for one in replies(unit, keyring) if one.name == wanted), None)


def body_of(one: Reply) -> dict[str, Any]:
    """A reply as its paper keeps it."""
    texts = {language: {name: getattr(text, name) for name in Text.__slots__} for language, text in one.texts.items()}
    return {"name": one.name, "category": one.category, "texts": texts, "gone": one.gone}


def digest(text: str) -> str:
    """What tells one wording from another."""
    return sha256(text.encode()).hexdigest()[:16]


@cache
def shipped() -> Mapping[str, Reply]:
    """The replies that come with this version, all drafts: no native speaker has read them yet."""
    found = {}
    for name, entry in tomllib.loads(_SEED.read_text(encoding="utf-8")).items():
        category, english = entry.pop("category"), digest(entry["en"])
        found[name] = Reply(name, category, {code: Text(text, made_from=english) for code, text in entry.items()})
    return found


def _reply(paper: Paper) -> Reply:
    texts = {language: Text(**text) for language, text in paper.body["texts"].items()}
    return Reply(paper.body["name"], paper.body["category"], texts, paper, paper.body["gone"])
