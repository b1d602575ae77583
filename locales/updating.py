"""Keeping the catalogues in step: new keys into English, English into every translation.

A translation notes the English it was made from ("#. en: …"). When English changes, `update`
marks it fuzzy and shows both; whoever looks again takes out the mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Message

from locales.catalogues import entry_of
from locales.check import MADE_FROM, one_line
from locales.languages import ENGLISH, SHIPPED, catalogue_path
from locales.pofile import PoFile, read_pofile, write_pofile

_WAS = "en was"  # what English said when the translation was made
_NATIVE = "native"  # a translation's own note; all others are English's


def extract(needed: Iterable[str], directory: Path = SHIPPED) -> list[str]:
    """Add the keys that flows need and English lacks, with no words yet. Return them.

    They are added at the end of the file, so that nothing else in it moves. Raises BrokenCatalogue.
    """
    path = catalogue_path(directory, ENGLISH)
    english = read_pofile(path)
    lacking = sorted(key for key in set(needed) if key not in english)
    if lacking:
        entries = "".join(f'\nmsgid "{key}"\nmsgstr ""\n' for key in lacking)
        with path.open("a", encoding="utf-8") as file:
            file.write(entries)
    return lacking


def update(directory: Path = SHIPPED) -> list[str]:
    """Bring every translation in step with English. Return what was done, a line a language.

    A phrase English no longer has is kept as obsolete ("#~"), its words are not lost.
    Raises BrokenCatalogue before anything is written.
    """
    english = read_pofile(catalogue_path(directory, ENGLISH))
    others = [path for path in sorted(directory.glob("*/LC_MESSAGES/messages.po")) if path.parts[-3] != ENGLISH]
    read = [(path, read_pofile(path)) for path in others]
    done: list[str] = []
    for path, translation in read:
        new, stale, gone = _in_step(english, translation)
        write_pofile(translation, path)
        done.append(f"{path.parts[-3]}: {new} to translate, {stale} to look at again, {gone} no longer used")
    return done


def _in_step(english: PoFile, translation: PoFile) -> tuple[int, int, int]:
    """Change `translation` in place: English's order, English's notes. Return new, stale, gone."""
    had = {entry.key: message for message in translation if (entry := entry_of(message))}
    wanted = {entry.key: (entry, message) for message in english if (entry := entry_of(message))}
    for key in had:
        translation.delete(key)
    new = stale = gone = 0
    for key, (entry, original) in wanted.items():
        message = had.pop(key, None)
        if message is None:
            new += 1
            message = Message(original.id, ("",) * translation.num_plurals if original.pluralizable else "")
        stale += _noted(message, original, one_line(entry))
        translation[message.id] = message
    for key, message in had.items():
        if key.startswith("date.") or key.partition("@")[0] in wanted:  # names of months, a wording for SMS
            translation[message.id] = message
        else:
            gone += 1
            translation.obsolete[key] = message
    return new, stale, gone


def _noted(message: Message, original: Message, english: str) -> bool:
    """Give `message` English's notes and its own, and what English says now. Return whether it is stale."""
    entry = entry_of(message)
    before = entry.note(MADE_FROM) if entry is not None else None
    stale = entry is not None and entry.written and before is not None and before != english
    own = [note for note in message.auto_comments if note.partition(":")[0] == _NATIVE]
    was = [note for note in message.auto_comments if note.partition(":")[0] == _WAS and "fuzzy" in message.flags]
    if stale:
        message.flags.add("fuzzy")
        was = was or [f"{_WAS}: {before}"]
    message.auto_comments = [*original.auto_comments, *own, *was, f"{MADE_FROM}: {english}"]
    message.user_comments = list(original.user_comments)
    return stale
