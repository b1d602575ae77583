"""Every call we make is one that Twilio's own description allows."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from bot.limits import SMS, WHATSAPP, WHATSAPP_WITH_BUTTONS
from bot.media import MediaGone, MediaTooBig
from bot.message import Address, Button, MediaReference, Reply
from handlers.channel import SendLater, SendRefused
from handlers.sms import SmsChannel
from handlers.twilio import TwilioAccount
from handlers.whatsapp import TEMPLATES as ALL_TEMPLATES
from handlers.whatsapp import WhatsAppChannel, template
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

    account.send(HER.value, "+15005550006", {"Body": "hi"})

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


def test_an_approved_template_is_sent_as_it_is_and_none_that_is_not_set_up(
    account: TwilioAccount, twilio_api: TwilioApi
) -> None:
    given = {**TEMPLATES, "news_ur": "HX" + "7" * 32}
    approved = WhatsAppChannel(account, "+15005550006", WHATSAPP_WITH_BUTTONS, given)

    approved.send(HER_WHATSAPP, Reply("Salam", template="news_ur"))

    fields = twilio_api.calls[0].fields
    assert (twilio_api.calls[0].status, fields["ContentSid"]) == (201, "HX" + "7" * 32)
    assert "Body" not in fields and "ContentVariables" not in fields
    with pytest.raises(SendRefused, match="window closed"):
        approved.send(HER_WHATSAPP, Reply("Hello", template="news_en"))


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
    twilio_api.instead["Messages.json"] = {
        "messages": [],
        "next_page_uri": None,
    }  # its own example has pages without end

    assert list(sms.missed(NOW, NOW, known=lambda sid: False)) == []

    call = twilio_api.calls[0]
    assert call.status == 200
    assert "To=%2B15005550006" in call.path and "DateSent%3E=2026-11-25T00%3A00%3A00Z" in call.path


def listed(sid: str, sent: datetime, **changed: object) -> dict[str, object]:
    """A message as Twilio's log shows it."""
    return {
        "sid": sid,
        "direction": "inbound",
        "from": HER.value,
        "to": "+15005550006",
        "body": f"words of {sid}",
        "num_media": "0",
        "date_sent": sent.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    } | changed


def sid(number: int) -> str:
    """A message's id."""
    return f"SM{number:032x}"


def test_only_what_came_in_and_is_not_known_is_read_oldest_first(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    hour_ago, just_now = NOW - timedelta(hours=1), NOW - timedelta(seconds=30)
    twilio_api.instead["Messages.json"] = {
        "messages": [
            listed(sid(0), just_now),
            listed(sid(1), hour_ago, body="STOP"),
            listed(sid(2), hour_ago, direction="outbound-reply"),
            listed(sid(3), hour_ago),
            listed(sid(4), hour_ago, num_media="1"),
            listed(sid(5), hour_ago, **{"from": f"whatsapp:{HER.value}"}),
            listed(sid(6), hour_ago),
        ],
        "next_page_uri": None,
    }
    twilio_api.instead["Media.json"] = {
        "media_list": [{"sid": MEDIA, "content_type": "audio/ogg"}],
        "next_page_uri": None,
    }

    found = list(sms.missed(NOW - timedelta(hours=2), NOW, known=lambda one: one == sid(3)))

    assert [one.id for one in found] == [sid(6), sid(4), sid(1)]
    assert found[1].media == (MediaReference("voice", f"{sid(4)}/{MEDIA}", "audio/ogg"),)
    assert [one.opt_out for one in found] == ["", "", "STOP"]
    assert all(call.status == 200 for call in twilio_api.calls)


def test_a_log_of_many_pages_is_read_to_its_end(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    hour_ago = NOW - timedelta(hours=1)
    second = "Messages.json?PageSize=1000&Page=1&PageToken=PASM1"
    twilio_api.instead["Messages.json"] = {
        "messages": [listed(sid(number), hour_ago) for number in (1, 2)],
        "next_page_uri": f"/2010-04-01/Accounts/{ACCOUNT}/{second}",
    }
    twilio_api.instead[second] = {"messages": [listed(sid(3), hour_ago)], "next_page_uri": None}

    found = list(sms.missed(NOW - timedelta(hours=2), NOW, known=lambda one: False))

    assert [one.id for one in found] == [sid(3), sid(2), sid(1)]
    assert [call.status for call in twilio_api.calls] == [200, 200]


def test_a_log_that_cannot_be_read_is_read_later(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    twilio_api.next_error = (503, 20503)

    with pytest.raises(SendLater):
        list(sms.missed(NOW, NOW, known=lambda sid: False))


def found_in(channel: SmsChannel | WhatsAppChannel) -> list[tuple[bool, str]]:
    return [(finding.sound, finding.mend) for finding in channel.examine()]


def test_a_sound_account_and_number_are_found_sound(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    twilio_api.instead[f"{ACCOUNT}.json"] = {"status": "active"}
    twilio_api.instead["IncomingPhoneNumbers.json"] = {
        "incoming_phone_numbers": [{"sms_url": sms.webhook_url}],
        "next_page_uri": None,
    }

    assert [sound for sound, _ in found_in(sms)] == [True, True]
    assert [call.status for call in twilio_api.calls] == [200, 200]


@pytest.mark.parametrize(
    ("state", "numbers", "mends"),
    [
        ({"status": "suspended"}, [{"sms_url": ""}], ["'suspended'", "another address is set; paste"]),
        ({"status": "active"}, [], ["", "the account has no such number"]),
        ({"status": "active"}, [{"sms_url": "https://hamraz.example/webhooks/sms"}], ["", "a message is lost"]),
    ],
)
def test_what_is_wrong_at_twilio_is_said_with_its_mend(
    state: object, numbers: object, mends: list[str], sms: SmsChannel, twilio_api: TwilioApi
) -> None:
    twilio_api.instead[f"{ACCOUNT}.json"] = state
    twilio_api.instead["IncomingPhoneNumbers.json"] = {"incoming_phone_numbers": numbers, "next_page_uri": None}

    for (sound, said), mend in zip(found_in(sms), mends, strict=True):
        assert mend in said if mend else sound


def test_an_account_that_is_refused_is_found_so(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    twilio_api.next_error = (401, 20003)

    sound, mend = found_in(sms)[0]

    assert (sound, "TWILIO_AUTH_TOKEN" in mend) == (False, True)


def test_every_template_is_made_once_and_what_is_there_is_taken(account: TwilioAccount, twilio_api: TwilioApi) -> None:
    there = {"friendly_name": "hamraz_quick2", "sid": "HX" + "a" * 32}
    twilio_api.instead["Content"] = {"contents": [there], "meta": {"key": "contents", "next_page_url": None}}
    channel = WhatsAppChannel(account, "+15005550006", WHATSAPP, {"list4": "HX" + "b" * 32})

    made = channel.make_templates()

    posted = [call for call in twilio_api.calls if call.method == "POST"]
    assert set(made) == ALL_TEMPLATES
    assert (made["quick2"], made["list4"]) == ("HX" + "a" * 32, "HX" + "b" * 32)
    assert [call.status for call in posted] == [201] * (len(ALL_TEMPLATES) - 2)


def test_what_is_written_first_is_made_and_whatsapp_is_asked_once_to_look_it_over(
    account: TwilioAccount, twilio_api: TwilioApi
) -> None:
    words = {"again_en": "Something waits for you.", "again_sd": "ڪجهه رکيل آهي."}
    known = dict.fromkeys(ALL_TEMPLATES, "HX" + "c" * 32)
    twilio_api.instead["Content"] = {"contents": [], "meta": {"key": "contents", "next_page_url": None}}
    twilio_api.instead["ApprovalRequests"] = {"whatsapp": {"status": "unsubmitted"}}

    said = list(WhatsAppChannel(account, "+15005550006", WHATSAPP, known, words).connect())

    made = [call.fields for call in twilio_api.calls if call.method == "POST" and call.path.endswith("/Content")]
    assert [(one["friendly_name"], one["language"]) for one in made] == [
        ("hamraz_again_en", "en"),
        ("hamraz_again_sd", "ur"),
    ]
    assert [one["types"]["twilio/text"]["body"] for one in made] == list(words.values())
    asked = [call for call in twilio_api.calls if call.path.endswith("/ApprovalRequests/whatsapp")]
    assert [(call.fields["name"], call.fields["category"], call.status) for call in asked] == [
        ("hamraz_again_en", "UTILITY", 201), ("hamraz_again_sd", "UTILITY", 201),
    ]  # fmt: skip
    assert "again_en=HX" in said[1] and "what WhatsApp looks over: again_en is" in said[2]

    twilio_api.instead["ApprovalRequests"] = {"whatsapp": {"status": "rejected"}}
    twilio_api.calls.clear()
    known |= dict.fromkeys(words, "HX" + "d" * 32)
    said = list(WhatsAppChannel(account, "+15005550006", WHATSAPP, known, words).connect())
    assert said[1:] == ["whatsapp: what WhatsApp looks over: again_en is rejected, again_sd is rejected"]
    assert not [call for call in twilio_api.calls if call.method == "POST"]


def test_templates_have_the_shape_that_twilio_describes(twilio_files: tuple[Path, Path]) -> None:
    described = json.loads(twilio_files[1].read_text())["components"]["schemas"]

    for name in ALL_TEMPLATES:
        made = template(name)
        assert set(made) <= set(described["ContentCreateRequest"]["properties"])
        types = made["types"]
        assert isinstance(types, dict)
        for kind in types:
            assert kind in json.dumps(described) or kind.replace("/", "_") in json.dumps(described)


def test_a_template_that_is_refused_says_so(account: TwilioAccount, twilio_api: TwilioApi) -> None:
    twilio_api.next_error = (400, 60042)

    with pytest.raises(SendRefused):
        account.make_template(template("quick1"))


@pytest.mark.parametrize("content", [{"friendly_name": "x"}, {"language": "en", "types": 5}])
def test_the_stand_in_refuses_content_that_twilio_refuses(
    content: dict[str, object], account: TwilioAccount, twilio_api: TwilioApi
) -> None:
    with pytest.raises(SendRefused):
        account.make_template(content)

    assert twilio_api.calls[0].status == 422


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
        (400, 30003, "unreachable"),
        (400, 30005, "unreachable"),
        (400, 30006, "unreachable"),
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


@pytest.mark.parametrize(
    ("status", "said", "seconds", "whole_channel"),
    [(429, "17", 17, True), (503, "17", 17, False), (429, "999999", 600, True), (429, "soon", 5, True)],
)
def test_twilio_is_given_the_time_it_asks_for_within_reason(
    status: int, said: str, seconds: float, whole_channel: bool, sms: SmsChannel, twilio_api: TwilioApi
) -> None:
    twilio_api.next_error, twilio_api.retry_after = (status, 20429 if status == 429 else 20503), said

    with pytest.raises(SendLater) as later:
        sms.send(HER, Reply("hi"))

    assert (later.value.retry_after, later.value.whole_channel) == (seconds, whole_channel)


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


@pytest.mark.parametrize(
    "elsewhere",
    ["http://evil.example/x", "https://evil.example/x", "https://twilio.com.evil.example/", "file:///etc/passwd"],
)
def test_media_that_point_to_another_host_are_not_followed(
    elsewhere: str, sms: SmsChannel, twilio_api: TwilioApi
) -> None:
    twilio_api.media[MEDIA] = b"OggS"
    twilio_api.points_to = elsewhere

    with pytest.raises(MediaGone, match="another host"):
        sms.fetch(MediaReference("voice", f"{MESSAGE}/{MEDIA}"), 400)


def test_media_that_take_too_long_are_fetched_later(sms: SmsChannel, twilio_api: TwilioApi) -> None:
    twilio_api.media[MEDIA] = b"OggS" * 100

    with pytest.raises(SendLater):
        sms.fetch(MediaReference("voice", f"{MESSAGE}/{MEDIA}"), 400, patience=0)


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
