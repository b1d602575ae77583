"""Showing a reporter's words to a counsellor in chat: as she wrote them, or at first only that she wrote.

A preview on a locked phone is read by whoever sees the phone. So by default a message says only that there is one, in case so
and so, with a button; who has a phone of her own may choose the words themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework import answers
from casework.cases.case import Case
from casework.cases.news import News
from casework.cases.room import CaseRoom
from casework.chat import posting
from casework.chat.posting import Chat
from casework.chat.words import Words
from locales.isolates import without_isolates
from storage import unshown
from storage.database import Unit
from storage.vault.keyring import Keyring

# Pictures are shown as their bare copy; other kinds of files only in the console.
PASSED = {"photo": "photo", "voice": "voice"}
LARGEST = 10 * 1024 * 1024  # bytes of a picture that a bot may send
_CHOSEN = ("happened", "finer", "when", "where", "relation", "wants")  # of what she told, where a phrase says it
_WRITTEN = ("story", "about", "said")


@dataclass(frozen=True, slots=True)
class Kept:
    """What she wrote at one time, and the files with it that are kept too."""

    id: bytes
    said: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, str] = field(repr=False)  # id in `said` → id of the kept row
    place: int  # in the thread

    @property
    def has_file(self) -> bool:
        return any(True for _ in _files(self.said))


def keep(unit: Unit, keyring: Keyring, news: News) -> Kept:
    """Keep what she wrote for a day, to be shown when somebody asks; never her name."""
    said, files = answers.nameless(news.said), {}
    for item in _files(said):
        shown = _shown(item)
        content = news.files.get(shown["id"])
        if content is not None and item.get("kind") in PASSED and len(content) <= LARGEST:
            files[item["id"]] = unshown.keep(unit, keyring, news.case.id, posting.A_FILE + content, news.now).hex()
    place = int(news.case.report.meta.get("entries", 0))  # two of one second keep their order
    body = json.dumps({"said": said, "files": files, "place": place}, ensure_ascii=False, default=str).encode()
    return Kept(unshown.keep(unit, keyring, news.case.id, body, news.now), said, files, place)


def kept(unit: Unit, keyring: Keyring, row_id: bytes, now: datetime) -> tuple[bytes, Kept] | None:
    """What is kept under an id, and the report it is of; None when it is there no more, or a file."""
    found = unshown.fetch(unit, keyring, row_id, now)
    if found is None or found[1].startswith(posting.A_FILE):
        return None
    body = json.loads(found[1])
    return found[0], Kept(row_id, body["said"], body["files"], body["place"])


def all_kept(unit: Unit, keyring: Keyring, report_id: bytes, now: datetime) -> list[Kept]:
    """Everything of a case that may still be shown, earliest first."""
    found = (kept(unit, keyring, row_id, now) for row_id in unshown.of_report(unit, report_id, now))
    return sorted((one[1] for one in found if one is not None), key=lambda one: one.place)


def text_of(room: CaseRoom, words: Words, said: Mapping[str, Any]) -> str:
    """Her words, with a line for each thing she chose and each file."""
    lines = []
    for name in _CHOSEN:
        key = f"report.{name}.{answers.chosen(said, name)}"
        if room.phrasebook.has(key):
            lines.append(without_isolates(room.phrasebook.say(key, words.code)))
    for name in _WRITTEN:
        lines += answers.words(said, name)
    for item in _files(said):
        kind = str(item.get("kind"))
        lines.append(words(f"case.file_{kind}" if words.has(f"case.file_{kind}") else "case.file_file"))
    return words("case.her", words="\n".join(lines))


def answer_text(words: Words, said: Mapping[str, Any]) -> str:
    """A counsellor's answer, with a line for the file that went with it."""
    kind = f"case.file_{said['file']}" if "file" in said else ""
    return "\n".join(part for part in (str(said["text"]), words(kind) if kind else "") if part)


def push(unit: Unit, room: CaseRoom, chat: Chat, case: Case, one: Kept, now: datetime) -> None:
    """Tell a counsellor that she wrote: in her words, if the counsellor chose that; else with a button."""
    if chat.content:
        posting.say(unit, room.keyring, chat, text_of(room, chat.words, one.said), now, case=case)
        push_files(unit, room.keyring, chat, case, one, now)
        return
    line = chat.words("case.wrote_file" if one.has_file else "case.wrote", code=case.code)
    button = (chat.words("case.show"), f"show:{one.id.hex()}")
    posting.say(unit, room.keyring, chat, line, now, case=case, buttons=[[button]])


def push_files(unit: Unit, keyring: Keyring, chat: Chat, case: Case, one: Kept, now: datetime) -> None:
    """Her pictures and voice messages that are kept, into the case's topic."""
    for item in _files(one.said):
        row_id = one.files.get(item["id"])
        if row_id:
            posting.send_file(unit, keyring, chat, PASSED[item["kind"]], bytes.fromhex(row_id), now, case)


def _files(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every file in what she said, once; without the copies that are kept beside pictures."""
    copies = {item["shown"]["id"] for item in answers.media(said) if isinstance(item.get("shown"), Mapping)}
    return (item for item in answers.media(said) if item["id"] not in copies)


def _shown(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """A picture's bare copy, where there is one: of the original nobody needs the camera's own notes in a chat."""
    shown = item.get("shown")
    return shown if isinstance(shown, Mapping) else item
