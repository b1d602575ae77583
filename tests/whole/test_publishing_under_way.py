"""Flows are edited at random and published by every policy while people talk: nobody is lost, nobody is left without an answer."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from itertools import count

import pytest

from casework.staff.refusals import Refusal
from casework.staff.roles import Role
from casework.studio import drafts, publishing, shelf
from flows.definition import from_source
from flows.editing import operations
from flows.editing.operations import Step
from flows.editing.values import names
from flows.published import POLICIES
from operating.parts import Hamraz
from storage import editions, sessions
from storage.database import Unit
from storage.sessions.claiming import peek
from storage.vault.senders import SenderBook
from tests.bot.test_conversation import begin
from tests.casework.cases.conftest import hired
from tests.phones import Clock, Phone

WORDS = ("1", "2", "3", "SKIP", "DONE", "yesterday", "back", "0", "every morning at the gate he waits for me", "hello?")


@pytest.mark.timeout(3600)  # ten seconds of work; --long: the better part of an hour
def test_whoever_talks_while_flows_are_published_is_answered_and_stands_where_there_is_an_edition(
    hamraz: Hamraz, clock: Clock, long: bool
) -> None:
    draw = random.Random(20261130)
    admin = hired(hamraz.room, clock, "Rabia", Role.ADMIN).id
    phones = [Phone(hamraz, "sms", f"+92300556{number:04}", clock) for number in range(200 if long else 6)]
    told = dict.fromkeys((phone.number for phone in phones), "")  # what each was told last
    for phone in phones:
        begin(phone)
    published, numbers = 0, count()

    while published < (1_000 if long else 5):
        number = next(numbers)
        assert number < 50 or published > number / 4, "hardly anything can be published"
        name = draw.choice(["report", "menu", "find_help"] if long else ["menu", "tips"])
        published += changed(hamraz, admin, name, draw, number, clock)
        for phone in draw.sample(phones, len(phones) // 2):
            said = phone.say(draw.choice(WORDS))
            # Whatever fails inside is raised here. Only parts of a story after its first are taken in silence.
            assert said or "DONE" in told[phone.number], told[phone.number]
            told[phone.number] = said or told[phone.number]
        clock.forward(seconds=1)

    shipped = {flow.hash: flow for flow in hamraz.studio.shipped.values()}
    book = SenderBook(hamraz.keyring, memory_kib=8)
    hers = [book.of("sms", phone.number, clock()) for phone in phones]
    lost = hamraz.database.work(lambda unit: [peek(unit, hamraz.keyring, one, clock()) for one in hers]).count(None)
    assert lost == 0
    # Whoever is to be asked tomorrow has one more, which shows no place.
    shown = hamraz.database.read(lambda unit: list(sessions.standing(unit, hamraz.keyring, clock())))
    places = {place for one in shown if one.edition for place in one.places}
    assert places
    for place in places:
        flow = shipped.get(place.edition) or from_source(hamraz.database.read(partial(fetched, place.edition)))
        assert place.node in flow.nodes


def fetched(edition: str, unit: Unit) -> str:
    source = editions.fetch(unit, edition)
    assert source is not None, edition
    return source


def changed(hamraz: Hamraz, admin: bytes, name: str, draw: random.Random, number: int, clock: Clock) -> int:
    """Edit a flow at random and publish it, or go back; 1 where it holds."""
    room, now = (
        replace(hamraz.studio, walk=None),
        clock(),
    )  # a second each, and tests/flows/test_breakages.py has as many
    standing = shelf.one(room, name)
    try:
        if standing.number and draw.random() < 0.2:
            back = draw.randrange(standing.number)
            publishing.go_back(room, admin, name, back, standing.number, draw.choice(POLICIES), now)
            return 1
        draft = drafts.of(room, name)
        draft = drafts.take(room, admin, name, draft.token, edit(names(draft.data), draw, number), now)
        publishing.publish(room, admin, name, draft.token, draw.choice(POLICIES), True, now)
    except Refusal:
        left = drafts.of(room, name)
        drafts.discard(room, admin, name, left.token, now)
        return 0
    return 1


def edit(there: list[str], draw: random.Random, number: int) -> Step:
    node = draw.choice(there)
    return draw.choice([
        operations.rename(node, f"fresh_{number}"),
        operations.rename(node, f"fresh_{number}"),
        operations.move(node, draw.choice([one for one in there if one != node])),
        operations.delete(node, draw.choice([one for one in there if one != node])),
        operations.add("say", f"said_{number}", node, {"say": "say.told_kept"}),
        operations.change(node, {"secret": True}),
    ])  # fmt: skip
