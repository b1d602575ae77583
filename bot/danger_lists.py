"""Reading the lists of danger words: from `danger*.toml` to what `danger_matching` looks for.

`locales/danger.toml` holds what rings in any language, in classes of words (`@weapon & @wields`); each
language's own `danger.toml` fills the classes and adds phrases of its own. Languages of one family, which
people mix in one sentence, share their classes. docs/adding.md says how to add a word.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.danger_matching import GAP, NOTHING, Chain, Entry, Habits, Phrase, Run, Slipped, Vocabulary
from bot.danger_spelling import LEAST_TYPO, bones, clipped, plain, slips, sound, stem, unended
from flows.reading.fold import fold
from flows.reading.texts import Texts

LEVELS = ("red", "amber", "none")
ROLES = ("excuses", "elsewhere", "supposing", "long_ago")
DENIALS = ("before", "close_before", "after", "between")

_Term = tuple[str, bool]  # one word as the list has it, and whether it is compared by its sound
_Begun = tuple[int, int, Chain]  # of a chain whose first word is known: the second one's set, its gap, and what follows


class BrokenList(Exception):
    """A danger list cannot be read. Names the file and the entry, which is ours, not hers."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything the lists say, ready to be looked for."""

    vocabulary: Vocabulary
    phrases: Mapping[int, Sequence[Phrase]] = field(repr=False)  # by the rarest set of words in it
    answers: frozenset[str] = field(repr=False)  # whole messages that never ring, folded
    sets: Mapping[str, frozenset[int]]  # the sets called "now", "me" and those of denial


@cache
def read_lists(directory: Path) -> Lists:
    """Every danger list below `directory`, read once (0.2 s). Raises BrokenList."""
    shared = _read(directory / "danger.toml") if (directory / "danger.toml").exists() else {}
    families: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for path in sorted(directory.glob("*/danger*.toml")):
        data = _read(path)
        families[data.get("family", "")].append((f"{path.parent.name}/{path.name}", data))
    compiler = _Compiler()
    for files in families.values():
        compiler.family(files, shared)
    return compiler.finished()


class _Compiler:
    """Gathers sets of words, numbers them, and makes phrases of the numbers."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[tuple[_Term, ...]], int] = {}
        self._phrases: list[Phrase] = []
        self._answers: set[str] = set()
        self._telling: set[str] = set()
        self._plainly: set[str] = set()
        self._misread: set[str] = set()
        self._spelt: dict[str, str] = {}
        self._sets: dict[str, set[int]] = {name: set() for name in ("now", "me", "mine", *DENIALS)}

    def family(self, files: Sequence[tuple[str, Mapping[str, Any]]], shared: Mapping[str, Any]) -> None:
        classes: dict[str, list[tuple[_Term, ...]]] = defaultdict(list)
        for _, data in files:
            by_sound = bool(data.get("by_sound"))
            for name, members in data.get("words", {}).items():
                classes[name] += [_member(member, by_sound) for member in members]
        for name, data in (*files, ("danger.toml", shared)):
            self._answers |= {fold(answer) for answer in data.get("answers", ())}
            self._telling |= {plain(word) for word in data.get("telling", ())}
            self._plainly |= {plain(word) for word in data.get("plainly", ())}
            self._misread |= set(data.get("misread", ()))
            self._spelt |= {plain(short): sound(word) for short, word in data.get("spelt", {}).items()}
            reader = _Reader(self, classes, bool(data.get("by_sound")), name)
            for entry in data.get("ring", ()):
                for text in entry["phrases"]:
                    self._phrases.append(reader.phrase(text, entry))
            for role in ROLES:
                self._phrases += [reader.phrase(text, {"role": role}) for text in data.get(role, ())]
            for kind in DENIALS:
                words = data.get("denials", {}).get(kind, ())
                if words:
                    self._sets[kind].add(self.number(frozenset(_member(word, reader.by_sound) for word in words)))
        for name in ("now", "me", "mine"):
            if name in classes:
                self._sets[name].add(_Reader(self, classes, False, name).set_of(f"@{name}"))

    def number(self, members: frozenset[tuple[_Term, ...]]) -> int:
        return self._numbers.setdefault(members, len(self._numbers))

    def finished(self) -> Lists:
        by_rarest = self._by_rarest()
        chains: dict[int, list[_Begun]] = defaultdict(list)
        for members, number in tuple(self._numbers.items()):
            for member in members:
                if len(member) > 1:
                    (first, _), (second, gap), *rest = _run(member, lambda term: self.number(frozenset({(term,)})))
                    chains[first].append((second, gap, (tuple(rest), number)))
        words = _Words(chains)
        for members, number in self._numbers.items():
            for member in members:
                if len(member) == 1:
                    words.add(*member[0], number)
        self._numbers.clear()  # so that what is built next takes its room: this is when a process is at its largest
        return Lists(
            words.finished(
                Habits(frozenset(self._telling), frozenset(self._plainly), frozenset(self._misread), self._spelt)
            ),
            by_rarest,
            frozenset(self._answers),
            {name: frozenset(numbers) for name, numbers in self._sets.items()},
        )

    def _by_rarest(self) -> dict[int, tuple[Phrase, ...]]:
        """The phrases by the rarest set of words in each."""
        sizes = {number: _commonness(members) for members, number in self._numbers.items()}
        found: dict[int, list[Phrase]] = defaultdict(list)
        for phrase in self._phrases:
            found[min(phrase.needs, key=lambda number: sizes[number])].append(phrase)
        return {number: tuple(phrases) for number, phrases in found.items()}


class _Reader:
    """Reads the phrases of one file."""

    def __init__(
        self, compiler: _Compiler, classes: Mapping[str, list[tuple[_Term, ...]]], by_sound: bool, name: str
    ) -> None:
        self._compiler, self._classes, self.by_sound, self._name = compiler, classes, by_sound, name

    def phrase(self, text: str, entry: Mapping[str, Any]) -> Phrase:
        parts = [
            _run([(word, self.by_sound) for word in half.split()], lambda term: self.set_of(term[0]))
            for half in text.split(" & ")
        ]
        level = entry.get("level", "none")
        if not all(parts) or level not in LEVELS:
            raise BrokenList(f"{self._name}: {text!r} has an empty part or no level")
        return Phrase(
            text,
            tuple(parts),
            frozenset(number for part in parts for number, _ in part),
            entry.get("role", "ring"),
            entry.get("kind", ""),
            level,
            entry.get("past", "amber" if level == "red" else level),
            entry.get("deniable", True),
        )

    def set_of(self, text: str) -> int:
        members: set[tuple[_Term, ...]] = set()
        for form in text.split("|"):
            if form.startswith("@"):
                if form[1:] not in self._classes:
                    raise BrokenList(f"{self._name}: no list of words {form!r}")
                members.update(self._classes[form[1:]])
            else:
                members.add(((form, self.by_sound),))
        return self._compiler.number(frozenset(members))


class _Altered(dict[str, tuple[str, ...]]):
    """Spellings that are near those of the lists, each with the words that it may mean."""

    def add(self, spellings: Iterable[str], word: str) -> None:
        alone = (word,)  # one for all of them: hardly any spelling may mean two words
        for spelling in spellings:
            self[spelling] = (*self[spelling], word) if spelling in self else alone


class _Words:
    """The vocabulary while it is gathered."""

    def __init__(self, chains: Mapping[int, Sequence[_Begun]]) -> None:
        self._chains = chains  # by the set of their first word
        self._sets: dict[_Term, list[int]] = defaultdict(list)

    def add(self, text: str, by_sound: bool, number: int) -> None:
        for form in text.split("|"):
            self._sets[form.removeprefix("="), by_sound and not form.startswith("=")].append(number)

    def finished(self, habits: Habits) -> Vocabulary:
        sets: tuple[dict[str, list[int]], ...] = tuple(defaultdict(list) for _ in range(4))
        plains, sounds, plain_stems, sound_stems = sets
        bared, ended, hasty, hasty_sounds = (_Altered() for _ in range(4))
        for (form, by_sound), numbers in self._sets.items():
            if form.endswith("*"):
                word = stem(form[:-1]) if by_sound else plain(form[:-1])
                (sound_stems if by_sound else plain_stems)[word] += numbers
                if by_sound:
                    sounds[sound(form[:-1])] += numbers
                if by_sound and word.endswith("a"):  # before "i" and "e" an "a" is heard as "e": laga-, lagaen
                    sound_stems[word[:-1] + "e"] += numbers
                continue
            word = sound(form) if by_sound else plain(form)
            (sounds if by_sound else plains)[word] += numbers
            if by_sound and form.isascii():
                hasty_sounds.add(clipped(plain(form)), word)
        self._sets.clear()
        missing = _slipped(plains)
        for word in plains:
            hasty.add(clipped(word), word)
        for word in sounds:
            bared.add((bones(word),) if bones(word) else (), word)
            ended.add((unended(word),) if unended(word) else (), word)
            hasty_sounds.add(clipped(word), word)
        made: dict[tuple[int, ...], Entry] = {}
        found = [{word: self._entry(tuple(sorted({*numbers})), made) for word, numbers in one.items()} for one in sets]
        known, heard, stems, heard_stems = found
        return Vocabulary(known, heard, stems, heard_stems, missing, bared, ended, hasty, hasty_sounds, habits)

    def _entry(self, sets: tuple[int, ...], made: dict[tuple[int, ...], Entry]) -> Entry:
        if sets not in made:
            soon: tuple[dict[int, list[Chain]], ...] = (defaultdict(list), defaultdict(list))
            for number in sets:
                for second, gap, chain in self._chains.get(number, ()):
                    soon[bool(gap)][second].append(chain)
            follow = ({number: tuple(found) for number, found in one.items()} if one else NOTHING for one in soon)
            made[sets] = Entry(sets, *follow)
        return made[sets]


def _slipped(words: Iterable[str]) -> Slipped:
    found = _Altered()
    for word in words:
        found.add(slips(word) if len(word) >= LEAST_TYPO else (), word)
    return Slipped(Texts(tuple(found)), tuple(found.values()))


def _member(text: str, by_sound: bool) -> tuple[_Term, ...]:
    return tuple((word, by_sound) for word in text.split())


def _run(terms: Iterable[_Term], number: Callable[[_Term], int]) -> Run:
    """The terms in order, numbered; ".." is no word but leave to skip some."""
    run: list[tuple[int, int]] = []
    gap = 0
    for term in terms:
        if term[0] == "..":
            gap = GAP
        else:
            run.append((number(term), gap))
            gap = 0
    return tuple(run)


def _commonness(members: frozenset[tuple[_Term, ...]]) -> tuple[int, int]:
    """Roughly how often a set is met: short words first, then how many there are."""
    return sum(len(member) == 1 and len(member[0][0]) <= 3 for member in members), len(members)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as trouble:
        raise BrokenList(f"{path.parent.name}/{path.name}: {trouble}") from None
