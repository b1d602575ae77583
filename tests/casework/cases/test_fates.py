"""What became of a reply: it only ever goes forward, and a refusal is said in plain words with what can be done."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import get_args

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.message import Address
from casework.cases import delivery
from casework.chat.words import languages as chat_languages
from casework.chat.words import words as chat_words
from handlers.channel import RefusalReason, SendRefused, StatusUpdate
from handlers.telegram import translated
from handlers.twilio_codes import REFUSALS, explain
from operating.parts import Hamraz
from operating.worker import outbox_of, told
from tests.bot.test_conversation import begin
from tests.casework.cases.conftest import Colleague
from tests.casework.cases.phones_and_desk import Team, ask_for_a_person
from tests.phones import Clock, Phone
from web.console.words import languages

Phones = Callable[..., Phone]
HER = "+923001112233"
REASONS = set(get_args(RefusalReason)) - {"no topics", "topic gone"}  # those are of a counsellor's own chat
TELEGRAM = [
    Forbidden("bot was blocked by the user"), ChatMigrated(5),
    *(BadRequest(text) for text in ("Chat not found", "PEER_ID_INVALID", "Message is too long", "user is deactivated", "x")),
]  # fmt: skip


@pytest.fixture
def team(hamraz: Hamraz, clock: Clock) -> Team:
    return Team(hamraz, clock)


@pytest.fixture
def amina(team: Team) -> Colleague:
    return team.hire()


def replied(team: Team, amina: Colleague, phone: Phone) -> int:
    begin(phone)
    ask_for_a_person(phone)
    return team.reply(amina, team.case, "hello").seq


def fate(team: Team, seq: int) -> delivery.Fate:
    return delivery.fate(team.case, seq, team.clock())


def test_every_reason_has_its_words_in_every_language_of_staff_and_says_what_can_be_done() -> None:
    assert set(delivery.REASONS) == REASONS
    for reason, can in delivery.REASONS.items():
        assert can
        for language in languages().values():
            for key in (f"delivery_why.{reason.replace(' ', '_')}", *(f"delivery_can.{one}" for one in can)):
                assert language.texts[key]
        for code in chat_languages():
            assert chat_words(code)(f"why.{reason.replace(' ', '_')}")


@pytest.mark.parametrize("code", [*REFUSALS, "99999"])
def test_each_refusal_of_twilio_becomes_one_of_the_reasons(code: str) -> None:
    said = REFUSALS.get(code, "rejected")

    assert delivery.reason_in(f"{code} {said}") == said
    error = explain(400, code)
    assert not isinstance(error, SendRefused) or error.reason in delivery.REASONS


@pytest.mark.parametrize("error", TELEGRAM, ids=str)
def test_each_refusal_of_telegram_becomes_one_of_the_reasons(error: Exception) -> None:
    refused = translated(error)  # type: ignore[arg-type]  # all are of its family

    assert isinstance(refused, SendRefused)
    assert delivery.reason_in(f"{refused.code} {refused.reason}") == refused.reason


@pytest.mark.parametrize("why", ["", "payload", "stumbled rejected", "63016 nothing known"])
def test_what_nobody_knows_a_reason_for_was_refused(why: str) -> None:
    assert delivery.reason_in(why) == "rejected"


def test_a_refused_reply_says_why_and_what_can_be_done(phone: Phones, team: Team, amina: Colleague) -> None:
    seq = replied(team, amina, phone())
    box = outbox_of(team.hamraz, "w")
    (item,) = box.lease("sms", 5, team.clock())

    box.dead(item, "30003", "unreachable")

    assert fate(team, seq) == delivery.Fate("failed", "unreachable", ("again", "number"))


def test_a_failure_that_the_provider_reports_later_says_why(phone: Phones, team: Team, amina: Colleague) -> None:
    seq = replied(team, amina, phone())
    sent(team, "SM1")
    assert fate(team, seq) == delivery.Fate("sent")

    told(team.hamraz, StatusUpdate("sms", "SM1", Address("sms", HER), "failed", "30007", "filtered"))

    assert fate(team, seq) == delivery.Fate("failed", "filtered", ("reword", "number"))


@pytest.mark.parametrize(
    ("update", "becomes"),
    [
        (StatusUpdate("sms", "SM1", Address("sms", HER), "delivered"), delivery.Fate("delivered")),
        (
            StatusUpdate("sms", "SM1", Address("sms", HER), "failed", "30003", "unreachable"),
            delivery.Fate("failed", "unreachable", ("again", "number")),
        ),
    ],
)
def test_a_report_that_comes_before_we_know_its_message_is_not_lost(
    update: StatusUpdate, becomes: delivery.Fate, phone: Phones, team: Team, amina: Colleague
) -> None:
    seq = replied(team, amina, phone())

    told(team.hamraz, update)
    sent(team, "SM1")

    assert fate(team, seq) == becomes


@pytest.mark.parametrize("order", list(permutations(("taken", "sent", "delivered", "read"))), ids="-".join)
def test_in_whatever_order_reports_come_it_is_read_at_the_end_and_never_goes_back(
    order: tuple[str, ...], phone: Phones, team: Team, amina: Colleague
) -> None:
    seq = replied(team, amina, phone())
    sent(team, "SM1")
    steps = ["sent", "delivered", "read"]
    seen = [fate(team, seq).state]

    for state in (*order, *order):
        told(team.hamraz, StatusUpdate("sms", "SM1", Address("sms", HER), state))  # type: ignore[arg-type]  # one of its states
        seen.append(fate(team, seq).state)

    assert seen == sorted(seen, key=steps.index)
    assert seen[-1] == "read"


def test_a_late_failure_does_not_undo_a_delivery(phone: Phones, team: Team, amina: Colleague) -> None:
    seq = replied(team, amina, phone())
    sent(team, "SM1")
    for state in ("delivered", "failed", "sent"):
        told(team.hamraz, StatusUpdate("sms", "SM1", Address("sms", HER), state, "30003", "unreachable"))  # type: ignore[arg-type]  # one of its states

    assert fate(team, seq) == delivery.Fate("delivered")


def sent(team: Team, name: str) -> None:
    """The provider takes what waits, under this name."""
    box = outbox_of(team.hamraz, "w")
    for item in box.lease("sms", 5, team.clock()):
        about = str(item.payload.get("about", ""))
        address = Address("sms", item.address)
        team.hamraz.afterwards.sent(item.owner, address, name, her_copy_stays=True, now=team.clock(), about=about)
        box.done(item)
