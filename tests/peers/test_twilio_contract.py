"""Every call we make is one that Twilio's own description allows."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from bot.limits import SMS, WHATSAPP_WITH_BUTTONS
from bot.message import Address, Button, MediaReference, Reply
from handlers.channel import MediaGone, MediaTooBig, SendLater, SendRefused
from handlers.sms import SmsChannel
from handlers.twilio import TwilioAccount
from handlers.whatsapp import WhatsAppChannel
from tests.peers.twilio_api import TwilioApi

pytestmark = pytest.mark.peer

ACCOUNT = "AC" + "0" * 32
MESSAGE = "SM" + "1" * 32
MEDIA = "ME" + "2" * 32
TEMPLATES = {"quick3": "HX" + "3" * 32, "list5": "HX" + "5" * 32}
HER = Address("sms", "+923001234567")
HER_WHATSAPP = Address("whatsapp", "whatsapp:+923001234567")
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def account(twilio_api: TwilioApi) -> TwilioAccount:
    return TwilioAccount(ACCOUNT, "token", "https://hamraz.example", api_url=twilio_api.url)


@pytest.fixture
def sms(account: TwilioAccount) -> SmsChannel:
    return SmsChannel(account, "+15005550006", SMS)


@pytest.fixture
def whatsapp(account: TwilioAccount) -> WhatsAppChannel:
    return WhatsAppChannel(account, "+15005550006", WHATSAPP_WITH_BUTTONS, TEMPLATES)


def buttons(count: int, label: str = "Label") -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(f"{label} {number}", f"7:choice_{number}"),) for number in range(count))


def test_a_text_is_accepted_and_its_id_returned(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    sid = sms.send(HER, Reply("مدد & <help> 🙏"))

    (call,) = twilio_api.calls
    assert sid.startswith(("SM", "MM"))
    assert (call.status, call.path) == (201, f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert call.fields == {
        "To": HER.value,
        "From": "+15005550006",
        "Body": "مدد & <help> 🙏",
        "StatusCallback": "https://hamraz.example/webhooks/twilio/status",
    }


def test_a_messaging_service_sends_instead_of_a_number(account: TwilioAccount, twilio_api: TwilioApi) -> None:
    SmsChannel(account, "MG" + "4" * 32, SMS).send(HER, Reply("hi"))

    assert twilio_api.calls[0].fields["MessagingServiceSid"] == "MG" + "4" * 32
    assert "From" not in twilio_api.calls[0].fields


def test_a_discreet_account_asks_twilio_to_keep_nothing(twilio_api: TwilioApi) -> None:
    account = TwilioAccount(ACCOUNT, "token", "https://hamraz.example", api_url=twilio_api.url, discreet=True)

    account.send(HER.value, "+15005550006", {"body": "hi"})

    fields = twilio_api.calls[0].fields
    assert (fields["ContentRetention"], fields["AddressRetention"]) == ("discard", "obfuscate")


def test_three_choices_are_quick_replies(whatsapp: WhatsAppChannel, twilio_api: TwilioApi) -> None:
    whatsapp.send(HER_WHATSAPP, Reply("Where?", buttons(3)))

    fields = twilio_api.calls[0].fields
    assert (twilio_api.calls[0].status, fields["ContentSid"]) == (201, TEMPLATES["quick3"])
    assert json.loads(fields["ContentVariables"]) == {
        "1": "Where?",
        "2": "Label 0",
        "3": "7:choice_0",
        "4": "Label 1",
        "5": "7:choice_1",
        "6": "Label 2",
        "7": "7:choice_2",
    }
    assert "Body" not in fields


def test_five_choices_are_a_list(whatsapp: WhatsAppChannel, twilio_api: TwilioApi) -> None:
    whatsapp.send(HER_WHATSAPP, Reply("Where?", buttons(5)))

    assert twilio_api.calls[0].fields["ContentSid"] == TEMPLATES["list5"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply("Where?", buttons(4)),
        Reply("Where?", buttons(5, "A label of far too many letters")),
        Reply("x" * 1025, buttons(3)),
    ],
    ids=["no template", "long labels", "long text"],
)
def test_where_no_template_fits_labels_are_lines(
    reply: Reply, whatsapp: WhatsAppChannel, twilio_api: TwilioApi
) -> None:
    whatsapp.send(HER_WHATSAPP, reply)

    call = twilio_api.calls[0]
    assert call.status == 201
    assert call.fields["Body"].startswith(reply.text + "\n- ")


def test_a_wipe_empties_then_deletes_messages_and_deletes_media(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    sms.wipe(HER, [MESSAGE, f"{MESSAGE}/{MEDIA}"])

    base = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{MESSAGE}"
    assert [(call.method, call.path, call.status, dict(call.fields)) for call in twilio_api.calls] == [
        ("POST", f"{base}.json", 200, {"Body": ""}),
        ("DELETE", f"{base}.json", 204, {}),
        ("DELETE", f"{base}/Media/{MEDIA}.json", 204, {}),
    ]


def test_another_channels_ids_are_passed_over(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    sms.wipe(HER, ["", "../x", "a b"])

    assert not twilio_api.calls


def test_what_is_gone_already_counts_as_wiped(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    twilio_api.next_error = (404, 20404)

    sms.wipe(HER, [f"{MESSAGE}/{MEDIA}"])


def test_a_message_twilio_has_not_finished_is_wiped_later_and_the_others_now(
    sms: SmsChannel, twilio_api: TwilioApi
) -> None:
    twilio_api.next_error = (409, 20009)

    with pytest.raises(SendLater) as later:
        sms.wipe(HER, [MESSAGE, f"{MESSAGE}/{MEDIA}"])

    assert later.value.retry_after == 120
    assert twilio_api.calls[-1].status == 204


def test_the_log_of_what_came_in_is_read(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    list(sms.missed(NOW, NOW))

    call = twilio_api.calls[0]
    assert call.status == 200
    assert "To=%2B15005550006" in call.path and "DateSent%3E=2026-11-25" in call.path


def test_the_account_is_checked(account: TwilioAccount, twilio_api: TwilioApi) -> None:
    account.check()

    assert twilio_api.calls[0].status == 200


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, 21610, "opted out"),
        (400, 21211, "bad number"),
        (400, 21614, "bad number"),
        (400, 21617, "too long"),
        (400, 21612, "unreachable"),
        (400, 21408, "not allowed"),
        (400, 63016, "window closed"),
        (400, 30007, "filtered"),
        (400, 63021, "rejected"),
        (400, 99999, "rejected"),
    ],
)
def test_a_refusal_says_why_in_plain_words(
    status: int, code: int, reason: str, sms: SmsChannel, twilio_api: TwilioApi
) -> None:
    twilio_api.next_error = (status, code)

    with pytest.raises(SendRefused) as refused:
        sms.send(HER, Reply("hi"))

    assert (refused.value.code, refused.value.reason) == (str(code), reason)
    assert "923001234567" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("status", "code", "whole_channel"),
    [
        (429, 20429, True),
        (503, 20503, False),
        (500, 0, False),
        (401, 20003, True),
        (400, 63018, True),
        (400, 63038, True),
    ],
)
def test_trouble_that_passes_is_tried_again(
    status: int, code: int, whole_channel: bool, sms: SmsChannel, twilio_api: TwilioApi
) -> None:
    twilio_api.next_error = (status, code)

    with pytest.raises(SendLater) as later:
        sms.send(HER, Reply("hi"))

    assert later.value.whole_channel is whole_channel


def test_a_provider_that_does_not_answer_is_tried_again() -> None:
    account = TwilioAccount(ACCOUNT, "token", "https://hamraz.example", api_url="http://127.0.0.1:9", timeout=1)

    with pytest.raises(SendLater):
        SmsChannel(account, "+15005550006", SMS).send(HER, Reply("hi"))
    with pytest.raises(SendLater):
        account.fetch(MediaReference("voice", f"{MESSAGE}/{MEDIA}"), 100)


def test_no_library_logs_a_number_or_words(
    sms: SmsChannel, twilio_api: TwilioApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    sms.send(HER, Reply("madad"))

    assert "madad" not in caplog.text and "923001234567" not in caplog.text


@pytest.mark.parametrize("reference", ["", "../../x", "http://evil.example/x"])
def test_a_reference_that_is_none_is_gone(reference: str, account: TwilioAccount) -> None:
    with pytest.raises(MediaGone):
        account.fetch(MediaReference("voice", reference), 100)


def test_media_is_fetched_with_the_password_which_the_storage_host_never_sees(
    sms: SmsChannel, twilio_api: TwilioApi
) -> None:
    twilio_api.media[MEDIA] = b"OggS" * 100

    body = sms.fetch(MediaReference("voice", f"{MESSAGE}/{MEDIA}"), 400)

    assert body == b"OggS" * 100
    assert not twilio_api.leaked


def test_media_over_the_limit_is_too_big(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    twilio_api.media[MEDIA] = b"x" * 5_000_000

    with pytest.raises(MediaTooBig):
        sms.fetch(MediaReference("voice", f"{MESSAGE}/{MEDIA}"), 1000)


def test_media_that_is_not_there_any_more_is_gone(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    with pytest.raises(MediaGone):
        sms.fetch(MediaReference("voice", f"{MESSAGE}/ME{'9' * 32}"), 1000)


# The stand-in itself: that it refuses what Twilio refuses, or the tests above prove nothing.

GOOD = {"To": "+923001234567", "From": "+15005550006", "Body": "hi"}


@pytest.mark.parametrize(
    ("fields", "signed_in", "status"),
    [
        (GOOD, True, 201),
        (GOOD, False, 401),
        ({name: value for name, value in GOOD.items() if name != "To"}, True, 422),
        (GOOD | {"ContentRetention": "maybe"}, True, 422),
        (GOOD | {"ContentSid": "HX1"}, True, 422),
        (GOOD | {"ValidityPeriod": "soon"}, True, 422),
        (GOOD | {"Body": "x" * 1601}, True, 400),
        (GOOD | {"Body": ""}, True, 400),
        (GOOD | {"Bdoy": "hi"}, True, 400),
        ({name: value for name, value in GOOD.items() if name != "From"}, True, 400),
        (GOOD | {"ContentVariables": '{"1": ""}'}, True, 400),
    ],
)
def test_the_stand_in_refuses_what_twilio_refuses(
    fields: dict[str, str], signed_in: bool, status: int, twilio_api: TwilioApi
) -> None:
    request = Request(  # noqa: S310  # our own address
        f"{twilio_api.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data=urlencode(fields).encode(),
        headers={"Authorization": "Basic QTpi"} if signed_in else {},
    )
    try:
        with urlopen(request) as response:  # noqa: S310  # our own address
            found = response.status
    except HTTPError as error:
        found = error.code

    assert found == status
