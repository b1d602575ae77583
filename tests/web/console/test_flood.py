"""While strangers flood the login, the owner logs in, reporters are answered, and nothing slow is done for the flood."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator

from bot.settings import Settings
from casework.staff import gate
from casework.staff.passwords import Stretcher
from operating.parts import Hamraz
from tests.phones import Clock
from tests.web.console import conftest
from tests.web.console.conftest import SITE, Browser, Enter

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "t" * 32, "+15005550006"
STRANGERS, GUESSES = 4, 100


@pytest.fixture(autouse=True)
def with_twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = conftest.settings_in
    given = {"twilio_account_sid": ACCOUNT, "sms_from": NUMBER}

    def settings_in(folder: object) -> Settings:
        settings = plain(folder)  # type: ignore[arg-type]  # a path
        token = type(settings.twilio_auth_token)(TOKEN)
        return settings.model_copy(update=given | {"twilio_auth_token": token})

    monkeypatch.setattr(conftest, "settings_in", settings_in)


def write(app: Flask, text: str, number: int) -> str:
    """A reporter's SMS, as Twilio would bring it; what she is answered."""
    form = {
        "MessageSid": f"SM{number:032x}",
        "AccountSid": ACCOUNT,
        "From": f"+92300{number:07d}",
        "To": NUMBER,
        "Body": text,
        "NumMedia": "0",
    }
    signature = RequestValidator(TOKEN).compute_signature(f"{SITE}/webhooks/sms", form)
    answer = app.test_client().post(
        "/webhooks/sms", data=form, base_url=SITE, headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 200
    return answer.text


def test_a_flood_of_logins_holds_up_neither_the_owner_nor_a_reporter(
    app: Flask, hamraz: Hamraz, enter: Enter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = enter(name="Amina")
    amina.send("/logout", "/account")
    together, slow = Barrier(STRANGERS + 1), []
    open_ = Stretcher.open
    monkeypatch.setattr(Stretcher, "open", lambda self, *given: slow.append(1) or open_(self, *given))

    def flood(stranger: int) -> list[int]:
        browser = Browser(app.test_client(), clock, "Amina")
        page = browser.open("/login")
        together.wait()
        return [
            browser.send("/login", of=page, name="Amina", password="a guess or two", code=f"{guess:06d}").status_code
            for guess in range(GUESSES)
        ]

    with ThreadPoolExecutor(STRANGERS) as pool:
        floods = [pool.submit(flood, stranger) for stranger in range(STRANGERS)]
        together.wait()
        answers = [write(app, "salam", number) for number in range(20)]
        entered = amina.log_in()
        guessed = [status for one in floods for status in one.result()]

    assert not [answer for answer in answers if "<Message " not in answer]
    assert entered.headers["Location"] == "/console/"
    assert guessed.count(400) <= gate.A_NETWORK_AND_NAME
    assert guessed.count(429) >= STRANGERS * GUESSES - gate.A_NETWORK_AND_NAME
    assert len(slow) == 1  # hers
