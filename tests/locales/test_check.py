"""Each fault in a catalogue is found, named, and told how to mend."""

from __future__ import annotations

import pytest

from locales.check import Finding, check
from locales.languages import SHIPPED
from tests.locales.conftest import Write

ENGLISH = {"a.ask": "Call {police} now.", "control.menu": "0, MENU", "control.panic": "XX, EXIT"}
URDU = {"a.ask": "ابھی {police} کو فون کریں۔", "control.menu": "0, مینو", "control.panic": "XX, قق"}


def codes(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.key) for finding in findings]


def test_catalogues_in_order_give_no_finding(write: Write) -> None:
    write("en", ENGLISH)

    assert check({"a.ask"}, write("ur", URDU)) == []


def test_the_shipped_catalogues_give_no_error() -> None:
    assert [str(finding) for finding in check((), SHIPPED) if finding.code.startswith("E")] == []


@pytest.mark.parametrize(
    ("english", "urdu", "code", "key"),
    [
        ({}, {"a.ask": ""}, "E201", "a.ask"),
        ({"b.ask": "Hello"}, {}, "E201", "b.ask"),
        ({}, {"a.ask": "ابھی فون کریں۔"}, "E202", "a.ask"),
        ({}, {"a.ask": "ابھی {police} {who} کو فون کریں۔"}, "E202", "a.ask"),
        ({}, {"a.ask": "ابھی {police} یا 15 کو فون کریں۔"}, "E203", "a.ask"),
        ({}, {"a.ask": "ابھی {police} یا \u206815 کو فون کریں۔"}, "E203", "a.ask"),
        ({}, {"control.menu": "0, قق"}, "E204", "control.menu"),
        ({}, {"control.menu": "HELP, 0"}, "E204", "control.menu"),
        ({"a.ask": "Call {police} now. " * 40}, {}, "E301", "a.ask"),
        ({"a.ask # sms: 1": "Call {police}. " * 12}, {}, "E301", "a.ask"),
        ({"a.ask # sms: 1 # worst: police=" + "9" * 200: "Call {police}"}, {}, "E301", "a.ask"),
        ({"a.ask # sms: 40": "Call {police} now. " * 100}, {}, "E302", "a.ask"),
        ({"b # button": "A label that is far too long"}, {"b": "لیبل"}, "E303", "b"),
        ({"b # item": "A label that is quite too long"}, {"b": "لیبل"}, "E303", "b"),
        ({"b # item": "Label"}, {"b": "ایک ایسا لیبل جو بہت ہی زیادہ لمبا ہے"}, "E303", "b"),
        ({"a.ask": "Call {police} → now"}, {}, "W306", "a.ask"),
        ({}, {"!a.ask": "ابھی {police} کو فون کریں۔"}, "W206", "a.ask"),
        ({}, {"a.ask # en: Call {police}.": "ابھی {police} کو فون کریں۔"}, "W206", "a.ask"),
        ({}, {"gone": "گیا"}, "W208", "gone"),
    ],
)
def test_a_fault_is_found(write: Write, english: dict[str, str], urdu: dict[str, str], code: str, key: str) -> None:
    def changed(phrases: dict[str, str], with_: dict[str, str]) -> dict[str, str]:
        replaced = {written.split(" # ")[0].lstrip("!") for written in with_}
        return {name: said for name, said in phrases.items() if name not in replaced} | with_

    write("en", changed(ENGLISH, english))
    found = check((), write("ur", changed(URDU, urdu)))

    assert (code, key) in codes(found)


def test_what_a_flow_says_and_nobody_wrote_is_found(write: Write) -> None:
    assert codes(check({"a.ask", "b.ask"}, write("en", ENGLISH))) == [("E201", "b.ask")]


def test_a_preview_may_be_incomplete(write: Write) -> None:
    write("en", ENGLISH)

    assert check((), write("es", {}, "X-Own-Name: Español|X-Complete: no")) == []


def test_a_key_that_stands_twice_is_found(write: Write) -> None:
    directory = write("en", ENGLISH)
    path = directory / "en" / "LC_MESSAGES" / "messages.po"
    path.write_text(path.read_text(encoding="utf-8") + '\nmsgid "a.ask"\nmsgstr "Again"\n', encoding="utf-8")

    assert ("E207", "a.ask") in codes(check((), directory))


def test_a_broken_file_is_a_finding_and_the_others_are_still_checked(write: Write) -> None:
    write("en", {"a.ask": "Call → now"})
    directory = write("ur", URDU, "X-Direction: rtl")

    assert [finding.code for finding in check((), directory)] == ["E200", "W306"]


def test_smart_quotes_are_folded_and_so_are_no_fault(write: Write) -> None:
    assert check((), write("en", {"a": "It’s “fine”…"})) == []


def test_an_sms_wording_is_measured_in_place_of_the_long_one(write: Write) -> None:
    assert check((), write("en", {"a # sms: 1": "word " * 60, "a@sms # sms: 1": "short"})) == []


def test_a_finding_says_where_and_how_in_one_line(write: Write) -> None:
    (finding,) = check({"b.ask"}, write("en", ENGLISH))

    assert str(finding) == (
        "E201 locales/en/LC_MESSAGES/messages.po, b.ask: a flow says it and nobody wrote it; write it"
    )
