"""One message answered: what a turn is told of the world, and its words as the channel takes them. In life and in a try the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.danger import Danger
from bot.filling import Lazily
from bot.limits import Limits
from bot.listening import Listening
from bot.message import InboundMessage, Reply
from bot.rendering import page_of, render
from bot.turn import Receipt, Since, Surroundings, Turn, may_answer, take_turn, was_away
from bot.watching import TalkDesk
from flows import comparing
from flows.library import Library
from flows.scene import Heard
from flows.state import State
from locales.phrasebook import Phrasebook


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that stands around one message."""

    library: Library = field(repr=False)
    phrasebook: Phrasebook = field(repr=False)
    listening: Listening = field(repr=False)
    ring: Callable[[str], Danger] = field(repr=False)
    limits: Limits
    desk: TalkDesk = field(repr=False)
    draw: comparing.Draw = comparing.never

    @property
    def surroundings(self) -> Surroundings:
        """As a turn sees it."""
        return Surroundings(
            self.library,
            self.phrasebook,
            self.listening.controls,
            self.listening.languages,
            self.desk,
            lambda choices, page: page_of(choices, self.limits, page),
            self.ring,
            self.draw,
        )

    def turn(
        self, state: State | None, message: InboundMessage, heard: Heard, receipt: Receipt | None, language: str
    ) -> Turn:
        """What this message causes."""
        now, is_new = message.received, receipt is None and not message.late
        since = Since(
            self.desk.asked(now) if is_new and was_away(state, now) else None,
            self.desk.answered(now) if is_new and may_answer(state, now) else None,
        )
        return take_turn(state, message, heard, receipt, language, self.surroundings, since)

    def replies(self, turn: Turn, language: str, otherwise: str = "") -> tuple[Reply, ...]:
        """The messages that say it, each short enough. Raises MissingPhrase, MissingValue.

        otherwise  said for a value that nothing fills, instead of MissingValue
        """
        epoch, page = (turn.state.epoch, turn.state.page) if turn.state else (0, 0)
        values = Lazily(lambda: self.desk.values(language), otherwise)
        return render(turn.prompts, language, self.limits, self.phrasebook, values, epoch, page)


def guessed(book: Phrasebook, text: str, *others: str) -> str:
    """A stranger's language: what her words tell, else the first of the others that there is."""
    codes = {language.code for language in book.languages if language.complete}
    return next((one for one in (book.guess(text), *others) if one in codes), "en")
