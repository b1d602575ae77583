"""A draft tried on a real phone: `PREVIEW 4821` on a number that the settings name as a test number, and on no other.

What was done is kept as her place in a talk is, sealed under her own address, under a tag of its own; it is shredded when she
ends it, when she leaves in a hurry, or when its link is over. On any other number, and with a wrong code, the word is an
ordinary message. It works in three short strokes, so that no writer waits while a conversation is given again: look, work out
what is answered, keep; where another message of hers came between, again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.limits import Limits
from bot.message import InboundMessage, Reply
from bot.payload import payload_of, replies_from
from bot.rendering import render
from bot.tries import Kind, Screen, Script
from casework.receipts import WINDOW
from casework.trying import links
from casework.trying.links import Link
from flows.errors import FlowError
from flows.prompt import Prompt
from flows.reading.fold import fold
from operating.trying import Trials
from storage import guesses, outbox, sessions
from storage.database import Database, StorageAway, Unit
from storage.sessions import Shown
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender

_BEGIN = re.compile(r"preview ([0-9]{4})")
_END = "preview off"
_WRONG = 5  # wrong codes of one sender in an hour; with more, the right one is an ordinary message as well
_AFTERWARDS = timedelta(days=1)  # so long she is told that it is over, where it ended by itself
_MOST = 150  # messages in one try
_LONGEST = 2_000  # letters of one
_TOO_OFTEN = 5


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found before anything is worked out."""

    state: Mapping[str, Any] | None = field(default=None, repr=False)  # a try under way: her words, and its link
    link: Link | None = field(default=None, repr=False)
    begins: bool = False

    @property
    def is_try(self) -> bool:
        return self.begins or self.state is not None


@dataclass(frozen=True, slots=True)
class _Next:
    """What is kept and answered."""

    replies: tuple[Reply, ...] = field(repr=False)
    state: Mapping[str, Any] | None = field(default=None, repr=False)  # None: it has ended
    until: datetime | None = None


class Previews:
    """Serves `bot.conversation.Previews`."""

    def __init__(self, database: Database, keyring: Keyring, trials: Trials, numbers: frozenset[str]) -> None:
        """numbers: "sms:+92…", "whatsapp:+92…", "telegram" """
        self._database, self._keyring, self._trials, self._numbers = database, keyring, trials, numbers

    def hear(
        self, message: InboundMessage, sender: Sender, macs: Sequence[bytes], limits: Limits, *, inline: bool
    ) -> tuple[Reply, ...] | None:
        """What rides in the webhook's own answer; None where this is an ordinary message. Raises StorageAway."""
        here = message.channel if message.channel == "telegram" else f"{message.channel}:{message.to}"
        if here not in self._numbers:
            return None
        mine = replace(sender, index=sender.mark("a try", "talk"), older=())
        if inline:  # what has keys would go from another number than she wrote to
            limits = replace(limits, buttons=0, items=0)
        for _ in range(_TOO_OFTEN):
            look = self._database.work(lambda unit: self._look(unit, message, sender, mine))
            if not look.is_try:
                return None
            following = self._following(look, message, limits)
            keep = partial(
                self._keep, message=message, mine=mine, macs=macs, look=look, following=following, inline=inline
            )
            try:
                return self._database.work(keep)
            except _Between:
                continue
        raise StorageAway("messages of one try come and go")

    # --- look -------------------------------------------------------------------------------------

    def _look(self, unit: Unit, message: InboundMessage, sender: Sender, mine: Sender) -> _Look:
        now, keyring = message.received, self._keyring
        state = sessions.peek(unit, keyring, mine, now)
        asked = _BEGIN.fullmatch(fold(message.text)) if len(message.text) < 60 else None
        if asked is not None and (link := self._by_code(unit, sender, asked[1], now)) is not None:
            return _Look(state, link, begins=True)
        if state is None:
            return _Look()
        return _Look(state, links.by_id(unit, keyring, bytes.fromhex(state["link"]), now))

    def _by_code(self, unit: Unit, sender: Sender, code: str, now: datetime) -> Link | None:
        tag, window = sender.mark("codes of tries", "wrong"), int(now.timestamp()) // WINDOW
        link = links.by_code(unit, self._keyring, code, now)
        if guesses.counted(unit, tag, window) >= _WRONG:
            return None
        if link is None:
            guesses.count(unit, tag, window)
        return link

    # --- work out ---------------------------------------------------------------------------------

    def _following(self, look: _Look, message: InboundMessage, limits: Limits) -> _Next:
        link, now = look.link, message.received
        language = link.language if link else str(look.state["language"]) if look.state else "en"
        over = self._said("try.over.say", language, limits)
        if link is None or (fold(message.text) == _END and not look.begins):
            return _Next(over)
        try:
            edition, on = link.edition, limits.channel
            if look.begins or look.state is None:
                script = self._trials.begun(link.flow, link.node, language, now, edition, (on,))
                screen = self._trials.played(script, edition, (on,), {on: limits}).screens[on]
                told = (*self._said("try.begun.say", language, limits), *_replies(screen, None))
            else:
                script = Script.of_values(look.state["script"]).doing(on, *_done(message), now)
                screen = self._trials.played(script, edition, (on,), {on: limits}).screens[on]
                told = _replies(screen, len(script.on(on)))
        except FlowError:  # what it leads to holds no more
            return _Next(over)
        if screen.left:
            return _Next(told)
        if screen.trouble or len(script.on(on)) >= _MOST:
            return _Next((*told, *over))
        state = {"link": link.id.hex(), "language": language, "script": script.as_values()}
        return _Next(told, state, link.until + _AFTERWARDS)

    def _said(self, key: str, language: str, limits: Limits) -> tuple[Reply, ...]:
        return render([Prompt(key)], language, limits, self._trials.phrasebook, {}, 0)

    # --- keep -------------------------------------------------------------------------------------

    def _keep(
        self,
        unit: Unit,
        message: InboundMessage,
        mine: Sender,
        macs: Sequence[bytes],
        look: _Look,
        following: _Next,
        inline: bool,
    ) -> tuple[Reply, ...]:
        """What rides in the answer. Raises _Between."""
        keyring, now = self._keyring, message.received
        held = sessions.claim(unit, keyring, mine, macs[0], now, macs[1:])
        if held.seen:
            return replies_from(held.repeat)
        if held.state != look.state:
            raise _Between
        if following.state is None or following.until is None:
            sessions.forget(unit, mine, draft_id=held.draft_id)
        else:
            sessions.save(unit, keyring, mine, held, dict(following.state), Shown(), now, following.until - now)
            if inline:
                answer = json.dumps([payload_of(one) for one in following.replies]).encode()
                sessions.keep_answer(unit, keyring, mine, held, answer, now)
        put = (unit, keyring, mine.outbox_tag)
        at = (message.channel, message.address.value)
        copies = [one for one in (message.provider_copy, *(each.reference for each in message.media)) if one]
        if inline and copies:  # of a try the provider keeps nothing, either
            outbox.put(*put, "wipe", *at, {"ids": copies}, now)
        for reply in () if inline else following.replies:
            outbox.put(*put, "send", *at, payload_of(reply), now)
        return following.replies if inline else ()


class _Between(Exception):
    """Another message of hers was taken meanwhile; nothing was done."""


def _done(message: InboundMessage) -> tuple[Kind, str]:
    """What she did, as a try has it. Neither a place nor a file of hers goes any further."""
    if message.tap is not None:
        return "tap", f"{max(message.tap.epoch, 0)}:{message.tap.choice}"
    if message.pin is not None:
        return "pin", ""
    if message.media:
        return ("voice" if message.media[0].kind == "voice" else "photo"), ""
    return "text", message.opt_out if message.opt_out == "STOP" else message.text[:_LONGEST]


def _replies(screen: Screen, done: int | None) -> tuple[Reply, ...]:
    """What came back: of one thing done, or of the beginning and all that led to its step."""
    return tuple(
        Reply(one.text, one.keys, one.asks_pin, one.protect)
        for one in screen.bubbles
        if not one.hers and one.kind == "text" and done in (None, one.done)
    )
