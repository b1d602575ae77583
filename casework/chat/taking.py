"""Taking what somebody did in the staff bot's chat. Who it is is looked at anew each time, and whoever is not staff gets nothing.

Which door she came through decides who she is: a reporter who types a command of staff is a reporter to her own bot, and here a
stranger.
"""

from __future__ import annotations

from datetime import datetime

from casework.chat import commands, pairing, writing
from casework.chat.posting import Chat
from casework.chat.turn import ChatDesk, Repeated, Turn, taken_before
from casework.chat.update import Taken, Update
from casework.staff.office import Office


def take(desk: ChatDesk, office: Office, update: Update, now: datetime) -> Taken:
    """Do what she wants. Raises StorageAway; then nothing was done, and the update may come again."""
    if taken_before(desk, update):
        return Taken()
    chat = office.read(lambda unit: pairing.who(unit, office, update.sender))
    try:
        if update.private and update.chat == update.sender:
            return _private(desk, office, update, now, chat)
        if chat is not None and update.kind == "tap" and update.chat == desk.group:
            # In the group only buttons work, and they answer on top of her own screen.
            return Taken(commands.tap(Turn(desk, chat, update, now)) if update.data.startswith("take:") else "")
    except Repeated:  # the same update in another process, in this moment
        return Taken()
    return Taken()


def _private(desk: ChatDesk, office: Office, update: Update, now: datetime, chat: Chat | None) -> Taken:
    if update.kind == "message" and not update.forwarded and (chat is None or update.text.startswith("/start ")):
        pairing.greet(desk, office, update, chat, now)
        return Taken()
    if chat is None:
        return Taken()
    turn = Turn(desk, chat, update, now)
    if update.kind == "tap":
        return Taken(commands.tap(turn))
    if update.kind == "message" and update.text.startswith("/") and not update.text.startswith(writing.NOTE):
        return Taken(commands.command(turn))
    case = turn.here()
    if case is not None:
        (writing.edited if update.kind == "edit" else writing.write)(turn, case)
    elif update.kind == "message":
        turn.only_say(turn.words("say.which"), reply=True)
    return Taken()
