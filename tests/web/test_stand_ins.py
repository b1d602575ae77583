"""What stands in for Twilio refuses what Twilio refuses, and signs as Twilio signs; and what is stolen is stolen whole."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from twilio.request_validator import RequestValidator

from operating.parts import Hamraz
from storage.exposed import content
from tests.phones import Phone
from web.simulator.twilio_api import Taken, TwilioApi

TOKEN, NUMBER = "a" * 32, "whatsapp:+923001234567"
THREE = {"1": "Is it safe?", "2": "Yes", "3": "1:yes", "4": "No", "5": "1:no", "6": "Later", "7": "1:later"}


@pytest.fixture
def taken() -> list[Taken]:
    return []


@pytest.fixture
def twilio(taken: list[Taken]) -> TwilioApi:
    return TwilioApi("AC" + "0" * 32, TOKEN, {"quick3": "HX1", "list4": "HX2"}, taken.append)


def templated(variables: dict[str, str], content: str = "HX1", to: str = NUMBER) -> dict[str, str]:
    return {"To": to, "ContentSid": content, "ContentVariables": json.dumps(variables)}


def test_a_template_becomes_a_message_with_its_keys(twilio: TwilioApi, taken: list[Taken]) -> None:
    status, _ = twilio.create(templated(THREE))

    assert status == 201
    assert taken[0].body == "Is it safe?"
    assert taken[0].keys == (("Yes", "1:yes"), ("No", "1:no"), ("Later", "1:later"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": "0300", "Body": "hi"}, 21211),
        ({"To": NUMBER}, 21602),
        ({"To": NUMBER, "Body": "a" * 1601}, 21617),
        (templated(THREE, content="HX9"), 21655),
        (templated(THREE, to="+923001234567"), 21655),  # no keys by SMS
        (templated(THREE | {"4": ""}), 21656),
        (templated(THREE | {"8": "more"}), 21656),
        (templated(THREE | {"2": "a label of twenty-one"}), 21656),
        (templated(THREE | {"1": "a" * 1025}), 21656),
        (templated({"1": "only the text"}), 21656),
        ({**templated(THREE), "ContentVariables": "{"}, 21656),
    ],
)
def test_what_twilio_refuses_is_refused(
    twilio: TwilioApi, taken: list[Taken], fields: dict[str, str], code: int
) -> None:
    status, answer = twilio.create(fields)

    assert (status, answer["code"]) == (400, code)
    assert taken == []


def test_its_signature_is_the_one_twilios_own_validator_expects(twilio: TwilioApi) -> None:
    url, form = "https://hamraz.example/webhooks/sms", {"Body": "سلام", "From": "+923001234567"}

    assert RequestValidator(TOKEN).validate(url, form, twilio.signature(url, form))


def test_what_is_stolen_holds_what_lies_open_and_nothing_that_was_told(
    hamraz: Hamraz, phone: Callable[..., Phone]
) -> None:
    story = "A man on the number nine bus would not let me pass"
    hers = phone()
    for text in ("hello", "1", "1", "1", "1", "1", "1", "1", "1", story):
        hers.say(text)

    stolen = content(hamraz.database)

    assert b"Hyderabad" in stolen  # of the public directory: the search is not blind
    assert story.encode() not in stolen
    assert hers.number.encode() not in stolen
