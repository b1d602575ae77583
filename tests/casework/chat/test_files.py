"""Pictures and voice messages, both ways between a reporter and a counsellor's chat."""

from __future__ import annotations

from typing import Any

import pytest

from bot.message import MediaReference
from handlers.telegram import SLOWEST_UPLOAD
from handlers.telegram_staff import SLOWEST_CALL, TelegramStaffChannel
from tests.casework.cases.conftest import Colleague
from tests.casework.test_enclosing import photo, sound
from tests.phones import Phone
from tests.staffroom import Account, Staffroom

PHOTO = [{"file_id": "P", "file_unique_id": "p", "width": 640, "height": 480}]
VOICE = {"file_id": "V", "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg"}


@pytest.fixture
def amina(room: Staffroom) -> Colleague:
    room.staffed()
    return room.hire()


def opened(room: Staffroom, amina: Colleague, channel: str = "telegram", **how: bool) -> tuple[Phone, Account, int]:
    hers = room.paired(amina, **how)  # type: ignore[arg-type]  # content
    phone, _, topic = room.taken(amina, hers, channel=channel)
    return phone, hers, topic


def test_a_picture_of_hers_is_shown_bare_and_covered_when_asked_for(
    room: Staffroom, amina: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, call = [], TelegramStaffChannel._call

    def timed(self: TelegramStaffChannel, asked: Any, slowest: float = SLOWEST_CALL) -> Any:
        waits.append(slowest)
        return call(self, asked, slowest)

    monkeypatch.setattr(TelegramStaffChannel, "_call", timed)
    phone, hers, topic = opened(room, amina)
    phone.files["p"] = photo((64, 48))
    phone.say("this is what he sent", media=(MediaReference("photo", "p", "image/jpeg"),))
    room.deliver()
    assert hers.reads(topic)[-1].startswith("New message in case") and hers.reads(topic)[-1].endswith("with a file.")

    asked = room.screen(hers.number)[-1]
    for _ in range(2):
        hers.tap_data(asked, asked.markup["inline_keyboard"][0][0]["callback_data"])  # type: ignore[index]  # has a button
    room.deliver()

    assert hers.reads(topic)[-2:] == ["💬 this is what he sent\n[picture]", ""]
    shown = room.screen(hers.number)[-1]
    assert (shown.kind, shown.protected) == ("photo", True)
    assert shown.file[:3] == b"\xff\xd8\xff" and shown.file != phone.files["p"]
    sent = [one for one in room.api.calls if one.method == "sendPhoto"][-1]
    assert sent.fields["has_spoiler"] is True
    assert waits.count(SLOWEST_UPLOAD) == 1 and set(waits) == {SLOWEST_CALL, SLOWEST_UPLOAD}


def test_a_picture_that_telegram_does_not_take_is_said_to_lie_in_the_console(room: Staffroom, amina: Colleague) -> None:
    phone, hers, topic = opened(room, amina, content=True)
    phone.files["p"] = photo((64, 48))
    room.api.bot.picky = True

    phone.say("", media=(MediaReference("photo", "p", "image/jpeg"),))
    room.deliver()

    assert hers.reads(topic)[-2:] == ["💬 [picture]", "[file: open it in the console]"]


def test_her_voice_comes_at_once_to_who_chose_that(room: Staffroom, amina: Colleague) -> None:
    phone, hers, topic = opened(room, amina, content=True)

    phone.voice(sound("tagged.ogg"))
    room.deliver()

    assert hers.reads(topic)[-2] == "💬 [voice message]"
    assert room.screen(hers.number)[-1].kind == "voice"
    assert room.screen(hers.number)[-1].file == sound("tagged.ogg")


def test_a_file_that_nobody_has_shown_is_gone_when_she_leaves(room: Staffroom, amina: Colleague) -> None:
    phone, hers, _ = opened(room, amina)
    phone.files["p"] = photo((64, 48))
    phone.say("", media=(MediaReference("photo", "p", "image/jpeg"),))
    room.deliver()
    phone.say("XX")

    hers.tap("Show")
    room.deliver()

    assert "no longer kept" in hers.everything()
    assert not [one for one in room.screen(hers.number) if one.kind == "photo"]


@pytest.mark.parametrize(("content", "kind"), [({"photo": PHOTO}, "photo"), ({"voice": VOICE}, "voice")])
def test_a_counsellors_picture_and_voice_reach_her_bare(
    room: Staffroom, amina: Colleague, content: dict[str, object], kind: str
) -> None:
    phone, hers, topic = opened(room, amina)
    room.api.bot.files |= {"P": photo((64, 48)), "V": sound("tagged.ogg")}

    hers.say("", topic=topic, caption="like this", **content)
    room.deliver()

    sent = room.team.items[phone.number][-1]
    assert sent["file"]["kind"] == kind
    assert "like this" in str(sent)
    assert hers.marks() == [("", "👌")]


def test_to_a_reporter_on_sms_no_file_goes_and_that_is_said(room: Staffroom, amina: Colleague) -> None:
    phone, hers, topic = opened(room, amina, "sms")
    room.api.bot.files["P"] = photo((64, 48))

    hers.say("", topic=topic, photo=PHOTO)
    room.deliver()

    assert hers.reads(topic)[-1] == "She writes by SMS: files do not go there. Nothing was sent; say it in words."
    assert phone.number not in room.team.received


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"video": VOICE}, "Only pictures, voice messages and open PDFs can go. Nothing was sent."),
        ({"sticker": {"file_id": "S"}}, "Only pictures, voice messages and open PDFs can go. Nothing was sent."),
        ({"document": {"file_id": "X"}}, "Only pictures, voice messages and open PDFs can go. Nothing was sent."),
        ({"photo": PHOTO}, "Telegram does not have that file any more. Nothing was sent; please send it again."),
        ({"voice": VOICE | {"file_size": 11 << 20}}, "That file is too large. Nothing was sent."),
    ],
)
def test_what_cannot_go_is_said_and_nothing_is_sent(
    room: Staffroom, amina: Colleague, content: dict[str, object], said: str
) -> None:
    phone, hers, topic = opened(room, amina)
    room.api.bot.files["X"] = b"MZ not a document"

    hers.say("", topic=topic, **content)
    room.deliver()

    assert hers.reads(topic)[-1] == said
    assert phone.number not in room.team.received
