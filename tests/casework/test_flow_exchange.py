"""Flows out of the studio into files, and in as drafts: nothing of them is met or said before somebody lets it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casework.staff.office import BY_COMMAND
from casework.staff.roles import Role
from casework.studio import drafts, exchange, publishing, shelf
from casework.studio.refusals import NotHers
from casework.wordings.room import WordsRoom
from flows.editing import operations
from flows.editing.values import of_flow
from flows.exchange import own, taking
from flows.exchange.bundle import Bundle, NotTaken
from flows.library import shipped_flows
from flows.published import FINISH
from operating.parts import Hamraz
from operating.wording import words_room
from storage import audit, wordings
from tests.casework.cases.conftest import hired
from tests.databases import Place
from tests.phones import Clock

NEW: dict[str, Any] = {
    "name": "fruit",
    "begins": "which",
    "node": [
        {"name": "which", "kind": "choice", "ask": "fruit.which.ask", "choose": ["fig", "plum"], "then": "done"},
        {"name": "done", "kind": "end", "say": "fruit.done.say"},
    ],
}
WORDS = {
    "en": {"fruit.which.ask": "Which fruit?", "fruit.which.fig": "Fig", "fruit.which.plum": "Plum"},
    "ur": {"fruit.which.ask": "کون سا پھل؟"},
}


@pytest.fixture
def place(sqlite: Place) -> Place:
    """What does not hang on the database runs on one."""
    return sqlite


@pytest.fixture
def words(hamraz: Hamraz) -> WordsRoom:
    return words_room(hamraz.room, hamraz.studio)


def file_of(flow: Any = None, words: Any = None) -> taking.Taken:
    return taking.read(json.dumps({"hamraz": 1, "flow": flow or NEW, "words": words or WORDS}).encode())


def test_every_shipped_flow_comes_back_as_it_went_out_and_nothing_of_its_words_is_kept_twice(
    hamraz: Hamraz, words: WordsRoom, clock: Clock
) -> None:
    for flow in shipped_flows():
        bundle = exchange.of_edition(hamraz.studio, words, flow.name)
        for text in (own.to_toml(bundle), own.to_json(bundle)):
            plan = exchange.look(hamraz.studio, words, taking.read(text.encode()))
            (coming,) = plan.coming
            assert (coming.bundle.data, coming.over, plan.notes) == (of_flow(flow), True, ())
            assert (coming.phrases, coming.findings) == ({}, ())
        exchange.take(hamraz.studio, words, BY_COMMAND, taking.read(own.to_toml(bundle).encode()), clock())
        assert drafts.of(hamraz.studio, flow.name).data == of_flow(flow)
        assert exchange.of_draft(hamraz.studio, words, flow.name) == bundle


def test_a_flow_from_elsewhere_is_a_draft_with_drafts_of_its_words_and_is_met_by_nobody(
    hamraz: Hamraz, words: WordsRoom, clock: Clock
) -> None:
    admin = hired(hamraz.room, clock, "Rabia", Role.ADMIN).id

    plan = exchange.take(hamraz.studio, words, admin, file_of(), clock())

    assert [(one.bundle.name, one.over, one.phrases) for one in plan.coming] == [("fruit", False, {"en": 3, "ur": 1})]
    assert any(finding.code == "E201" for finding in plan.coming[0].findings)  # nobody has said them yet
    draft = drafts.of(hamraz.studio, "fruit")
    assert (draft.data["begins"], draft.by) == ("which", admin)
    assert "fruit" not in shelf.everything(hamraz.studio)
    assert not hamraz.room.phrasebook.has("fruit.which.ask")
    again = exchange.of_draft(hamraz.studio, words, "fruit")
    assert {code: {key: forms[0] for key, forms in said.items()} for code, said in again.words.items()} == WORDS
    assert again.data == drafts.of(hamraz.studio, "fruit").data
    log = hamraz.studio.read(lambda unit: [one.what for one in audit.lines(unit, hamraz.keyring)])
    assert log.count("flow draft from a file") == 1 and log.count("words drafted") == 2


def test_a_draft_that_is_there_and_words_that_a_colleague_writes_stay(
    hamraz: Hamraz, words: WordsRoom, clock: Clock
) -> None:
    admin = hired(hamraz.room, clock, "Rabia", Role.ADMIN).id
    exchange.take(hamraz.studio, words, admin, file_of(), clock())
    draft = drafts.of(hamraz.studio, "fruit")

    with pytest.raises(NotTaken) as refused:
        exchange.take(hamraz.studio, words, admin, file_of(), clock())
    assert refused.value.note.code == "draft_is_there"
    drafts.discard(hamraz.studio, admin, "fruit", draft.token, clock())
    other = {"en": {"fruit.which.ask": "What fruit?"}, "fr": {"fruit.which.ask": "Quel ?", "fruit.done.say": "Bien"}}
    other["ur"] = {"control.panic": "help", "report.when.ask": "x"}
    plan = exchange.take(hamraz.studio, words, admin, file_of(words=other), clock())

    assert [(note.code, note.values.get("count", "")) for note in plan.notes] == [
        ("colleagues_words", ""),
        ("no_language", "2"),
        ("not_its_words", "2"),
    ]
    kept = hamraz.studio.read(lambda unit: wordings.every(unit, hamraz.keyring)[0])
    assert {(one.language, one.phrase, one.draft) for one in kept if one.phrase == "fruit.which.ask"} == {
        ("en", "fruit.which.ask", ("Which fruit?",)),
        ("ur", "fruit.which.ask", ("کون سا پھل؟",)),
    }
    assert not any(one.said for one in kept)


def test_a_file_over_a_flow_that_holds_can_be_undone_to_it_and_counts_as_a_change(
    hamraz: Hamraz, words: WordsRoom, clock: Clock
) -> None:
    admin = hired(hamraz.room, clock, "Rabia", Role.ADMIN).id
    held = exchange.of_edition(hamraz.studio, words, "answered")
    changed = operations.taken(operations.change("how", {"secret": True}), held.data)
    text = own.to_toml(Bundle(changed, held.words))

    exchange.take(hamraz.studio, words, admin, taking.read(text.encode()), clock())

    draft = drafts.of(hamraz.studio, "answered")
    assert draft.steps.can_undo and draft.steps.start == held.data
    done = publishing.publish(hamraz.studio, admin, "answered", draft.token, FINISH, True, clock())
    assert done.what == "published"
    assert exchange.of_edition(hamraz.studio, words, "answered").data == draft.data
    assert exchange.of_edition(hamraz.studio, words, "answered", 0).data == held.data


@pytest.mark.parametrize("said", ["{0.__class__}", "{x[0]}", "{", "{secret_key}", "{{menu}}"])
def test_words_that_nothing_fills_are_refused_with_their_place_and_nothing_is_kept(
    hamraz: Hamraz, words: WordsRoom, clock: Clock, said: str
) -> None:
    with pytest.raises(NotTaken) as refused:
        hostile = {"en": {"fruit.which.ask": "Which?", "fruit.done.say": f"Good {said}"}}
        exchange.take(hamraz.studio, words, BY_COMMAND, file_of(words=hostile), clock())

    assert (refused.value.note.code, refused.value.note.where) == ("placeholder", "words.en.fruit.done.say")
    assert not drafts.every(hamraz.studio)
    assert not hamraz.studio.read(lambda unit: wordings.every(unit, hamraz.keyring)[0])


def test_a_flow_that_goes_round_for_ever_is_refused_and_who_is_no_admin_brings_none(
    hamraz: Hamraz, words: WordsRoom, clock: Clock
) -> None:
    steps = [{"name": "a", "kind": "call", "flow": "ring", "then": "b"}, {"name": "b", "kind": "end"}]
    ring = {"name": "ring", "begins": "a", "node": steps}

    with pytest.raises(NotTaken) as refused:
        exchange.look(hamraz.studio, words, file_of(ring))
    assert refused.value.note.code == "circle" and refused.value.note.values == {"flow": "ring", "node": "a"}
    with pytest.raises(NotHers):
        exchange.take(hamraz.studio, words, hired(hamraz.room, clock, "Amina").id, file_of(), clock())
    assert not drafts.every(hamraz.studio)
