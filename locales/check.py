"""What is wrong with the words, said before a reporter can meet it.

E blocks a release, W asks for a look. A finding names the file, the key and the mend. Whether a
question fits together with its list of answers is for `bot.fitting`, which renders it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from locales.catalogues import PLACEHOLDER, Catalogue, Entry, listed, read_catalogue
from locales.isolates import bare_runs, isolate, needs_isolating
from locales.languages import ENGLISH, SHIPPED, catalogue_path, read_language
from locales.phrasebook import SHOWN_CONTROLS
from locales.pofile import BrokenCatalogue, read_headers
from locales.segments import cost, in_latin, plain, strangers

# Lists and patterns: never said as they stand, so direction and cost do not apply.
UNSAID = ("control.", "guess.", "date.")
MADE_FROM = "en"  # the note "en: …" in a translation: the English it was made from

# Carriers and providers act on these before they reach us (words.md 3): none may be shown as ours.
_CARRIER = frozenset({
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "remove", "arret", "start",
    "unstop", "help", "info", "alto", "parar", "cancelar", "baja", "alta", "ayuda", "unsub", "sub", "reg",
})  # fmt: skip
_COMMON_WORDS = "guess.words"
_WORD = re.compile(r"[^\W_]+")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_LONG_VALUE = "x" * 12  # where no worst value is noted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend."""

    code: str
    file: str
    key: str  # "" when it is the file as a whole
    trouble: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.key}" if self.key else self.file
        return f"{self.code} {where}: {self.trouble}; {self.mend}"


def check(needed: Iterable[str] = (), directory: Path = SHIPPED) -> list[Finding]:
    """Return every finding about the catalogues in `directory`, E before W within a file.

    needed  keys the flows use; English must have them all, and every complete language what English has
    """
    found: list[Finding] = []
    catalogues: list[Catalogue] = []
    for path in sorted(directory.glob("*/LC_MESSAGES/messages.po")):
        try:
            read_language(path, read_headers(path))
            catalogues.append(read_catalogue(path))
        except BrokenCatalogue as broken:
            found.append(Finding("E200", _shown(path), "", broken.why, "mend the file there"))
    english = next((one for one in catalogues if one.language.code == ENGLISH), None)
    if english is None:
        if not any(finding.file == _shown(catalogue_path(directory, ENGLISH)) for finding in found):
            found.append(Finding("E200", _shown(directory / ENGLISH), "", "there is no English", "write it first"))
        return found
    for key in sorted(set(needed) - {key for key, entry in english.entries.items() if entry.written}):
        found.append(Finding("E201", _shown(english.path), key, "a flow says it and nobody wrote it", "write it"))
    for catalogue in catalogues:
        found += sorted(_catalogue(catalogue, english), key=lambda finding: finding.code)
    return [*found, *check_controls(catalogues)]


def worst_text(entry: Entry, english: Entry, catalogue: Catalogue) -> list[str]:
    """Return each form of `entry` as it is at its longest, the way it leaves by SMS."""
    language = catalogue.language
    values = {name: catalogue.text(control) or "" for name, control in SHOWN_CONTROLS.items()}
    values = {name: (listed(words) or ("",))[0] for name, words in values.items()}
    values |= english.worst | entry.worst
    texts: list[str] = []
    for form in entry.forms:
        for name in entry.placeholders:
            value = values.get(name, _LONG_VALUE)
            said = isolate(value) if language.right_to_left and needs_isolating(value) else value
            form = form.replace(f"{{{name}}}", said)
        texts.append(plain(form, language.sms_plain))
    return texts


def _catalogue(catalogue: Catalogue, english: Catalogue) -> Iterator[Finding]:
    file = _shown(catalogue.path)
    for key in catalogue.repeated:
        yield Finding("E207", file, key, "stands there twice", "leave one")
    if catalogue is not english and catalogue.language.complete:
        for key in english.entries:
            entry = catalogue.entries.get(key)
            if (entry is None or not entry.written) and not _optional(key, catalogue):
                yield Finding("E201", file, key, "not translated", "translate it, or set X-Complete: no")
    for entry in catalogue.entries.values():
        yield from check_entry(catalogue, entry, english)


def check_entry(catalogue: Catalogue, entry: Entry, english: Catalogue) -> Iterator[Finding]:
    """Yield what is wrong with one phrase for itself; whether it meets others is for `check_controls`.

    english  what it is held against; where both are English, the words as they were before
    """
    file, key = _shown(catalogue.path), entry.key
    original = english.entries.get(key) or english.entries.get(key.partition("@")[0])
    if original is None and catalogue.language.code == ENGLISH:
        original = entry  # an organisation's own phrase
    if not entry.written:
        return
    stray = braces(entry)
    if stray:
        yield Finding("E202", file, key, f"{stray[0]!r} is no placeholder", "take the braces out")
    if original is None:
        if not key.startswith(UNSAID):
            yield Finding("W208", file, key, "English has no such phrase", "run `hamraz words update`")
        return
    if entry is not original:
        yield from _against_english(file, entry, original)
    if not key.startswith(UNSAID):
        yield from _text(file, catalogue, entry, original)


def check_controls(catalogues: Sequence[Catalogue]) -> list[Finding]:
    """Return what is wrong with the words that steer: one meaning two things, or one that people say by the way."""
    return [*_control_clashes(catalogues), *_common_panic(catalogues)]


def braces(entry: Entry) -> list[str]:
    """Return what stands in braces and is no placeholder, or a brace that stands alone."""
    return [found for form in entry.forms for found in _BRACES.findall(_without_placeholders(form))]


def _against_english(file: str, entry: Entry, original: Entry) -> Iterator[Finding]:
    # A date may be said in any pattern of its own; the rest must tell her the same things.
    if not entry.key.startswith(UNSAID) and entry.placeholders != original.placeholders:
        lost, more = original.placeholders - entry.placeholders, entry.placeholders - original.placeholders
        told = [f"lacks {_braced(lost)}"] if lost else []
        told += [f"adds {_braced(more)}"] if more else []
        yield Finding("E202", file, entry.key, " and ".join(told), "use the placeholders English uses")
    made_from = entry.note(MADE_FROM)
    if "fuzzy" in entry.flags or (made_from is not None and made_from != one_line(original)):
        yield Finding("W206", file, entry.key, "English has changed since", "look again, then take out `fuzzy`")


def _text(file: str, catalogue: Catalogue, entry: Entry, original: Entry) -> Iterator[Finding]:
    language = catalogue.language
    if language.right_to_left:
        bare = [run for form in entry.forms for run in bare_runs(_without_placeholders(form))]
        if bare:
            yield Finding("E203", file, entry.key, f"{bare[0]!r} stands bare", "put it between U+2068 and U+2069")
    if any(form.count("\u2068") != form.count("\u2069") for form in entry.forms):
        yield Finding("E203", file, entry.key, "an isolate is not closed", "pair each U+2068 with a U+2069")
    longest = max((len(form) for form in entry.forms), default=0)
    if original.label_length is not None and longest > original.label_length:
        trouble = f"{longest} characters, a label there has {original.label_length}"
        yield Finding("E303", file, entry.key, trouble, "shorten it")
    if entry.key.partition("@")[2] in ("", "sms"):
        yield from _on_sms(file, catalogue, entry, original)


def _on_sms(file: str, catalogue: Catalogue, entry: Entry, original: Entry) -> Iterator[Finding]:
    own_sms_wording = "@" not in entry.key and f"{entry.key}@sms" in catalogue.entries
    if own_sms_wording:
        return
    texts = worst_text(entry, original, catalogue)
    parts = max(cost(text).parts for text in texts)
    if parts > original.sms_parts:
        trouble = f"{parts} SMS parts at its longest, {original.sms_parts} allowed"
        yield Finding("E301", file, entry.key, trouble, f'shorten it, or write "{entry.key.partition("@")[0]}@sms"')
    if max(map(len, texts)) > 1600:
        yield Finding("E302", file, entry.key, "over 1600 characters", "make it two phrases")
    if not catalogue.language.right_to_left:
        odd = "".join(dict.fromkeys("".join(strangers(text) for text in texts)))
        if odd and in_latin("".join(texts)):
            named = ", ".join(f"{letter} {unicodedata.name(letter, '?')}" for letter in odd)
            yield Finding("W306", file, entry.key, f"{named} makes the SMS UCS-2", "use another character")


def _control_clashes(catalogues: Iterable[Catalogue]) -> Iterator[Finding]:
    """A word may steer to one place only, in whatever language it is typed."""
    owner: dict[str, str] = {}
    for catalogue in catalogues:
        file = _shown(catalogue.path)
        for key, entry in catalogue.entries.items():
            if not key.startswith("control."):
                continue
            words = listed(entry.text)
            for index, word in enumerate(words):
                folded = unicodedata.normalize("NFKC", word).casefold()
                first = owner.setdefault(folded, key)
                if first != key:
                    yield Finding("E204", file, key, f"{word!r} is {first} as well", "keep it in one of them")
                if index == 0 and folded in _CARRIER:
                    yield Finding("E204", file, key, f"{word!r} is a carrier's word", "show another first")


def _common_panic(catalogues: Sequence[Catalogue]) -> Iterator[Finding]:
    """A panic word that people also say would clear all they told. Our own phrases tell what people say."""
    said: dict[str, tuple[str, str]] = {}
    for catalogue in catalogues:
        for key, entry in catalogue.entries.items():
            if not key.startswith(UNSAID) or key == _COMMON_WORDS:
                for form in entry.forms:
                    for word in _WORD.findall(unicodedata.normalize("NFKC", PLACEHOLDER.sub(" ", form)).casefold()):
                        said.setdefault(word, (catalogue.language.code, key))
    for catalogue in catalogues:
        panic = catalogue.entries.get("control.panic")
        for word in dict.fromkeys(listed(panic.text)) if panic is not None else ():
            found = said.get(unicodedata.normalize("NFKC", word).casefold())
            if found is not None:
                trouble = f"{word!r} is a common word too: {found[1]} in {found[0]} says it"
                yield Finding(
                    "W404", _shown(catalogue.path), "control.panic", trouble, "choose a word that nobody says"
                )


def one_line(entry: Entry) -> str:
    """Return the English text as the note "en: …" holds it."""
    return " | ".join(" ".join(form.replace("\n", " ⏎ ").split()) for form in entry.forms)


def _optional(key: str, catalogue: Catalogue) -> bool:
    """Whether a complete language may lack `key`: one channel's wording, or names CLDR knows."""
    base, _, channel = key.partition("@")
    return bool(channel) and catalogue.text(base) is not None


def _without_placeholders(form: str) -> str:
    # The phrasebook isolates what fills a placeholder, so its name is none of the text.
    return PLACEHOLDER.sub("", form)


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _shown(path: Path) -> str:
    """The path from the catalogues' folder on: no machine's name in a finding."""
    return "/".join(("locales", *path.parts[-3 if path.suffix else -1 :]))
