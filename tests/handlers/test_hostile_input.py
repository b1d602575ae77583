"""Whatever stands in a proven request, a parser raises Malformed or nothing at all."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.channel import Malformed, Nothing, RawRequest
from handlers.sms import SmsChannel
from handlers.telegram import TelegramChannel
from handlers.twilio_form import TwilioStatus
from handlers.whatsapp import WhatsAppChannel
from tests.handlers import payloads as real
from tests.handlers.conftest import NOW

# A channel is not changed by what it reads, so one serves every example.
many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

FORM_KEYS = [
    *real.twilio_whatsapp(),
    *["ButtonPayload", "ButtonText", "ListId", "Latitude", "Longitude", "OptOutType", "MessageStatus", "ErrorCode"],
    *["MediaUrl0", "MediaContentType0", "MediaUrl9", "SmsStatus"],
]
anything = st.text(st.characters(), max_size=40)  # surrogates and NUL too
near = st.sampled_from(["whatsapp:+1", "+1", "NaN", "inf", "1e999", "-0", "10", "99999999", "SM1", "3:a", "٣"])
forms = st.lists(st.tuples(st.sampled_from(FORM_KEYS) | anything, near | anything), max_size=12).map(
    lambda pairs: (("From", "+923001234567"), ("MessageSid", "SM1"), *pairs)
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | anything
    | st.sampled_from(["private", "kicked", "3:a"])
)
MESSAGE_KEYS = [
    "message_id",
    "from",
    "chat",
    "date",
    "text",
    "caption",
    "voice",
    "audio",
    "photo",
    "video",
    "video_note",
    "document",
    "location",
    "venue",
    "contact",
    "sticker",
    "poll",
    "entities",
    "reply_to_message",
    "pinned_message",
    "data",
    "id",
    "type",
    "file_id",
    "latitude",
    "longitude",
    "status",
    "new_chat_member",
    "language_code",
    "file_size",
    "width",
    "height",
    "message",
    "edit_date",
]
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


def either(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    keys = st.sampled_from(MESSAGE_KEYS) | anything
    return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6)


values = st.recursive(scalars, either, max_leaves=20)


def request(form: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> RawRequest:
    return RawRequest("https://hamraz.example/", {}, body, form)


@many
@given(form=forms)
def test_any_form_is_read_or_malformed(
    form: tuple[tuple[str, str], ...], sms: SmsChannel, whatsapp: WhatsAppChannel, status: TwilioStatus
) -> None:
    for door in (sms, whatsapp, status):
        try:
            found = door.parse(request(form), NOW)
        except Malformed:
            continue
        _can_be_kept(found)


@many
@given(body=st.binary(max_size=200))
def test_any_body_is_read_or_malformed(body: bytes, telegram: TelegramChannel) -> None:
    with suppress(Malformed):
        telegram.parse(request(body=body), NOW)


@many
@given(
    content=st.dictionaries(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), values)
)
def test_any_update_is_read(content: dict[str, object], telegram: TelegramChannel) -> None:
    found = telegram.parse(request(body=json.dumps({"update_id": 1, **content}).encode()), NOW)

    _can_be_kept(found)


@many
@given(data=st.data())
def test_a_real_update_with_one_thing_changed_is_read(data: st.DataObject, telegram: TelegramChannel) -> None:
    one = data.draw(
        st.sampled_from(
            [
                real.update(message=real.telegram_message(text="hi")),
                real.update(message=real.telegram_message(photo=real.PHOTO, caption="x")),
                real.update(message=real.telegram_message(voice=real.VOICE)),
                real.update(message=real.telegram_message(location=real.LOCATION)),
                real.telegram_tap("3:street"),
            ]
        )
    )
    where = one
    while True:
        key = data.draw(st.sampled_from(sorted(set(where) - {"update_id"})))
        if isinstance(where[key], dict) and data.draw(st.booleans()):
            where = where[key] = dict(where[key])
            continue
        where[key] = data.draw(values)
        break

    _can_be_kept(telegram.parse(request(body=json.dumps(one).encode()), NOW))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"\xff\xfe\xfd",
        b"[]",
        b"null",
        b"{}",
        b'{"update_id": "1"}',
        b"[" * 200_000,
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 1e400}',
    ],
    ids=["empty", "NUL", "not UTF-8", "list", "null", "no id", "id as text", "deep", "long number", "infinite"],
)
def test_what_telegram_never_sends_is_malformed(body: bytes, telegram: TelegramChannel) -> None:
    with pytest.raises(Malformed):
        telegram.parse(request(body=body), NOW)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"Body": "hi"},
        {"Body": "hi", "From": "+1"},
        {"Body": "hi", "MessageSid": "SM1"},
        {"Body": "hi", "From": "+1", "MessageSid": "../../x"},
        {"Body": "hi", "From": "whatsapp:+1", "MessageSid": "SM1"},
    ],
)
def test_a_form_without_sender_or_id_is_malformed(form: dict[str, str], sms: SmsChannel) -> None:
    with pytest.raises(Malformed):
        sms.parse(request(tuple(form.items())), NOW)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://api.twilio.com.evil.example/x",
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/../../x/Media/ME1",
        "//[",
        "",
    ],
)
def test_media_of_another_address_is_never_fetched(url: str, sms: SmsChannel) -> None:
    form = real.twilio_media("image/jpeg", real.twilio_sms()) | {"MediaUrl0": url}

    message = sms.parse(request(tuple(form.items())), NOW)

    assert not isinstance(message, Nothing)
    assert (message.media, message.problem) == ((), "unknown_media")


def _can_be_kept(found: object) -> None:
    """No NUL and no lone surrogate: PostgreSQL and UTF-8 refuse both."""
    if not isinstance(found, Nothing):
        for field in ("id", "text", "language_hint", "provider_copy", "address"):
            value = getattr(found, field, "")
            text = value if isinstance(value, str) else value.value
            assert "\0" not in text
            text.encode()
