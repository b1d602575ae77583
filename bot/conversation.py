"""One message in, its replies out: one unit of work, one commit.

    derive her keys → fetch media → look up a receipt      (slow; outside the unit)
    claim the session → take the turn → render → save      (inside; all or nothing)

Whatever rides in the webhook's own answer is kept for an hour, sealed, so that a repeated
webhook gets the same answer and has no second effect. The rest goes through the outbox.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import h3

from bot import elsewhere
from bot.answering import World, guessed
from bot.elsewhere import Elsewhere
from bot.limits import Limits
from bot.listening import Listener
from bot.media import Fetch, Fetched, fetch_all
from bot.message import InboundMessage, MediaReference, Reply
from bot.parts import Opening, Parts
from bot.passing import shown
from bot.payload import payload_of, replies_from
from bot.pictures import Darkroom
from bot.rendering import render
from bot.turn import Receipt, Turn
from bot.watching import Watched
from flows.controls import PANIC
from flows.desk import SenderWanted
from flows.library import Library
from flows.prompt import Prompt
from flows.scene import Heard
from flows.state import Frame, from_json, to_json
from storage import outbox, sessions, shredding
from storage.database import Unit
from storage.sessions import Claim, pockets
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_id, tossed
from storage.vault.senders import Sender, message_mac, older_macs

CELL = 8  # H3 resolution of a pin: about 0.7 km²; the exact point is never kept
_RECEIPT_DIGITS = 15  # a text with fewer digits is not worth looking at as a receipt


class Conversation:
    """Answers every message of every channel."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._darkroom = Darkroom()
        self._listener = Listener(parts.phrasebook)

    def converse(
        self, inbound: InboundMessage, limits: Limits, fetch: Fetch, answers_inline: bool
    ) -> tuple[Reply, ...]:
        """Return the replies that ride in the webhook's own answer; the others wait in the outbox.

        Raises StorageAway when nothing could be kept: the provider will send it again.
        """
        parts = self._parts
        sender = parts.senders.of(inbound.channel, inbound.address.value, inbound.received)
        macs = _macs(parts.keyring, inbound.channel, inbound.id)
        if parts.previews is not None:
            tried = parts.previews.hear(inbound, sender, macs, limits, inline=answers_inline)
            if tried is not None:
                return tried
        # What is slow, or counts as a try, is not done again for a message that was taken before.
        is_new = not (inbound.media or _may_be_receipt(inbound.text)) or not self.took(inbound.channel, inbound.id)
        fetched = fetch_all(inbound.media if is_new else (), fetch, new_id, self._darkroom)
        if fetched.problem and not inbound.problem:
            inbound = replace(inbound, problem=fetched.problem)
        receipt = self._look_up(inbound, sender) if is_new else None

        def unit_of_work(unit: Unit, other: Elsewhere | None = None) -> tuple[Reply, ...]:
            return self._converse(unit, inbound, limits, answers_inline, sender, macs, fetched, receipt, other)

        try:
            return parts.database.work(unit_of_work)
        except SenderWanted as wanted:  # nothing was done yet
            whose = parts.senders.of(wanted.channel, wanted.address, inbound.received)
            other = Elsewhere(whose, wanted.channel, wanted.address)
            return parts.database.work(lambda unit: unit_of_work(unit, other))

    def took(self, channel: str, message_id: str) -> bool:
        """Whether this message was taken before. Raises StorageAway."""
        macs = _macs(self._parts.keyring, channel, message_id)
        return self._parts.database.read(lambda unit: any(sessions.heard(unit, mac) for mac in macs))

    def expire(self, now: datetime) -> None:
        """Drop from memory whoever has not written for a while."""
        self._parts.senders.expire(now)

    def apologise(self, inbound: InboundMessage, limits: Limits) -> tuple[Reply, ...]:
        """One apology, in the language of her message: what went wrong may be her session itself."""
        language = self._guess(inbound)
        return render([Prompt("say.broke")], language, limits, self._parts.phrasebook, {}, 0)

    # --- before the unit of work ----------------------------------------------------------------

    def _look_up(self, inbound: InboundMessage, sender: Sender) -> Opening | None:
        if not _may_be_receipt(inbound.text):
            return None
        found = self._parts.counter.look_up(inbound.text, sender, inbound.received)
        if found is not None:
            self._parts.noticed.number(found.outcome)
        return found

    def _guess(self, inbound: InboundMessage, opening: Opening | None = None) -> str:
        """A stranger's language: digits tell none, but what her number opens does."""
        told = opening.language if opening is not None else ""
        hint = inbound.language_hint.split("-")[0]
        return guessed(self._parts.phrasebook, inbound.text, told, hint, self._parts.default_language)

    def _calm(self, inbound: InboundMessage, limits: Limits, answers_inline: bool) -> tuple[Reply, ...]:
        """After panic no answer is kept, but a panic word that is brought again still hears its calm line."""
        if not answers_inline or self._listener.now.controls.read(inbound.text) != PANIC:
            return ()
        return render([Prompt("say.panic")], self._guess(inbound), limits, self._parts.phrasebook, {}, 0)

    # --- inside ---------------------------------------------------------------------------------

    def _converse(
        self,
        unit: Unit,
        inbound: InboundMessage,
        limits: Limits,
        answers_inline: bool,
        sender: Sender,
        macs: Sequence[bytes],
        fetched: Fetched,
        opening: Opening | None,
        other: Elsewhere | None,
    ) -> tuple[Reply, ...]:
        parts, now = self._parts, inbound.received
        parts.counter.renew(unit)
        held = sessions.claim(unit, parts.keyring, sender, macs[0], now, macs[1:])
        if held.seen:
            return replies_from(held.repeat) or self._calm(inbound, limits, answers_inline)
        outbox.adopt(unit, parts.keyring, sender, now)
        if inbound.late and held.state is None:
            sessions.forget(unit, sender, draft_id=None)
            return ()  # she left meanwhile: it is not for us to begin again
        if inbound.opt_out == "START":
            outbox.resume(unit, sender.outbox_tag)
        state = from_json(held.state) if held.state is not None else None
        language = state.language if state else self._guess(inbound, opening)

        def media(media_id: bytes) -> bytes:
            fresh = fetched.content(media_id)
            return fresh if fresh is not None else sessions.media(unit, parts.keyring, sender, held, media_id)

        whose = other.sender if other is not None else None
        desk = Watched(
            parts.counter.desk(
                unit, sender, inbound.channel, inbound.address.value, language, media, now, opening, whose
            )
        )
        library = parts.editions.library(unit, now)
        world = World(
            library=library,
            draw=partial(_drawn, library),
            phrasebook=parts.phrasebook,
            listening=self._listener.now,
            ring=parts.danger.ring,
            limits=limits,
            desk=desk,
        )
        turn = world.turn(state, inbound, _heard(inbound, fetched), _receipt(opening, now), language)
        if turn.misread is not None:
            flow, node = turn.misread
            unit.after_commit(lambda: parts.noticed.misread(flow, node))
        if desk.erased:
            pockets.drop(unit, sender)
        if turn.left:
            desk.leave(now, state.talk if state else "")
        if turn.state and turn.state.danger == "red" and not turn.state.talk and (not state or state.danger != "red"):
            desk.alarm(now)  # once a talk; what reaches the team by itself calls it by itself
        spoken = turn.state.language if turn.state else language
        replies = world.replies(turn, spoken)
        if other is not None and desk.by_sms is not None:
            elsewhere.send(unit, parts.keyring, parts.phrasebook, other, spoken, desk.by_sms, now)
        self._keep(unit, inbound, sender, held, turn, fetched)
        self._tidy(unit, inbound, sender, turn, fetched, wiping=turn.forgotten or desk.erased)
        unit.after_commit(lambda: parts.noticed.turned(state, turn, inbound.channel, now))
        return self._send(unit, inbound, answers_inline, sender, held, turn, replies)

    def _keep(
        self, unit: Unit, inbound: InboundMessage, sender: Sender, held: Claim, turn: Turn, fetched: Fetched
    ) -> None:
        parts, now = self._parts, inbound.received
        if inbound.provider_copy and not turn.forgotten:
            outbox.keep_copy(unit, parts.keyring, sender.outbox_tag, inbound.provider_copy, now)
        if turn.forgotten:
            self._forget(unit, inbound, sender, held)
            return
        if turn.state is None:  # one word of a stranger, by which nothing is begun; what waits for her stays
            sessions.forget(unit, sender, draft_id=held.draft_id)
            return
        if turn.filed:
            self._begin_anew(unit, sender, held, now)
        state = to_json(turn.state)
        if fetched.kept or held.has_media:
            self._keep_media(unit, sender, held, state, fetched, now)
        sessions.save(unit, parts.keyring, sender, held, state, shown(turn.state, inbound.channel), now)

    def _forget(self, unit: Unit, inbound: InboundMessage, sender: Sender, held: Claim) -> None:
        """Panic, STOP, erasing: nothing of hers stays here, and nothing more is sent."""
        parts = self._parts
        sessions.forget(unit, sender, draft_id=held.draft_id)
        outbox.drop(unit, sender.outbox_tag)
        pockets.drop(unit, sender)
        if inbound.opt_out == "STOP":
            outbox.stop(unit, sender.outbox_tag, inbound.channel, inbound.received)
        unit.after_commit(lambda: parts.senders.forget(inbound.channel, inbound.address.value))

    def _keep_media(
        self, unit: Unit, sender: Sender, held: Claim, state: Mapping[str, Any], fetched: Fetched, now: datetime
    ) -> None:
        """Keep the files that her answers name now, and let go of those that they no longer do."""
        used = frozenset(bytes.fromhex(name) for name in _media_ids(state["frames"]))
        for evidence in fetched.kept:
            if evidence.id in used:
                for file in evidence.files():
                    sessions.keep_media(unit, self._parts.keyring, sender, held, file.id, file.content, now)
        if held.state is not None and _media_ids(held.state["frames"]) - {name.hex() for name in used}:
            sessions.drop_media_except(unit, sender, used)

    def _begin_anew(self, unit: Unit, sender: Sender, held: Claim, now: datetime) -> None:
        """Leave the draft that became a report. Its key goes only after the commit: keys commit first, and a process that
        died between the two would leave neither draft nor report. If it dies right after, the sweep finds the key."""
        filed, held.draft_id = held.draft_id, None
        sessions.begin_anew(unit, sender, held, now)
        if filed is not None:
            unit.after_commit(lambda: self._parts.database.work(lambda later: shredding.shred(later, filed)))

    def _tidy(
        self, unit: Unit, inbound: InboundMessage, sender: Sender, turn: Turn, fetched: Fetched, *, wiping: bool
    ) -> None:
        """What the provider still holds: fetched files go at once, everything on panic or erasing."""
        keyring, tag, now = self._parts.keyring, sender.outbox_tag, inbound.received
        put = _putter(unit, keyring, sender, inbound, now)
        late = {one.reference for one in fetched.late}
        names = [one.reference for one in inbound.media if wiping or one.reference not in late]
        if wiping:
            copies = outbox.take_copies(unit, keyring, tag, now)
            names += [name for name in (*copies, inbound.provider_copy) if name]
        if names:
            put("wipe", {"ids": list(dict.fromkeys(names))})
        if turn.forgotten:
            return
        for number, one in enumerate(fetched.late):
            outbox.keep_copy(unit, keyring, tag, one.reference, now)
            put("fetch", {"id": f"{inbound.id}:late:{number}", **_reference(one)})

    def _send(
        self,
        unit: Unit,
        inbound: InboundMessage,
        answers_inline: bool,
        sender: Sender,
        held: Claim,
        turn: Turn,
        replies: tuple[Reply, ...],
    ) -> tuple[Reply, ...]:
        parts, now = self._parts, inbound.received
        put = _putter(unit, parts.keyring, sender, inbound, now)
        inline: list[Reply] = []
        for number, reply in enumerate(replies):
            # What has buttons cannot ride in the answer, and nothing may overtake it.
            if answers_inline and not reply.buttons and len(inline) == number:
                inline.append(reply)
            else:
                put("send", payload_of(reply))
        if inline and not turn.forgotten:
            sessions.keep_answer(
                unit, parts.keyring, sender, held, json.dumps([payload_of(one) for one in inline]).encode(), now
            )
        return tuple(inline)


def _may_be_receipt(text: str) -> bool:
    return _RECEIPT_DIGITS <= len(text) <= 200 and sum(letter.isdigit() for letter in text) >= _RECEIPT_DIGITS


def _macs(keyring: Keyring, channel: str, message_id: str) -> tuple[bytes, ...]:
    """What stands for a message id under the current key, then under earlier ones."""
    return message_mac(keyring, channel, message_id), *older_macs(keyring, channel, message_id)


def _putter(
    unit: Unit, keyring: Keyring, sender: Sender, inbound: InboundMessage, now: datetime
) -> Callable[[str, Mapping[str, Any]], None]:
    def put(kind: str, payload: Mapping[str, Any]) -> None:
        outbox.put(unit, keyring, sender.outbox_tag, kind, inbound.channel, inbound.address.value, payload, now)

    return put


def _heard(inbound: InboundMessage, fetched: Fetched) -> Heard:
    cell = h3.latlng_to_cell(inbound.pin.latitude, inbound.pin.longitude, CELL) if inbound.pin else ""
    return Heard(
        text=inbound.text,
        choice=inbound.tap.choice if inbound.tap else "",
        media=tuple(one.described() for one in fetched.kept),
        cell=cell,
    )


def _drawn(library: Library, frame: Frame) -> tuple[int, bool]:
    """One of two wordings by an even chance, while they are compared."""
    run = library.compared(frame.flow, frame.edition)
    return run, bool(run) and tossed()


def _receipt(opening: Opening | None, now: datetime) -> Receipt | None:
    if opening is None:
        return None
    slots = {"report": opening.report.hex(), "opened": now.isoformat()} if opening.outcome == "open" else {}
    return Receipt(opening.outcome, slots, {"minutes": opening.minutes})


def _media_ids(value: object) -> set[str]:
    """Every media id inside a state's frames."""
    if isinstance(value, dict):
        own = {value["id"]} if "sha256" in value and isinstance(value.get("id"), str) else set()
        return own.union(*(_media_ids(inner) for inner in value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*(_media_ids(inner) for inner in value))
    return set()


def _reference(one: MediaReference) -> dict[str, Any]:
    return {"kind": one.kind, "reference": one.reference, "declared_type": one.declared_type, "size": one.size}
