"""How a post is said: its title, its text, when and where. In a language that it was not written in it is said in English,
and that it is English is said first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from casework.community.posts import ENGLISH, Post
from flows.prompt import Lines, Named, Phrase, Value
from locales.isolates import without_controls
from locales.phrasebook import Phrasebook
from locales.segments import cost, plain

MOST_PARTS = 3  # of an SMS, with the word that ends it


def lines_of(post: Post, phrasebook: Phrasebook) -> Lines:
    """A post as a flow tells it."""
    codes = [language.code for language in phrasebook.languages]
    said = [Phrase("news.line", {"said": Named({code: _title(post, code, phrasebook) for code in codes})})]
    if any(post.texts.values()):
        said.append(Phrase("news.line", {"said": Named({code: _in(post.texts, post, code) for code in codes})}))
    if post.held_on is not None:
        values: dict[str, Value] = {"day": post.held_on}
        if post.moment is not None:
            values["moment"] = post.moment
        said.append(Phrase("news.when.hour" if post.moment else "news.when.day", values))
    if post.place:
        said.append(Phrase("news.where", {"place": post.place}))
    return Lines(tuple(said))


def message(post: Post, language: str, phrasebook: Phrasebook, channel: str) -> str:
    """What is sent to somebody who asked to be told, in her language."""
    said = [_filled(phrase, language, phrasebook, channel) for phrase in lines_of(post, phrasebook).items]
    whole = "\n".join([*said, phrasebook.say("news.sent.after", language, {}, channel)])
    return plain(whole, phrasebook.language(language).sms_plain) if channel == "sms" else whole


def sms_parts(post: Post, language: str, phrasebook: Phrasebook) -> int:
    """How many parts of an SMS it takes."""
    return cost(message(post, language, phrasebook, "sms")).parts


def is_written(post: Post, language: str) -> bool:
    """Whether it can be said in this language without borrowing English."""
    return bool(post.titles.get(language)) and (bool(post.texts.get(language)) or not post.texts.get(ENGLISH))


def clean(text: str, most: int) -> str:
    """What was typed, on one line or several, without what steers direction or shows nothing."""
    lines = (" ".join(line.split()) for line in without_controls(text).replace("\r\n", "\n").split("\n"))
    return "\n".join(line for line in lines if line)[:most]


def _title(post: Post, language: str, phrasebook: Phrasebook) -> str:
    title = _in(post.titles, post, language)
    if is_written(post, language) or not title:
        return title
    return phrasebook.say("news.in_english", language, {"said": title})


def _in(words: Mapping[str, str], post: Post, language: str) -> str:
    return words.get(language if is_written(post, language) else ENGLISH, "")


def _filled(phrase: Phrase, language: str, phrasebook: Phrasebook, channel: str) -> str:
    values: dict[str, str | int | date] = {}
    for name, value in phrase.values.items():
        if isinstance(value, Named):
            values[name] = value.text(language)
        elif isinstance(value, (str, int, date)):
            values[name] = value
    return phrasebook.say(phrase.key, language, values, channel)
