"""What a bot may do with topics in a private chat, and with messages that stand in them: the part of Telegram that counsellors see."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from web.simulator.refused import Refused

if TYPE_CHECKING:
    from web.simulator.bot_api import BotApi

LONGEST_NAME = 128
LONGEST_TEXT = 4096  # UTF-16 units
COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
# The marks that a bot may put on a message; core.telegram.org/bots/api#reactiontypeemoji
MARKS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)

_COMMAND, _LANGUAGE = re.compile("[a-z0-9_]{1,32}"), re.compile("[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of one chat."""

    chat_id: int
    name: str
    colour: int = 0


Method = Callable[[Mapping[str, str]], object]


def topic_methods(api: BotApi) -> Mapping[str, Method]:
    """The methods, by their names at Telegram."""
    return {
        "createForumTopic": partial(_create, api),
        "deleteForumTopic": partial(_delete, api),
        "editMessageText": partial(_edit_text, api),
        "setMessageReaction": partial(_react, api),
        "setMyCommands": partial(_set_commands, api),
    }


def _create(api: BotApi, fields: Mapping[str, str]) -> object:
    chat_id, name = api.chat(fields), fields.get("name", "").strip()
    if not api.topics_on:
        raise Refused(400, "Bad Request: the chat is not a forum")
    if not name:
        raise Refused(400, "Bad Request: topic name is empty")
    if len(name) > LONGEST_NAME:
        raise Refused(400, "Bad Request: topic name is too long")
    colour = int(fields.get("icon_color") or COLOURS[0])
    if colour not in COLOURS:
        raise Refused(400, "Bad Request: invalid topic icon color specified")
    number = api.next_number()
    api.topics[number] = Topic(chat_id, name, colour)
    api.changed(chat_id)
    return {"message_thread_id": number, "name": name, "icon_color": colour}


def _delete(api: BotApi, fields: Mapping[str, str]) -> object:
    chat_id, number = api.chat(fields), int(fields.get("message_thread_id", "0"))
    if number not in api.topics or api.topics[number].chat_id != chat_id:
        raise Refused(400, "Bad Request: TOPIC_ID_INVALID")
    del api.topics[number]
    for message in [one for one in api.shown.values() if one.thread == number]:
        del api.shown[message.message_id]
    api.changed(chat_id)
    return True


def _edit_text(api: BotApi, fields: Mapping[str, str]) -> object:
    chat_id, number = api.chat(fields), fields.get("message_id", "")
    message = api.shown.get(int(number)) if number.isdigit() else None
    text = fields.get("text", "")
    if message is None or message.chat_id != chat_id:
        raise Refused(400, "Bad Request: message to edit not found")
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise Refused(400, "Bad Request: message is too long")
    if message.kind != "text":
        raise Refused(400, "Bad Request: there is no text in the message to edit")
    if (text, fields.get("reply_markup")) == (message.text, None) and not message.markup:
        raise Refused(400, "Bad Request: message is not modified")
    return api.edit(replace(message, text=text, markup=None))


def _react(api: BotApi, fields: Mapping[str, str]) -> object:
    chat_id, number = api.chat(fields), int(fields.get("message_id", "0"))
    there = number in api.hers or (number in api.shown and api.shown[number].chat_id == chat_id)
    if not there:
        raise Refused(400, "Bad Request: message to react not found")
    marks = [one.get("emoji") for one in json.loads(fields.get("reaction") or "[]")]
    if len(marks) > 1:
        raise Refused(400, "Bad Request: REACTIONS_TOO_MANY")
    if marks and marks[0] not in MARKS:
        raise Refused(400, "Bad Request: REACTION_INVALID")
    api.reactions[number] = marks[0] if marks else ""
    api.changed(chat_id)
    return True


def _set_commands(api: BotApi, fields: Mapping[str, str]) -> object:
    commands, language = json.loads(fields.get("commands") or "[]"), fields.get("language_code", "")
    if language and not _LANGUAGE.fullmatch(language):
        raise Refused(400, "Bad Request: invalid language code specified")
    if len(commands) > 100:
        raise Refused(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not _COMMAND.fullmatch(one["command"]):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(one["description"]) <= 256:
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    api.commands[language] = commands
    return True
