"""Who may speak: signatures that are right, wrong, tampered with, or made behind a proxy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from bot.limits import SMS
from handlers.channel import RawRequest, Unverified
from handlers.sms import SmsChannel
from handlers.telegram import TelegramChannel
from handlers.twilio import RETRIES, TwilioAccount
from handlers.twilio_form import TwilioStatus
from tests.handlers.conftest import AUTH, PUBLIC, SECRET, from_telegram, signed
from tests.handlers.payloads import ACCOUNT, OUR_NUMBER, telegram_message, twilio_sms, twilio_status, update

PATH = "/webhooks/sms"


@pytest.mark.parametrize(
    "url",
    [
        PUBLIC + PATH,
        "https://hamraz.example:443" + PATH,
        PUBLIC + PATH + RETRIES,
        "https://hamraz.example:443" + PATH + RETRIES,
    ],
    ids=["plain", "with port", "with fragment", "with both"],
)
def test_a_signature_over_the_public_address_is_accepted_behind_a_proxy(url: str, sms: SmsChannel) -> None:
    sms.verify(signed(PATH, twilio_sms(), url=url))


@pytest.mark.parametrize(
    "url",
    [
        "http://hamraz.example" + PATH,
        "http://10.0.0.7:8000" + PATH,
        "https://hamraz.example:8443" + PATH,
        PUBLIC + "/webhooks/whatsapp",
        PUBLIC + PATH + "#rc=5",
        PUBLIC + PATH + "?a=1",
    ],
)
def test_a_signature_over_another_address_is_refused(url: str, sms: SmsChannel) -> None:
    with pytest.raises(Unverified):
        sms.verify(signed(PATH, twilio_sms(), url=url))


def test_a_public_address_with_a_prefix_and_a_port_is_signed_as_such() -> None:
    account = TwilioAccount(ACCOUNT, AUTH, "https://ngo.example:8443/hamraz/")
    channel = SmsChannel(account, OUR_NUMBER, SMS)

    channel.verify(signed(PATH, twilio_sms(), url="https://ngo.example:8443/hamraz/webhooks/sms"))


def test_a_query_on_the_address_is_part_of_what_is_signed(sms: SmsChannel) -> None:
    raw = signed(PATH, twilio_sms(), url=PUBLIC + PATH + "?line=2")

    sms.verify(replace(raw, url=raw.url + "?line=2"))
    with pytest.raises(Unverified):
        sms.verify(replace(raw, url=raw.url + "?line=3"))


def test_repeated_keys_are_signed_with_every_value(sms: SmsChannel) -> None:
    pairs = [*twilio_sms().items(), ("Extra", "b"), ("Extra", "a")]

    sms.verify(signed(PATH, pairs))
    with pytest.raises(Unverified):
        sms.verify(replace(signed(PATH, pairs), form=tuple(pairs[:-1])))


@pytest.mark.parametrize("key", ["Body", "From", "MessageSid", "AccountSid"])
def test_one_changed_field_is_refused(key: str, sms: SmsChannel) -> None:
    raw = signed(PATH, twilio_sms())
    changed = tuple((name, value + "0" if name == key else value) for name, value in raw.form)

    with pytest.raises(Unverified):
        sms.verify(replace(raw, form=changed))


def test_an_added_field_is_refused(sms: SmsChannel) -> None:
    raw = signed(PATH, twilio_sms())

    with pytest.raises(Unverified):
        sms.verify(replace(raw, form=(*raw.form, ("OptOutType", "STOP"))))


def test_a_dropped_form_is_refused(sms: SmsChannel) -> None:
    with pytest.raises(Unverified):
        sms.verify(replace(signed(PATH, twilio_sms()), form=()))


def test_another_accounts_token_is_refused(sms: SmsChannel) -> None:
    with pytest.raises(Unverified):
        sms.verify(signed(PATH, twilio_sms(), secret="b2" * 16))


@pytest.mark.parametrize("signature", ["", "x", "ئ" * 28, "A" * 27 + "="])
def test_a_made_up_signature_is_refused(signature: str, sms: SmsChannel) -> None:
    raw = signed(PATH, twilio_sms())

    with pytest.raises(Unverified):
        sms.verify(replace(raw, headers={"x-twilio-signature": signature}))


def test_a_lone_surrogate_in_the_form_is_refused(sms: SmsChannel) -> None:
    raw = signed(PATH, twilio_sms())

    with pytest.raises(Unverified):
        sms.verify(replace(raw, form=(*raw.form, ("Extra", "\ud800"))))


def test_the_newer_signature_with_a_shared_key_is_accepted() -> None:
    account = TwilioAccount(ACCOUNT, AUTH, PUBLIC, webhook_keys=("shared key",))
    channel = SmsChannel(account, OUR_NUMBER, SMS)

    channel.verify(signed(PATH, twilio_sms(), secret="shared key", algorithm="HMAC_SHA256"))


@pytest.mark.parametrize("algorithm", ["HMAC_MD5", "none", "HMAC_SHA256"])
def test_a_signature_of_another_algorithm_than_it_says_is_refused(algorithm: str, sms: SmsChannel) -> None:
    raw = signed(PATH, twilio_sms())
    settings = {"x-twilio-webhooks-signature-settings": f"key=k,algorithm={algorithm}"}

    with pytest.raises(Unverified):
        sms.verify(replace(raw, headers={**raw.headers, **settings}))


@settings(max_examples=60, deadline=None)
@given(
    form=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=6),
    query=st.text(st.sampled_from("ab=&%2?#/: "), max_size=8),
    base=st.sampled_from([PUBLIC, f"{PUBLIC}:8443/ngo", "http://localhost:5000"]),
    change=st.sampled_from(["", "x"]),
)
def test_what_twilios_own_validator_takes_is_taken_and_nothing_else(
    form: list[tuple[str, str]], query: str, base: str, change: str
) -> None:
    channel = SmsChannel(TwilioAccount(ACCOUNT, AUTH, base), OUR_NUMBER, SMS)
    url = f"{base}{PATH}?{query}" if query else base + PATH
    raw = replace(signed(PATH, form, url=url), url=f"{PATH}?{query}" if query else PATH)
    changed = tuple((key, value + change) for key, value in form)

    if RequestValidator(AUTH).validate(url, MultiDict(changed), raw.header("X-Twilio-Signature")):
        channel.verify(replace(raw, form=changed))
    else:
        with pytest.raises(Unverified):
            channel.verify(replace(raw, form=changed))


def test_a_delivery_report_is_signed_over_its_own_address(status: TwilioStatus) -> None:
    status.verify(signed("/webhooks/twilio/status", twilio_status()))
    with pytest.raises(Unverified):
        status.verify(signed("/webhooks/sms", twilio_status()))


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "سر"])
def test_telegram_with_another_secret_is_refused(secret: str, telegram: TelegramChannel) -> None:
    with pytest.raises(Unverified):
        telegram.verify(from_telegram(update(message=telegram_message(text="hi")), secret))


def test_telegram_with_its_secret_is_accepted(telegram: TelegramChannel) -> None:
    telegram.verify(from_telegram(update(message=telegram_message(text="hi"))))


def test_telegram_without_a_secret_set_is_not_even_made() -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        TelegramChannel("1:a", "", SMS)


def test_a_header_is_found_whatever_its_case() -> None:
    assert RawRequest("", {"x-one": "1"}, b"").header("X-One") == "1"
