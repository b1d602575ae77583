"""Our storage or our whole server is away: what she wrote meanwhile is taken once, and answered once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import psycopg
import pytest
from sqlalchemy import make_url

from bot.settings import Settings
from operating.clock import now
from storage import reports
from tests.databases import full_disk
from tests.peers.bot_api import TelegramApi
from tests.peers.twilio_api import TwilioApi
from tests.phones import make_hamraz
from tests.whole.bringing import BEFORE
from tests.whole.providers import Brought, Chat, Heard, House, hers, open_house, settings_of

pytestmark = pytest.mark.peer

AFTER = ["zanbil the story", "DONE", "1", "1", "1", "2", "2", "1"]
WOMAN, NUMBER = 7_001_112, "+923007001112"
CHANNELS = ("sms", "whatsapp", "telegram")


@pytest.fixture
def house(settings: Settings, twilio_api: TwilioApi, telegram_api: TelegramApi) -> Iterator[House]:
    hamraz = make_hamraz(settings_of(settings, twilio_api, telegram_api))
    yield open_house(hamraz, twilio_api, telegram_api)
    hamraz.counter.close()
    hamraz.database.close()


@contextmanager
def away(house: House) -> Iterator[None]:
    """The main database lets nobody write (SQLite: its disk is full), or nobody in (PostgreSQL)."""
    database = house.hamraz.database
    if database.kind == "sqlite":
        with full_disk(database):
            yield
        return
    url = make_url(house.hamraz.settings.database_url)
    server = url.set(database="postgres", drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false'.encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])
        yield
        connection.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true'.encode())


def bring(house: House, channel: str, one: Brought) -> Heard:
    heard = house.bring(one)
    house.deliver(channel)
    return heard


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_comes_while_the_database_is_away_is_taken_when_it_is_brought_again(channel: str, house: House) -> None:
    answer, _ = hers(house, channel, WOMAN)
    for words in BEFORE:
        bring(house, channel, answer(words))
    # On SQLite a page may still have room for little; not for this.
    story = answer("zanbil " + "a long story " * 700)
    seen = Chat(house.telegram, WOMAN).seen()

    with away(house):
        while_away = [house.bring(story) for _ in range(3)]
    heard, again = bring(house, channel, story), bring(house, channel, story)
    for words in AFTER[1:]:
        bring(house, channel, answer(words))

    assert while_away == [Heard(503, b"")] * 3
    assert heard == again and heard.status == 200
    assert house.hamraz.database.read(reports.count) == 1
    if channel == "telegram":
        said = Chat(house.telegram, WOMAN).seen()[len(seen) :]
        assert sum("zanbil" in words for words in said) <= 1  # only the review shows it
        assert len(said) == len(set(said))


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_what_twilio_gave_up_bringing_is_fetched_once_and_answered_by_rest(channel: str, house: House) -> None:
    answer, _ = hers(house, channel, WOMAN)
    for words in BEFORE:
        bring(house, channel, answer(words))
    catching_up = house.worker._catching_up
    house.twilio.instead["Messages.json"] = {"messages": [], "next_page_uri": None}
    last_well = now() - timedelta(hours=1)
    assert catching_up.run(last_well) == 0  # from here on the log is known
    missed = [answer(words) for words in AFTER]
    house.twilio.instead["Messages.json"] = {"messages": _logged(missed, channel), "next_page_uri": None}
    house.twilio.instead["Media.json"] = {"media_list": [], "next_page_uri": None}
    house.twilio.calls.clear()

    taken = catching_up.run(now())
    house.deliver(channel)
    once_more = catching_up.run(now() + timedelta(minutes=6))
    late = [bring(house, channel, one) for one in missed]

    assert (taken, once_more) == (len(AFTER), 0)
    assert house.hamraz.database.read(reports.count) == 1
    sent = [call for call in house.twilio.calls if call.method == "POST" and call.path.endswith("/Messages.json")]
    to = NUMBER if channel == "sms" else f"whatsapp:{NUMBER}"
    assert {(call.status, call.fields["To"]) for call in sent} == {(201, to)}
    bodies = [call.fields["Body"] for call in sent]
    assert sum(len(re.findall(r"\d{4} \d{4} \d{4} \d{4} \d{4}", body)) for body in bodies) == 1
    # Brought after all, they say nothing twice: the answers went another way.
    assert {one.body for one in late} == {b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'}
    assert house.refused_calls() == []


def _logged(brought: list[Brought], channel: str) -> list[dict[str, object]]:
    """What Twilio's log shows of these messages: the newest first."""
    entries = []
    for minute, one in enumerate(brought):
        form = dict(parse_qsl(one.body.decode()))
        entries.append(
            {
                "sid": form["MessageSid"],
                "direction": "inbound",
                "from": form["From"],
                "to": form["To"],
                "body": form["Body"],
                "num_media": "0",
                "date_sent": _said(now() - timedelta(minutes=40 - minute)),
            }
        )
    return entries[::-1]


def _said(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000")
