"""Invented reporters: words, names and numbers that nobody ever wrote, in every language's own letters."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

LETTERS = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "es": "abcdefghijklmnñopqrstuvxyzáéíóú",
    "ur_Latn": "abcdefghijklmnopqrstuvwxyz",
    "ur": "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھیے",
    "sd": "ابٻڀتٿٽپثجڄڃچڇحخدڌڏڊڍذرڙزسشصضطظعغفڦقڪگڳڱلمنڻوهي",
}
CHANNELS = ("sms", "whatsapp", "telegram")


@dataclass(frozen=True)
class Invented:
    """One reporter, and all that she tells."""

    language: str
    channel: str
    address: str
    name: str
    words: tuple[str, ...]  # of her story
    more: str  # what she adds later

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be found: her words, her name, her number without its country's digits."""
        return (*self.words, self.name, self.more, self.address[-10:])


def people(many: int, seed: int) -> Iterator[Invented]:
    """So many reporters, spread over languages and channels; the same for the same seed."""
    chance = random.Random(seed)
    for number in range(many):
        language, channel = list(LETTERS)[number % 5], CHANNELS[number % 3]
        digits = f"{chance.randrange(10**9, 10**10)}"
        address = digits if channel == "telegram" else f"+92{digits}"
        yield Invented(
            language,
            channel,
            f"whatsapp:{address}" if channel == "whatsapp" else address,
            _word(chance, language).capitalize(),
            tuple(_word(chance, language) for _ in range(chance.randint(2, 5))),
            _word(chance, language),
        )


def _word(chance: random.Random, language: str) -> str:
    letters = LETTERS[language]
    least, most = (4, 9) if language in ("ur", "sd") else (7, 12)
    return "".join(chance.choice(letters) for _ in range(chance.randint(least, most)))
