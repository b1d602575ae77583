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
_OWN_NOTES = ("native", _WAS)  # a translation's own notes; all others are English's


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
        before = path.read_text(encoding="utf-8")
        new, stale, gone = _in_step(english, translation)
        write_pofile(translation, path)
        changed = path.read_text(encoding="utf-8") != before
        code = path.parts[-3]
        done.append(
            f"{code}: {new} to translate, {stale} to look at again, {gone} no longer used"
            + ("" if changed else " (nothing written anew)")
        )
    return done


def _in_step(english: PoFile, translation: PoFile) -> tuple[int, int, int]:
    """Change `translation` in place: English's order, English's notes. Return new, stale, gone."""
    had = {entry.key: message for message in translation if (entry := entry_of(message))}
    wanted = [(entry, message) for message in english if (entry := entry_of(message))]
    own = {key: message for key, message in had.items() if _is_its_own(key, wanted_keys := {e.key for e, _ in wanted})}
    new = stale = 0
    for key in had:
        translation.delete(key)
    for entry, original in wanted:
        message = had.get(entry.key)
        if message is None:
            new += 1
            empty = ("",) * translation.num_plurals if original.pluralizable else ""
            message = Message(original.id, empty)
        said = one_line(entry)
        notes = [note for note in message.auto_comments if note.partition(":")[0] in _OWN_NOTES]
        before = _made_from(message)
        translated = entry_of(message)
        if translated is not None and translated.written and before is not None and before != said:
            stale += 1
            message.flags.add("fuzzy")
            notes = [note for note in notes if not note.startswith(_WAS)] + [f"{_WAS}: {before}"]
        elif "fuzzy" not in message.flags:
            notes = [note for note in notes if not note.startswith(_WAS)]
        message.auto_comments = [*original.auto_comments, *notes, f"{MADE_FROM}: {said}"]
        message.user_comments = list(original.user_comments)
        translation[message.id] = message
    for key, message in own.items():
        translation[message.id] = had[key]
    gone = [message for key, message in had.items() if key not in wanted_keys and key not in own]
    for message in gone:
        translation.obsolete[message.id] = message  # type: ignore[index]  # Babel's own key, which its stubs narrow
    return new, stale, len(gone)


def _is_its_own(key: str, english: set[str]) -> bool:
    """Whether a translation may have `key` though English has not: names of months, an SMS wording."""
    return key not in english and (key.startswith("date.") or key.partition("@")[0] in english)


def _made_from(message: Message) -> str | None:
    entry = entry_of(message)
    return entry.note(MADE_FROM) if entry is not None else None
