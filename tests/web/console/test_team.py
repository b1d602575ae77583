"""Another role, what each role finds, and how somebody is called, as a browser without any program sees them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from casework.paging.pager import Pager
from casework.staff import register
from casework.staff.roles import Role
from operating import serving
from operating.parts import Hamraz
from storage import outbox
from tests.web.console.conftest import Clock, Enter


def test_an_admin_gives_another_role_and_whoever_had_the_old_one_is_out(enter: Enter, hamraz: Hamraz) -> None:
    zoya, amina, _ = enter(Role.ADMIN, "Zoya"), enter(name="Amina"), enter(name="Bano")
    entry = register.entry(hamraz.office, "Amina")
    assert entry is not None

    assert zoya.send("/staff/role", "/staff", member=entry.id.hex(), role="translator").status_code == 303

    assert amina.open("/cases").headers["Location"].startswith("/console/login")
    amina.clock.forward(seconds=30)
    amina.log_in()
    assert amina.open("/cases").status_code == 403
    assert "You write the ready answers" in amina.open("/").text
    assert zoya.send("/staff/role", "/staff", member=entry.id.hex(), role="queen").status_code == 200
    refused = zoya.send("/staff/role", "/staff", member="0" * 32, role="analyst")
    assert refused.status_code == 400 and "not on the staff any more" in refused.text


@pytest.mark.parametrize(
    ("role", "said"),
    [(Role.ANALYST, "You read counts, never a report"), (Role.TRANSLATOR, "ready answers"), (Role.ADMIN, "You invite")],
)
def test_who_reads_no_report_finds_what_she_can_do(enter: Enter, role: Role, said: str) -> None:
    assert said in enter(role).open("/").text


def test_admins_and_supervisors_see_that_nobody_is_on_call(enter: Enter) -> None:
    zoya, amina = enter(Role.ADMIN, "Zoya"), enter(name="Amina")
    assert "Nobody is on call right now" in zoya.open("/").text
    assert "Nobody is on call right now" not in amina.open("/").text

    amina.send("/shifts/now", "/shifts", minutes="60")

    assert "Nobody is on call right now" not in zoya.open("/").text


@pytest.fixture
def hamraz(hamraz: Hamraz) -> Hamraz:
    """With SMS switched on, as far as the pager knows."""
    return replace(hamraz, pager=Pager.of(hamraz.room, ["sms"], hamraz.pager.every))


@pytest.fixture
def app(hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(serving, "now", clock)
    return serving.make_app(hamraz)


def test_she_chooses_how_she_is_called_and_tries_it(enter: Enter, hamraz: Hamraz) -> None:
    amina = enter(name="Amina")
    assert "Call me now" not in amina.open("/door").text
    refused = amina.send("/door", "/door", way="sms", phone="1094", language="ur")
    assert refused.status_code == 400 and 'value="1094"' in refused.text and "no mobile number" in refused.text
    assert amina.send("/door", "/door", way="telegram", phone="", language="ur").status_code == 400

    amina.send("/door", "/door", way="sms", phone="0300 1234567", language="ur")
    assert 'value="+923001234567"' in amina.open("/door").text
    assert amina.send("/door/try", "/door").headers["Location"].endswith("done=tried")
    assert amina.send("/door/try", "/door").status_code == 400

    (call,) = hamraz.room.work(lambda unit: outbox.lease(unit, hamraz.keyring, "w", "sms", 9, amina.clock()))
    assert (call.address, str(call.payload["text"])[:14]) == ("+923001234567", "جب انتظار نہ ہ")
    amina.send("/door", "/door", way="", phone="", language="ur")
    assert "1234567" not in amina.open("/door").text
