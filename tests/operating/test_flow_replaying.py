"""The walk-through that lies with an edition is held against it again, on either database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, partial

import pytest
from sqlalchemy import update

from bot.settings import Settings
from bot.walkthrough.walks import Proof, Walks
from casework.staff.roles import Role
from casework.studio import drafts, publishing, shelf
from flows.editing import operations
from flows.library import shipped_flows
from flows.published import FINISH
from handlers.commands import CommandError
from locales.phrasebook import Phrasebook
from operating.flow_replaying import keep_shipped, replays
from operating.paper_desk import PaperDesk
from operating.parts import Hamraz
from storage import walkthroughs
from storage.tables import walkthroughs as table
from tests.casework.cases.conftest import hired
from tests.databases import Place
from tests.phones import Clock, make_hamraz

FLOWS = {flow.name: flow for flow in shipped_flows()}


@cache
def walks() -> Walks:
    """One for the whole file: the shipped flows are walked once."""
    return Walks(Phrasebook.load(), PaperDesk())


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Hamraz]:
    place: Place = request.getfixturevalue(request.param)
    made = make_hamraz(settings.model_copy(update={"database_url": place.url, "keys_url": place.keys_url}))
    yield made
    made.counter.close()
    made.database.close()


def replayed(hamraz: Hamraz, name: str = "") -> tuple[list[str], bool]:
    """What is printed, and whether all went as it did."""
    said: list[str] = []
    try:
        for line in replays(hamraz, name):
            said.append(line)
    except CommandError:
        return said, False
    return said, True


def change(hamraz: Hamraz, edition: str, **changed: object) -> None:
    kept = hamraz.database.read(partial(walkthroughs.fetch, edition=edition))
    body = json.dumps({**json.loads(kept or "{}"), **changed})
    hamraz.database.work(lambda unit: unit.main.run(update(table).where(table.c.edition == edition).values(body=body)))


def test_what_is_kept_with_each_edition_goes_as_it_did(both: Hamraz, clock: Clock) -> None:
    assert replayed(both)[1] is False  # nothing is kept yet
    assert list(keep_shipped(both.database, walks())) == [f"walk-throughs: {len(FLOWS)} new"]
    assert list(keep_shipped(both.database, walks())) == ["walk-throughs: up to date"]

    said, went = replayed(both)

    assert went, said
    assert (
        said[-1]
        == f"{sum(len(walks().of(flow, FLOWS).courses) for flow in FLOWS.values())} conversations held again, 0 went otherwise"
    )
    admin = hired(both.room, clock, "Rabia", Role.ADMIN).id
    draft = drafts.of(both.studio, "answered")
    step = operations.rename("how", "what")
    draft = drafts.take(both.studio, admin, "answered", draft.token, step, clock())
    publishing.publish(both.studio, admin, "answered", draft.token, FINISH, True, clock())

    said, went = replayed(both, "answered")

    assert went, said
    assert said[0] == "answered, edition 1: 9 conversations held again, 0 went otherwise"
    kept = both.database.read(partial(walkthroughs.fetch, edition=shelf.one(both.studio, "answered").flow.hash)) or ""
    assert '"what"' in kept
    assert '"how"' not in kept


def test_what_goes_otherwise_is_said_with_the_conversation_and_the_message(hamraz: Hamraz) -> None:
    hamraz.database.work(
        partial(walkthroughs.keep, edition=FLOWS["saved"].hash, body=Proof(walks().of(FLOWS["saved"], FLOWS)).kept())
    )
    kept = json.loads(hamraz.database.read(partial(walkthroughs.fetch, edition=FLOWS["saved"].hash)) or "")
    course = next(one for one in kept["courses"] if one["first"][1] == "next")
    course["first"][1] = "some"
    change(hamraz, FLOWS["saved"].hash, courses=[course])

    said, went = replayed(hamraz, "saved")

    assert not went
    assert said[0] == "saved: conversation 1, at its beginning: she came to next, not to some"


@pytest.mark.parametrize("changed", [{"v": 2}, {"courses": [1]}, {"courses": None}])
def test_what_cannot_be_read_is_said_and_falls_over_nobody(hamraz: Hamraz, changed: dict[str, object]) -> None:
    hamraz.database.work(partial(walkthroughs.keep, edition=FLOWS["saved"].hash, body="{}"))
    change(hamraz, FLOWS["saved"].hash, channel="sms", language="en", **({"v": 1} | changed))

    said, went = replayed(hamraz, "saved")

    assert not went
    assert said[0] == "saved: its walk-through was kept by another version of Hamraz, and this one cannot read it"
