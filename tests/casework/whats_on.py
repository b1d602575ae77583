"""What is on, put on by hand, and rounds of sending it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from casework.community import editing, posts
from casework.community.posts import ON, PAPER, Post
from casework.community.round import Round
from casework.seeding import shipped_stock
from locales.phrasebook import Phrasebook
from operating.parts import Hamraz
from storage import outbox, papers
from storage.database import Unit
from tests.phones import Clock, Phone

BOOK = Phrasebook.load()
ZONE = "Asia/Karachi"
DISTRICTS = [district.id for district in shipped_stock().districts]
LARKANA = next(district.id for district in shipped_stock().districts if district.names["en"] == "Larkana")
TEA = Post(
    titles={"en": "Tea and talk", "ur": "چائے اور باتیں"}, texts={"en": "Everybody is welcome.", "ur": "سب آ سکتے ہیں۔"},
    district=LARKANA, day="2026-11-28", hour="17:00", place="Town library", last_day="2026-11-28",
)  # fmt: skip


def put_on(hamraz: Hamraz, clock: Clock, post: Post = TEA) -> str:
    """It is told from now on; return its id."""
    body = posts.body_of(replace(post, status=ON, published=int(clock().timestamp())))
    paper = hamraz.database.work(lambda unit: papers.add(unit, hamraz.keyring, PAPER, body, clock()))
    return paper.id.hex()


def take_off(hamraz: Hamraz) -> None:
    """Nothing is on any more."""

    def work(unit: Unit) -> None:
        for paper in papers.every(unit, hamraz.keyring, PAPER):
            papers.remove(unit, paper.id)

    hamraz.database.work(work)


def go(hamraz: Hamraz, clock: Clock) -> list[tuple[str, str]]:
    """A round; return what waits then to go out unasked, by number."""
    assert Round(hamraz.room, frozenset(("sms", "whatsapp", "telegram"))).go(clock()) == ()
    return waiting(hamraz, clock)


def waiting(hamraz: Hamraz, clock: Clock) -> list[tuple[str, str]]:
    found = []
    for channel in ("sms", "whatsapp", "telegram"):
        for item in hamraz.database.work(
            lambda unit, channel=channel: outbox.lease(unit, hamraz.keyring, "w", channel, 100, clock())
        ):
            hamraz.database.work(lambda unit, item=item: outbox.done(unit, item.id))
            if item.kind == "send":
                found.append((item.address, str(item.payload["text"])))
    return found


def subscribe(one: Phone, word: str = "NEWS", place: str = "Larkana", hours: str = "4") -> str:
    """Ask for what is on there, then to be sent it; return what is said at the end."""
    one.say(word)
    said = one.say(place)
    one.say(next(line[0] for line in said.splitlines() if line[2:] in SEND))
    one.say("1")
    return one.say(hours)


SEND = frozenset(BOOK.forms("news.next.subscribe").values())


def standing(hamraz: Hamraz, post_id: str) -> Post:
    return editing.one(hamraz.room, post_id)


def at(clock: Clock, hour: int) -> None:
    """The next time that the team's clock shows this hour."""
    clock.now = clock.now.replace(hour=(hour - 5) % 24, minute=0) + timedelta(
        days=int(clock.now.hour >= (hour - 5) % 24)
    )
