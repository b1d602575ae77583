"""PREVIEW and a code on a test number: a draft on a real phone, kept nowhere after; on any other number an ordinary message."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError
from casework.staff.roles import Role
from casework.studio import drafts
from casework.trying import links
from casework.trying.links import Link
from flows.editing import operations
from operating.parts import Hamraz
from storage.exposed import rows
from tests.casework.cases.conftest import hired
from tests.databases import Place
from tests.phones import Clock, Phone, make_hamraz

TEST, OTHER = "+15005550009", "+15005550006"
HERE = {"to": TEST}
# That a message was taken stays known, by a keyed value; wrong codes are counted; what the provider holds is to be wiped there;
# and the day has a key, which opens nothing once the keys under it are gone.
LEFT = {"inbox", "day_keys", "guesses", "outbox", "outbox_order", "outbox_days", "marks"}


@pytest.fixture(params=["sqlite", "postgresql"])
def hamraz(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hamraz]:
    place: Place = request.getfixturevalue(request.param)
    made = make_hamraz(
        Settings(
            HAMRAZ_DATABASE_URL=place.url,
            HAMRAZ_KEYS_URL=place.keys_url,
            HAMRAZ_KEYRING=tmp_path / "keyring.json",
            HAMRAZ_SLOW_MEMORY_KIB=8,
            HAMRAZ_TEST_NUMBERS=f"sms:{TEST}, telegram",
        )
    )
    yield made
    made.counter.close()
    made.database.close()


def shared(hamraz: Hamraz, clock: Clock) -> Link:
    """A link to a draft of the tips that asks in other words."""
    me = hired(hamraz.room, clock, "Rabia", Role.ADMIN).id
    draft = drafts.of(hamraz.studio, "tips")
    other = operations.change("situation", {"ask": "report.more.ask"})
    draft = drafts.take(hamraz.studio, me, "tips", draft.token, other, clock())
    return links.make(hamraz.studio, me, "tips", draft.token, "", "en", 48, clock())


def held(hamraz: Hamraz) -> object:
    """Every row of both databases, but what may stay."""
    return {
        side: {name: one for name, one in there.items() if name not in LEFT}
        for side, there in rows(hamraz.database).items()
    }


def test_a_draft_is_tried_on_a_test_number_and_nothing_of_it_is_left(hamraz: Hamraz, clock: Clock) -> None:
    link = shared(hamraz, clock)
    before = held(hamraz)
    phone = Phone(hamraz, "sms", "+923001110001", clock)

    begun = phone.say(f"Preview {link.code}", **HERE)
    question = hamraz.room.phrasebook.say("report.more.ask", "en")  # the draft's own
    assert "This is a try" in begun and f"{question}\n1 Followed on the way" in begun
    told = phone.say("1", **HERE)
    assert "1 More" in told
    assert phone.last is not None
    again = phone.deliver(phone.last)
    assert "\n".join(reply.text for reply in again) == told  # a repeated webhook gets the same answer
    assert phone.say("Preview off", **HERE) == "The try is over. Nothing of it was kept."
    assert held(hamraz) == before
    stranger = Phone(hamraz, "sms", "+923001110002", clock).say("hi", to=OTHER)
    assert phone.say("hi", **HERE) == stranger  # from here on she is anybody

    clock.forward(hours=1)  # what was answered is kept for an hour, for a webhook that comes again
    before = held(hamraz)
    panic = Phone(hamraz, "sms", "+923001110004", clock)
    assert "This is a try" in panic.say(f"PREVIEW {link.code}", **HERE)
    panic.say("xx", **HERE)
    assert held(hamraz) == before

    other = Phone(hamraz, "sms", "+923001110003", clock)
    other.say(f"preview {link.code}", **HERE)
    with ThreadPoolExecutor(4) as pool:  # four at once: each is answered, none is lost
        came = list(pool.map(lambda _: other.say("1", **HERE), range(4)))
    assert all(came)
    clock.forward(hours=49)
    assert other.say("1", **HERE) == "The try is over. Nothing of it was kept."


def test_on_any_other_number_and_with_a_wrong_code_it_is_an_ordinary_message(hamraz: Hamraz, clock: Clock) -> None:
    link = shared(hamraz, clock)
    stranger = Phone(hamraz, "sms", "+923001110004", clock).say("nothing to see", to=OTHER)

    assert Phone(hamraz, "sms", "+923001110005", clock).say(f"PREVIEW {link.code}", to=OTHER) == stranger
    assert Phone(hamraz, "whatsapp", "whatsapp:+923001110006", clock).say(f"PREVIEW {link.code}", **HERE) != ""
    assert "This is a try" not in Phone(hamraz, "whatsapp", "+923001110006", clock).say(f"PREVIEW {link.code}", **HERE)
    wrong = f"{(int(link.code) + 1) % 10_000:04d}"
    guesser = Phone(hamraz, "sms", "+923001110007", clock)
    assert guesser.say(f"PREVIEW {wrong}", **HERE) == stranger
    for _ in range(4):
        guesser.say(f"PREVIEW {wrong}", **HERE)
    assert "This is a try" not in guesser.say(f"PREVIEW {link.code}", **HERE)
    assert "This is a try" in Phone(hamraz, "sms", "+923001110008", clock).say(f"PREVIEW {link.code}", **HERE)
    clock.forward(hours=2)
    assert "This is a try" in guesser.say(f"PREVIEW {link.code}", **HERE)


@pytest.mark.parametrize("numbers", ["+92300", "sms", "sms:0300", "telegram:x", "sms:+923001234567;telegram"])
def test_what_is_no_number_of_ours_is_refused_at_the_start(numbers: str) -> None:
    with pytest.raises(SettingsError, match="HAMRAZ_TEST_NUMBERS"):
        Settings(HAMRAZ_TEST_NUMBERS=numbers).without_surprises()
