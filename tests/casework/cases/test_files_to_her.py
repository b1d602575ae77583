"""A counsellor's picture, voice note or PDF: into the case, to her phone, and along with all that is hers when it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.limits import TELEGRAM, WHATSAPP
from bot.message import Address, Reply
from casework.cases import refusals, relay
from casework.cases.case import Case
from casework.enclosing.preparing import Enclosure, prepared
from handlers.channels import Channels
from handlers.terminal import TerminalChannel
from operating import worker
from operating.parts import Hamraz
from storage import outbox, reports, threads
from storage.tables import enclosures
from tests.bot.test_conversation import begin, receipt_in
from tests.casework.cases.conftest import Colleague
from tests.casework.cases.phones_and_desk import Team, ask_for_a_person
from tests.casework.test_enclosing import BARE, photo, sound
from tests.phones import Clock, Phone
from tests.storage.attacker import everyone

HER = "+923001112233"
PUBLIC = "https://help.example"


@pytest.fixture
def team(hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Team:
    monkeypatch.setattr(worker, "now", clock)
    return Team(hamraz, clock)


@pytest.fixture
def amina(team: Team) -> Colleague:
    return team.hire()


@pytest.fixture
def picture() -> Enclosure:
    return prepared(photo((64, 48)), BARE)


class Provider(TerminalChannel):
    """Takes what is sent: the bytes, or the address at which it fetches them when it likes."""

    def __init__(self, name: str, by_address: bool) -> None:
        super().__init__(WHATSAPP if by_address else TELEGRAM, lambda reply: None, "run")
        self.name, self._by_address = name, by_address
        self.got: list[tuple[str, str, bytes | str]] = []  # text, name of the file, bytes or address
        self.fails: Exception | None = None

    def send(self, address: Address, reply: Reply) -> str:
        if self.fails is not None:
            raise self.fails
        file = reply.file
        content = b"" if file is None else file.address() if self._by_address else file.content()
        assert content is not None
        self.got.append((reply.text, file.name if file else "", content))
        return f"SM{len(self.got):032x}"


@dataclass
class Post:
    """The worker with its providers."""

    hamraz: Hamraz
    telegram: Provider = field(default_factory=lambda: Provider("telegram", by_address=False))
    whatsapp: Provider = field(default_factory=lambda: Provider("whatsapp", by_address=True))

    def deliver(self) -> None:
        settings = self.hamraz.settings.model_copy(update={"public_url": PUBLIC})
        channels = Channels({"telegram": self.telegram, "whatsapp": self.whatsapp}, {}, None)
        delivery = worker.make_worker(replace(self.hamraz, settings=settings, channels=channels))._delivery
        for channel in ("telegram", "whatsapp"):
            while delivery.drain(channel):
                pass

    def fetch(self, address: object) -> tuple[str, str, bytes] | None:
        assert isinstance(address, str) and address.startswith(f"{PUBLIC}/media/")
        return worker.fetched(self.hamraz, address.rpartition("/")[2])


@pytest.fixture
def post(hamraz: Hamraz) -> Post:
    return Post(hamraz)


def in_talk(phone: Phone, **how: str) -> str:
    begin(phone)
    return receipt_in(ask_for_a_person(phone, **how))


def send(team: Team, who: Colleague, case: Case, file: Enclosure, text: str = "", **how: object) -> relay.Sent:
    return relay.reply(
        team.hamraz.room,
        who.id,
        case.id,
        text,
        team.clock(),
        private=who.pair.private,
        file=file,
        **how,  # type: ignore[arg-type]  # a test names options freely
    )


def waiting_files(hamraz: Hamraz) -> int:
    return len(hamraz.database.read(lambda unit: everyone(unit, enclosures)))


def test_it_lies_in_the_case_sealed_and_reaches_telegram_with_its_words(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post
) -> None:
    in_talk(phone("telegram", "77"))

    sent = send(team, amina, team.case, picture, "look")
    assert sent.state == "queued"
    post.deliver()

    assert post.telegram.got == [("look", "photo.jpg", picture.content)]
    assert waiting_files(team.hamraz) == 0

    def kept(unit: object) -> bytes | None:
        report = reports.fetch(unit, team.hamraz.keyring, team.case.id, hold=False)  # type: ignore[arg-type]  # a unit
        half = reports.half_granted(unit, report.id, amina.id, amina.pair.private, hold=False)  # type: ignore[arg-type, union-attr]  # there is one
        entry = threads.read(unit, report, half)[-1]  # type: ignore[arg-type]  # the same
        assert (entry["text"], entry["file"]["type"]) == ("look", "image/jpeg")
        return reports.read_file(unit, report, half, bytes.fromhex(entry["file"]["id"]))  # type: ignore[arg-type]  # the same

    assert team.hamraz.database.read(kept) == picture.content


def test_words_of_a_voice_note_follow_it_and_long_words_follow_a_picture(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post
) -> None:
    in_talk(phone("telegram", "77"))
    voice = prepared(sound("tagged.ogg"), BARE)

    send(team, amina, team.case, voice, "listen")
    send(team, amina, team.case, picture, "long " * 300)
    post.deliver()

    assert [(text[:6], name) for text, name, _ in post.telegram.got] == [
        ("", "voice.ogg"), ("listen", ""), ("", "photo.jpg"), ("long l", ""),
    ]  # fmt: skip


def test_by_sms_it_is_refused_and_says_what_can_be_done_instead(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure
) -> None:
    in_talk(phone("sms"))

    with pytest.raises(refusals.NoFiles) as refused:
        send(team, amina, team.case, picture)

    assert refused.value.can == ("say_it", "keep")
    assert waiting_files(team.hamraz) == 0
    assert team.thread(amina, team.case) == []


def test_neither_words_nor_file_is_nothing(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure
) -> None:
    in_talk(phone("telegram", "77"))

    with pytest.raises(refusals.NothingSaid):
        team.reply(amina, team.case, " ")
    assert send(team, amina, team.case, picture, " ").state == "queued"


# --- the address at which a provider fetches it -------------------------------------------------


@pytest.fixture
def address(phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post) -> str:
    in_talk(phone("whatsapp", HER))
    send(team, amina, team.case, picture, "look")
    post.deliver()
    ((_, _, address),) = post.whatsapp.got
    return str(address)


def test_a_provider_fetches_it_at_an_address_that_dies_two_minutes_later(
    address: str, post: Post, picture: Enclosure, clock: Clock
) -> None:
    assert post.fetch(address) == ("image/jpeg", "photo.jpg", picture.content)
    clock.forward(seconds=90)
    assert post.fetch(address) is not None  # it was cut off, or asks twice

    clock.forward(seconds=31)

    assert post.fetch(address) is None


def test_an_address_that_nobody_asked_for_dies_within_the_hour(address: str, post: Post, clock: Clock) -> None:
    clock.forward(minutes=59, seconds=59)
    assert post.fetch(address) is not None
    clock.forward(seconds=1)

    assert post.fetch(address) is None


def test_an_address_dies_once_she_has_it(address: str, post: Post, hamraz: Hamraz, clock: Clock) -> None:
    hamraz.afterwards.told(Address("whatsapp", HER), "SM" + f"{1:032x}", "delivered", wants_nothing=False, now=clock())

    assert post.fetch(address) is None
    assert waiting_files(hamraz) == 0


@pytest.mark.parametrize("end", ["", "a", "ئ", "A" * 64, "A" * 63 + "!", "_" * 10_000])
def test_an_address_that_nobody_was_told_opens_nothing(address: str, end: str, hamraz: Hamraz) -> None:
    assert worker.fetched(hamraz, end) is None


def test_half_an_address_right_opens_nothing(address: str, hamraz: Hamraz) -> None:
    end = address.rpartition("/")[2]
    other = "A" if end[-1] != "A" else "B"

    assert worker.fetched(hamraz, end[:-4] + other * 4) is None
    assert worker.fetched(hamraz, end[:22]) is None


def test_a_second_sending_makes_the_first_address_dead(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post, hamraz: Hamraz
) -> None:
    in_talk(phone("whatsapp", HER))
    send(team, amina, team.case, picture)
    item = next(iter(team.case.sent.values()))["item"]

    first, second = (
        hamraz.database.work(lambda unit: outbox.link_to(unit, hamraz.keyring, bytes.fromhex(item), team.clock()))
        for _ in range(2)
    )

    assert worker.fetched(hamraz, str(first)) is None
    assert worker.fetched(hamraz, str(second)) is not None


def test_an_item_that_the_provider_did_not_take_keeps_its_file_beyond_the_end_of_its_address(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post, clock: Clock
) -> None:
    in_talk(phone("whatsapp", HER))
    send(team, amina, team.case, picture, "look")
    item = bytes.fromhex(next(iter(team.case.sent.values()))["item"])
    end = team.hamraz.database.work(lambda unit: outbox.link_to(unit, team.hamraz.keyring, item, clock()))
    assert worker.fetched(team.hamraz, str(end)) is not None  # it was fetched, and then not taken after all
    clock.forward(minutes=3)
    team.hamraz.database.work(lambda unit: outbox.expire(unit, clock()))
    assert worker.fetched(team.hamraz, str(end)) is None
    assert waiting_files(team.hamraz) == 1

    post.deliver()

    ((_, _, address),) = post.whatsapp.got
    assert post.fetch(address) == ("image/jpeg", "photo.jpg", picture.content)
    clock.forward(minutes=3)
    team.hamraz.database.work(lambda unit: outbox.expire(unit, clock()))
    assert waiting_files(team.hamraz) == 0


# --- what takes it away -------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["XX", "STOP"])
def test_leaving_in_a_hurry_takes_a_file_that_waits_and_the_address_of_one_that_went(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post, word: str
) -> None:
    one = phone("whatsapp", HER)
    in_talk(one)
    send(team, amina, team.case, picture)
    post.deliver()
    send(team, amina, team.case, picture)
    assert waiting_files(team.hamraz) == 2

    one.say(word, opt_out="STOP") if word == "STOP" else one.say(word)

    assert waiting_files(team.hamraz) == 0
    assert post.fetch(post.whatsapp.got[0][2]) is None
    post.deliver()
    assert len(post.whatsapp.got) == 1


def test_erasing_takes_the_file_in_the_case_the_one_that_waits_and_the_address(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post
) -> None:
    one = phone("whatsapp", HER)
    code = in_talk(one)
    send(team, amina, team.case, picture)
    post.deliver()
    send(team, amina, team.case, picture)

    other = phone("sms", "+923330000001")
    other.say(code)
    other.say("erase")
    other.say("1")

    rows = team.hamraz.database.read(
        lambda unit: [everyone(unit, table) for table in (enclosures, reports.report_media, reports.reports)]
    )
    assert rows == [[], [], []]
    assert post.fetch(post.whatsapp.got[0][2]) is None


def test_what_did_not_go_out_within_its_day_is_gone_from_the_outbox_and_stays_in_the_case(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post, clock: Clock
) -> None:
    in_talk(phone("telegram", "77"))
    send(team, amina, team.case, picture)

    clock.forward(hours=25)
    team.hamraz.database.work(lambda unit: outbox.expire(unit, clock()))
    post.deliver()

    assert waiting_files(team.hamraz) == 0
    assert post.telegram.got == []
    assert len(team.thread(amina, team.case)) == 1


# --- what waits for her number ------------------------------------------------------------------


def test_her_number_brings_a_file_where_she_writes_now(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post
) -> None:
    code = in_talk(phone("sms"), back="2")
    assert send(team, amina, team.case, picture, "look").state == "waiting"
    other = phone("telegram", "99")

    said = other.say(code)
    post.deliver()

    assert "A file for you comes with the next message." in said
    assert post.telegram.got[-1] == ("look", "photo.jpg", picture.content)
    post.deliver()
    assert "A file" not in other.say(code)


def test_by_sms_she_hears_that_a_file_is_there_and_it_stays_for_another_way(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post
) -> None:
    one = phone("sms")
    code = in_talk(one, back="2")
    send(team, amina, team.case, picture)
    team.reply(amina, team.case, "and words")

    said = one.say(code)

    assert "and words" in said and "It cannot come by SMS" in said
    other = phone("whatsapp", "whatsapp:+923330000009")
    assert "comes with the next message" in other.say(code)
    post.deliver()
    assert post.fetch(post.whatsapp.got[-1][2]) == ("image/jpeg", "photo.jpg", picture.content)


def test_what_waits_goes_before_what_is_new(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post
) -> None:
    in_talk(phone("telegram", "77"))
    assert send(team, amina, team.case, picture, "first", keep=True).state == "waiting"

    team.reply(amina, team.case, "second")
    post.deliver()

    assert [(text, name) for text, name, _ in post.telegram.got] == [("first", "photo.jpg"), ("second", "")]
    assert {kept["state"] for kept in team.case.sent.values()} == {"sent"}


def test_without_her_own_key_nothing_is_sent_before_a_file_that_waits(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post
) -> None:
    in_talk(phone("telegram", "77"))
    send(team, amina, team.case, picture, "first", keep=True)

    assert team.reply(amina, team.case, "second", locked=True).state == "waiting"

    post.deliver()
    assert post.telegram.got == []


def test_a_worker_that_dies_after_sending_sends_again_and_the_file_is_still_there(
    phone: Callable[..., Phone], team: Team, amina: Colleague, picture: Enclosure, post: Post, clock: Clock
) -> None:
    in_talk(phone("telegram", "77"))
    send(team, amina, team.case, picture)
    post.telegram.fails = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        post.deliver()
    post.telegram.fails = None

    clock.forward(seconds=timedelta(minutes=3).seconds)
    post.deliver()

    assert post.telegram.got == [("", "photo.jpg", picture.content)]
