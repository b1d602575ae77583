"""The words of one flow: every phrase in every language that its export has."""

from __future__ import annotations

from flows.exchange.bundle import Forms, Note, NotTaken
from flows.exchange.own import LONGEST
from flows.exchange.rapidpro.shape import Foreign
from flows.exchange.rapidpro.texts import said, without_braces

LANGUAGES = {"eng": "en", "urd": "ur", "snd": "sd", "spa": "es"}  # ISO 639-3, as they write it
_NO_LANGUAGE = frozenset({"", "und", "base", "mul"})


class Sayings:
    """Gathers them. Other languages keep their code, so that whoever takes the flow can say that nobody speaks it here."""

    def __init__(self, flow: Foreign) -> None:
        self._flow = flow
        self.words: dict[str, dict[str, Forms]] = {}
        self.notes: list[Note] = []
        self._base = LANGUAGES.get(flow.language, flow.language)
        if flow.language in _NO_LANGUAGE:
            self._base = "en"
            self.notes.append(Note("no_base", flow.path))

    def say(self, key: str, uuid: str, part: str, base: str, path: str, number: int = 0) -> None:
        """Keep the words of a phrase. uuid, part and number: where its translations lie. Raises NotTaken."""
        self._keep(self._base, key, base, path)
        for language, translated in self._flow.translations.items():
            texts = translated.get(uuid, {}).get(part, ())
            if len(texts) > number and texts[number]:
                self._keep(LANGUAGES.get(language, language), key, texts[number], path)

    def _keep(self, language: str, key: str, text: str, path: str) -> None:
        text = without_braces(said(text)[0])
        if len(text) > LONGEST:
            raise NotTaken("words_long", path, most=f"{LONGEST:,}")
        if text:
            self.words.setdefault(language, {})[key] = (text,)
