"""A copy for somebody who helps: only what she agreed to share, only after two agreed, only with its passphrase."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from casework.casefile import asking, copies, plans, referrals
from casework.casefile.referrals import Consent
from casework.casefile.retelling import retold
from casework.cases import notes, refusals, relay
from casework.cases.case import HERS, Case
from casework.seeding import shipped_stock
from locales.phrasebook import Phrasebook
from storage import reports, threads
from storage.database import Unit
from tests.casework.cases.conftest import Colleague, Desk
from tests.casework.cases.test_two_people import agree, amina, ask, case, look, reader, sana
from tests.casework.test_enclosing import photo
from web.console.words import languages

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


UNSEEN = ("\u200b", "\u200c", "\u00ad", "\u2060", "\ufe0f", "\u3164", "\u2800", "\u202e", "\t", " ")


def test_a_passphrase_of_letters_that_nobody_sees_is_refused(desk: Desk) -> None:
    who = desk.hire("Amina")
    weak = [letter * 12 for letter in UNSEEN] + [f"seen{letter * 20}too" for letter in UNSEEN]
    for word in (*weak, "a" * (copies.LONGEST + 1)):
        with pytest.raises(refusals.WeakPassphrase):
            copies.made(desk.room, reader(who), bytes(16), "", word, "en", desk.clock())
    for word in (WORD, "لیموں کا درخت", "دل\u200cچسپ کہانی", "a" * copies.LONGEST):
        with pytest.raises(refusals.CaseGone):  # strong enough to look for the case
            copies.made(desk.room, reader(who), bytes(16), "", word, "en", desk.clock())


def asking_for(desk: Desk, case: bytes) -> str:
    return str(next(iter(desk.case(case).desk["requests"].values()))["referral"])


@pytest.mark.parametrize("language", ["en", "ur", "sd", "ur_Latn", "es"])
def test_it_is_made_in_every_language(
    desk: Desk, amina: Colleague, sana: Colleague, filled: bytes, language: str
) -> None:
    pdf = made(desk, amina, filled, agreed(desk, amina, sana, filled, "name", "talk", "plan"), language=language)

    assert "He slams the door" in opened(pdf)


# --- a plan that was sent is a message, and is shared only as a plan --------------------------------


@pytest.mark.parametrize(("shared", "times"), [(("talk",), 0), (("plan",), 1), (("talk", "plan"), 2)])
def test_a_plan_that_was_sent_to_her_goes_with_the_messages_only_where_she_shares_it_too(
    desk: Desk, amina: Colleague, sana: Colleague, filled: bytes, shared: tuple[str, ...], times: int
) -> None:
    sent = plans.send(desk.room, reader(amina), filled, desk.clock(), keep=True)
    assert "He slams the door" in str(desk.thread(amina, filled)[sent.seq - 1])

    text = opened(made(desk, amina, filled, agreed(desk, amina, sana, filled, *shared)))

    assert text.count("He slams the door") == times
    assert ("We are here" in text) == ("talk" in shared)


# --- what she told before she was handed over -------------------------------------------------------


@pytest.fixture
def handed(desk: Desk, amina: Colleague, filled: bytes) -> bytes:
    """A woman whose number opened her case: what she was about to report lies in the thread."""
    told = {"path": "saw", "when": "today", "story": {"words": ["Qissa"], "media": []}, "name": {"words": ["Neelofar"]}}

    def work(unit: Unit) -> None:
        held = desk.room.held(unit, filled, amina.id)
        threads.add(unit, held.report, HERS, {"said": told, "at": desk.clock().isoformat()}, desk.clock())
        threads.add(
            unit, held.report, HERS, {"said": {"words": ["Salaam"]}, "at": desk.clock().isoformat()}, desk.clock()
        )
        desk.room.keep(unit, held, desk.clock())

    desk.room.work(work)
    return filled


@pytest.mark.parametrize(
    ("shared", "there", "away"),
    [
        (("talk",), ("Qissa", "Salaam", "I saw it", "Written on 25 November 2026"), ("Neelofar",)),
        (("name",), ("Zanbilqirmizi", "Neelofar"), ("Qissa", "Salaam")),
    ],
)
def test_what_she_told_before_she_was_handed_over_goes_with_the_messages_and_her_name_with_her_name(
    desk: Desk,
    amina: Colleague,
    sana: Colleague,
    handed: bytes,
    shared: tuple[str, ...],
    there: tuple[str, ...],
    away: tuple[str, ...],
) -> None:
    text = opened(made(desk, amina, handed, agreed(desk, amina, sana, handed, *shared)))

    assert [word for word in there if word not in text] == []
    assert [word for word in away if word in text] == []


def test_a_name_that_came_with_a_hand_over_is_revealed_as_well(
    desk: Desk, amina: Colleague, sana: Colleague, handed: bytes
) -> None:
    request = ask(desk, amina, handed)
    agree(desk, sana, handed, request)

    assert look(desk, amina, handed, request).names == ("Zanbilqirmizi", "Neelofar")


# --- her files ----------------------------------------------------------------------------------------


@pytest.fixture
def sent(desk: Desk, amina: Colleague, filled: bytes) -> bytes:
    """She sent a picture and a voice message, and another picture before she was handed over."""

    def item(unit: Unit, case: Case, number: int, kind: str, content: bytes) -> dict[str, Any]:
        ids = [bytes([number, part]) * 8 for part in (1, 2)]
        for one, kept in zip(ids, (b"as it came, with its place", content), strict=True):
            reports.add_media(unit, case.report, one, kept, number)
        shown = {"shown": {"id": ids[1].hex(), "kind": "photo", "type": "image/jpeg"}} if kind == "photo" else {}
        return {"id": ids[0].hex(), "kind": kind, "type": "image/jpeg", **shown}

    def work(unit: Unit) -> None:
        held = desk.room.held(unit, filled, amina.id)
        first, second, voice = (
            item(unit, held, number, kind, photo(size))
            for number, kind, size in ((1, "photo", (32, 24)), (2, "photo", (40, 30)), (3, "voice", (8, 8)))
        )
        told = {"story": {"words": [], "media": [first]}}
        for said in (told, {"words": ["look"], "media": [second, voice]}):
            threads.add(unit, held.report, HERS, {"said": said, "at": desk.clock().isoformat()}, desk.clock())
        desk.room.keep(unit, held, desk.clock())

    desk.room.work(work)
    return filled


def test_her_pictures_go_with_it_where_she_shares_her_files_and_what_cannot_go_is_counted(
    desk: Desk, amina: Colleague, sana: Colleague, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = agreed(desk, amina, sana, sent, "files")

    pdf = made(desk, amina, sent, request)

    found = PdfReader(BytesIO(pdf))
    assert "Other files, not in this copy: 1" in opened(pdf) and "look" not in opened(pdf)
    assert found.decrypt(WORD) != 0
    pictures = [each.image for page in found.pages for each in page.images]
    assert sorted(one.size for one in pictures if one is not None) == [(32, 24), (40, 30)]

    monkeypatch.setattr(copies, "LARGEST", 10)
    assert "Other files, not in this copy: 3" in opened(made(desk, amina, sent, request))


# --- in which words what she told is printed ----------------------------------------------------------

TOLD = [key.removeprefix("told.") for key in languages()["en"].texts if key.startswith("told.")]
CHOSEN = ("path_", "happened_", "finer_", "under_", "helped_", "when_", "where_", "relation_", "wants_")
APART = {("when", "day"), ("when", "between"), ("when", "words"), ("where", "pin"), ("where", "words")}  # no answers
WORDS = Phrasebook.load()
FILED = datetime(2026, 11, 25, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        ({"path": "saw", "happened": "touch", "when": "today"}, ["I saw it", "Touching or force", "Today"]),
        ({"path": "helped", "helped": ["speak", "stay"]}, ["Someone helped", "Spoke up", "Stayed, took them home"]),
        ({"under18": "yes", "wants": ["complaint"]}, ["Yes, under 18", "A formal complaint"]),
        ({"under18": True}, ["Yes, under 18"]),
        ({"when": {"from": "2026-11-02", "to": "2026-11-02"}}, ["2 November 2026"]),
        (
            {"when": {"from": "2026-11-02", "to": "2026-11-04", "words": ["around Monday"]}},
            ["2 November 2026 – 4 November 2026", "around Monday"],
        ),
        ({"where": {"words": ["by the mill"]}}, ["by the mill"]),
        ({"institution": {"id": "inst001", "said": "A college", "city": "Sukkur"}}, ["A college", "Sukkur"]),
        ({"story": {"words": ["one", "two"], "media": []}, "name": {"words": ["Neelofar"]}}, ["one", "two"]),
    ],
)
def test_it_says_first_when_she_told_it_and_whether_it_was_done_to_her(told: dict[str, Any], lines: list[str]) -> None:
    assert retold(WORDS, "Asia/Karachi", told, FILED, "en") == ["Written on 26 November 2026", *lines]


@pytest.mark.parametrize(("language", "name"), [("en", "Sukkur"), ("ur", "سکھر"), ("es", "Sukkur")])
def test_a_district_is_called_by_its_name(language: str, name: str) -> None:
    district = next(one for one in shipped_stock().districts if one.names["en"] == "Sukkur")

    assert retold(WORDS, "UTC", {"area": district.id}, FILED, language)[1:] == [name]


def test_nothing_told_is_nothing_printed() -> None:
    once = {
        "happened": "once",
        "wants": ["once"],
        "when": "once",
        "where": "once",
        "area": "once",
    }  # answers of long ago
    for told in ({"name": {"words": ["Neelofar"]}}, once):
        assert retold(WORDS, "UTC", told, FILED, "en") == []


@pytest.mark.parametrize("code", ["en", "ur", "sd", "ur_Latn", "es"])
def test_no_answer_is_printed_as_a_bare_mark(code: str) -> None:
    known = (slot.split("_", 1) for slot in TOLD if slot.startswith(CHOSEN))
    for slot, chosen in known:
        if (slot, chosen) in APART:
            continue
        slot = "under18" if slot == "under" else slot
        for told in ({slot: chosen}, {slot: [chosen]}):
            (_, line) = retold(WORDS, "UTC", told, FILED, code)
            assert line != chosen
