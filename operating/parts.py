"""Every part of Hamraz, made from the settings and joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from prometheus_client import CollectorRegistry

from bot.afterwards import Afterwards
from bot.conversation import Conversation
from bot.danger import DangerWords
from bot.editions import EditionShelf
from bot.parts import Noticed, Parts
from bot.passing import Tally
from bot.pictures import Darkroom
from bot.settings import Settings
from bot.walkthrough.walks import Walks
from casework.cases.room import CaseRoom
from casework.chat.herald import ChatHerald
from casework.chat.turn import ChatDesk
from casework.desk import Counter
from casework.hours import OpeningHours
from casework.paging.pager import Pager
from casework.staff.office import Office
from casework.studio.room import StudioRoom
from flows.library import shipped_flows
from handlers.channels import Channels, open_channels
from handlers.commands import CommandError
from handlers.counters import Counters
from locales.phrasebook import Phrasebook
from operating.ages import look
from operating.clock import now
from operating.flow_checking import Prover, templates_of
from operating.office import make_office
from operating.paper_desk import PaperDesk
from operating.previewing import Previews
from operating.providers import approved, channel_settings
from operating.trying import Trials
from storage import editions
from storage.database import Database
from storage.errors import StorageError
from storage.migrations import check
from storage.vault.keyring import Keyring
from storage.vault.senders import SenderBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Hamraz:
    """Every part, joined."""

    settings: Settings
    database: Database
    keyring: Keyring
    counter: Counter
    room: CaseRoom
    pager: Pager
    conversation: Conversation
    tally: Tally
    afterwards: Afterwards
    channels: Channels
    counters: Counters
    office: Office
    studio: StudioRoom
    trials: Trials
    walks: Walks

    @property
    def chat(self) -> ChatDesk:
        """The counsellors' chat."""
        staff = self.channels.staff
        return ChatDesk(self.room, self.settings.staff_group, staff.fetch_file if staff is not None else None)


def build(settings: Settings, keyring: Keyring) -> Hamraz:
    """Join everything. Raises CommandError when the databases are not ready."""
    database = Database(settings.database_url, settings.keys_url)
    try:
        check(database)
        flows = shipped_flows()
        for flow in flows:
            database.work(partial(editions.publish, name=flow.name, edition=flow.hash, body=flow.source, now=now()))
    except StorageError as error:
        raise CommandError(str(error)) from None
    phrasebook = Phrasebook.load()
    channels = open_channels(channel_settings(settings, phrasebook))
    room = CaseRoom(database, keyring, hours(settings), phrasebook, Darkroom().bare, templates=approved(settings))
    staff = [channels.staff.name] if channels.staff is not None else []
    pager = Pager.of(room, [*channels.on, *staff], timedelta(minutes=settings.page_again_minutes))
    chat = (ChatHerald(room, settings.staff_group, settings.staff_language),) if staff else ()
    room = replace(room, heralds=(pager, *chat))
    counter = Counter(room, memory_kib=settings.slow_memory_kib, alarm=pager.writes, texts="sms" in channels.on)
    counters = Counters(CollectorRegistry(), settings.counts_folder)
    counters.look = partial(look, room, channels.names)
    tally = Tally()
    parts = Parts(
        database=database,
        keyring=keyring,
        counter=counter,
        editions=EditionShelf(flows, database, keyring),
        phrasebook=phrasebook,
        senders=SenderBook(keyring, memory_kib=settings.slow_memory_kib),
        danger=DangerWords.load(),
        default_language=settings.default_language,
        noticed=Noticed(
            lambda flow, node: counters.misread.labels(flow, node).inc(),
            lambda outcome: counters.unlocks.labels("receipt", outcome).inc(),
            tally.count,
        ),
    )
    office = replace(
        make_office(settings, database, keyring),
        heralds=room.heralds,
        unlocked=lambda outcome: counters.unlocks.labels("password", outcome).inc(),
    )
    walks = Walks(phrasebook, PaperDesk())
    prover = Prover(phrasebook, templates_of(settings))
    studio = StudioRoom(office, {flow.name: flow for flow in flows}, prover, room.renew, walks)
    trials = Trials(counter, studio, parts.danger, {name: one.limits for name, one in channels.on.items()})
    if settings.tests:
        parts = replace(parts, previews=Previews(database, keyring, trials, settings.tests))
    conversation = Conversation(parts)
    return Hamraz(
        settings=settings,
        database=database,
        keyring=keyring,
        counter=counter,
        room=room,
        pager=pager,
        conversation=conversation,
        tally=tally,
        afterwards=Afterwards(parts, conversation),
        channels=channels,
        counters=counters,
        office=office,
        studio=studio,
        trials=trials,
        walks=walks,
    )


def is_ready(hamraz: Hamraz) -> Mapping[str, bool]:
    """Which parts work, for /readyz."""
    try:
        check(hamraz.database)
    except (StorageError, OSError):
        return {"databases": False}
    return {"databases": True}


def hours(settings: Settings) -> OpeningHours:
    """When the team reads. Raises CommandError."""
    try:
        return OpeningHours.read(settings.hours, settings.time_zone)
    except ValueError as error:
        raise CommandError(f"HAMRAZ_HOURS, HAMRAZ_TIME_ZONE: {error}") from None
