"""Pairing: which Telegram account is whose. A code from the console, typed into the staff bot or opened by a link, says it once.

Whoever is not paired gets one neutral line in a quarter of an hour, whatever she writes, and never learns what the bot is for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from casework.cases.refusals import NotStaff
from casework.chat import posting
from casework.chat.posting import Chat
from casework.chat.turn import ChatDesk, Repeated
from casework.chat.update import Update
from casework.chat.words import words
from casework.staff.office import Office, short
from casework.staff.roles import READERS
from storage import audit, sessions
from storage.database import Unit
from storage.staff import attempts, doors, pairings, people, watching
from storage.staff.doors import Doors
from storage.vault.senders import message_mac

TRIES = 5  # at a code by one account, in 15 minutes; of a quarter of a million million codes
_CODE = re.compile(r"(?:/start(?:@\w+)?\s+)?([A-Za-z0-9]{4}-?[A-Za-z0-9]{4})")


@dataclass(frozen=True, slots=True)
class Pairing:
    """How her account stands, as the console shows it."""

    paired: bool
    content: bool
    language: str


# --- in the console ---------------------------------------------------------------------------------


def state(office: Office, staff_id: bytes) -> Pairing:
    """Whether an account is paired with her, and what she chose for it."""
    hers = office.read(lambda unit: doors.fetch(unit, office.keyring, staff_id, hold=False))
    return Pairing(hers.telegram is not None, hers.content, hers.language)


def issue(office: Office, staff_id: bytes, language: str, now: datetime) -> str:
    """A code for her own account, for ten minutes; an earlier one of hers works no more. Raises NotStaff.

    language  in which she is written to from then on
    """

    def work(unit: Unit) -> str:
        if _reader(unit, office, staff_id) is None:
            raise NotStaff
        hers = doors.fetch(unit, office.keyring, staff_id)
        hers.language = language
        doors.save(unit, office.keyring, hers)
        return pairings.issue(unit, office.keyring, staff_id, now)

    code = office.work(work)
    return f"{code[:4]}-{code[4:]}"


def unpair(office: Office, staff_id: bytes, now: datetime) -> None:
    """Nothing goes to her account any more, nothing from it is obeyed, and her cases' topics there are deleted."""

    def work(unit: Unit) -> None:
        pairings.withdraw(unit, staff_id)
        hers = doors.fetch(unit, office.keyring, staff_id)
        if hers.telegram is None:
            return
        _let_go(unit, office, hers, now)
        hers.telegram = None
        doors.save(unit, office.keyring, hers)
        audit.append(unit, office.keyring, "Telegram unpaired", now, short(staff_id))

    office.work(work)


def prefer(office: Office, staff_id: bytes, *, content: bool, language: str) -> None:
    """Whether a reporter's words may stand in what is pushed to her, and in which language the bot speaks to her."""

    def work(unit: Unit) -> None:
        hers = doors.fetch(unit, office.keyring, staff_id)
        hers.content, hers.language = content, language
        doors.save(unit, office.keyring, hers)

    office.work(work)


# --- in the chat ------------------------------------------------------------------------------------


def who(unit: Unit, office: Office, account: int) -> Chat | None:
    """Whose account this is, if she may be obeyed now: active, a reader of reports, and her row not put back."""
    hers = doors.by_telegram(unit, office.keyring, account)
    member = None if hers is None else _reader(unit, office, hers.id)
    if hers is None or member is None or watching.behind(unit, member):
        return None
    return Chat(hers.id, account, words(hers.language), hers.content, member.name)


def greet(desk: ChatDesk, office: Office, update: Update, chat: Chat | None, now: datetime) -> None:
    """Somebody writes who is not paired, or opens a pairing link: a code is tried, anything else gets the neutral line."""
    found = _CODE.fullmatch(update.text.strip())
    window, kind = attempts.window_of(now), "pairing" if found else "stranger"
    tag = attempts.tag(office.keyring, kind, str(update.sender).encode())
    # A flood costs one read and no commit.
    if office.read(lambda unit: attempts.counts(unit, [tag], window))[0] > (TRIES if found else 0):
        return

    def work(unit: Unit) -> None:
        if not sessions.take(unit, office.keyring, message_mac(office.keyring, posting.CHANNEL, update.id), now):
            raise Repeated
        tries = attempts.count(unit, tag, window)
        said = _try(unit, office, update, found[1], tries, now) if found else words(update.language)("stranger.line")
        if found or tries == 1:
            here = chat or _stranger(update.sender, update.language)
            posting.say(unit, office.keyring, here, said, now, thread=update.topic)

    office.work(work)


def _try(unit: Unit, office: Office, update: Update, code: str, tries: int, now: datetime) -> str:
    keyring, say = office.keyring, words(update.language)
    if tries > TRIES:
        left = attempts.WINDOW - int(now.timestamp()) % attempts.WINDOW
        return say("pair.wait", minutes=-(-left // 60))
    staff_id = pairings.find(unit, keyring, code, now)
    member = None if staff_id is None else _reader(unit, office, staff_id)
    if member is None:
        return say("pair.wrong")  # also for a code of somebody who left meanwhile
    hers, other = doors.fetch(unit, keyring, member.id), doors.by_telegram(unit, keyring, update.sender)
    say = words(hers.language)
    if other is not None and other.id != member.id and _reader(unit, office, other.id) is not None:
        return say("pair.taken")
    if not pairings.spend(unit, keyring, code):  # somebody else did, in this moment
        return say("pair.wrong")
    if other is not None and other.id != member.id:  # of somebody who is staff no more
        other.telegram = None
        doors.save(unit, keyring, other)
    if hers.telegram == update.sender:
        return say("pair.again", name=member.name)
    if hers.telegram is not None:
        _let_go(unit, office, hers, now)
    hers.telegram, hers.flat = update.sender, False
    doors.save(unit, keyring, hers)
    audit.append(unit, keyring, "Telegram paired", now, short(member.id))
    return say("pair.paired", name=member.name)


def _let_go(unit: Unit, office: Office, hers: Doors, now: datetime) -> None:
    """What lies in the chat of an account that is hers no more is deleted; it is told so in one line."""
    posting.clear_all(unit, office.keyring, hers.id, now)
    assert hers.telegram is not None
    chat = _stranger(hers.telegram, hers.language)
    posting.say(unit, office.keyring, chat, chat.words("pair.unpaired"), now)


def _stranger(account: int, language: str) -> Chat:
    return Chat(b"stranger %d" % account, account, words(language))


def _reader(unit: Unit, office: Office, staff_id: bytes) -> people.Member | None:
    member = people.fetch(unit, office.keyring, staff_id, hold=False)
    return member if member is not None and member.status == people.ACTIVE and member.role in READERS else None
