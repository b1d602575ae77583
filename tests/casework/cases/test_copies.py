"""A copy for somebody who helps: only what she agreed to share, only after two agreed, only with its passphrase."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from casework.casefile import asking, copies, plans, referrals
from casework.casefile.referrals import Consent
from casework.cases import notes, refusals, relay
from tests.casework.cases.conftest import Colleague, Desk
from tests.casework.cases.test_two_people import agree, amina, ask, case, reader, sana

__all__ = ["amina", "case", "sana"]  # the fixtures: a case of hers, and a colleague who can open it
WORD = "lemon tree 77"


def made(desk: Desk, who: Colleague, case: bytes, request: str, word: str = WORD, language: str = "en") -> bytes:
    return copies.made(desk.room, reader(who), case, request, word, language, desk.clock())


@pytest.fixture
def filled(desk: Desk, amina: Colleague, case: bytes) -> bytes:
    plans.write(desk.room, reader(amina), case, {"signs": "He slams the door"}, 0, desk.clock())
    notes.add(desk.room, amina.id, case, "a secret note", desk.clock())
    relay.reply(desk.room, amina.id, case, "We are here", desk.clock(), keep=True)
    return case


def agreed(desk: Desk, amina: Colleague, sana: Colleague, case: bytes, *shared: str) -> str:
    one = referrals.offer(desk.room, reader(amina), case, "a clinic", "", "", desk.clock())
    yes = Consent("chat", date(2026, 11, 20))
    referrals.agree(desk.room, reader(amina), case, one, shared, yes, "", desk.clock())
    request = ask(desk, amina, case, asking.EXPORT, referral=one)
    agree(desk, sana, case, request)
    return request


def opened(pdf: bytes, word: str = WORD) -> str:
    found = PdfReader(BytesIO(pdf))
    assert found.decrypt(word) != 0
    return found.attachments["case.txt"][0].decode()


@pytest.mark.parametrize(
    ("shared", "there", "away"),
    [
        (("name", "plan"), ("Zanbilqirmizi", "He slams the door"), ("We are here", "+923001112233")),
        (("talk",), ("We are here",), ("Zanbilqirmizi", "He slams the door")),
        (("number",), ("+923001112233",), ("Zanbilqirmizi", "We are here")),
        ((), (), ("Zanbilqirmizi", "He slams the door", "We are here", "+923001112233")),
    ],
)
def test_it_holds_what_she_agreed_to_share_and_nothing_else(
    desk: Desk,
    amina: Colleague,
    sana: Colleague,
    filled: bytes,
    shared: tuple[str, ...],
    there: tuple[str, ...],
    away: tuple[str, ...],
) -> None:
    text = opened(made(desk, amina, filled, agreed(desk, amina, sana, filled, *shared)))

    assert [word for word in there if word not in text] == []
    assert [word for word in (*away, "a secret note") if word in text] == []
    assert desk.log()[-1][0] == "export made"


def test_it_opens_with_its_passphrase_only_and_that_stands_nowhere(
    desk: Desk, amina: Colleague, sana: Colleague, filled: bytes
) -> None:
    pdf = made(desk, amina, filled, agreed(desk, amina, sana, filled, "name"))

    assert PdfReader(BytesIO(pdf)).decrypt("lemon tree 78") == 0
    assert b"Zanbil" not in pdf and WORD.encode() not in pdf
    assert not [line for line in desk.log() if WORD in str(line)]


def test_nobody_makes_it_before_two_agreed_after_the_hour_or_once_she_said_no(
    desk: Desk, amina: Colleague, sana: Colleague, filled: bytes
) -> None:
    request = agreed(desk, amina, sana, filled, "name")
    with pytest.raises(refusals.NotYours):
        made(desk, sana, filled, request)
    with pytest.raises(refusals.WeakPassphrase):
        made(desk, amina, filled, request, "short")
    one = asking_for(desk, filled)
    referrals.move(desk.room, reader(amina), filled, one, "declined", "", desk.clock())
    with pytest.raises(refusals.NoConsent):
        made(desk, amina, filled, request)
    desk.clock.forward(hours=1)
    with pytest.raises(refusals.StepTaken):
        made(desk, amina, filled, request)


def asking_for(desk: Desk, case: bytes) -> str:
    return str(next(iter(desk.case(case).desk["requests"].values()))["referral"])


@pytest.mark.parametrize("language", ["en", "ur", "sd", "ur_Latn", "es"])
def test_it_is_made_in_every_language(
    desk: Desk, amina: Colleague, sana: Colleague, filled: bytes, language: str
) -> None:
    pdf = made(desk, amina, filled, agreed(desk, amina, sana, filled, "name", "talk", "plan"), language=language)

    assert "He slams the door" in opened(pdf)
