"""The tables, the seed directory and the team's key, brought up to date before anything is served."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.settings import Settings, read_settings
from casework.seeding import load
from operating.clock import now
from operating.flow_replaying import keep_shipped
from operating.keys import TEAM_FILE, open_keyring
from storage import teams
from storage.database import Database
from storage.migrations import migrate
from storage.vault.keyring import Keyring


def bring_up_to_date() -> Iterable[str]:
    """Migrate both databases, load the seed directory, put the team's key in place. Says each."""
    settings = read_settings().without_surprises()
    database = Database(settings.database_url, settings.keys_url)
    try:
        migrate(database)
        yield "tables: up to date"
        offices = database.work(load)
        yield f"directory: {offices} offices"
        yield from keep_shipped(database)
        if settings.keyring.exists():
            yield from adopt_team(settings, database)
    finally:
        database.close()


def adopt_team(settings: Settings, database: Database, keyring: Keyring | None = None) -> Iterable[str]:
    """Let reports be sealed to the team's key that lies beside the keyring; nothing when none does."""
    file = settings.keyring.with_name(TEAM_FILE)
    if not file.exists():
        return
    team = json.loads(file.read_text(encoding="utf-8"))
    ring = keyring or open_keyring(settings)
    database.work(
        lambda unit: teams.adopt(
            unit, ring, bytes.fromhex(team["id"]), bytes.fromhex(team["public"]), team["private"].encode(), now()
        )
    )
    yield "team key: in place"
