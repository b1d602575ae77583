"""What a counsellor writes in a case's topic: an answer to the reporter; behind "//", a note for colleagues and nobody else.

Her edits change nothing. An answer is in the thread the moment it is taken, each entry chained to the one before, and mostly it
is on the reporter's phone within a second: words that were perhaps read must stand in the thread as they were read.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from casework.cases import notes, relay
from casework.cases.case import Case
from casework.cases.refusals import CaseRefusal
from casework.cases.relay import Sent
from casework.chat import posting
from casework.chat.posting import Buttons
from casework.chat.turn import Turn
from casework.chat.update import File, NoFile
from casework.enclosing.preparing import Enclosure, prepared
from storage.database import Unit
from storage.staff import topics

NOTE = "//"
_SENT = frozenset({"voice", "photo", "file"})
_NOT_YET = frozenset({"waiting", "later", "held"})
_WHY = {
    "waiting no_consent": "state.waiting_no_consent",
    "waiting over": "state.waiting_over",
    "held own_hours": "state.held_own_hours",
    "held line_off": "state.held_line_off",
    "held no_template": "state.held_no_template",
    "held enough": "state.held_enough",
}


def write(turn: Turn, case: Case) -> None:
    """Her words, in the topic of a case."""
    update = turn.update
    if update.forwarded:
        turn.only_say(turn.words("say.forwarded"), case=case, reply=True)
    elif update.text.startswith(NOTE):
        note(turn, case, update.text.removeprefix(NOTE).strip())
    elif update.file is not None:
        _send_file(turn, case, update.file)
    else:
        answer(turn, case, update.text)


def edited(turn: Turn, case: Case) -> None:
    """She changed a message of hers: said honestly."""
    if not turn.update.text.startswith("/") or turn.update.text.startswith(NOTE):
        key = "say.edit_note" if turn.update.text.startswith(NOTE) else "say.edit"
        turn.only_say(turn.words(key), case=case, reply=True)


def note(turn: Turn, case: Case, text: str) -> None:
    """For colleagues. A mark on her message says that it is kept."""

    def noted(unit: Unit, value: object) -> None:
        posting.mark(unit, turn.desk.room.keyring, turn.chat, turn.update.message, "noted", turn.now)
        _hers(unit, turn, case)

    try:
        notes.add(turn.room(noted), turn.by, case.id, text, turn.now)
    except CaseRefusal as refusal:
        turn.only_say(turn.refused(refusal, case), case=case, reply=True)


def answer(
    turn: Turn, case: Case, text: str, *, keep: bool = False, file: Enclosure | None = None, ready: str = ""
) -> str:
    """To the reporter; return what is to be said at once. What becomes of it is shown on her message.

    keep   not sent: it waits for the reporter's number
    ready  which ready answer it is
    """

    def taken(unit: Unit, sent: Sent) -> None:
        _hers(unit, turn, case)
        if turn.update.kind == "tap":  # the button has done what it was for
            posting.change(
                unit, turn.desk.room.keyring, turn.chat, turn.update.message, turn.update.text, turn.now, case=case
            )
        if sent.state in _NOT_YET:
            turn.say(unit, turn.words("say.kept") if keep else _why_not_yet(turn, sent), case=case, reply=True)

    message = turn.update.message if turn.update.kind == "message" else 0
    try:
        sent = relay.reply(
            turn.room(taken, once=True), turn.by, case.id, text, turn.now, keep=keep, chat=message, file=file
        )
    except CaseRefusal as refusal:
        buttons = _instead(turn, refusal, case, ready) if file is None else []  # words are found again, a file is not
        turn.only_say(turn.refused(refusal, case), case=case, buttons=buttons, reply=True)
        return ""
    return (
        turn.words("say.ok") if keep or sent.state not in _NOT_YET else ""
    )  # that it was not sent is said in the topic


def _why_not_yet(turn: Turn, sent: Sent) -> str:
    """What becomes of an answer that did not go out at once."""
    words, room = turn.words, turn.desk.room
    if sent.at is None or (sent.state == "held" and sent.at <= turn.now):
        return words(_WHY.get(f"{sent.state} {sent.why}", f"state.{sent.state}"))
    key = "state.held_due" if sent.state == "held" else "state.later"
    here = sent.at.astimezone(ZoneInfo(room.hours.zone))
    day = room.phrasebook.day(here.date(), turn.chat.words.code)
    return words(key, time=words("state.at", day=day, clock=f"{here:%H:%M}"))


def _send_file(turn: Turn, case: Case, file: File) -> None:
    """A picture, a voice message or a PDF to the reporter, made bare of all that it tells of the counsellor."""
    fetch, room = turn.desk.fetch, turn.desk.room
    if fetch is None or file.kind not in _SENT:
        turn.only_say(turn.words("refusal.case_file_unknown"), case=case, reply=True)
        return
    try:
        made = prepared(fetch(file), room.bare)
    except NoFile as trouble:
        turn.only_say(turn.words(f"say.file_{trouble.why}"), case=case, reply=True)
    except CaseRefusal as refusal:
        turn.only_say(turn.refused(refusal, case), case=case, reply=True)
    else:
        answer(turn, case, turn.update.text, file=made)


def _instead(turn: Turn, refusal: CaseRefusal, case: Case, ready: str) -> Buttons:
    """A button for what can be done instead: a ready answer is found again by its name, her own words in the message that
    the button's replies to.
    """
    if "keep" not in refusal.can or refusal.values.get("status") in ("closed", "withdrawn"):
        return []
    return [[(turn.words("button.keep"), f"keep:{case.id.hex()}" + (f":{ready}" if ready else ""))]]


def _hers(unit: Unit, turn: Turn, case: Case) -> None:
    """Where no topic holds it, her own message is noted, so that it is deleted with the rest."""
    keyring = turn.desk.room.keyring
    known = topics.fetch(unit, keyring, turn.by, case.id)
    if known is not None and known.flat:
        known.messages.append(turn.update.message)
        topics.save(unit, keyring, known)
