"""The console over the parts. Loaded when its first page is opened: a process that only answers messages pays for none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Flask

from casework.cases.live import Live
from casework.directory.room import DirectoryRoom
from operating.deciding import set_or_not, settings_room
from operating.institutions import ways_of
from operating.parts import Hamraz
from operating.vitals import examine
from operating.wording import words_room
from storage.errors import StorageAway
from storage.vault.keyring import Purpose
from storage.vault.sealing import subkey
from web.console.console import add_console
from web.console.pages import Console


def add_console_to(app: Flask, hamraz: Hamraz, clock: Callable[[], datetime]) -> Console:
    """The console, where it may be served."""
    words = words_room(hamraz.room, hamraz.studio)
    console = Console(
        office=hamraz.office,
        room=hamraz.room,
        live=Live(hamraz.room),
        directory=DirectoryRoom(hamraz.office, hamraz.counter.shelf),
        institutions=hamraz.counter.institutions,
        ways=ways_of(hamraz.settings),
        pager=hamraz.pager,
        studio=hamraz.studio,
        walks=hamraz.walks,
        trials=hamraz.trials,
        tests=hamraz.settings.tests,
        wording=words,
        deployment=settings_room(hamraz, words),
        clock=clock,
        public_url=hamraz.settings.public_url.rstrip("/"),
        lacking={**dict.fromkeys(hamraz.channels.on, ()), **hamraz.channels.off},
        environment=set_or_not(hamraz.settings),
        away=(StorageAway,),
        channels=hamraz.channels.names,
        vitals=partial(examine, hamraz.settings, hamraz.database, hamraz.keyring, hamraz.channels.off),
        staff_bot=hamraz.channels.staff.username if hamraz.channels.staff is not None else None,
        entered=lambda outcome: hamraz.counters.logins.labels(outcome).inc(),
        answered=lambda method, status: hamraz.counters.console.labels(method, str(status)).inc(),
    )
    if hamraz.settings.serves_console:
        keys = [subkey(hamraz.keyring.key(Purpose.STAFF, one), "forms") for one in reversed(hamraz.keyring.ids)]
        add_console(app, console, keys)
    return console
