"""The stream of a page that is open: ids and nothing else, for as long as her login lives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from werkzeug.test import TestResponse

from casework.cases import holding, live
from casework.staff import entering
from casework.staff.roles import Role
from operating.parts import Hamraz
from tests.bot.test_conversation import STORY, tell
from tests.phones import Clock, Phone
from tests.web.console.conftest import Browser, Enter
from tests.web.console.test_cases import only
from web.console.cases import live as view


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOKS_EVERY", 0.01)
    monkeypatch.setattr(view, "LOOKS_AT_LOGIN", 0.01)


@pytest.fixture
def amina(enter: Enter) -> Browser:
    return enter(name="Amina")


@contextmanager
def listening(browser: Browser, after: str = "", **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    answer: TestResponse = browser.open(f"/live?after={after}", headers=headers, buffered=False)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    try:
        yield _events(answer)
    finally:
        answer.close()


def _events(answer: TestResponse) -> Iterator[dict[str, str]]:
    text = ""
    for piece in answer.response:
        text += piece.decode() if isinstance(piece, bytes) else piece
        while "\n\n" in text:
            event, _, text = text.partition("\n\n")
            lines = dict(line.split(": ", 1) if ": " in line else (line, "") for line in event.splitlines())
            if "event" in lines:
                yield lines


def test_a_change_is_told_by_the_id_of_the_case_alone(amina: Browser, hamraz: Hamraz, clock: Clock) -> None:
    with listening(amina) as events:
        assert next(events)["event"] == "everything"
        tell(Phone(hamraz, "telegram", "77", clock))

        told = next(events)

        assert told == {"id": told["id"], "event": "case", "data": only(hamraz).id.hex()}
        assert STORY not in str(told)


def test_after_a_cut_she_is_told_what_she_missed(amina: Browser, hamraz: Hamraz, clock: Clock) -> None:
    with listening(amina) as events:
        had = next(events)["id"]
    tell(Phone(hamraz, "telegram", "77", clock))

    with listening(amina, **{"Last-Event-ID": had}) as events:
        assert next(events)["data"] == only(hamraz).id.hex()
    with listening(amina, had.partition("-")[0] + "-" + "9" * 5_000) as events:  # no number of ours
        assert next(events)["event"] == "everything"


def test_a_page_hears_what_changed_after_it_was_made_and_nothing_from_before(
    amina: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    with listening(amina) as events:
        next(events)
        tell(Phone(hamraz, "telegram", "77", clock))
        next(events)
    (after,) = re.findall(r'data-after="([^"]+)"', amina.open("/cases").text)
    holding.claim(hamraz.room, staff_id(hamraz, amina), only(hamraz).id, clock())

    with listening(amina, after) as events:
        assert next(events)["data"] == only(hamraz).id.hex()


def staff_id(hamraz: Hamraz, browser: Browser) -> bytes:
    member = entering.named(hamraz.office, browser.name)
    assert member is not None
    return member.id


def test_her_login_ends_and_the_stream_with_it(amina: Browser, hamraz: Hamraz, clock: Clock) -> None:
    with listening(amina) as events:
        next(events)
        amina.send("/logout", "/account")

        assert [one["event"] for one in events] == ["ended"]


def test_a_page_left_open_by_whoever_was_logged_in_before_is_told_that_it_has_ended(
    stranger: Browser, enter: Enter
) -> None:
    admin = enter(Role.ADMIN)
    for browser in (stranger, admin):
        with listening(browser, Accept="text/event-stream") as events:
            assert [one["event"] for one in events] == ["ended"]
        looked = browser.open("/cases", headers={"X-Hamraz-By-Itself": "1"})
        assert (looked.status_code, looked.headers["Location"]) == (303, "/console/login?ended=1")
    assert admin.open("/").status_code == 200  # and hers goes on


def test_listening_keeps_no_login_open(amina: Browser, clock: Clock) -> None:
    with listening(amina) as events:
        next(events)
        clock.forward(minutes=10)
        assert amina.open("/cases", headers={"X-Hamraz-By-Itself": "1"}).status_code == 200
        clock.forward(minutes=6)

        assert [one["event"] for one in events] == ["ended"]
    assert "/login" in amina.open("/cases").headers["Location"]


def test_of_her_many_pages_the_oldest_is_told_that_it_hears_no_more(amina: Browser) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(listening(amina))
        next(first)
        for _ in range(live.SEATS_EACH):
            next(stack.enter_context(listening(amina)))

        assert [one["event"] for one in first] == ["elsewhere"]


def test_when_every_place_is_taken_the_page_is_asked_to_come_back(
    amina: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SEATS", 1)
    with listening(amina) as events:
        next(events)

        refused = amina.open("/live")

        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    with listening(amina) as events:
        assert next(events)["event"] == "everything"
