"""Flows as admins change them: a draft of several hands, proved before anybody meets it, published once, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update

from casework.staff.roles import Role
from casework.studio import drafts, proving, publishing, shelf
from casework.studio.publishing import ALONE, Outcome
from casework.studio.refusals import (
    AnotherMust,
    BadForm,
    CannotEdit,
    FlowMeanwhile,
    NoDraft,
    NotHers,
    NothingAsked,
    NothingDiffers,
    NotProved,
    TooFewAdmins,
)
from flows.editing import operations
from flows.editing.operations import Step, taken
from flows.editing.steps import UNDO
from flows.editing.values import as_flow, names, node_of, of_flow
from flows.findings import Finding
from flows.library import shipped_flows
from flows.published import FINISH, MIGRATE, RESTART
from flows.shape import Flow
from operating.doctor import examine_flows
from operating.parts import Hamraz, build
from storage import audit
from storage.tables import current_editions
from tests.bot.test_conversation import begin
from tests.casework.cases.conftest import hired
from tests.databases import Place
from tests.phones import Clock, Phone

SAME_WORDS = operations.change("how", {"secret": False})  # a change that needs no words
QUESTION = operations.add("choice", "pity", "finer_words", {"ask": "report.under18.ask", "choose": ["yes", "no"]})


class Admins:
    """Two admins at their studio."""

    def __init__(self, hamraz: Hamraz, clock: Clock) -> None:
        self.hamraz, self.clock, self.room = hamraz, clock, hamraz.studio
        self.one, self.other = (hired(hamraz.room, clock, name, Role.ADMIN).id for name in ("Rabia", "Zoya"))

    def edit(self, flow: str, *steps: Step, by: bytes = b"") -> drafts.Draft:
        draft = drafts.of(self.room, flow)
        for step in steps:
            draft = drafts.take(self.room, by or self.one, flow, draft.token, step, self.clock())
        return draft

    def publish(self, flow: str, *steps: Step, policy: str = FINISH) -> Outcome:
        draft = self.edit(flow, *steps)
        return publishing.publish(self.room, self.one, flow, draft.token, policy, True, self.clock())

    def go_back(self, flow: str, number: int, policy: str = FINISH) -> Outcome:
        over = shelf.one(self.room, flow).number
        return publishing.go_back(self.room, self.one, flow, number, over, policy, self.clock())

    def log(self) -> list[str]:
        return self.room.read(
            lambda unit: [one.what for one in audit.lines(unit, self.room.keyring) if one.what.startswith("flow ")]
        )


@pytest.fixture
def place(sqlite: Place) -> Place:
    """What does not hang on the database runs on one."""
    return sqlite


@pytest.fixture
def admins(hamraz: Hamraz, clock: Clock) -> Admins:
    return Admins(hamraz, clock)


@pytest.fixture
def both(hamraz_on_each: Hamraz, clock: Clock) -> Admins:
    return Admins(hamraz_on_each, clock)


def test_a_draft_becomes_what_everybody_meets_once_and_what_held_is_a_click_away(both: Admins) -> None:
    phone = Phone(both.hamraz, "sms", "+923005550001", both.clock)
    begin(phone)
    for answer in ("1", "1", "1"):
        before = phone.say(answer)
    draft = both.edit("report", QUESTION, operations.rename("pity", "sure"))

    with ThreadPoolExecutor(4) as pool:
        clicks = [
            pool.submit(publishing.publish, both.room, who, "report", draft.token, FINISH, True, both.clock())
            for who in (both.one, both.other, both.one, both.other)
        ]
    assert sorted(one.result().what for one in clicks) == ["already", "already", "already", "published"]

    assert "Which comes closest" in before  # who was on her way goes on as she began
    assert "When was it" in phone.say("1")
    other = Phone(both.hamraz, "sms", "+923005550002", both.clock)
    begin(other)
    for answer in ("1", "1", "1", "1"):
        said = other.say(answer)
    assert "Are you under 18" in said
    standing = shelf.one(both.room, "report")
    assert (standing.number, standing.own) == (1, True)
    assert standing.past[0].by in (both.one, both.other)
    assert set(proving_live(both)) >= {standing.flow.hash}

    assert both.go_back("report", shelf.SHIPPED).number == 2
    third = Phone(both.hamraz, "sms", "+923005550003", both.clock)
    begin(third)
    for answer in ("1", "1", "1", "1"):
        said = third.say(answer)
    assert "Are you under 18" not in said
    assert both.go_back("report", 1).number == 3
    assert both.log() == ["flow published", "flow gone back", "flow gone back"]


def proving_live(admins: Admins) -> dict[str, int]:
    return admins.room.read(lambda unit: proving.live(unit, admins.room, admins.clock()))


def test_two_who_write_at_once_keep_both_and_on_one_node_the_later_sees_what_differs(both: Admins) -> None:
    seen = drafts.of(both.room, "answered")

    def take(who: bytes, step: Step) -> drafts.Draft:
        return drafts.take(both.room, who, "answered", seen.token, step, both.clock())

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(take, both.one, operations.change("how", {"skippable": True}))
        second = pool.submit(take, both.other, operations.change("row", {"skippable": True}))
    draft = drafts.of(both.room, "answered")
    assert {first.result().steps.version, second.result().steps.version} == {1, 2}
    assert node_of(draft.data, "how")["skippable"] and node_of(draft.data, "row")["skippable"]

    with pytest.raises(FlowMeanwhile) as refused:
        take(both.other, SAME_WORDS)
    assert [(one.node, one.field) for one in refused.value.differing] == [("how", "skippable")]
    with pytest.raises(FlowMeanwhile):
        publishing.publish(both.room, both.one, "answered", seen.token + "0", FINISH, True, both.clock())
    with pytest.raises(FlowMeanwhile):
        drafts.discard(both.room, both.one, "answered", seen.token, both.clock())
    assert drafts.discard(both.room, both.one, "answered", draft.token, both.clock())
    assert not drafts.discard(both.room, both.one, "answered", draft.token, both.clock())
    with pytest.raises(FlowMeanwhile):  # a page that was left open over a draft that is gone
        drafts.take(both.room, both.one, "answered", draft.token, SAME_WORDS, both.clock())


def test_what_is_wrong_is_told_in_the_checks_words_and_nobody_meets_it(admins: Admins) -> None:
    draft = admins.edit("answered", operations.add("say", "extra", "how"), operations.delete("thanks", "count"))

    with pytest.raises(NotProved) as refused:
        publishing.publish(admins.room, admins.one, "answered", draft.token, FINISH, True, admins.clock())

    told = [str(one) for one in refused.value.findings]
    assert told[0] == "E102 flow answered, node extra: nothing leads here; lead to it in some `then`, or take it out"
    assert "E104 flow answered, node count: it goes round without ever waiting; put a question into the circle" in told
    assert any("E201 flow answered, node extra" in one for one in told), told
    assert shelf.one(admins.room, "answered").number == 0
    assert drafts.of(admins.room, "answered").steps.version == 2


def test_only_admins_write_and_what_cannot_be_is_refused(admins: Admins, hamraz: Hamraz, clock: Clock) -> None:
    counsellor = hired(hamraz.room, clock, "Amina").id

    with pytest.raises(NotHers):
        admins.edit("answered", SAME_WORDS, by=counsellor)
    with pytest.raises(CannotEdit) as refused:
        admins.edit("answered", operations.change("nowhere", {"ask": "x.y"}))
    assert refused.value.reason == "flow_no_such_node"
    with pytest.raises(BadForm):
        admins.edit("answered", operations.change("how", {"color": "red"}))
    with pytest.raises(NoDraft):
        admins.publish("answered")
    with pytest.raises(NothingDiffers):
        admins.publish("answered", SAME_WORDS, UNDO)
    with pytest.raises(NothingDiffers):
        admins.go_back("answered", 0)
    with pytest.raises(CannotEdit):
        drafts.create(admins.room, admins.one, "report", clock())
    with pytest.raises(CannotEdit):
        drafts.create(admins.room, admins.one, "A flow", clock())


def test_where_two_must_agree_another_says_yes_within_a_day_to_what_was_asked(admins: Admins, clock: Clock) -> None:
    publishing.want_two(admins.room, admins.one, True, clock())

    def agree(who: bytes, token: str) -> Outcome:
        return publishing.agree(admins.room, who, "answered", token, clock())

    assert admins.publish("answered", SAME_WORDS).what == "asked"
    token = drafts.of(admins.room, "answered").token
    with pytest.raises(AnotherMust):
        agree(admins.one, token)
    admins.edit("answered", operations.change("row", {"skippable": True}))
    with pytest.raises(NothingAsked):  # it is another draft by now
        agree(admins.other, token)

    assert admins.publish("answered").what == "asked"
    token = drafts.of(admins.room, "answered").token
    clock.forward(hours=25)
    with pytest.raises(NothingAsked):
        agree(admins.other, token)
    assert admins.publish("answered").what == "asked"
    assert agree(admins.other, token) == Outcome("published", 1)
    line = shelf.one(admins.room, "answered").past[0]
    assert (line.by, line.second) == (admins.one, admins.other)

    assert publishing.want_two(admins.room, admins.one, False, clock()).what == "asked"
    assert publishing.wants_two(admins.room)
    publishing.agree(admins.room, admins.other, ALONE, ALONE, clock())
    assert not publishing.wants_two(admins.room)


def test_one_admin_alone_cannot_ask_for_two(hamraz: Hamraz, clock: Clock) -> None:
    alone = hired(hamraz.room, clock, "Rabia", Role.ADMIN).id

    with pytest.raises(TooFewAdmins):
        publishing.want_two(hamraz.studio, alone, True, clock())


def test_what_shuts_her_in_is_not_published_though_every_check_of_its_form_passes(admins: Admins) -> None:
    never = [{"if": "how filled and not how filled", "go": "count"}, {"go": "how"}]
    draft = admins.edit("answered", operations.change("how", {"then": never}))
    assert not [one for one in publishing.look(admins.room, "answered", FINISH, admins.clock()) if one.code[0] == "E"]

    with pytest.raises(NotProved) as refused:
        publishing.publish(admins.room, admins.one, "answered", draft.token, FINISH, True, admins.clock())

    assert {(one.code, one.node) for one in refused.value.findings} == {("E113", "how")}
    assert not shelf.one(admins.room, "answered").past


def at_when(phone: Phone) -> str:
    """On her way in a report, asked when it was."""
    begin(phone)
    for answer in ("1", "1", "1"):
        phone.say(answer)
    return phone.say("1")


def test_who_is_moved_goes_on_under_the_new_name_and_is_asked_anew_where_answers_changed(
    admins: Admins, phone: Callable[..., Phone]
) -> None:
    renamed, reordered = phone("sms", "+923005550001"), phone("sms", "+923005550002")
    for one in (renamed, reordered):
        at_when(one)
    admins.publish("report", operations.rename("when", "day"), policy=MIGRATE)
    assert "Where" in renamed.say("1")

    admins.publish(
        "report", operations.change("day", {"choose": ["yesterday", "today", "last_week", "before", "ongoing"]}),
        policy=MIGRATE,
    )  # fmt: skip
    said = reordered.say("1")
    assert "That question has passed" in said and "1 Yesterday" in said
    assert "Where" in reordered.say("2")


def test_who_would_be_stranded_is_counted_and_nobody_is_moved(admins: Admins, phone: Callable[..., Phone]) -> None:
    phones = [phone("sms", f"+92300555000{number}") for number in range(3)]
    for one in phones:
        at_when(one)
    draft = admins.edit("report", operations.delete("when", "where"))

    with pytest.raises(NotProved) as refused:
        publishing.publish(admins.room, admins.one, "report", draft.token, MIGRATE, True, admins.clock())
    assert [str(one) for one in refused.value.findings if one.code == "E401"] == [
        "E401 flow report, node when: 3 conversations would stand at 'when', which is no such node any more; "
        "let them finish, or keep a node of its kind under this name"
    ]
    blocked = {one.code for one in refused.value.findings}
    assert "E401" not in {one.code for one in publishing.look(admins.room, "report", FINISH, admins.clock())}
    assert blocked >= {"E401"}
    assert "Where" in phones[0].say("1")


def test_going_back_keeps_no_writer_waiting_while_it_is_proved_and_what_came_meanwhile_counts(admins: Admins) -> None:
    admins.publish("answered", SAME_WORDS)
    room = admins.room
    proved: list[int] = []

    def prove(flows: Sequence[Flow], everything: Mapping[str, Flow]) -> Sequence[Finding]:
        with ThreadPoolExecutor(1) as pool:  # a colleague, while the proof runs
            pool.submit(admins.edit, "tips", operations.change("situation", {"secret": True})).result(timeout=5)
            if not proved:
                pool.submit(admins.publish, "answered", operations.change("row", {"skippable": True})).result(timeout=5)
        proved.append(len(flows))
        return room.prove(flows, everything)

    slow = replace(room, prove=prove)
    with pytest.raises(FlowMeanwhile):
        publishing.go_back(slow, admins.one, "answered", 0, 1, FINISH, admins.clock())
    assert shelf.one(room, "answered").number == 2
    assert publishing.go_back(slow, admins.one, "answered", 1, 2, FINISH, admins.clock()) == Outcome("published", 3)
    assert publishing.go_back(slow, admins.one, "answered", 1, 2, FINISH, admins.clock()) == Outcome("already", 3)
    assert proved == [1, 1]


def test_who_would_be_stranded_by_going_back_is_counted_and_nothing_is_put_back(
    admins: Admins, phone: Callable[..., Phone]
) -> None:
    admins.publish("report", QUESTION)
    one = phone()
    at_when(one)  # asked "pity" first: it is not there in the edition before

    with pytest.raises(NotProved) as refused:
        admins.go_back("report", shelf.SHIPPED, MIGRATE)

    assert [(found.code, found.node) for found in refused.value.findings] == [("E401", "pity")]
    assert shelf.one(admins.room, "report").number == 1
    assert admins.go_back("report", shelf.SHIPPED, FINISH).number == 2


def test_who_must_begin_anew_is_told_so(admins: Admins, phone: Callable[..., Phone]) -> None:
    one = phone()
    at_when(one)
    admins.publish("report", operations.rename("when", "day"), policy=RESTART)

    said = one.say("1")

    assert "some questions have changed" in said and "What would you like to do?" in said


def test_a_draft_over_another_edition_is_carried_over_and_both_keep_what_they_did(admins: Admins, clock: Clock) -> None:
    admins.publish("answered", operations.change("row", {"skippable": True}))
    draft = admins.edit("answered", SAME_WORDS)
    admins.go_back("answered", 0)

    with pytest.raises(FlowMeanwhile):
        publishing.publish(admins.room, admins.one, "answered", draft.token, FINISH, True, clock())
    carried = drafts.carry_over(admins.room, admins.one, "answered", draft.token, clock())

    assert node_of(carried.data, "how")["secret"] is False
    assert "skippable" not in node_of(carried.data, "row")
    assert carried.steps.version > draft.steps.version


def newer_flows(hamraz: Hamraz) -> tuple[Flow, ...]:
    """What a newer Hamraz brings: another "answered"."""
    shipped = hamraz.studio.shipped
    changed = as_flow(taken(operations.change("row", {"secret": False}), of_flow(shipped["answered"])))
    return tuple({**shipped, "answered": changed}.values())


def test_a_newer_hamraz_brings_its_flow_to_who_has_none_of_her_own_and_says_so_to_who_has(
    admins: Admins, hamraz: Hamraz, monkeypatch: pytest.MonkeyPatch
) -> None:
    admins.publish("answered", SAME_WORDS)
    newer = {flow.name: flow for flow in newer_flows(hamraz)}
    room = replace(hamraz.studio, shipped=newer)

    assert shelf.one(room, "answered").newer and shelf.one(room, "answered").own
    with monkeypatch.context() as newer_version:
        newer_version.setattr("operating.doctor.shipped_flows", lambda: newer_flows(hamraz))
        said = list(examine_flows(hamraz.settings, hamraz.keyring))
    assert (True, "flow answered: edition 1 is yours; this version brings another, which waits", "") in said
    assert not shelf.one(admins.room, "answered").newer
    admins.go_back("answered", 0)
    assert not shelf.one(room, "answered").own


def test_another_process_meets_what_was_published_and_a_row_set_back_is_put_on_record(
    admins: Admins, hamraz: Hamraz, clock: Clock
) -> None:
    second = build(hamraz.settings, hamraz.keyring)
    try:
        Phone(second, "sms", "+923005550009", clock).say("hi")
        admins.publish("answered", SAME_WORDS)
        Phone(second, "sms", "+923005550009", clock).say("hi")
        library = second.conversation._parts.editions.latest
        assert library.current("answered").hash == shelf.one(admins.room, "answered").flow.hash

        shipped = hamraz.studio.shipped["answered"].hash
        hamraz.database.work(lambda unit: unit.main.run(update(current_editions).values(hash=shipped)))
        for number in range(2):
            Phone(second, "sms", f"+92300555001{number}", clock).say("hi")
        # What somebody set back by hand holds nowhere.
        assert second.conversation._parts.editions.latest.current("answered").hash == library.current("answered").hash
        assert not shelf.one(admins.room, "answered").sound
        told = list(examine_flows(hamraz.settings, hamraz.keyring))
        assert told[0][:2] == (False, "flow answered: what was published is not as we left it")
        lines = hamraz.database.read(lambda unit: list(audit.lines(unit, hamraz.keyring)))
        assert [one.detail.partition(":")[0] for one in lines if one.what == "fault"] == ["current_editions.hash"]
    finally:
        second.counter.close()
        second.database.close()


def test_what_is_kept_of_a_draft_and_of_who_published_is_sealed(admins: Admins, place: Place) -> None:
    admins.publish("answered", SAME_WORDS)
    admins.edit("answered", operations.rename("how", "nobody_reads_this"))

    files = b"".join(file.read_bytes() for file in place.folder.glob("main.db*"))

    assert shelf.one(admins.room, "answered").flow.hash.encode() in files
    assert b"nobody_reads_this" not in files
    assert admins.one.hex().encode() not in files


def test_nothing_is_wrong_with_the_shipped_flows_in_the_studio_either(admins: Admins) -> None:
    flows = shelf.everything(admins.room)

    found = [one for flow in shipped_flows() for one in proving.findings(admins.room, flow, flows)]

    assert [str(one) for one in found if one.code.startswith("E")] == []
    assert len(names(drafts.of(admins.room, "report").data)) > 40
