"""Where to write about a hole stands where RFC 9116 says, once somebody has said where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.settings import Settings, SettingsError
from operating import serving
from operating.parts import Hamraz
from operating.serving import make_app
from tests.phones import Clock

CONTACT = "mailto:safety@help.example"


def shown(hamraz: Hamraz, contact: str) -> tuple[int, dict[str, str], str]:
    public = {"public_url": "https://help.example/", "security_contact": contact}
    app = make_app(replace(hamraz, settings=hamraz.settings.model_copy(update=public)))
    answer = app.test_client().get("/.well-known/security.txt")
    lines = answer.text.splitlines() if answer.status_code == 200 else []
    return answer.status_code, dict(line.split(": ", 1) for line in lines), answer.headers["Content-Type"]


def test_it_says_where_to_write_and_until_when_that_holds(
    hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "now", clock)

    status, fields, kind = shown(hamraz, CONTACT)

    assert (status, kind) == (200, "text/plain; charset=utf-8")
    assert fields["Contact"] == CONTACT
    assert fields["Canonical"] == "https://help.example/.well-known/security.txt"
    assert "ur" in fields["Preferred-Languages"]
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=89) <= expires - clock() <= timedelta(days=90)
    clock.forward(days=40)
    assert shown(hamraz, CONTACT)[1]["Expires"] > fields["Expires"]


def test_while_nobody_has_said_where_there_is_no_such_page(hamraz: Hamraz) -> None:
    assert shown(hamraz, "")[0] == 404


@pytest.mark.parametrize(
    "contact", ["safety@help.example", "http://help.example", "mailto:a@b\nPolicy: x", "mailto:", "tel:"]
)
def test_a_contact_that_nobody_could_use_is_refused_at_the_start(contact: str) -> None:
    with pytest.raises(SettingsError, match="HAMRAZ_SECURITY_CONTACT"):
        Settings(HAMRAZ_SECURITY_CONTACT=contact).without_surprises()


@pytest.mark.parametrize("contact", ["", CONTACT, "https://help.example/report", "tel:+92-21-1234567"])
def test_mail_web_and_telephone_are_taken(contact: str) -> None:
    assert Settings(HAMRAZ_SECURITY_CONTACT=contact).without_surprises().security_contact == contact
