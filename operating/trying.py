"""Trying a draft out: the three phones, joined to the real turn, the real directory and the real words. Reads, and keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import limits as rooms
from bot.answering import World
from bot.danger import DangerWords
from bot.limits import Limits
from bot.listening import Listener, Listening
from bot.reaching import put_there, way_to
from bot.tries import CHANNELS, Beginning, Did, Script, Tried
from bot.trying import Phone, Watching
from bot.watching import Watched
from casework import resources
from casework.desk import Counter
from casework.studio import drafts, shelf
from casework.studio.room import StudioRoom
from casework.trying.desk import TryDesk
from casework.trying.words import Spoken, TryWords
from flows.editing.values import as_flow
from flows.errors import BrokenFlow
from flows.library import Library
from flows.shape import Flow
from locales.phrasebook import Phrasebook
from storage.database import Unit
from storage.vault.randomness import new_id

_USUAL = {"sms": rooms.SMS, "whatsapp": rooms.WHATSAPP, "telegram": rooms.TELEGRAM}


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the three phones of one try share, within one unit of work."""

    unit: Unit = field(repr=False)
    flow: Flow = field(repr=False)  # the one that is tried
    flows: Mapping[str, Flow] = field(repr=False)  # and all others
    over: str  # the draft's token
    library: Library = field(repr=False)
    spoken: Spoken = field(repr=False)


class Trials:
    """Serves `bot.tries.Trials`. Safe to use from many threads."""

    def __init__(self, counter: Counter, studio: StudioRoom, danger: DangerWords, on: Mapping[str, Limits]) -> None:
        """on: the room of each channel that is set up; another is tried in the room that it usually has"""
        self._counter, self._studio, self._danger = counter, studio, danger
        self._limits = {name: on.get(name, usual) for name, usual in _USUAL.items()}
        self._words = TryWords(counter.room)
        self._known: Library | None = None  # its machines are not built again
        self._listener = Listener(counter.room.phrasebook)

    def begun(
        self,
        flow: str,
        node: str,
        language: str,
        now: datetime,
        edition: Flow | None = None,
        channels: Sequence[str] = CHANNELS,
        reads: str = "",
        *,
        other: bool = False,
    ) -> Script:
        """See `bot.tries.Trials`; the studio's own refusals pass through."""

        def read(unit: Unit) -> Script:
            stage = self._stage(unit, flow, edition)
            begins = "" if node == "/" else flow
            script = Script(
                flow,
                stage.over,
                language,
                new_id().hex()[:16],
                {channel: Beginning(int(now.timestamp()), language, begins) for channel in channels},
                reads=reads,
                other=other,
            )
            if node in ("", "/", stage.flow.begins) or node not in stage.flow.nodes:
                return script
            return self._led(stage, script, node, now)

        return self._studio.read(read)

    def played(
        self,
        script: Script,
        edition: Flow | None = None,
        channels: Sequence[str] = CHANNELS,
        limits: Mapping[str, Limits] | None = None,
    ) -> Tried:
        """See `bot.tries.Trials`."""

        def read(unit: Unit) -> Tried:
            stage = self._stage(unit, script.flow, edition)
            phones = {channel: self._phone(stage, script, channel, limits or {}) for channel in channels}
            for channel, phone in phones.items():
                for did in script.on(channel):
                    phone.do(did)
            spoken = stage.spoken
            return Tried(
                {channel: phone.screen for channel, phone in phones.items()},
                stage.over,
                tuple(stage.flow.nodes),
                spoken.missing,
                spoken.unfit,
                len(spoken.drafts),
            )

        return self._studio.read(read)

    def numbers(self) -> str:
        """See `bot.tries.Trials`."""
        told = self._studio.read(lambda unit: resources.emergency(self._counter.shelf.stock(unit)))
        return ", ".join(str(one) for one in told.values())

    @property
    def phrasebook(self) -> Phrasebook:
        """What is said outside any draft."""
        return self._counter.room.phrasebook

    # --- inside -----------------------------------------------------------------------------------

    def _led(self, stage: _Stage, script: Script, node: str, now: datetime) -> Script:
        """Each phone led to a step by answers, or put there where none lead to it."""
        done: dict[str, tuple[Did, ...]] = {}
        begun = dict(script.begun)
        shown = {word: stage.spoken.book.shown(word, script.language) for word in ("skip", "done")}
        for channel in script.begun:
            phone = self._phone(stage, script, channel, {})
            way = way_to(stage.flow, node, phone.forked, shown)
            if way is None:
                begun[channel] = put_there(begun[channel], stage.flow, node, now)
            else:
                done[channel] = way
        return replace(script, begun=begun, done=done)

    def _phone(self, stage: _Stage, script: Script, channel: str, limits: Mapping[str, Limits]) -> Phone:
        beginning = script.begun[channel]
        desk = TryDesk(self._counter, stage.unit, channel, script.language, script.seed, script.reads, beginning.moment)
        library = Watching(stage.flows.values(), stage.library)
        world = World(
            library=library,
            phrasebook=stage.spoken.book,
            listening=self._listening(stage.spoken),
            ring=self._danger.ring,
            limits=limits.get(channel, self._limits[channel]),
            desk=Watched(desk),
            draw=lambda frame: (0, script.other),
        )
        return Phone(world, desk, library, beginning)

    def _stage(self, unit: Unit, name: str, edition: Flow | None) -> _Stage:
        standing = shelf.standing(unit, self._studio)
        holding = {one.name: one.flow for one in standing.values()}
        self._known = Library(holding.values(), known=self._known)
        over = ""
        if edition is None:
            draft = drafts.seen(unit, self._studio, standing, name)
            edition, over = as_flow(draft.data), draft.token
        flows = {**self._fresh(unit, holding), **holding, name: edition}
        library = Library(flows.values(), known=self._known)
        return _Stage(unit, edition, flows, over, library, self._words.spoken(unit, [edition]))

    def _fresh(self, unit: Unit, holding: Mapping[str, Flow]) -> dict[str, Flow]:
        """Flows that are written and never held: a draft may lead there already."""
        found: dict[str, Flow] = {}
        for draft in drafts.begun(unit, self._studio):
            if draft.name not in holding:
                try:
                    found[draft.name] = as_flow(draft.data)
                except BrokenFlow:
                    continue
        return found

    def _listening(self, spoken: Spoken) -> Listening:
        if not self._listener.hears(spoken.book):
            self._listener = Listener(spoken.book)
        return self._listener.now
