"""What a counsellor writes in a case's topic: an answer to the reporter; behind "//", a note for colleagues and nobody else.

Her edits change nothing. An answer is in the thread the moment it is taken, each entry chained to the one before, and mostly it
is on the reporter's phone within a second: words that were perhaps read must stand in the thread as they were read.
"""

from __future__ import annotations

from casework.cases import notes, relay
from casework.cases.case import Case
from casework.cases.refusals import CaseRefusal
from casework.cases.relay import Sent
from casework.chat import posting
from casework.chat.posting import Buttons
from casework.chat.turn import Turn
from storage.database import Unit
from storage.staff import topics

NOTE = "//"


def write(turn: Turn, case: Case) -> None:
    """Her words, in the topic of a case."""
    update = turn.update
    if update.forwarded:
        turn.only_say(turn.words("say.forwarded"), case=case, reply=True)
    elif update.text.startswith(NOTE):
        note(turn, case, update.text.removeprefix(NOTE).strip())
    elif update.file is not None:
        turn.only_say(turn.words("say.file"), case=case, reply=True)
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


def answer(turn: Turn, case: Case, text: str, *, keep: bool = False) -> str:
    """To the reporter; return what is to be said at once. What becomes of it is shown on her message.

    keep  not sent: it waits for the reporter's number
    """

    def taken(unit: Unit, sent: Sent) -> None:
        _hers(unit, turn, case)
        if sent.state == "waiting":
            turn.say(unit, turn.words("say.kept" if keep else "state.waiting"), case=case, reply=True)

    message = turn.update.message if turn.update.kind == "message" else 0
    try:
        relay.reply(turn.room(taken), turn.by, case.id, text, turn.now, keep=keep, chat=message)
    except CaseRefusal as refusal:
        buttons = _instead(turn, refusal, case)
        turn.only_say(turn.refused(refusal, case), case=case, buttons=buttons, reply=True)
        return ""
    return turn.words("say.ok")


def _instead(turn: Turn, refusal: CaseRefusal, case: Case) -> Buttons:
    """A button for what can be done instead. It stands under a reply to her message: there the words are found again."""
    if "keep" not in refusal.can or refusal.values.get("status") in ("closed", "withdrawn"):
        return []
    return [[(turn.words("button.keep"), f"keep:{case.id.hex()}")]]


def _hers(unit: Unit, turn: Turn, case: Case) -> None:
    """Where no topic holds it, her own message is noted, so that it is deleted with the rest."""
    keyring = turn.desk.room.keyring
    known = topics.fetch(unit, keyring, turn.by, case.id)
    if known is not None and known.flat:
        known.messages.append(turn.update.message)
        topics.save(unit, keyring, known)
