"""The danger lists as a translator writes them, made ready for fast reading.

`locales/danger.toml` says in terms of *groups* what rings (me, hit, now …); each language's
`danger.toml` says which words belong to a group, and adds phrases and idioms of its own. Groups
of one name are one group in all languages, so that "wo mujhe kill kar dega" rings too.
docs for reviewers are at the top of those files; this module only refuses what it cannot read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from bot.danger_spelling import close_key, loose_key, plain, skeleton

Level = Literal["red", "amber", "none"]
LEVELS: Final[tuple[Level, ...]] = ("none", "amber", "red")
FILE: Final = "danger.toml"
_PATTERN: Final = re.compile(r"[a-z_]+(?: (?:\.+ )?[a-z_]+)*(?: & [a-z_]+(?: (?:\.+ )?[a-z_]+)*)*")
_TYPO_LENGTH: Final = 6  # shorter words have real neighbours one slip away
_SKELETON_LENGTH: Final = 4


class BrokenList(Exception):
    """A danger list cannot be read. Names the file and the entry, which is ours, not hers."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Groups to be found near one another: parts in any order, the steps of a part in order."""

    shown: str  # as written in the list: what `rang` shows, so that it never shows her words
    parts: tuple[tuple[tuple[int, int], ...], ...]  # (group, words allowed before it), a part each
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """What some patterns mean."""

    kind: str
    level: Level
    past: Level  # the level when she says it was long ago
    alone: bool  # rings only if nothing else of weight is in the message
    despite: bool  # rings even inside an idiom or a negation
    unless: frozenset[int]  # silent when one of these groups is anywhere in the message


@dataclass(frozen=True, slots=True)
class Lists:
    """All languages' lists, ready to match. Keys are made by danger_spelling."""

    groups: Mapping[str, int]
    close: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]  # first word -> (rest, group)
    loose: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]
    stems: Mapping[str, tuple[int, ...]]  # beginnings of words, close keys
    skeletons: Mapping[str, str]  # vowels left out -> loose key
    slips: Mapping[str, str]  # one letter left out -> close key
    surfaces: frozenset[str]  # words as written, to split "helpme" and "h e l p m e"
    rules: Mapping[int, tuple[tuple[Pattern, Rule], ...]]  # by the rarest group of the pattern
    excuses: Mapping[int, tuple[tuple[Pattern, Rule], ...]]
    languages: Mapping[str, bool] = field(default_factory=dict)  # code -> read by a native speaker


class _Builder:
    """Collects the files one by one; kept apart because its parts are mutable."""

    def __init__(self) -> None:
        self.groups: dict[str, int] = {}
        self.members: dict[str, set[tuple[str, bool]]] = {}
        self.rules: list[tuple[Pattern, Rule]] = []
        self.excuses: list[tuple[Pattern, Rule]] = []
        self.languages: dict[str, bool] = {}

    def group(self, name: str) -> int:
        return self.groups.setdefault(name, len(self.groups))

    def add(self, data: Mapping[str, Any], place: str) -> None:
        loose = data.get("spelling", "close") == "loose"
        endings = data.get("endings", {})
        if "language" in data:
            self.languages[data["language"]] = bool(data.get("reviewed_by_native", False))
        for name, words in data.get("groups", {}).items():
            found = self.members.setdefault(name, set())
            found.update((word, loose) for word in _spread(words, endings, place))
        for table, target in (("rule", self.rules), ("excuse", self.excuses)):
            for entry in data.get(table, ()):
                rule = self._rule(entry, place)
                for phrase in entry.get("phrases", ()):
                    name = f"={phrase}"
                    self.members[name] = {(w, loose) for w in _spread([phrase], endings, place)}
                    target.append((self._pattern(name, phrase, place), rule))
                target.extend((self._pattern(text, text, place), rule) for text in entry.get("patterns", ()))

    def _rule(self, entry: Mapping[str, Any], place: str) -> Rule:
        level = entry.get("level", "none")
        past = entry.get("past", level)
        if level not in LEVELS or past not in LEVELS:
            raise BrokenList(place, f"level must be one of {', '.join(LEVELS)}")
        return Rule(
            kind=entry.get("kind", "idiom"),
            level=level,
            past=past,
            alone=entry.get("alone", False),
            despite=entry.get("despite_excuses", False),
            unless=frozenset(self.group(name) for name in entry.get("unless", ())),
        )

    def _pattern(self, text: str, shown: str, place: str) -> Pattern:
        if text.startswith("="):
            group = self.group(text)
            return Pattern(shown, (((group, 0),),), frozenset({group}))
        if not _PATTERN.fullmatch(text):
            raise BrokenList(place, f"not a pattern: {text!r}")
        parts: list[tuple[tuple[int, int], ...]] = []
        for part in text.split(" & "):
            steps: list[tuple[int, int]] = []
            gap = 0
            for word in part.split():
                if word.startswith("."):
                    gap = len(word)
                else:
                    steps.append((self.group(word), gap))
                    gap = 0
            parts.append(tuple(steps))
        return Pattern(shown, tuple(parts), frozenset(g for part in parts for g, _ in part))

    def build(self) -> Lists:
        words = {name: self._all_members(name, ()) for name in self.groups}
        close: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        loose: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        stems: dict[str, set[int]] = {}
        surfaces: set[str] = set()
        for name, group in self.groups.items():
            for word, is_loose in words[name]:
                text = plain(word.rstrip("*"))
                key = close_key(text)
                if word.endswith("*"):
                    stems.setdefault(key, set()).add(group)
                    continue
                surfaces.update(text.split())
                parts = tuple((loose_key(key) if is_loose else key).split())
                if not parts:
                    raise BrokenList(name, f"nothing is left of {word!r}")
                target = loose if is_loose else close
                target.setdefault(parts[0], []).append((parts[1:], group))
        return Lists(
            groups=self.groups,
            close={key: tuple(sorted(set(found))) for key, found in close.items()},
            loose={key: tuple(sorted(set(found))) for key, found in loose.items()},
            stems={key: tuple(sorted(found)) for key, found in stems.items()},
            skeletons={skeleton(key): key for key in loose if len(skeleton(key)) >= _SKELETON_LENGTH},
            slips={
                key[:i] + key[i + 1 :]: key
                for key in close
                if len(key) >= _TYPO_LENGTH and key.isascii()
                for i in range(1, len(key))
            },
            surfaces=frozenset(surfaces),
            rules=_by_rarest(self.rules),
            excuses=_by_rarest(self.excuses),
            languages=self.languages,
        )

    def _all_members(self, name: str, above: tuple[str, ...]) -> set[tuple[str, bool]]:
        if name not in self.members or name in above:
            raise BrokenList(name, "no language has words for this group, or it contains itself")
        found: set[tuple[str, bool]] = set()
        for word, is_loose in self.members[name]:
            if word.startswith("@"):
                found |= self._all_members(word[1:], (*above, name))
            else:
                found.add((word, is_loose))
        return found


def _spread(words: list[str], endings: Mapping[str, list[str]], place: str) -> Iterator[str]:
    """Yield each word; "maar~now" becomes "maar" with each of the endings called "now"."""
    for word in words:
        stem, mark, rest = word.partition("~")
        if not mark:
            yield word
            continue
        name, _, after = rest.partition(" ")
        if name not in endings:
            raise BrokenList(place, f"{word!r} names endings that the file does not list")
        tails = [f"{stem}{ending}{' ' + after if after else ''}" for ending in endings[name]]
        yield from _spread(tails, endings, place)


def _by_rarest(
    patterns: list[tuple[Pattern, Rule]],
) -> dict[int, tuple[tuple[Pattern, Rule], ...]]:
    """Return the patterns under the group that fewest patterns use: most are never looked at."""
    uses: dict[int, int] = {}
    for pattern, _ in patterns:
        for group in pattern.groups:
            uses[group] = uses.get(group, 0) + 1
    found: dict[int, list[tuple[Pattern, Rule]]] = {}
    for pattern, rule in patterns:
        rarest = min(pattern.groups, key=lambda group: (uses[group], group))
        found.setdefault(rarest, []).append((pattern, rule))
    return {group: tuple(rules) for group, rules in found.items()}


def read_lists(directory: Path) -> Lists:
    """Return the lists of `directory`/danger.toml and of every language folder in it.

    Raises BrokenList, naming the file, when one cannot be read.
    """
    builder = _Builder()
    for path in (directory / FILE, *sorted(directory.glob(f"*/{FILE}"))):
        place = f"{path.parent.name}/{FILE}"
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
            raise BrokenList(place, str(trouble)) from trouble
        builder.add(data, place)
    return builder.build()
