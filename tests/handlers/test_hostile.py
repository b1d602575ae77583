"""Over 10,000 hostile requests (without --long every third) through the whole application: no 5xx, no draft lost, nothing of them in a log."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.settings import Settings
from casework.reading import open_case
from operating.clock import now
from operating.logs import set_up_logs
from operating.parts import Hamraz
from operating.serving import make_app
from tests.bot.test_conversation import SHORT, STORY, begin, receipt_in
from tests.handlers import hostile
from tests.handlers import payloads as real
from tests.handlers.hostile import MARK, Knock
from tests.handlers.test_hostile_input import forms, values
from tests.phones import TEAM_WORD, Phone, make_hamraz

SHARDS = 3
TAKEN, REFUSED = {200, 204}, {400, 403, 413}
HERS = {"sms": real.HER_NUMBER, "whatsapp": f"whatsapp:{real.HER_NUMBER}", "telegram": str(real.HER_CHAT)}


@dataclass(slots=True)
class Site:
    """A whole Hamraz behind its doors, with a woman in the middle of her report on each channel."""

    hamraz: Hamraz
    app: Flask
    log: StringIO
    phones: list[Phone]

    def knock(self, knock: Knock) -> int:
        """Send it; return the status. Fails on what may never be answered."""
        status, body = self._call(knock.path, knock.body, knock.content_type, knock.headers())
        shown = (knock.path, knock.proven, knock.content_type, knock.body[:300])
        if not knock.proven:
            assert status == 403 or (status == 413 and len(knock.body) > 400_000), (status, shown)
        assert status in TAKEN | REFUSED, (status, shown)
        assert not body or status == 200, shown
        return status

    def _call(self, path: str, body: bytes, content_type: str, headers: dict[str, str]) -> tuple[int, bytes]:
        """Call the application as a server does; several times faster than through a test client."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": content_type,
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "hamraz.example",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": self.log,
        } | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        begun: list[str] = []
        answer = b"".join(self.app(environ, lambda status, headers, error=None: begun.append(status)))  # type: ignore[arg-type, return-value]  # no test writes by hand
        return int(begun[0][:3]), answer

    def counted(self) -> int:
        """How many requests were counted as refused."""
        lines = self.hamraz.counters.text().decode().splitlines()
        return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines if line.startswith("hamraz_refused_total{"))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Nobody listens where the providers should be: what goes out waits, and what comes in is taken all the same."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    given: dict[str, Any] = {
        "HAMRAZ_DATABASE_URL": f"sqlite:///{tmp_path}/main.db",
        "HAMRAZ_KEYS_URL": f"sqlite:///{tmp_path}/keys.db",
        "HAMRAZ_KEYRING": tmp_path / "keyring.json",
        "HAMRAZ_SLOW_MEMORY_KIB": 8,
        "HAMRAZ_PUBLIC_URL": hostile.PUBLIC,
        "TWILIO_ACCOUNT_SID": real.ACCOUNT,
        "TWILIO_AUTH_TOKEN": hostile.AUTH,
        "HAMRAZ_SMS_FROM": real.OUR_NUMBER,
        "HAMRAZ_WHATSAPP_FROM": real.OUR_NUMBER,
        "HAMRAZ_TWILIO_API_URL": "http://127.0.0.1:9",
        "HAMRAZ_TELEGRAM_API_URL": "http://127.0.0.1:9",
        "TELEGRAM_BOT_TOKEN": "123456:" + "A" * 35,
        "TELEGRAM_WEBHOOK_SECRET": hostile.SECRET,
    }
    hamraz = make_hamraz(Settings(**given))
    log = StringIO()
    with monkeypatch.context() as patched:
        patched.setattr("sys.stderr", log)
        set_up_logs("DEBUG")
    logging.getLogger().handlers[0].setFormatter(logging.Formatter())  # whole messages, not only their origin
    logging.getLogger().setLevel(logging.DEBUG)
    phones = [in_her_story(Phone(hamraz, channel, number, now)) for channel, number in HERS.items()]
    yield Site(hamraz, make_app(hamraz), log, phones)
    structlog.reset_defaults()
    logging.basicConfig(level=logging.WARNING, force=True)
    hamraz.counter.close()
    hamraz.database.close()


def in_her_story(one: Phone) -> Phone:
    begin(one)
    one.say("1")
    for answer in SHORT[:7]:
        one.say(answer)
    return one


def assert_her_draft_is_whole(one: Phone) -> None:
    """She ends her report as if nothing had been, and it opens with what she had told before."""
    said = ""
    for answer in SHORT[7:]:
        said = one.say(answer)
    opened = open_case(one.hamraz.database, one.hamraz.keyring, receipt_in(said), TEAM_WORD, memory_kib=8)
    assert json.loads(opened)["report"]["answers"]["story"]["words"][0] == STORY


def test_there_are_more_than_ten_thousand() -> None:
    every = Counter((knock.path, knock.proven) for knock in hostile.everything())

    assert every.total() >= 10_000
    assert min(every.values()) > 100 and len(every) == 8


@pytest.mark.parametrize("shard", [0, *(pytest.param(more, marks=pytest.mark.long) for more in range(1, SHARDS))])
def test_no_hostile_request_is_answered_by_a_5xx_costs_a_draft_or_reaches_a_log(
    shard: int, site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    with ThreadPoolExecutor(4) as knocking:
        statuses = list(knocking.map(site.knock, islice(hostile.everything(), shard, None, SHARDS)))

    assert site.counted() == sum(status in REFUSED for status in statuses) > len(statuses) / 4
    assert sum(status in TAKEN for status in statuses) > len(statuses) / 4
    logged = site.log.getvalue() + "".join(capfd.readouterr())
    for secret in (MARK, real.HER_NUMBER[1:], str(real.HER_CHAT), "Zainab", hostile.SECRET, hostile.AUTH):
        assert secret not in logged
    assert "Traceback" not in logged
    for one in site.phones:
        assert_her_draft_is_whole(one)


TELEGRAM = st.dictionaries(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll"]), values
)
KNOCKS = st.one_of(
    st.builds(
        lambda path, form, proven: Knock(
            path, urlencode(form, errors="replace").encode(), hostile.FORM, proven
        ),
        st.sampled_from(hostile.TWILIO_PATHS), forms, st.booleans(),
    ),
    st.builds(
        lambda number, content, proven: Knock(
            hostile.TELEGRAM_PATH, json.dumps({"update_id": number, **content}).encode(), hostile.JSON, proven
        ),
        st.integers(-(2**70), 2**70), TELEGRAM, st.booleans(),
    ),
    st.builds(Knock, st.sampled_from(hostile.PATHS), st.binary(max_size=300), st.sampled_from(hostile.TYPES), st.booleans()),
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(knocks=st.lists(KNOCKS, min_size=1, max_size=12))
def test_whatever_can_be_thought_of_is_answered(knocks: list[Knock], site: Site) -> None:
    for knock in knocks:
        site.knock(knock)
