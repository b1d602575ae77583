"""What providers really post: field for field as their documentation shows, people invented."""

from __future__ import annotations

import json
from typing import Any

ACCOUNT = "AC" + "0" * 32
MESSAGE = "SM" + "1" * 32
MEDIA = "ME" + "2" * 32
HER_NUMBER = "+923001234567"
OUR_NUMBER = "+15005550006"
HER_CHAT = 700100200

Form = dict[str, str]


def twilio_sms(**changed: str) -> Form:
    """An SMS."""
    return {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": MESSAGE,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": MESSAGE,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": "mujhe madad chahiye",
        "FromCountry": "PK",
        "To": OUR_NUMBER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": MESSAGE,
        "AccountSid": ACCOUNT,
        "From": HER_NUMBER,
        "ApiVersion": "2010-04-01",
    } | changed


def twilio_whatsapp(**changed: str) -> Form:
    """A WhatsApp text."""
    return {
        "SmsMessageSid": MESSAGE,
        "NumMedia": "0",
        "ProfileName": "Zainab Q",
        "MessageType": "text",
        "SmsSid": MESSAGE,
        "WaId": HER_NUMBER.lstrip("+"),
        "SmsStatus": "received",
        "Body": "سلام",
        "To": f"whatsapp:{OUR_NUMBER}",
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": MESSAGE,
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{HER_NUMBER}",
        "ApiVersion": "2010-04-01",
    } | changed


def twilio_media(kind: str, form: Form) -> Form:
    """`form` with one file of that type."""
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{MESSAGE}/Media/{MEDIA}"
    return form | {"Body": "", "NumMedia": "1", "MediaContentType0": kind, "MediaUrl0": url}


def whatsapp_button(data: str) -> Form:
    """A tapped quick reply."""
    return twilio_whatsapp(
        MessageType="button",
        Body="On the street",
        ButtonText="On the street",
        ButtonPayload=data,
        OriginalRepliedMessageSid="SM" + "3" * 32,
        OriginalRepliedMessageSender=f"whatsapp:{OUR_NUMBER}",
    )


def whatsapp_list_item(data: str) -> Form:
    """A picked list item."""
    return twilio_whatsapp(MessageType="interactive", Body="Lahore", ListId=data, ListTitle="Lahore")


def whatsapp_location() -> Form:
    """A shared place."""
    return twilio_whatsapp(
        MessageType="location", Body="", Latitude="31.5204", Longitude="74.3587", Label="Home", Address="12 Mall"
    )


def twilio_status(**changed: str) -> Form:
    """A delivery report."""
    return {
        "SmsSid": MESSAGE,
        "SmsStatus": "delivered",
        "MessageStatus": "delivered",
        "To": HER_NUMBER,
        "MessageSid": MESSAGE,
        "AccountSid": ACCOUNT,
        "From": OUR_NUMBER,
        "ApiVersion": "2010-04-01",
    } | changed


def update(**content: Any) -> dict[str, Any]:
    """A Telegram update with one of message, edited_message, callback_query…"""
    return {"update_id": 900_001} | content


def telegram_message(**content: Any) -> dict[str, Any]:
    """A private message with that content."""
    return {
        "message_id": 41,
        "from": her(),
        "chat": {"id": HER_CHAT, "first_name": "Zainab", "username": "zainab_q", "type": "private"},
        "date": 1_790_000_000,
    } | content


def her() -> dict[str, Any]:
    """The sender, as Telegram tells of her: none of it but the language is kept."""
    return {
        "id": HER_CHAT,
        "is_bot": False,
        "first_name": "Zainab",
        "last_name": "Q",
        "username": "zainab_q",
        "language_code": "ur",
    }


def telegram_tap(data: str) -> dict[str, Any]:
    """A tapped inline button."""
    keyboard = {"inline_keyboard": [[{"text": "On the street", "callback_data": data}]]}
    shown = telegram_message(message_id=40, text="Where?", reply_markup=keyboard)
    shown["from"] = {"id": 123, "is_bot": True, "first_name": "Hamraz", "username": "hamraz_test_bot"}
    query = {"id": "4382bfdwdsb323b2d9", "from": her(), "message": shown, "chat_instance": "-55", "data": data}
    return update(callback_query=query)


VOICE = {"duration": 4, "mime_type": "audio/ogg", "file_id": "VOICE1", "file_unique_id": "v1", "file_size": 9000}
PHOTO = [
    {"file_id": "SMALL", "file_unique_id": "p1", "width": 90, "height": 60, "file_size": 1200},
    {"file_id": "LARGE", "file_unique_id": "p2", "width": 1280, "height": 853, "file_size": 180_000},
]
VIDEO_NOTE = {"duration": 3, "length": 240, "file_id": "ROUND", "file_unique_id": "n1", "file_size": 80_000}
DOCUMENT = {
    "file_name": "cnic.pdf",
    "mime_type": "application/pdf",
    "file_id": "DOC",
    "file_unique_id": "d1",
    "file_size": 5000,
}
STICKER = {
    "file_id": "ST",
    "file_unique_id": "s1",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}
CONTACT = {"phone_number": "+923331112223", "first_name": "Ali"}
LOCATION = {"latitude": 31.5204, "longitude": 74.3587}


def body_of(one: dict[str, Any]) -> bytes:
    """The update as it stands in the request."""
    return json.dumps(one, ensure_ascii=False).encode()
