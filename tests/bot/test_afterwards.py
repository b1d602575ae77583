"""What comes after a message: late files, delivery reports, copies at the provider, a stop, a repetition."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.limits import WHATSAPP_WITH_BUTTONS
from bot.media import MediaGone, MediaTrouble
from bot.message import Address, MediaReference
from casework.reading import open_case
from operating.parts import Hamraz
from storage import outbox
from storage.vault.receipts import ReceiptCode
from tests.bot.test_conversation import SHORT, begin, receipt_in, tell
from tests.bot.test_media import jpeg
from tests.phones import LIMITS, TEAM_WORD, Clock, Phone

PHOTO = MediaReference("photo", "r1", "image/jpeg")


def waiting(hamraz: Hamraz, clock: Clock, channel: str = "sms", most: int = 50) -> list[outbox.Leased]:
    """All that waits in the outbox, taken out of it."""
    found: list[outbox.Leased] = []
    while items := hamraz.database.work(lambda unit: outbox.lease(unit, hamraz.keyring, "w", channel, most, clock())):
        for item in items:
            hamraz.database.work(lambda unit, item=item: outbox.done(unit, item.id))  # type: ignore[misc]  # typed above
        found += items
    return found


def wiped(items: list[outbox.Leased]) -> set[str]:
    return {name for item in items if item.kind == "wipe" for name in item.payload["ids"]}


def tag(hamraz: Hamraz, one: Phone) -> bytes:
    senders = hamraz.conversation._parts.senders
    return senders.of(one.channel, one.number, one.clock()).outbox_tag


def at_the_story(one: Phone) -> Phone:
    begin(one)
    one.say("1")
    for answer in SHORT[:6]:
        one.say(answer)
    return one


def finish(one: Phone) -> str:
    said = ""
    for answer in SHORT[7:]:
        said = one.say(answer)
    return receipt_in(said)


def opened(hamraz: Hamraz, code: str) -> str:
    return open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)


# --- files --------------------------------------------------------------------------------------


def test_a_fetched_file_is_removed_at_the_provider(phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock) -> None:
    one = at_the_story(phone("whatsapp"))
    one.files["r1"] = jpeg()

    one.say(media=(PHOTO,))

    assert wiped(waiting(hamraz, clock, "whatsapp")) == {"r1"}


def test_a_photo_is_filed_as_it_came_with_its_hash(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = at_the_story(phone("whatsapp"))
    one.files["r1"] = jpeg()
    one.say(media=(PHOTO,))

    report = json.loads(opened(hamraz, finish(one)))["report"]

    (media,) = report["answers"]["story"]["media"]
    assert (media["type"], media["size"]) == ("image/jpeg", len(jpeg()))
    assert media["shown"]["type"] == "image/jpeg"


def test_a_file_that_was_late_counts_as_if_it_had_come_at_once(
    phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock
) -> None:
    one = at_the_story(phone("whatsapp"))
    one.say(media=(PHOTO,))  # the provider is away: no such file
    (item,) = [item for item in waiting(hamraz, clock, "whatsapp") if item.kind == "fetch"]

    for _ in range(2):  # the worker may be killed after it, and do it again
        arrived(hamraz, one, item, jpeg())

    report = json.loads(opened(hamraz, finish(one)))["report"]
    assert len(report["answers"]["story"]["media"]) == 1
    assert "r1" in wiped(waiting(hamraz, clock, "whatsapp"))


def test_a_file_that_never_comes_is_said(phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock) -> None:
    one = at_the_story(phone("whatsapp"))
    said = one.say(media=(PHOTO,))
    (item,) = [item for item in waiting(hamraz, clock, "whatsapp") if item.kind == "fetch"]

    arrived(hamraz, one, item, MediaGone("gone"))

    later = [item.payload["text"] for item in waiting(hamraz, clock, "whatsapp") if item.kind == "send"]
    assert later and later[0] not in said


def test_a_file_that_comes_after_she_left_begins_nothing(
    phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock
) -> None:
    one = at_the_story(phone("whatsapp"))
    one.say(media=(PHOTO,))
    (item,) = [item for item in waiting(hamraz, clock, "whatsapp") if item.kind == "fetch"]
    one.say("xx")
    waiting(hamraz, clock, "whatsapp")

    arrived(hamraz, one, item, jpeg())

    assert not [item for item in waiting(hamraz, clock, "whatsapp") if item.kind == "send"]


def arrived(hamraz: Hamraz, one: Phone, item: outbox.Leased, found: bytes | MediaTrouble) -> None:
    address = Address(one.channel, one.number)
    hamraz.afterwards.arrived(address, item.payload["id"], PHOTO, found, LIMITS[one.channel], one.clock())


# --- delivery reports and copies ----------------------------------------------------------------


def test_what_became_of_a_message_goes_on_and_never_back(
    phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock
) -> None:
    one = phone()
    for state in ("sent", "delivered", "sent", "delivered", "taken"):
        told(hamraz, one, "SM9", state)

    kept = hamraz.database.read(lambda unit: outbox.state_of(unit, hamraz.keyring, tag(hamraz, one), "SM9"))
    assert kept == "delivered"


def test_panic_wipes_every_copy_at_the_provider_hers_and_ours(
    phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock
) -> None:
    one = phone()
    begin(one)
    assert one.last is not None
    told(hamraz, one, "SM7", "sent")

    one.say("xx")

    names = wiped(waiting(hamraz, clock))
    assert {"SM7", one.last.provider_copy} < names
    assert len(names) == 5  # three of hers, the panic word itself, and ours


def test_a_copy_that_we_hear_of_only_after_panic_is_wiped_too(
    phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock
) -> None:
    one = phone()
    begin(one)
    one.say("xx")
    waiting(hamraz, clock)

    told(hamraz, one, "SM8", "sent")

    assert wiped(waiting(hamraz, clock)) == {"SM8"}


def told(hamraz: Hamraz, one: Phone, name: str, state: str, *, wants_nothing: bool = False) -> None:
    hamraz.afterwards.told(Address(one.channel, one.number), name, state, wants_nothing=wants_nothing, now=one.clock())


# --- a stop -------------------------------------------------------------------------------------


def unasked(hamraz: Hamraz, one: Phone) -> bool:
    """Whether something that she did not ask for may be sent to her."""
    return hamraz.database.work(
        lambda unit: outbox.put(
            unit, hamraz.keyring, tag(hamraz, one), "send", one.channel, one.number, {"text": "?"}, one.clock(),
            unasked=True,
        )
    )  # fmt: skip


@pytest.mark.parametrize("how", ["her carrier", "a delivery report"])
def test_who_opted_out_gets_nothing_unasked_until_she_writes_again(
    how: str, phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock
) -> None:
    one = phone()
    begin(one)
    assert unasked(hamraz, one)

    if how == "her carrier":
        assert one.say("STOP", opt_out="STOP") == ""
    else:
        told(hamraz, one, "SM1", "failed", wants_nothing=True)

    assert not unasked(hamraz, one)
    assert not [item for item in waiting(hamraz, clock) if item.kind == "send"]
    one.say("START", opt_out="START")
    assert unasked(hamraz, one)


# --- buttons on WhatsApp ------------------------------------------------------------------------


def test_what_has_buttons_goes_by_the_outbox_and_nothing_overtakes_it(
    phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock
) -> None:
    one = phone("whatsapp")
    begin(one)
    waiting(hamraz, clock, "whatsapp")
    assert one.last is not None
    asks = replace(one.last, id="m-buttons", text="1")

    inline = hamraz.conversation.converse(asks, WHATSAPP_WITH_BUTTONS, lambda reference: b"", True)

    sends = [item.payload for item in waiting(hamraz, clock, "whatsapp") if item.kind == "send"]
    assert sends and sends[0]["buttons"]
    assert not any(reply.buttons for reply in inline)


# --- a repetition -------------------------------------------------------------------------------


def test_a_wrong_number_repeated_by_the_provider_costs_her_one_try(phone: Callable[..., Phone]) -> None:
    one = phone()
    code = receipt_in(tell(one))
    thief = phone("sms", "+923009999999")
    thief.say(ReceiptCode.mint().grouped)
    assert thief.last is not None

    for _ in range(30):
        thief.deliver(thief.last)

    assert "Open for 15 minutes" in thief.say(code)


def test_a_photo_repeated_by_the_provider_is_fetched_once(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = at_the_story(phone("whatsapp"))
    asked: list[str] = []

    def fetch(reference: MediaReference) -> bytes:
        asked.append(reference.reference)
        return jpeg()

    one.say("first")
    assert one.last is not None
    photo = replace(one.last, id="m-photo", text="", media=(PHOTO,))
    for _ in range(3):
        hamraz.conversation.converse(photo, LIMITS["whatsapp"], fetch, True)

    assert asked == ["r1"]
