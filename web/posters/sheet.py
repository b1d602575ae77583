"""One poster: words of one language, codes and numbers of the channels that are set up, and strips to tear off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from casework.institutions.links import GREETING, Link, Ways, links, shown, word
from casework.institutions.tending import Row
from casework.printing import FONTS, printed
from locales.phrasebook import Phrasebook
from web import codes

STRIPS = 8
_PLAIN = {"whatsapp": "WhatsApp", "telegram": "Telegram", "sms": "SMS"}
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class NoWay(Exception):
    """No channel is set up, so a poster would lead nowhere."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every poster of an installation shares."""

    phrasebook: Phrasebook = field(repr=False)
    ways: Ways
    emergency: Mapping[str, str]  # police, rescue, helpline

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that a poster may be in."""
        return tuple(one.code for one in self.phrasebook.languages if one.complete)

    def links(self, row: Row, language: str) -> list[Link]:
        """The ways in, as the poster of this language brings them."""
        return links(self.ways, self.phrasebook.say(GREETING, language), row.number)

    def html(self, row: Row, language: str) -> str:
        """The poster as a page. Raises NoWay."""
        found = self.links(row, language)
        if not found:
            raise NoWay
        book, facts = self.phrasebook, self.phrasebook.language(language)
        said = word(book.say(GREETING, language), row.number)

        def say(key: str) -> str:
            values = {**self.emergency, "word": said}
            return book.say(f"poster.{key}", language, values)

        return _PAGES.get_template("sheet.html").render(
            language=language.replace("_", "-"),
            direction=facts.direction,
            fonts=Markup(FONTS),  # noqa: S704  # ours
            say=say,
            marked=lambda text: escape(text).replace(escape(said), Markup("<strong>{}</strong>").format(said)),
            name=row.names.get(language, row.name),
            word=said,
            links=[(one, _name(book, one.channel, language), codes.svg(one.code), shown(one.shown)) for one in found],
            numbers=_numbers(found),
            strips=range(STRIPS),
        )

    def pdf(self, row: Row, language: str) -> bytes:
        """The poster as PDF, A4. Raises NoWay, CannotPrint."""
        return printed(self.html(row, language))


def _numbers(found: Sequence[Link]) -> list[tuple[str, str]]:
    """What to dial, and by which channels; the bot's name only where there is no number."""
    dialled = [one for one in found if one.channel != "telegram"] or found
    by_number: dict[str, list[str]] = {}
    for one in dialled:
        by_number.setdefault(shown(one.shown), []).append(_PLAIN[one.channel])
    return [(number, " · ".join(channels)) for number, channels in by_number.items()]


def _name(book: Phrasebook, channel: str, language: str) -> str:
    return "SMS" if channel == "sms" else book.say(f"name.app.{channel}", language)
