"""The word that clears everything and the line that is seen then: what neither may ever be.

That line alone stays on her screen while somebody looks. The word is read before everything else, so whatever else people
send, or answer with, must never be it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casework.community.neutral import telling
from casework.institutions import keywords
from casework.wordings.room import Asked, WordsRoom
from flows.reading.fold import fold
from locales.catalogues import Entry, listed
from locales.check import Finding

WORD, LINE = "control.panic", "say.panic"
OURS = tuple(map(fold, ("Hamraz", "ہمراز", "همراز")))
_ZEROS = re.compile("0{4,}")
_LEADS_BACK = re.compile(r"://|www\.|\w\.(?:com|org|net|pk)\b|\d[\d -]{3,}\d")
_LONGEST = 30  # characters: it is typed in a hurry


def findings(words: WordsRoom, asked: Asked, entry: Entry, language: str) -> Iterator[Finding]:
    """What is wrong with one of the two; nothing for any other phrase."""
    if entry.key == WORD:
        yield from _of_words(words, asked, listed(entry.text), language)
    if entry.key.partition("@")[0] == LINE:
        yield from _of_line(words, entry, language)


def _of_words(words: WordsRoom, asked: Asked, accepted: tuple[str, ...], language: str) -> Iterator[Finding]:
    answers = _answers(words, asked)
    for word in accepted:
        trouble = _trouble(words, word, answers)
        if trouble:
            yield Finding("E211", language, WORD, f"{word!r} {trouble}", "choose another")
    known = {_key(word) for word in accepted}
    for word in words.phrasebook.words("panic").get(language, ()):
        if _key(word) not in known and not _ZEROS.fullmatch(word):
            trouble = f"{word!r} would clear nothing any more, and some were told it"
            yield Finding("W410", language, WORD, trouble, "leave it in the list, behind the new one")


def _trouble(words: WordsRoom, word: str, answers: frozenset[str]) -> str:
    key = _key(word)
    if len(key) < 2 or len(word) > _LONGEST:
        return f"is not between 2 and {_LONGEST} characters"
    if key.isdigit() and not _ZEROS.fullmatch(key):
        return "is a number, and numbers are answers"
    if key in answers:
        return "is an answer to a question"
    if keywords.read(word) is not None:
        return "is the word of a poster"
    return "is a word of danger, which must be heard" if words.talk.rings(word) else ""


def _of_line(words: WordsRoom, entry: Entry, language: str) -> Iterator[Finding]:
    text = " ".join(entry.forms)
    said = fold(text)
    steering = (word for accepted in words.phrasebook.words("panic").values() for word in accepted)
    trouble = ""
    if found := telling(text):
        trouble = f"{found!r} tells what this is"
    elif entry.placeholders or any(name in said for name in OURS):
        trouble = "it names us, or what can be sent to us"
    elif _LEADS_BACK.search(text):
        trouble = "an address or a number leads back to us"
    elif any(f" {fold(word)} " in f" {said} " for word in steering):
        trouble = "it tells the word that clears everything"
    if trouble:
        yield Finding("E210", language, entry.key, trouble, "write a line that anybody might get")


def _answers(words: WordsRoom, asked: Asked) -> frozenset[str]:
    """Every answer of every question, in every language, as it is compared."""
    keys = {key for key, spots in asked.spots.items() if any(spot.part == "answer" for spot in spots)}
    said = [said for key in keys for said in words.phrasebook.spoken(key)]
    named = [name for one in words.phrasebook.languages for name in (one.own_name, one.own_name_sms)]
    return frozenset(map(_key, (*said, *named)))


def _key(word: str) -> str:
    return fold(word).replace(" ", "").replace(".", "")
