"""The web addresses: what each kind of request is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from werkzeug.test import TestResponse

from bot.limits import Limits
from bot.media import MediaGone
from bot.message import InboundMessage, Reply
from handlers.channel import Answer, SendLater, StatusUpdate
from handlers.counters import Counters
from handlers.sms import SmsChannel
from handlers.telegram import TelegramChannel
from handlers.twilio_form import TwilioStatus
from handlers.webhooks import COME_BACK_IN, MOST_FIELDS, Fetch, Inside, make_webhooks
from handlers.whatsapp import WhatsAppChannel
from tests.handlers import payloads as real
from tests.handlers.conftest import NOW, SECRET, signed

PATHS = {"sms": "/webhooks/sms", "whatsapp": "/webhooks/whatsapp", "telegram": "/webhooks/telegram"}
MULTIPART = b'--b\r\nContent-Disposition: form-data; name="Body"; filename="x"\r\n\r\nhi\r\n--b--\r\n'
SORRY = "Sorry, that did not work."


class StorageAway(Exception):
    """As the storage says it."""


@dataclass(slots=True)
class Talk:
    """A conversation that says back what it heard, and can be told to fail."""

    heard: list[InboundMessage] = field(default_factory=list)
    inline: list[bool] = field(default_factory=list)
    told: list[StatusUpdate] = field(default_factory=list)
    tell_fails: Exception | None = None
    failure: Exception | None = None
    works: dict[str, bool] = field(default_factory=lambda: {"storage": True, "keys": True})
    files: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)  # by the end of their address

    def tell(self, update: StatusUpdate) -> None:
        if self.tell_fails:
            raise self.tell_fails
        self.told.append(update)

    def converse(self, inbound: InboundMessage, limits: Limits, fetch: Fetch, inline: bool) -> tuple[Reply, ...]:
        if self.failure:
            raise self.failure
        self.heard.append(inbound)
        for one in inbound.media:
            fetch(one)
        self.inline.append(inline)
        return (Reply(f"{limits.channel} heard {len(inbound.text)}"),) if inline else ()


@dataclass(slots=True)
class Site:
    """The doors in a Flask app, with everything behind them in memory."""

    client: FlaskClient
    talk: Talk
    counters: Counters

    def post(self, path: str, form: Mapping[str, str], **more: Any) -> TestResponse:
        """A form, signed by Twilio."""
        signature = signed(path, dict(form)).headers["x-twilio-signature"]
        return self.client.post(path, data=dict(form), headers={"X-Twilio-Signature": signature}, **more)

    def tell(self, update: dict[str, Any] | bytes) -> TestResponse:
        """An update, with Telegram's secret."""
        body = update if isinstance(update, bytes) else real.body_of(update)
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        return self.client.post("/webhooks/telegram", data=body, headers=headers)


@pytest.fixture
def site(sms: SmsChannel, whatsapp: WhatsAppChannel, telegram: TelegramChannel, status: TwilioStatus) -> Site:
    talk, counters = Talk(), Counters(CollectorRegistry())
    inside = Inside(
        converse=talk.converse,
        apologise=lambda inbound, limits: (Reply(SORRY),),
        told=lambda update: talk.tell(update),
        clock=lambda: NOW,
        fetched=talk.files.get,
        ready=lambda: talk.works,
        away=(StorageAway,),
    )
    app = Flask("doors")
    channels = {"sms": sms, "whatsapp": whatsapp, "telegram": telegram}
    app.register_blueprint(make_webhooks(channels, status, inside, counters, metrics_token="open sesame"))
    return Site(app.test_client(), talk, counters)


def test_a_text_is_answered_in_its_own_webhook(site: Site) -> None:
    response = site.post("/webhooks/sms", real.twilio_sms())

    assert (response.status_code, response.mimetype) == (200, "text/xml")
    assert ElementTree.fromstring(response.text)[0].text == "sms heard 19"  # noqa: S314  # our own answer
    assert site.talk.inline == [True]


def test_a_telegram_message_is_answered_by_the_outbox(site: Site) -> None:
    response = site.tell(real.update(message=real.telegram_message(text="salaam")))

    assert (response.status_code, response.data) == (200, b"")
    assert site.talk.inline == [False]


def test_urdu_and_emoji_arrive_whole(site: Site) -> None:
    site.post("/webhooks/whatsapp", real.twilio_whatsapp(Body="مجھے مدد چاہیے 🙏"))

    assert site.talk.heard[0].text == "مجھے مدد چاہیے 🙏"


@pytest.mark.parametrize("path", [*PATHS.values(), "/webhooks/twilio/status"])
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"data": {"Body": "hi"}},
        {"data": b"{}", "content_type": "application/json"},
        {"data": b"\xff\x00\xfe", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"%ff%fe=%00", "content_type": "application/x-www-form-urlencoded"},
        {"data": MULTIPART, "content_type": "multipart/form-data; boundary=b"},
        {"data": b"--x", "content_type": "multipart/form-data"},
        {"data": b"x", "content_type": "a/b; charset=nonsense"},
        {"headers": {"X-Twilio-Signature": "x", "X-Telegram-Bot-Api-Secret-Token": "x"}},
        {"query_string": "%ff=[&\xff"},
    ],
)
def test_what_is_not_proven_is_403_with_nothing_in_it(path: str, sent: dict[str, Any], site: Site) -> None:
    response = site.client.post(path, **sent)

    assert (response.status_code, response.data) == (403, b"")
    assert not site.talk.heard
    assert "hamraz_refused_total{" in site.counters.text().decode()


@pytest.mark.parametrize("path", [*PATHS.values(), "/webhooks/twilio/status"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
def test_a_body_of_a_megabyte_is_413(path: str, kind: str, site: Site) -> None:
    response = site.client.post(path, data=b"a" * 1024 * 1024, content_type=kind)

    assert (response.status_code, response.data) == (413, b"")


def test_a_form_of_more_fields_than_anybody_sends_proves_nothing(site: Site) -> None:
    form = real.twilio_sms()
    full, over = ({f"k{number}": "v" for number in range(MOST_FIELDS - len(form) + more)} for more in (0, 1))

    answers = [site.post("/webhooks/sms", form | more).status_code for more in (full, over)]

    assert answers == [200, 403]
    assert len(site.talk.heard) == 1


@pytest.mark.parametrize("path", PATHS.values())
def test_a_webhook_is_only_posted_to(path: str, site: Site) -> None:
    assert site.client.get(path).status_code == 405


def test_a_channel_that_is_off_has_no_address(site: Site) -> None:
    assert site.client.post("/webhooks/pigeon").status_code == 404


def test_a_proven_form_without_a_sender_is_400(site: Site) -> None:
    assert site.post("/webhooks/sms", {"Body": "hi"}).status_code == 400


@pytest.mark.parametrize("body", [b"not json", b"[]", b'{"update_id": "x"}', b"\xff", b"[" * 100_000])
def test_proven_nonsense_is_400(body: bytes, site: Site) -> None:
    assert site.tell(body).status_code == 400


def test_an_unknown_update_is_taken_and_reaches_nobody(site: Site) -> None:
    assert site.tell(real.update(something_new={"a": 1})).status_code == 200
    assert not site.talk.heard


@pytest.mark.parametrize("path", ["/webhooks/sms", "/webhooks/whatsapp"])
def test_when_the_storage_is_away_twilio_is_asked_to_come_back(path: str, site: Site) -> None:
    site.talk.failure = StorageAway("disk full")

    form = real.twilio_sms() if path.endswith("sms") else real.twilio_whatsapp()
    response = site.post(path, form)

    assert (response.status_code, response.data, response.headers["Retry-After"]) == (503, b"", COME_BACK_IN)


def test_when_the_storage_is_away_telegram_is_asked_to_come_back(site: Site) -> None:
    site.talk.failure = StorageAway("locked")

    assert site.tell(real.update(message=real.telegram_message(text="x"))).status_code == 503


def test_a_turn_that_fails_is_apologised_for_and_leaves_no_words_in_the_log(site: Site) -> None:
    site.talk.failure = ValueError("her words: mujhe madad chahiye")

    with structlog.testing.capture_logs() as logs:
        response = site.post("/webhooks/sms", real.twilio_sms())

    assert response.status_code == 200
    assert SORRY in response.text
    assert [one["error"] for one in logs] == ["ValueError"]
    assert "madad" not in str(logs)


def test_a_failed_turn_on_telegram_is_apologised_for_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    monkeypatch.setattr(TelegramChannel, "send", lambda self, address, reply: sent.append(reply.text) or "1")
    site.talk.failure = ValueError()

    assert site.tell(real.update(message=real.telegram_message(text="x"))).status_code == 200
    assert sent == [SORRY]


def test_a_delivery_report_that_cannot_be_kept_is_taken_counted_and_not_repeated(
    site: Site,
) -> None:
    site.talk.tell_fails = ValueError(real.HER_NUMBER)

    with structlog.testing.capture_logs() as logs:
        response = site.post("/webhooks/twilio/status", real.twilio_status())

    assert (response.status_code, response.data) == (204, b"")
    assert [(one["event"], one["error"]) for one in logs] == [("door failed", "ValueError")]
    assert real.HER_NUMBER not in str(logs)
    assert 'hamraz_failed_turns_total{channel="twilio_status",error="ValueError"} 1.0' in site.counters.text().decode()


def test_a_check_that_fails_proves_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: object, raw: object) -> None:
        raise ValueError

    monkeypatch.setattr(SmsChannel, "verify", fails)

    assert site.post("/webhooks/sms", real.twilio_sms()).status_code == 400
    assert not site.talk.heard


def test_an_apology_that_cannot_be_sent_is_still_no_5xx(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: object, address: object, reply: object) -> str:
        raise SendLater("away")

    monkeypatch.setattr(TelegramChannel, "send", away)
    site.talk.failure = ValueError()

    assert site.tell(real.update(message=real.telegram_message(text="x"))).status_code == 200


def test_the_conversation_may_fetch_media_up_to_the_limit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(self: object, reference: object, limit: int, patience: float) -> bytes:
        asked.append(limit)
        raise MediaGone("gone")

    monkeypatch.setattr(SmsChannel, "fetch", fetch)

    response = site.post("/webhooks/sms", real.twilio_media("image/jpeg", real.twilio_sms()))

    assert response.status_code == 200
    assert asked == [16 * 1024 * 1024]


def test_a_delivery_report_is_told_and_counted(site: Site) -> None:
    response = site.post("/webhooks/twilio/status", real.twilio_status(MessageStatus="undelivered", ErrorCode="30003"))

    assert (response.status_code, response.data) == (204, b"")
    assert [(one.id, one.state, one.reason) for one in site.talk.told] == [(real.MESSAGE, "failed", "unreachable")]


def test_healthz_says_only_that_it_lives(site: Site) -> None:
    assert site.client.get("/healthz").text == "ok\n"


def test_readyz_names_the_part_that_is_away(site: Site) -> None:
    assert site.client.get("/readyz").status_code == 200
    site.talk.works["keys"] = False

    response = site.client.get("/readyz")

    assert (response.status_code, response.text) == (503, "keys: away\nstorage: ok\n")


@pytest.mark.parametrize(
    ("come_from", "headers", "code"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, 403),
        ("203.0.113.9", {}, 403),
        ("203.0.113.9", {"Authorization": "Bearer open sesame"}, 200),
        ("203.0.113.9", {"Authorization": "Bearer closed"}, 403),
        ("203.0.113.9", {"Authorization": "Bearer "}, 403),
    ],
)
def test_metrics_are_shown_to_the_machine_itself_or_a_token(
    come_from: str, headers: dict[str, str], code: int, site: Site
) -> None:
    response = site.client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": come_from})

    assert response.status_code == code


def test_metrics_tell_nothing_of_anybody(site: Site) -> None:
    site.post("/webhooks/sms", real.twilio_sms())
    site.post("/webhooks/whatsapp", real.whatsapp_location())
    site.post("/webhooks/twilio/status", real.twilio_status())
    site.tell(real.update(message=real.telegram_message(text="salaam")))
    site.talk.failure = ValueError("madad")
    site.post("/webhooks/sms", real.twilio_sms())

    text = site.counters.text().decode()

    assert 'hamraz_inbound_total{channel="whatsapp",kind="pin"} 1.0' in text
    for secret in (real.HER_NUMBER[1:], str(real.HER_CHAT), "Zainab", "madad", "salaam", real.MESSAGE, "31.5"):
        assert secret not in text


def test_the_log_of_a_whole_conversation_names_nobody(site: Site) -> None:
    with structlog.testing.capture_logs() as logs:
        for form in (real.twilio_sms(), real.twilio_sms(From="whatsapp:+923001234567"), {"Body": "madad"}):
            site.post("/webhooks/sms", form)
        site.tell(real.update(message=real.telegram_message(text=["madad"])))
        site.tell(b"madad")

    for secret in (real.HER_NUMBER[1:], str(real.HER_CHAT), "madad", real.MESSAGE):
        assert secret not in str(logs)


def test_an_answer_is_empty_unless_filled() -> None:
    assert Answer().body == b""


def test_a_form_may_repeat_a_key(site: Site) -> None:
    pairs = [*real.twilio_sms().items(), ("Extra", "1"), ("Extra", "2")]
    signature = signed("/webhooks/sms", pairs).headers["x-twilio-signature"]

    response = site.client.post(
        "/webhooks/sms",
        data=urlencode(pairs),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )

    assert response.status_code == 200


fields = st.dictionaries(
    st.sampled_from(sorted(real.twilio_whatsapp())) | st.text(max_size=9), st.text(max_size=40), max_size=8
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from([*PATHS.values(), "/webhooks/twilio/status"]), changed=fields, body=st.binary(max_size=60))
def test_nothing_that_is_posted_is_answered_with_a_5xx(
    path: str, changed: dict[str, str], body: bytes, site: Site
) -> None:
    proven = site.post(path, real.twilio_sms(**changed))
    told = site.tell(body)
    forged = site.client.post(path, data=body, content_type="application/x-www-form-urlencoded")

    assert {proven.status_code, told.status_code, forged.status_code} <= {200, 204, 400, 403, 413}
