"""A provider's message comes in before Flask: its answer is the one that it would get through it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from twilio.request_validator import RequestValidator

from bot.limits import SMS
from handlers.front import Front
from handlers.sms import SmsChannel
from handlers.twilio import TwilioAccount
from handlers.webhooks import LARGEST_BODY
from operating.parts import Hamraz
from operating.serving import make_app, make_served
from tests.handlers.payloads import ACCOUNT, OUR_NUMBER, twilio_sms

PUBLIC, TOKEN, PATH = "https://hamraz.example", "a1" * 16, "/webhooks/sms"


@pytest.fixture
def shown(hamraz: Hamraz) -> Hamraz:
    """On https, with SMS."""
    settings = hamraz.settings.model_copy(update={"public_url": PUBLIC})
    sms = SmsChannel(TwilioAccount(ACCOUNT, TOKEN, PUBLIC), OUR_NUMBER, SMS)
    return replace(hamraz, settings=settings, channels=replace(hamraz.channels, on={"sms": sms}))


def test_answers_and_headers_are_those_that_flask_would_give(shown: Hamraz) -> None:
    app, through = make_app(shown), make_app(shown)
    assert isinstance(through.wsgi_app, Front)
    through.wsgi_app = through.wsgi_app._behind  # type: ignore[method-assign]  # as it would be without
    form = twilio_sms(Body="hi")
    right = RequestValidator(TOKEN).compute_signature(PUBLIC + PATH, form)
    statuses = []
    for method, path, data, signature in (
        ("POST", PATH, form, right),
        ("POST", PATH, form, "forged"),
        ("POST", PATH, b"a" * (LARGEST_BODY + 1), right),
        ("POST", f"{PATH}/", form, right),
        ("POST", f"{PATH}/x", form, right),
        ("GET", PATH, None, right),
    ):
        answers = [
            one.test_client().open(path, method=method, data=data, headers={"X-Twilio-Signature": signature})
            for one in (app, through)
        ]
        assert answers[0].data == answers[1].data
        assert answers[0].status_code == answers[1].status_code
        assert sorted(answers[0].headers) == sorted(answers[1].headers)
        assert answers[0].headers["X-Content-Type-Options"] == "nosniff"
        statuses.append(answers[0].status_code)

    assert statuses == [200, 403, 413, 404, 403, 405]


def test_what_a_process_serves_is_the_whole_application(shown: Hamraz) -> None:
    whole, served = make_app(shown), make_served(shown)
    statuses = []
    for method, path in (
        ("GET", "/healthz"),
        ("GET", "/"),
        ("GET", "/consoles"),
        ("GET", "/console"),
        ("GET", "//console/"),
        ("GET", "/console/"),
        ("GET", "/console/login"),
        ("HEAD", "/console/static/console.css"),
        ("POST", "/console/login"),
        ("OPTIONS", "/console/login"),
        ("GET", "/console/nowhere"),
        ("GET", "/try"),
        ("GET", "/try/nobodys"),
        ("PUT", "/try/nobodys"),
    ):
        answers = [one.test_client().open(path, method=method, base_url=PUBLIC) for one in (whole, served)]
        assert [one.status_code for one in answers] == 2 * [answers[0].status_code], path
        assert len({len(one.data) for one in answers}) == 1, path  # a form's own secret is another each time
        assert {name for name, _ in answers[0].headers} == {name for name, _ in answers[1].headers}, path
        statuses.append(answers[0].status_code)

    assert set(statuses) == {200, 303, 308, 400, 404, 405}
