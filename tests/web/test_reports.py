"""A whole report on each phone, by keyboard only, in the language of that phone; and its receipt on another."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.web.conftest import OpenPage
from tests.web.hands import Hands

RECEIPT = re.compile(r"\b\d{4}(?: \d{4}){4}\b")
STORY_SINDHI = "هن بازار ۾ مون کي گاريون ڏنيون ۽ پوءِ به پٺيان ايندو رهيو"
STORY_ROMAN = "Us ne bus mein mere baare mein jumle kase aur hansta raha"

FINISH_HERE, KEEP_IT, DO_NOT_COUNT, ADULT, DO_NOT_PUBLISH, DO_NOT_WRITE, GO_ON = "1", "1", "2", "2", "2", "2", "1"
CONSENTS_AND_REVIEW = (KEEP_IT, DO_NOT_COUNT, ADULT, DO_NOT_PUBLISH, DO_NOT_WRITE, GO_ON)


def receipt_on(hands: Hands) -> str:
    """The number in the last message."""
    found = RECEIPT.search(hands.ours.last.inner_text())
    assert found, "no receipt in the last message"
    return found[0]


def open_elsewhere(page: Page, receipt: str) -> str:
    """Send a receipt from somebody else's Telegram; return what Hamraz says to it."""
    other = Hands(page, "telegram")
    other.new_phone()
    other.write("hello")
    other.press("Yes", "English")
    other.write(receipt)
    return other.ours.last.inner_text()


def test_a_report_by_sms_in_sindhi_ends_in_a_receipt_that_another_phone_opens(open_page: OpenPage) -> None:
    page = open_page()
    hands = Hands(page, "sms")
    hands.new_phone()

    hands.write("ڀليڪار", "ها", "3", "1", "مون سان ٿيو", "1", "۳", "ڪالهه", "1", STORY_SINDHI, "مڪمل")
    hands.write(FINISH_HERE, *CONSENTS_AND_REVIEW)

    opened = open_elsewhere(page, receipt_on(hands))
    assert "Open for 15 minutes" in opened
    assert page.locator(".thief").get_attribute("data-found") == "0"
    assert page.locator(".thief .rows").inner_text().count("reports") > 0


def test_a_report_by_whatsapp_in_urdu_takes_keys_a_list_a_voice_note_a_place_and_a_photo(open_page: OpenPage) -> None:
    page = open_page()
    hands = Hands(page, "whatsapp")
    hands.new_phone()

    hands.write("سلام")
    hands.press("جی ہاں", "اردو", "جو ہوا وہ بتائیں", "میرے ساتھ ہوا", "باتیں، اشارے، گھورنا", "جملے کسنا، مذاق", "کل")
    hands.press("سڑک یا بازار")
    hands.attach("Voice note")
    hands.press("مکمل", "چند سوال اور", "انجان شخص")
    hands.attach("Location")
    hands.attach("Photo")
    hands.press("مکمل")
    hands.write("1", *CONSENTS_AND_REVIEW)

    assert RECEIPT.search(hands.ours.last.inner_text())
    expect(hands.phone.locator("img.picture")).to_have_count(1)
    assert page.locator(".thief").get_attribute("data-found") == "0"


def test_a_report_by_telegram_in_roman_urdu_takes_keys_a_place_and_a_voice_note(open_page: OpenPage) -> None:
    page = open_page()
    hands = Hands(page, "telegram")
    hands.new_phone()

    hands.write("salam")
    hands.press("Haan", "Roman Urdu", "Batana hai kya hua", "Mere saath hua", "Baatein, ishare", "Jumle", "Kal")
    hands.press("Sarak ya bazar")
    hands.attach("Voice note")
    hands.add(STORY_ROMAN)
    hands.press("Ho gaya", "Chand sawal aur", "Anjaan shakhs", "Location")
    hands.press("Chor dein")
    hands.write("1", *CONSENTS_AND_REVIEW)

    assert RECEIPT.search(hands.ours.last.inner_text())
    assert "Cannot be forwarded" in hands.ours.last.inner_text()
    assert page.locator(".thief").get_attribute("data-found") == "0"
