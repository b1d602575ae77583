"""Editing keeps what it does not say it changes, loses nothing on the way through text, and refuses in one way."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.definition import from_data, from_source
from flows.editing import operations
from flows.editing.conditions import Condition, conditions_of, guard_of
from flows.editing.merging import EditedMeanwhile, differences, merged, taken_over
from flows.editing.operations import taken
from flows.editing.rules import rows_of, then_of
from flows.editing.steps import MOST, REDO, UNDO, Steps, from_values
from flows.editing.values import Data, EditRefused, as_flow, names, node_of, of_flow, of_text
from flows.editing.writing import written
from flows.errors import BrokenFlow
from flows.guards import read_guard
from flows.library import shipped_flows
from flows.shape import Flow
from tests.flows.editing.flow_edits import steps_on

FLOWS = {flow.name: flow for flow in shipped_flows()}
SMALL = """
name = "small"
begins = "who"
[[node]]
name = "who"
kind = "choice"
ask = "small.who.ask"
choose = ["me", "other"]
then = { other = "when", "*" = "story" }
[[node]]
name = "story"
kind = "text"
ask = "small.story.ask"
[[node]]
name = "when"
kind = "date"
ask = "small.when.ask"
then = [{ if = "who = 'me'", go = "done" }, { go = "done" }]
[[node]]
name = "done"
kind = "end"
"""


def small() -> Data:
    return of_text(SMALL, "small")


def led_to(flow: Flow) -> dict[str, list[str]]:
    return {node.name: [rule.target for rule in node.rules] for node in flow.nodes.values()}


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.name)
def test_text_and_values_and_an_edition_are_the_same_flow(flow: Flow) -> None:
    text = written(of_flow(flow))

    assert of_text(text, flow.name) == of_flow(flow)
    assert as_flow(of_text(text, flow.name)).hash == from_source(flow.source).hash == flow.hash
    assert written(of_text(text, flow.name)) == text


@settings(deadline=None)
@given(st.data())
def test_after_any_edits_text_and_values_are_the_same_and_undoing_all_brings_back_the_first(
    data: st.DataObject,
) -> None:
    flow = FLOWS[data.draw(st.sampled_from([*FLOWS]))]
    steps = Steps(of_flow(flow))
    for _ in range(data.draw(st.integers(1, 8))):
        step = data.draw(st.sampled_from([UNDO, REDO, None, None, None])) or steps_on(data.draw, steps.now)
        try:
            steps = steps.take(step)
        except (EditRefused, BrokenFlow):
            continue
        now = steps.now
        text = written(now)
        assert as_flow(of_text(text, flow.name)).hash == from_data(now, flow.name).hash
        assert json.dumps(tomllib.loads(text), sort_keys=True) == json.dumps(now, sort_keys=True)
    assert from_values(json.loads(json.dumps(steps.as_values()))) == steps
    last = steps.now
    undone = 0
    while steps.can_undo:
        steps, undone = steps.take(UNDO), undone + 1
    assert as_flow(steps.now).hash == flow.hash
    for _ in range(undone):
        steps = steps.take(REDO)
    assert steps.now == last


@settings(deadline=None)
@given(st.data())
def test_no_step_leads_a_node_elsewhere_but_the_ones_it_is_about(data: st.DataObject) -> None:
    flow = FLOWS[data.draw(st.sampled_from([*FLOWS]))]
    step = steps_on(data.draw, of_flow(flow))
    try:
        after = led_to(as_flow(taken(step, of_flow(flow))))
    except (EditRefused, BrokenFlow):
        return
    before = led_to(as_flow(of_flow(flow)))  # an edition keeps no order of keys
    match step["do"]:
        case "rename":
            new = {step["node"]: step["to"]}
            before = {new.get(name, name): [new.get(one, one) for one in to] for name, to in before.items()}
        case "delete":
            gone = before.pop(step["node"])
            before = {name: [step["to"] if one == step["node"] else one for one in to] for name, to in before.items()}
            assert gone is not None
        case "add":
            new_one = after.pop(step["name"])
            between = len(before[step["after"]]) == 1 and after[step["after"]] == [step["name"]]
            if between and step["kind"] != "end":
                assert new_one == before[step["after"]]
            before[step["after"]] = after[step["after"]] if between else before[step["after"]]
        case "set":
            before[step["node"]] = after[step["node"]]
    assert after == before


@settings(deadline=None)
@given(st.data())
def test_two_people_who_touch_different_nodes_both_keep_what_they_did(data: st.DataObject) -> None:
    flow = FLOWS[data.draw(st.sampled_from([*FLOWS]))]
    begun = Steps(of_flow(flow))
    try:
        first, second = steps_on(data.draw, begun.now), steps_on(data.draw, begun.now)
        one, other = taken(first, begun.now), taken(second, begun.now)
        both = taken_over(begun.take(first), second, 0)
    except (EditRefused, BrokenFlow):
        return
    for name in names(both.now):
        was = next((node for node in begun.now["node"] if node["name"] == name), None)
        for side in (one, other):
            mine = next((node for node in side["node"] if node["name"] == name), None)
            if mine is not None and mine != was:
                assert node_of(both.now, name).get("ask") == mine.get("ask")
    if {"rename", "delete"} & {first["do"], second["do"]}:
        return  # values alone do not tell a new name from another node: what leads nowhere then is E101
    whole = merged(begun.now, other, one)
    assert set(names(whole)) == set(names(both.now))
    assert as_flow(whole).begins == as_flow(both.now).begins


def test_who_comes_later_is_told_which_nodes_a_colleague_changed_and_nothing_is_overwritten() -> None:
    steps = Steps(small()).take(operations.change("when", {"ask": "small.day.ask"}))

    with pytest.raises(EditedMeanwhile) as refused:
        taken_over(steps, operations.change("when", {"ask": "small.week.ask"}), 0)
    with pytest.raises(EditedMeanwhile):
        taken_over(steps, UNDO, 0)
    with pytest.raises(EditedMeanwhile):
        taken_over(steps, operations.begin("when"), 7)

    assert refused.value.nodes == {"when"}
    assert steps.now == Steps(small()).take(operations.change("when", {"ask": "small.day.ask"})).now


def test_a_text_typed_over_an_older_version_is_merged_node_by_node() -> None:
    steps = Steps(small()).take(operations.add("say", "thanks", "story"))
    typed = of_text(SMALL.replace("small.when.ask", "small.day.ask"), "small")

    steps = taken_over(steps, operations.whole(typed), 0)

    assert names(steps.now) == ["who", "story", "thanks", "when", "done"]
    assert node_of(steps.now, "when")["ask"] == "small.day.ask"
    assert led_to(as_flow(steps.now))["story"] == ["thanks"]


def test_a_rename_is_written_wherever_it_led_and_what_is_learnt_keeps_its_name() -> None:
    data = taken(operations.rename("when", "day"), small())

    assert led_to(as_flow(data))["who"] == ["day", "story"]
    assert led_to(as_flow(data))["story"] == ["day"]
    assert node_of(data, "day")["slot"] == "when"
    assert as_flow(taken(operations.rename("day", "when"), data)).hash == as_flow(small()).hash


def test_what_differs_is_told_node_by_node_and_a_new_name_is_no_loss() -> None:
    steps = Steps(small())
    for step in (
        operations.rename("when", "day"),
        operations.add("say", "thanks", "day"),
        operations.delete("story", "day"),
        operations.begin("day"),
        operations.rename("day", "week"),
    ):
        steps = steps.take(step)

    found = differences(steps.start, steps.now, steps.renamed())

    assert steps.renamed() == {"when": "week"}
    assert [(one.node, one.what, one.field) for one in found] == [
        ("", "field", "begins"),
        ("who", "field", "then"),
        ("week", "field", "name"),
        ("week", "field", "slot"),
        ("thanks", "added", ""),
        ("story", "gone", ""),
    ]


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (operations.add("say", "who", "story"), "name_is_there"),
        (operations.add("say", "Who?", "story"), "bad_node_name"),
        (operations.add("poem", "verse", "story"), "no_such_kind"),
        (operations.add("say", "verse", "nowhere"), "no_such_node"),
        (operations.move("story", "story"), "below_itself"),
        (operations.rename("story", "when"), "name_is_there"),
        (operations.delete("story"), "leads_where"),
        (operations.delete("who", "who"), "leads_where"),
        (operations.delete("story", "nowhere"), "no_such_node"),
        (operations.change("story", {"kind": "say"}), "not_so"),
        ({"do": "burn"}, "no_such_step"),
        (UNDO, "nothing_to_undo"),
        (REDO, "nothing_to_redo"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(step: operations.Step, reason: str) -> None:
    with pytest.raises(EditRefused) as refused:
        Steps(small()).take(step)

    assert refused.value.reason == reason


def test_a_step_that_breaks_the_form_is_refused_in_the_checks_own_words() -> None:
    with pytest.raises(BrokenFlow, match="a text has no field 'color'"):
        taken(operations.change("story", {"color": "red"}), small())
    with pytest.raises(BrokenFlow, match="E107"):
        taken(operations.change("story", {"then": [{"if": "who is me", "go": "done"}]}), small())
    with pytest.raises(EditRefused, match="last_node"):
        taken(operations.delete("a"), of_text('name="x"\nbegins="a"\n[[node]]\nname="a"\nkind="end"', "x"))


def test_a_long_day_of_edits_is_kept_and_versions_go_on_counting() -> None:
    steps = Steps(small())
    for number in range(MOST + 2):
        steps = steps.take(operations.change("story", {"one": bool(number % 2)}))

    assert steps.version == MOST + 2
    assert len(steps.done) == 2
    assert node_of(steps.now, "story")["one"] is True
    assert steps.at(3) is None


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.name)
def test_every_rule_and_every_guard_of_the_shipped_flows_goes_through_the_form(flow: Flow) -> None:
    for node in of_flow(flow)["node"]:
        if "then" in node:
            assert rows_of(then_of(rows_of(node["then"]))) == rows_of(node["then"])
        for row in rows_of(node.get("then")):
            found = conditions_of(row.guard) if row.guard else None
            assert found is None or read_guard(guard_of(*found)) == read_guard(row.guard)


def test_a_guard_deeper_than_a_list_stays_text() -> None:
    assert conditions_of("a = 'b' and not c filled") == (
        "and",
        [Condition("a", "=", "b"), Condition("c", "filled", "", True)],
    )
    assert conditions_of("a = 'b' or staffed") == ("or", [Condition("a", "=", "b"), Condition("", "staffed")])
    assert conditions_of("a = 'b' and (c filled or staffed)") is None
