"""The contract every channel keeps, shown with what its provider really posts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

from bot.message import Address, Button, InboundMessage, MediaReference, Pin, Reply, Tap
from handlers.channel import Channel, Nothing, RawRequest, Unverified
from tests.handlers import payloads as real
from tests.handlers.conftest import NOW, from_telegram, signed


@dataclass(frozen=True, slots=True)
class Sample:
    """One request, and what it must become."""

    channel: str
    raw: RawRequest
    text: str = ""
    tap: Tap | None = None
    media: tuple[MediaReference, ...] = ()
    pin: Pin | None = None
    problem: str = ""
    opt_out: str = ""
    edited: bool = False


def sms(form: real.Form) -> RawRequest:
    return signed("/webhooks/sms", form)


def whatsapp(form: real.Form) -> RawRequest:
    return signed("/webhooks/whatsapp", form)


GROUP = {"id": -5, "type": "group", "title": "x"}
BROADCAST = {"id": -9, "type": "channel", "title": "x"}
TIMER = {"message_auto_delete_time": 9}


def told(**content: object) -> RawRequest:
    return from_telegram(real.update(message=real.telegram_message(**content)))


AT_TWILIO = f"{real.MESSAGE}/{real.MEDIA}"
LAHORE = Pin(31.5204, 74.3587)

SAMPLES = {
    "sms text": Sample("sms", sms(real.twilio_sms()), text="mujhe madad chahiye"),
    "sms photo": Sample(
        "sms",
        sms(real.twilio_media("image/jpeg", real.twilio_sms())),
        media=(MediaReference("photo", AT_TWILIO, "image/jpeg"),),
    ),
    "sms stop": Sample("sms", sms(real.twilio_sms(Body="STOP", OptOutType="STOP")), text="STOP", opt_out="STOP"),
    "sms start": Sample("sms", sms(real.twilio_sms(Body="START", OptOutType="START")), text="START", opt_out="START"),
    "sms help": Sample("sms", sms(real.twilio_sms(Body="HELP", OptOutType="HELP")), text="HELP", opt_out="HELP"),
    "sms empty": Sample("sms", sms(real.twilio_sms(Body=""))),
    "sms bidi and zero width": Sample("sms", sms(real.twilio_sms(Body="\u202eolleh\u200b")), text="\u202eolleh\u200b"),
    "sms of 10,001": Sample("sms", sms(real.twilio_sms(Body="x" * 10_001)), text="x" * 10_000, problem="too_long"),
    "whatsapp text": Sample("whatsapp", whatsapp(real.twilio_whatsapp()), text="سلام"),
    "whatsapp button": Sample("whatsapp", whatsapp(real.whatsapp_button("3:street")), tap=Tap(3, "street")),
    "whatsapp foreign button": Sample("whatsapp", whatsapp(real.whatsapp_button("BUY NOW")), tap=Tap(-1, "")),
    "whatsapp list": Sample("whatsapp", whatsapp(real.whatsapp_list_item("12:lahore")), tap=Tap(12, "lahore")),
    "whatsapp place": Sample("whatsapp", whatsapp(real.whatsapp_location()), pin=LAHORE),
    "whatsapp place beyond": Sample(
        "whatsapp", whatsapp(real.whatsapp_location() | {"Latitude": "NaN"}), problem="unreadable"
    ),
    "whatsapp voice": Sample(
        "whatsapp",
        whatsapp(real.twilio_media("audio/ogg", real.twilio_whatsapp(MessageType="audio"))),
        media=(MediaReference("voice", AT_TWILIO, "audio/ogg"),),
    ),
    "whatsapp photo": Sample(
        "whatsapp",
        whatsapp(real.twilio_media("image/jpeg", real.twilio_whatsapp(MessageType="image"))),
        media=(MediaReference("photo", AT_TWILIO, "image/jpeg"),),
    ),
    "whatsapp contact": Sample(
        "whatsapp",
        whatsapp(real.twilio_media("text/vcard", real.twilio_whatsapp(MessageType="contacts"))),
        problem="unknown_media",
    ),
    "telegram text": Sample("telegram", told(text="salaam"), text="salaam"),
    "telegram voice": Sample(
        "telegram", told(voice=real.VOICE), media=(MediaReference("voice", "VOICE1", "audio/ogg", 9000),)
    ),
    "telegram photo": Sample(
        "telegram",
        told(photo=real.PHOTO, caption="yahan"),
        text="yahan",
        media=(MediaReference("photo", "LARGE", "image/jpeg", 180_000),),
    ),
    "telegram round video": Sample(
        "telegram", told(video_note=real.VIDEO_NOTE), media=(MediaReference("video", "ROUND", "", 80_000),)
    ),
    "telegram document": Sample(
        "telegram", told(document=real.DOCUMENT), media=(MediaReference("file", "DOC", "application/pdf", 5000),)
    ),
    "telegram place": Sample("telegram", told(location=real.LOCATION), pin=LAHORE),
    "telegram contact": Sample("telegram", told(contact=real.CONTACT), problem="unknown_media"),
    "telegram sticker": Sample("telegram", told(sticker=real.STICKER), problem="unknown_media"),
    "telegram of a later kind": Sample("telegram", told(hologram={"depth": 3}), problem="unknown_media"),
    "telegram tap": Sample("telegram", from_telegram(real.telegram_tap("3:street")), tap=Tap(3, "street")),
    "telegram foreign tap": Sample("telegram", from_telegram(real.telegram_tap("x")), tap=Tap(-1, "")),
    "telegram edit": Sample(
        "telegram",
        from_telegram(real.update(edited_message=real.telegram_message(text="bus mein", edit_date=1_790_000_100))),
        text="bus mein",
        edited=True,
    ),
    "telegram broken message": Sample("telegram", told(text=["not", "text"]), problem="unreadable"),
    "telegram blocked": Sample(
        "telegram",
        from_telegram(
            real.update(
                my_chat_member={
                    "chat": {"id": real.HER_CHAT, "type": "private"},
                    "from": real.her(),
                    "date": 1_790_000_000,
                    "old_chat_member": {"user": real.her(), "status": "member"},
                    "new_chat_member": {"user": real.her(), "status": "kicked", "until_date": 0},
                }
            )
        ),
        opt_out="STOP",
    ),
}

HERS = {
    "sms": Address("sms", real.HER_NUMBER),
    "whatsapp": Address("whatsapp", f"whatsapp:{real.HER_NUMBER}"),
    "telegram": Address("telegram", str(real.HER_CHAT)),
}

each_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
each_channel = pytest.mark.parametrize("name", ["sms", "whatsapp", "telegram"])


@each_sample
def test_a_real_request_is_proven_and_read(sample: Sample, by_name: Callable[[str], Channel]) -> None:
    channel = by_name(sample.channel)

    channel.verify(sample.raw)
    message = channel.parse(sample.raw, NOW)

    assert isinstance(message, InboundMessage)
    assert (message.text, message.tap, message.media, message.pin) == (
        sample.text,
        sample.tap,
        sample.media,
        sample.pin,
    )
    assert (message.problem, message.opt_out, message.edited) == (sample.problem, sample.opt_out, sample.edited)
    assert (message.channel, message.address, message.received) == (sample.channel, HERS[sample.channel], NOW)
    assert message.to == ("" if sample.channel == "telegram" else real.OUR_NUMBER)


@each_sample
def test_no_repr_shows_who_wrote_or_what(sample: Sample, by_name: Callable[[str], Channel]) -> None:
    shown = repr((sample.raw, by_name(sample.channel).parse(sample.raw, NOW)))

    for secret in (real.HER_NUMBER, str(real.HER_CHAT), "Zainab", "zainab_q", "madad", "سلام", real.MESSAGE, "VOICE1"):
        assert secret not in shown


@each_sample
def test_the_same_request_twice_has_the_same_id(sample: Sample, by_name: Callable[[str], Channel]) -> None:
    first, again = (by_name(sample.channel).parse(sample.raw, NOW) for _ in range(2))

    assert isinstance(first, InboundMessage) and first.id
    assert first == again


@each_channel
def test_a_request_without_proof_is_refused(name: str, by_name: Callable[[str], Channel]) -> None:
    with pytest.raises(Unverified):
        by_name(name).verify(RawRequest("https://hamraz.example/", {}, b"{}", (("Body", "hi"),)))


@pytest.mark.parametrize("name", ["sms", "whatsapp"])
def test_replies_ride_in_the_answer_as_well_formed_xml(name: str, by_name: Callable[[str], Channel]) -> None:
    awkward = '<b>&amp; "سلام" \x00\x0b\ud800 ]]> 🙂'

    answer = by_name(name).answer([Reply(awkward), Reply("two", ((Button("Skip", "1:/skip"),),))])

    messages = ElementTree.fromstring(answer.body.decode()).findall("Message")  # noqa: S314  # our own answer
    assert [one.text for one in messages] == ['<b>&amp; "سلام"  ]]> 🙂', "two\n- Skip"]
    assert messages[0].get("action") == "https://hamraz.example/webhooks/twilio/status"
    assert answer.content_type.startswith("text/xml")


def test_telegram_answers_nothing_in_the_webhook(by_name: Callable[[str], Channel]) -> None:
    assert by_name("telegram").answer([Reply("through the outbox")]).body == b""


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"message": real.telegram_message(pinned_message=real.telegram_message(text="hi"))}, "service"),
        (
            {"message": real.telegram_message(message_auto_delete_timer_changed=TIMER)},
            "service",
        ),
        ({"edited_message": real.telegram_message(location=real.LOCATION, edit_date=1)}, "edit"),
        ({"poll_answer": {"poll_id": "1", "option_ids": [0], "user": real.her()}}, "unknown_update"),
        (
            {"channel_post": real.telegram_message(text="hi", chat=BROADCAST)},
            "unknown_update",
        ),
        ({"something_new": {"a": 1}}, "unknown_update"),
        ({"message": 5}, "unreadable"),
    ],
)
def test_telegram_updates_that_ask_nothing_are_taken(
    content: dict[str, object], kind: str, by_name: Callable[[str], Channel]
) -> None:
    assert by_name("telegram").parse(from_telegram(real.update(**content)), NOW) == Nothing(kind)
