"""`hamraz flows walk --replay`: the walk-through kept with each edition, held against it again; it proves that nobody changed
an edition, and that this version of Hamraz takes every answer where the one before took it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bot.settings import read_settings
from bot.walkthrough.keeping import NotReadable
from bot.walkthrough.walks import Walks
from casework.studio import shelf
from casework.studio.room import Walker
from flows.library import shipped_flows
from handlers.commands import CommandError
from locales.phrasebook import Phrasebook
from operating.flow_walking import conversations, named
from operating.keys import open_keyring
from operating.paper_desk import PaperDesk
from operating.parts import Hamraz, build
from storage import walkthroughs
from storage.database import Database

NOTHING_KEPT = (
    "no walk-through was kept with this edition: publish it again, or `hamraz migrate` where it came with Hamraz"
)


def keep_shipped(database: Database, walks: Walker | None = None) -> Iterator[str]:
    """Walk through what came with Hamraz, where that was not done yet."""
    walks, flows = walks or Walks(Phrasebook.load(), PaperDesk()), {flow.name: flow for flow in shipped_flows()}
    fresh = 0
    for flow in flows.values():
        if database.read(partial(walkthroughs.fetch, edition=flow.hash)) is None:
            database.work(partial(walkthroughs.keep, edition=flow.hash, body=walks(flow, flows).kept()))
            fresh += 1
    yield f"walk-throughs: {fresh} new" if fresh else "walk-throughs: up to date"


def replay_flows(name: str) -> Iterator[str]:
    """Hold again what was kept with the editions that hold in the database. Raises CommandError."""
    settings = read_settings().without_surprises()
    hamraz = build(settings, open_keyring(settings))
    try:
        yield from replays(hamraz, name)
    finally:
        hamraz.counter.close()
        hamraz.database.close()


def replays(hamraz: Hamraz, name: str = "") -> Iterator[str]:
    """Hold again what was kept with each edition that holds. Raises CommandError."""
    standing = shelf.everything(hamraz.studio)
    hamraz.studio.read(hamraz.studio.renew)
    flows = {one: each.flow for one, each in standing.items()}
    held_again = failed = 0
    for flow in named(name, flows):
        kept = hamraz.database.read(partial(walkthroughs.fetch, edition=flow.hash))
        try:
            count, troubles = (0, [NOTHING_KEPT]) if kept is None else hamraz.walks.replayed(kept, flow, flows)
        except NotReadable:
            count, troubles = 0, ["its walk-through was kept by another version of Hamraz, and this one cannot read it"]
        yield from (f"{flow.name}: {trouble}" for trouble in troubles)
        number = standing[flow.name].number
        which = f"edition {number}" if number else "as it came with Hamraz"
        yield f"{flow.name}, {which}: {conversations(count)} held again, {len(troubles)} went otherwise"
        held_again, failed = held_again + count, failed + len(troubles)
    yield f"{conversations(held_again)} held again, {failed} went otherwise"
    if failed:
        raise CommandError("not every conversation goes as it did: see above")
