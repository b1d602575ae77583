"""The phrasebook: what to say under a key, in her language, on her channel.

Values are put in literally, in one pass, never by str.format: braces in a value stay braces.
Inside right-to-left text every left-to-right value is isolated here, so nobody else has to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from re import Match

from locales.calendar import Calendar
from locales.catalogues import PLACEHOLDER, Catalogue, Entry, listed, read_catalogues
from locales.guessing import Guesser
from locales.isolates import isolate, needs_isolating
from locales.languages import ENGLISH, SHIPPED, Language
from locales.pofile import BrokenCatalogue, WordsError

# Control words a phrase may show, whatever else fills it: {skip} is "SKIP", "اگلا"…
SHOWN_CONTROLS: Mapping[str, str] = {
    "skip": "control.skip",
    "done": "control.done",
    "panic": "control.panic",
    "back": "control.back",
    "menu": "control.menu",
    "erase": "control.erase",
    "human": "control.human",
    "language": "control.language",
    "repeat": "control.repeat",
    "continue": "control.continue",
    "again": "control.again",
    "news": "control.news",
    "nonews": "control.nonews",
}
_CONTROL = "control."

Filling = Mapping[str, str | int | date | datetime]


class MissingPhrase(WordsError):
    """Nobody has written this phrase, not even in English."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no phrase {key!r} in locales/{ENGLISH}")


class MissingValue(WordsError):
    """A phrase has a placeholder that nothing fills."""

    def __init__(self, key: str, language: str, name: str) -> None:
        super().__init__(f"locales/{language}, phrase {key!r}: nothing fills {{{name}}}")


class _Said:
    """The catalogues as they are said now, with all that is worked out of them. Never changed, only replaced as a whole."""

    def __init__(self, catalogues: tuple[Catalogue, ...], shipped: tuple[Catalogue, ...]) -> None:
        self.shipped = shipped
        self.catalogues = {catalogue.language.code: catalogue for catalogue in catalogues}
        self.english = self.catalogues[ENGLISH]
        self.calendars = {
            code: Calendar(catalogue.language.cldr, catalogue.text) for code, catalogue in self.catalogues.items()
        }
        self.forms: dict[str, Mapping[str, str]] = {}

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        return tuple(catalogue.language for catalogue in self.catalogues.values())

    @cached_property
    def controls(self) -> tuple[str, ...]:
        return tuple(key.removeprefix(_CONTROL) for key in self.english.entries if key.startswith(_CONTROL))

    @cached_property
    def wordings(self) -> dict[str, frozenset[str]]:
        gathered: dict[str, set[str]] = {}
        for catalogue in self.catalogues.values():
            for key, entry in catalogue.entries.items():
                if entry.written:
                    gathered.setdefault(key.partition("@")[0], set()).update(entry.forms)
        return {key: frozenset(forms) for key, forms in gathered.items()}

    @cached_property
    def guesser(self) -> Guesser:
        words = {code: listed(catalogue.text("guess.words") or "") for code, catalogue in self.catalogues.items()}
        for control in self.controls:
            for code, catalogue in self.catalogues.items():
                accepted = listed(catalogue.text(_CONTROL + control) or "")
                words[code] += tuple(word for word in accepted if word.isalpha() and len(word) > 2)
        return Guesser(self.languages, words)


class Phrasebook:
    """Every phrase in every language; shared between threads.

    It changes only as a whole, when an organisation has written words of its own: whoever holds the book says them
    from then on.
    """

    def __init__(self, catalogues: tuple[Catalogue, ...]) -> None:
        self.came_with = catalogues  # this version of Hamraz
        self._said = _Said(catalogues, catalogues)

    @classmethod
    def load(cls, directory: Path = SHIPPED) -> Phrasebook:
        """Return the phrasebook of the catalogues in `directory`. Raises BrokenCatalogue."""
        catalogues = read_catalogues(directory)
        if not any(catalogue.language.code == ENGLISH for catalogue in catalogues):
            raise BrokenCatalogue(
                directory / ENGLISH,
                "is missing: English is what the others fall back to",
            )
        return cls(catalogues)

    def adopt(self, catalogues: tuple[Catalogue, ...], shipped: tuple[Catalogue, ...] = ()) -> None:
        """Say these from now on. Whoever is in the middle of a message may end it in the words of before.

        shipped  what they were laid over, where that is other than before
        """
        self._said = _Said(catalogues, shipped or self._said.shipped)

    @property
    def shipped(self) -> tuple[Catalogue, ...]:
        """What is said without any words of the organisation's own; a language that it brought has none."""
        return self._said.shipped

    @property
    def catalogues(self) -> tuple[Catalogue, ...]:
        """What is said now."""
        return tuple(self._said.catalogues.values())

    @property
    def edition(self) -> object:
        """Another object after every change, for whoever keeps something that was worked out of the words."""
        return self._said

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages, in the order to list them, previews among them (`complete` is False)."""
        return self._said.languages

    def language(self, code: str) -> Language:
        """Return the facts of `code`, English for a language we do not have."""
        said = self._said
        return said.catalogues.get(code, said.english).language

    def own_names(self, code: str) -> dict[str, str]:
        """Return how language `code` is listed: its own name, in Latin letters on a Latin SMS.

        Keys as in flows.prompt.Named: a language, or "language@channel".
        """
        named = self.language(code)
        names = {ENGLISH: named.own_name}
        for reader in self.languages:
            names[reader.code] = named.own_name
            if not reader.right_to_left:
                names[f"{reader.code}@sms"] = named.own_name_sms
        return names

    def has(self, key: str) -> bool:
        """Whether English has this phrase."""
        return self._said.english.text(key) is not None

    def say(self, key: str, language: str, values: Filling | None = None, channel: str = "") -> str:
        """Return the phrase `key` in `language`, filled, in the wording of `channel` if it has one.

        values  by placeholder; "n" also chooses the plural; a datetime is said as it stands, in local time
        English stands in for a phrase that is not translated yet, and for a language we do not have.
        Raises MissingPhrase, MissingValue.
        """
        catalogue, entry = self._find(key, language, channel)
        filling: Filling = {} if values is None else values  # asking whether it is empty would work everything out
        text = entry.text
        if len(entry.forms) > 1:
            number = filling.get("n", 1)
            text = entry.forms[catalogue.plural(abs(number) if isinstance(number, int) else 1)]
        return self._filled(text, catalogue, key, filling)

    def fill(self, text: str, language: str, values: Filling) -> str:
        """Return words that lie elsewhere, filled as a phrase of `language` is. Raises MissingValue."""
        said = self._said
        return self._filled(text, said.catalogues.get(language, said.english), "of elsewhere", values)

    def day(self, day: date, language: str) -> str:
        """Return a day: "25 November 2026"."""
        return self._calendar(language).day(day)

    def weekday(self, day: int, language: str) -> str:
        """Return the name of a day of the week; Monday is 0."""
        return self._calendar(language).weekday(day)

    def clock(self, minute: int, language: str) -> str:
        """Return a time of day, by its minute: "9 am" for 540."""
        return self._calendar(language).clock(minute)

    def forms(self, key: str) -> Mapping[str, str]:
        """Return the words of `key` by language, unfilled, where they are written."""
        said = self._said
        known = said.forms.get(key)
        if known is None:
            found = ((code, catalogue.text(key)) for code, catalogue in said.catalogues.items())
            known = said.forms[key] = {code: text for code, text in found if text is not None}
        return known

    def spoken(self, key: str) -> frozenset[str]:
        """Return every wording of `key`, in every language and on every channel: what she may type."""
        return self._said.wordings.get(key, frozenset())

    def words(self, control: str) -> dict[str, tuple[str, ...]]:
        """Return the accepted words of a control ("panic", "menu"…), by language, the shown one first."""
        return {code: listed(text) for code, text in self.forms(_CONTROL + control).items()}

    @property
    def controls(self) -> tuple[str, ...]:
        """The controls that have words: "panic", "menu"…"""
        return self._said.controls

    def shown(self, control: str, language: str) -> str:
        """Return the one word of `control` to show. Raises MissingPhrase."""
        _, entry = self._find(_CONTROL + control, language, "")
        words = listed(entry.text)
        if not words:
            raise MissingPhrase(_CONTROL + control)
        return words[0]

    def entry(self, key: str, language: str = ENGLISH, channel: str = "") -> Entry:
        """Return what is written under `key`, with its notes (SMS parts, worst values). Raises MissingPhrase."""
        return self._find(key, language, channel)[1]

    def guess(self, text: str) -> str | None:
        """Return the language `text` seems to be in, None when nothing tells."""
        return self._said.guesser.guess(text)

    def _find(self, key: str, language: str, channel: str) -> tuple[Catalogue, Entry]:
        said = self._said
        own = said.catalogues.get(language, said.english)
        for catalogue in (own, said.english):
            for wanted in (f"{key}@{channel}", key) if channel else (key,):
                entry = catalogue.entries.get(wanted)
                if entry is not None and entry.written:
                    return catalogue, entry
        raise MissingPhrase(key)

    def _calendar(self, language: str) -> Calendar:
        calendars = self._said.calendars
        return calendars[language if language in calendars else ENGLISH]

    def _filled(self, text: str, catalogue: Catalogue, key: str, filling: Filling) -> str:
        if "{" not in text:
            return text
        return PLACEHOLDER.sub(lambda found: self._fill(found, text, catalogue, key, filling), text)

    def _fill(
        self,
        found: Match[str],
        text: str,
        catalogue: Catalogue,
        key: str,
        filling: Filling,
    ) -> str:
        name = found[1]
        language = catalogue.language
        if name in SHOWN_CONTROLS:
            said = self.shown(name, language.code)
        elif name in filling:
            said = self._in_words(filling[name], language.code)
        else:
            raise MissingValue(key, language.code, name)
        if not language.right_to_left or not needs_isolating(said):
            return said
        already = text[: found.start()].endswith("\u2068") and text[found.end() :].startswith("\u2069")
        return said if already else isolate(said)

    def _in_words(self, value: str | int | date | datetime, language: str) -> str:
        if isinstance(value, str):
            return value
        calendar = self._calendar(language)
        if isinstance(value, datetime):
            return calendar.moment(value)
        if isinstance(value, date):
            return calendar.day(value)
        return calendar.number(value)
