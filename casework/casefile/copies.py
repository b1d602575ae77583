"""Copies: what she agreed to share with somebody who helps, or all that is hers for herself, to read apart from us, under a passphrase.

One PDF that any phone opens with the passphrase; the same as plain text lies within it. The passphrase is kept nowhere.
No note of a colleague can come into it: nothing here reads notes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

import regex

from casework import answers
from casework.casefile import asking, plans, referrals
from casework.casefile.retelling import retold
from casework.cases import opening
from casework.cases.case import HERS, Case
from casework.cases.refusals import NoConsent, WeakPassphrase
from casework.cases.room import CaseRoom
from casework.printing import FONTS, locked, printed
from flows.desk import Slots
from storage import casebook, reports, threads, ways_back
from storage.database import Unit
from storage.staff.readers import Reader

LARGEST = 10 * 1024 * 1024  # bytes of all pictures
LEAST, LONGEST = 10, 100  # characters of a passphrase, the least of those that can be seen
_UNSEEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}\u2800]")
_PAGE = """<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><title>{title}</title><style>{fonts}
@page {{ size: A4; margin: 2cm; @bottom-center {{ content: counter(page) " / " counter(pages); }} }}
h1 {{ font-size: 1.4em; }} h2 {{ font-size: 1.1em; margin-block-end: .2em; }} p {{ margin-block: .3em; overflow-wrap: anywhere; white-space: pre-wrap; }}
img {{ display: block; max-width: 100%; max-height: 22cm; margin-block: .5em; }}
</style><body>{body}</body></html>"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a copy: its heading, its pictures and its paragraphs."""

    heading: str
    words: Sequence[str] = field(repr=False)
    pictures: Sequence[bytes] = field(default=(), repr=False)  # JPEG, made of pixels alone

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.pictures)


def made(
    room: CaseRoom, reader: Reader, report_id: bytes, request: str, passphrase: str, language: str, now: datetime
) -> bytes:
    """The copy that two agreed to, for whoever asked, within the hour; each is on record. Slow: some 0.5 s.

    Raises WeakPassphrase, NoConsent, CannotPrint, CaseBroken, and as `asking.agreed`.
    """
    if not is_long_enough(passphrase):
        raise WeakPassphrase
    if language not in {one.code for one in room.phrasebook.languages}:
        raise ValueError("no such language")

    def gather(unit: Unit) -> list[Part]:
        return _parts(unit, room, reader, report_id, request, language, now)

    parts = room.sound(lambda: room.work(gather), now)
    pdf = bound(room, parts, passphrase, language)

    def hand_out(unit: Unit) -> bytes:
        case, _, _ = asking.agreed(unit, room, reader, report_id, request, asking.EXPORT, now)
        room.log(unit, "export made", case, reader.id, now)
        return pdf

    return room.sound(lambda: room.work(hand_out), now)


def is_long_enough(passphrase: str) -> bool:
    """Whether a copy can lie under it."""
    return len(_seen(passphrase)) >= LEAST and len(passphrase) <= LONGEST


def bound(room: CaseRoom, parts: Sequence[Part], passphrase: str, language: str) -> bytes:
    """Parts as one PDF under a passphrase, the same as plain text within it. Slow: some 0.5 s. Raises CannotPrint."""
    return locked(printed(_html(room, parts, language)), passphrase, {"case.txt": _text(parts).encode()})


def hers(unit: Unit, room: CaseRoom, case: Case, half: bytes, language: str) -> list[Part]:
    """All that is hers, for herself: what she told, every message both ways, her safety plan, her pictures; no note of a colleague.

    half  the report's private one, as her number opens it. Raises Tampered.
    """
    written = casebook.read(unit, case.report, half)
    found = _found(unit, room, case, half, written, language, whose="me", plan=True)
    return [part for name in ("name", "report", "talk", "plan", "files") for part in found[name] if not part.is_empty]


def _seen(passphrase: str) -> str:
    """What of it can be seen. A PDF's readers leave the rest away: of nothing else made, any of them opens it without asking."""
    return " ".join(_UNSEEN.sub("", passphrase).split())


def _parts(
    unit: Unit, room: CaseRoom, reader: Reader, report_id: bytes, request: str, language: str, now: datetime
) -> list[Part]:
    case, half, one = asking.agreed(unit, room, reader, report_id, request, asking.EXPORT, now)
    written = casebook.read(unit, case.report, half)
    known = next((each for each in referrals.standing(written) if each.id == one.referral), None)
    if known is None or not known.may_share:
        raise NoConsent
    found = _found(unit, room, case, half, written, language, whose="she", plan="plan" in known.shared)
    number = Part(room.phrasebook.say("copy.number", language, {}), _number(unit, room, case, now))
    found = {**found, "number": [number]}
    return [part for name in referrals.SHARED if name in known.shared for part in found[name] if not part.is_empty]


def _found(
    unit: Unit,
    room: CaseRoom,
    case: Case,
    half: bytes,
    written: Sequence[dict[str, Any]],
    language: str,
    *,
    whose: str,
    plan: bool,
) -> dict[str, list[Part]]:
    """Every part that there is, by its name.

    whose  "she" or "me": how her messages are headed
    plan   her messages with the safety plan are among them
    """
    body = reports.read_body(case.report, half)
    filed = datetime.fromisoformat(body["filed"])
    thread = threads.read(unit, case.report, half)

    def say(key: str) -> str:
        return room.phrasebook.say(key, language, {})

    return {
        "name": [Part(say("copy.name"), opening.names_given(body, thread))],
        "report": [Part(say("copy.told"), retold(room.phrasebook, room.hours.zone, body["answers"], filed, language))],
        "talk": [Part(say("copy.messages"), _talk(room, thread, language, whose=whose, plan=plan))],
        "plan": [Part(say(f"plan.{part}"), [text]) for part, text in plans.standing(written).parts.items()],
        "files": [_files(unit, room, case, half, [body["answers"], *thread], language)],
    }


def _number(unit: Unit, room: CaseRoom, case: Case, now: datetime) -> list[str]:
    route = ways_back.leased(unit, room.keyring, case.report, now)
    route = route or ways_back.contact(unit, room.keyring, case.report, now)
    return [f"\u2066{route['address']}\u2069"] if route else []


def _talk(room: CaseRoom, thread: Sequence[dict[str, Any]], language: str, *, whose: str, plan: bool) -> list[str]:
    """All messages, a line each; those with her safety plan only where she shares that, too."""
    lines = []
    for entry in thread:
        hers = entry["kind"] == HERS
        if hers and (told := opening.handed(entry)):
            words = retold(room.phrasebook, room.hours.zone, told, datetime.fromisoformat(entry["at"]), language)
        elif hers:
            words = answers.words(entry, "said")
        else:
            words = [str(entry.get("text", ""))] if plan or not entry.get("plan") else []
        who = room.phrasebook.say(f"copy.{whose}" if hers else "copy.we", language, {})
        lines += [f"{who} \u2068{text}\u2069" for text in words if text]
    return lines


def _files(unit: Unit, room: CaseRoom, case: Case, half: bytes, said: Sequence[Slots], language: str) -> Part:
    """Her pictures, as they may be looked at. What else there is cannot be printed, or tells more than she may know: it is counted."""
    hers = [file for slots in said for file in opening.files_in(slots)]
    pictures: list[bytes] = []
    for file in hers:
        content = reports.read_file(unit, case.report, half, bytes.fromhex(file.shown)) if file.shown else None
        if content is not None and len(content) + sum(map(len, pictures)) <= LARGEST:
            pictures.append(content)
    apart = len(hers) - len(pictures)
    words = [room.phrasebook.say("copy.apart", language, {"n": apart})] if apart else []
    return Part(room.phrasebook.say("copy.files", language, {}), words, pictures)


def _html(room: CaseRoom, parts: Sequence[Part], language: str) -> str:
    body = "".join(
        f"<h2>{escape(part.heading)}</h2>"
        + "".join(f'<img alt="" src="data:image/jpeg;base64,{b64encode(one).decode()}">' for one in part.pictures)
        + "".join(f'<p dir="auto">{escape(text)}</p>' for text in part.words)
        for part in parts
    )
    direction = next(one.direction for one in room.phrasebook.languages if one.code == language)
    title = escape(room.phrasebook.say("copy.title", language, {}))
    code = language.replace("_", "-")
    return _PAGE.format(language=code, direction=direction, title=title, fonts=FONTS, body=f"<h1>{title}</h1>{body}")


def _text(parts: Sequence[Part]) -> str:
    return "\n\n".join("\n".join((part.heading, *part.words)) for part in parts) + "\n"
