"""Whether words can be said: as a phrase for themselves, beside the words that steer, and in every question they stand in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from casework.wordings import leaving
from casework.wordings.room import Asked, WordsRoom
from casework.wordings.shelf import can_be_said, entry_of, forms_of, steering
from locales.catalogues import Catalogue, Entry
from locales.check import UNSAID, Finding, check_controls, check_entry, worst_text
from locales.isolates import CLOSE, OPEN
from locales.languages import ENGLISH, Language
from locales.phrasebook import Phrasebook
from storage.wordings import Wording

STEERING = "control."
_UNWRITTEN = tuple(prefix for prefix in UNSAID if prefix != STEERING)  # lists and patterns of the program, no words
# Marks that steer direction or break words and that nobody sees: copied from a web page, one makes an SMS cost twice as much.
# Isolates stay, they are how a number keeps its place; and joiners, which Urdu and Sindhi are written with.
_CONTROLS = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066\u2067\u206a-\u206f\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ISOLATED = re.compile("\u2068[^\u2069\n]*\u2069|\\{[^{}\n]*\\}")
_LEFT = frozenset({"L", "EN"})
_RIGHT = frozenset({"R", "AL"})


def may_be_written(key: str) -> bool:
    """Whether a phrase of the catalogues is for people to write."""
    return not key.startswith(_UNWRITTEN)


def kept(text: str, language: Language, key: str) -> str:
    """Words of a phrase as they are kept. A list of control words is compared, not shown: nothing is put around those."""
    return cleaned(text, right_to_left=language.right_to_left and not key.startswith(STEERING))


def cleaned(text: str, *, right_to_left: bool) -> str:
    """Words as they are kept: one form of Unicode, nothing invisible, numbers kept in their place in right-to-left text."""
    text = _ENDS.sub("\n", unicodedata.normalize("NFC", text))
    text = _CONTROLS.sub("", text)
    text = "".join(
        letter for letter in text if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs", "Co")
    )
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip()
    return "\n".join(map(_in_place, text.split("\n"))) if right_to_left else text


def catalogue(catalogues: Sequence[Catalogue], language: str) -> Catalogue:
    """The catalogue of a language. Raises KeyError."""
    for one in catalogues:
        if one.language.code == language:
            return one
    raise KeyError(language)


def basis(phrasebook: Phrasebook, language: str, catalogues: Sequence[Catalogue] = ()) -> Catalogue:
    """The English that words of a language are held against: what is said now; for English itself, what was shipped."""
    return catalogue(phrasebook.shipped if language == ENGLISH else catalogues or phrasebook.catalogues, ENGLISH)


@dataclass(frozen=True, slots=True)
class Trial:
    """Words as they would be said."""

    entry: Entry = field(repr=False)
    original: Entry | None = field(repr=False)  # the English that they are held against
    longest: tuple[str, ...] = field(repr=False)  # each form by SMS, filled with the longest there may be
    findings: tuple[Finding, ...]  # E: it cannot be said; W: it is worth a look


def trial(words: WordsRoom, asked: Asked, language: str, key: str, forms: Sequence[str]) -> Trial:
    """Try words that are kept nowhere."""
    mine, english = catalogue(words.phrasebook.catalogues, language), basis(words.phrasebook, language)
    said = tuple(kept(form, mine.language, key) for form in forms)
    wording = Wording(language, key, said=said)
    entry = entry_of(wording, mine, english.entries)
    original = english.entries.get(key) or english.entries.get(key.partition("@")[0])
    found = findings(words, asked, wording) if entry.written else ()
    return Trial(entry, original, tuple(worst_text(entry, original or entry, mine)), tuple(found))


def findings(words: WordsRoom, asked: Asked, wording: Wording) -> list[Finding]:
    """Everything about saying this. E: it cannot be said; W: it is worth a look."""
    book, language, key = words.phrasebook, wording.language, wording.phrase
    mine = catalogue(book.catalogues, language)
    english = basis(book, language)
    entry = entry_of(wording, mine, english.entries)
    original = english.entries.get(key) or english.entries.get(key.partition("@")[0])
    found = alone(entry, original, mine, english)
    if any(blocking(found)):
        return found  # what follows lays them out as they would be sent
    beside = _beside_others(words, asked, entry, language)
    return [*found, *leaving.findings(words, asked, entry, language), *beside]


def alone(entry: Entry, original: Entry | None, mine: Catalogue, english: Catalogue) -> list[Finding]:
    """What is wrong with a phrase for itself, whatever else is said."""
    found = [one for one in check_entry(mine, entry, english) if one.code not in ("W206", "W208")]
    if not any(blocking(found)) and not can_be_said(entry, original, mine):
        mend = f"write {forms_of(mine)} forms" if original is not None and len(original.forms) > 1 else "write it anew"
        found.append(Finding("E209", mine.language.code, entry.key, "it cannot be said like this", mend))
    return found


def blocking(found: Iterable[Finding]) -> Iterator[Finding]:
    """Those with which it cannot be said."""
    return (one for one in found if one.code.startswith("E"))


def _beside_others(words: WordsRoom, asked: Asked, entry: Entry, language: str) -> list[Finding]:
    """What comes of it elsewhere, that does not come of what is said now."""
    book = words.phrasebook
    after = Phrasebook(_with(book.catalogues, language, entry))
    found: list[Finding] = []
    if entry.key.startswith(STEERING) or _says_a_panic_word(book, entry):
        known = {(one.code, one.trouble) for one in check_controls(book.catalogues)}
        found += [one for one in check_controls(after.catalogues) if (one.code, one.trouble) not in known]
        found += two_ways(after, language, entry.key) if not found else []
    key = entry.key.partition("@")[0]
    before = {(one.code, one.flow, one.node, one.trouble) for one in words.talk.unfit(asked.flows, book, language, key)}
    found += [
        Finding(one.code, f"{one.flow}, {one.node}", entry.key, one.trouble, one.mend)
        for one in words.talk.unfit(asked.flows, after, language, key)
        if (one.code, one.flow, one.node, one.trouble) not in before
    ]
    return found


def two_ways(after: Phrasebook, language: str, key: str) -> list[Finding]:
    """E204: a word that the talk would take for two; every spelling of it counts, in every language."""
    trouble = steering(after.catalogues)
    return [Finding("E204", f"locales/{language}", key, trouble, "keep it in one of them")] if trouble else []


def _says_a_panic_word(book: Phrasebook, entry: Entry) -> bool:
    """Whether one stands in it, perhaps within another word: only then is a closer look worth its time."""
    text = unicodedata.normalize("NFKC", " ".join(entry.forms)).casefold()
    return any(word.casefold() in text for words in book.words("panic").values() for word in words)


def _with(catalogues: Iterable[Catalogue], language: str, entry: Entry) -> tuple[Catalogue, ...]:
    return tuple(one.with_words({entry.key: entry}) if one.language.code == language else one for one in catalogues)


def _in_place(line: str) -> str:
    """A line in which every bare left-to-right run stands in an isolate: its words and spaces swap places otherwise."""
    if not any(unicodedata.bidirectional(letter) in _RIGHT for letter in _ISOLATED.sub("", line)):
        return line
    whole: list[str] = []
    at = 0
    for found in _ISOLATED.finditer(line):
        whole += [_runs(line[at : found.start()]), found[0]]
        at = found.end()
    return "".join((*whole, _runs(line[at:])))


def _runs(text: str) -> str:
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    result, at = "", 0
    while at < len(text):
        if kinds[at] not in _LEFT:
            result += text[at]
            at += 1
            continue
        end = at
        for further in range(at, len(text)):
            if kinds[further] in _RIGHT or text[further] in "،؛؟":
                break
            if kinds[further] in _LEFT:
                end = further
        result += f"{OPEN}{text[at : end + 1]}{CLOSE}"
        at = end + 1
    return result
