"""A flow of RapidPro, taken as a draft, given its words, let hold, and talked through on real phones."""

from __future__ import annotations

import json
from functools import partial

import pytest

from casework.staff.roles import Role
from casework.studio import drafts, exchange, publishing
from casework.wordings import bulk
from casework.wordings.bulk import Change
from casework.wordings.room import WordsRoom
from flows.editing import operations
from flows.exchange import taking
from flows.exchange.bundle import Bundle
from flows.published import FINISH
from operating.parts import Hamraz
from operating.wording import words_room
from tests.casework.cases.conftest import hired
from tests.databases import Place
from tests.flows.exchange.foreign import market
from tests.phones import Clock, Phone


@pytest.fixture
def place(sqlite: Place) -> Place:
    """What does not hang on the database runs on one."""
    return sqlite


def say_all(words: WordsRoom, by: bytes, bundle: Bundle, clock: Clock) -> None:
    """Say its words in every language; English where it brought none."""
    english = bundle.words["en"]
    for language in words.phrasebook.languages:
        said = {**english, **bundle.words.get(language.code, {})}
        changes = [Change(key, (), forms) for key, forms in said.items()]
        bulk.write(words, by, language.code, partial(list, changes), clock(), "said", say=True)


def let_hold(hamraz: Hamraz, by: bytes, flow: str, clock: Clock) -> None:
    token = drafts.of(hamraz.studio, flow).token
    assert publishing.publish(hamraz.studio, by, flow, token, FINISH, True, clock()).what == "published"


def test_it_converses_as_it_did_there(hamraz: Hamraz, clock: Clock) -> None:
    words, admin = words_room(hamraz.room, hamraz.studio), hired(hamraz.room, clock, "Rabia", Role.ADMIN).id
    plan = exchange.take(hamraz.studio, words, admin, taking.read(json.dumps(market()).encode()), clock())
    assert [one.bundle.name for one in plan.coming] == ["market_day", "pay"]
    for one in plan.coming:
        say_all(words, admin, one.bundle, clock)
    for flow in ("pay", "market_day"):
        let_hold(hamraz, admin, flow, clock)
    draft = drafts.of(hamraz.studio, "welcome")
    lead = operations.change("menu", {"flow": "market_day"})
    drafts.take(hamraz.studio, admin, "welcome", draft.token, lead, clock())
    let_hold(hamraz, admin, "welcome", clock)

    by_sms = Phone(hamraz, "sms", "+923005550001", clock)
    talk(by_sms, "hello", "1")
    welcome = by_sms.say("1")
    assert welcome == "Welcome to the market, .... Write to us@example.org.\nWhich fruit?\n1 Plum\n2 Fig"
    again = by_sms.say("mango")  # "We have no such fruit" is said in words of ours
    assert "not clear" in again and again.endswith("Which fruit?\n1 Plum\n2 Fig")
    assert talk(by_sms, "fig", "2", "yesterday", "Hyderabad", "skip", "nothing") == [
        "How many?\n1 A few\n2 Many",
        "When will you come?",
        "Where from?",
        "A picture of your basket?",
        "Anything else?",
        "Figs keep well.\nHow do you pay? 1 cash, 2 card\n1 Cash\n2 Card",
    ]
    assert by_sms.say("2") == "No cards today.\nThank you, and come again."

    by_whatsapp = Phone(hamraz, "whatsapp", "+923005550002", clock)
    fruit = talk(by_whatsapp, "hello", "1", "1", "plum")[-1]
    assert fruit == "How many?\n1 A few\n2 Many"  # no basket was set on this way
    assert talk(by_whatsapp, "1", "skip", "Hyderabad", "skip", "skip")[-1] == "Plums are ripe.\n\nGoodbye."

    in_urdu = Phone(hamraz, "whatsapp", "+923005550003", clock)
    assert talk(in_urdu, "hello", "1", "2")[-1].endswith("کون سا پھل؟\n1 آلوچہ\n2 انجیر")
    assert talk(in_urdu, "2", "2", "skip", "Hyderabad", "skip", "skip")[-1].endswith(
        "How do you pay? 1 cash, 2 card\n1 Cash\n2 Card"
    )
    assert (
        in_urdu.say("by cheque") == "We will see.\n\nGoodbye."
    )  # own words are the other way; not by SMS: another end
    skipped = Phone(hamraz, "sms", "+923005550004", clock)
    assert talk(skipped, "hello", "1", "1", "skip")[-1] == "Goodbye."  # where it went on when no answer came


def talk(phone: Phone, *answers: str) -> list[str]:
    return [phone.say(answer) for answer in answers]
