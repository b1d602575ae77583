"""Exports of RapidPro, read: what becomes of each thing, and that nothing is lost without a word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.editing.rules import rows_of
from flows.editing.values import as_flow, node_of
from flows.exchange import taking
from flows.exchange.bundle import Bundle, NotTaken
from flows.exchange.rapidpro.cases import fits
from flows.exchange.rapidpro.shape import Case
from flows.exchange.rapidpro.texts import said
from flows.exchange.taking import Taken
from tests.flows.exchange.foreign import (
    Values,
    action,
    asks,
    enters,
    export,
    flow,
    market,
    node,
    routed,
    says,
    sets,
    uuid_of,
)


def taken(data: Any) -> Taken:
    return taking.read(json.dumps(data).encode())


def one(*nodes: Values, **more: Any) -> tuple[Bundle, list[tuple[str, str]]]:
    """A flow of these nodes, and what is told of it, but for what is told of every flow."""
    found = taken(export(flow("Shop", *nodes, **more)))
    usual = ("nothing_kept", "left_out", "expires")
    return found.bundles[0], [(note.code, note.where) for note in found.notes if note.code not in usual]


def question(*tests: tuple[str, str, str], **more: Any) -> tuple[Values, dict[str, str], list[tuple[str, str]]]:
    """The question that a wait with these tests becomes, its words, and what is told of it."""
    ways = {category: "" for _, _, category in tests} | {"Other": "wait"}
    bundle, notes = one(
        node("ask", says("which", "Which?"), to="wait"), asks("wait", ways, *tests, result="It", **more)
    )
    words = {key: forms[0] for key, forms in bundle.words["en"].items()}
    return dict(node_of(bundle.data, "it")), words, notes


def test_everything_that_can_be_carried_is_and_what_cannot_is_told() -> None:
    found = taken(market())

    assert [bundle.name for bundle in found.bundles] == ["market_day", "pay"]
    assert [(note.code, note.where) for note in found.notes] == [
        ("nothing_kept", "flows[0]"),
        ("expires", "flows[0]"),
        ("expression", "flows[0].nodes[0].actions[0]"),
        ("timeout", "flows[0].nodes[2].router"),
        ("tries_again", "flows[0].nodes[2].router"),
        ("other_words", "flows[0].nodes[2].router.cases[0]"),
        ("left_out", "flows[0].nodes[6].router"),
        ("tries_again", "flows[0].nodes[6].router"),
        ("number_chosen", "flows[0].nodes[6].router.cases[0]"),
        ("number_chosen", "flows[0].nodes[6].router.cases[1]"),
        ("never_expires", "flows[0].nodes[22].router.cases[1]"),
        ("nothing_kept", "flows[1]"),
        ("expires", "flows[1]"),
    ]
    assert found == taken(market())  # the same file, the same flow


@pytest.mark.parametrize(
    ("tests", "kind", "chosen"),
    [
        ([("has_any_word", "fig", "Fig"), ("has_phrase", "ripe plum", "Plum")], "choice", ["fig", "plum"]),
        ([("has_only_text", "b", "B"), ("has_only_phrase", "a", "A")], "choice", ["b", "a"]),
        ([("has_number_eq", "2", "Two"), ("has_number_eq", "1", "One")], "choice", ["one", "two"]),
        ([("has_number_lt", "18", "Under 18"), ("has_number_gte", "18", "Adult")], "choice", ["under_18", "adult"]),
        ([("has_beginning", "y", "Yes"), ("has_all_words", "no thanks", "No")], "choice", ["yes", "no"]),
        ([("has_number_between", "1|120", "Age")], "text", None),
        ([("has_number", "", "Number")], "text", None),
        ([("has_text", "", "Any")], "text", None),
        ([("has_pattern", "^[0-9]+$", "Digits")], "text", None),
        ([("has_phone", "", "Phone")], "text", None),
        ([("has_date", "", "Day")], "date", None),
        ([("has_date_gt", "2026-01-01", "Later")], "date", None),
        ([("has_district", "Sindh", "District")], "place", None),
    ],
)
def test_the_tests_of_a_wait_say_what_sort_of_question_it_is(
    tests: list[tuple[str, str, str]], kind: str, chosen: list[str] | None
) -> None:
    made, words, _ = question(*tests)

    assert (made["kind"], made.get("choose"), made.get("one", False)) == (kind, chosen, kind == "text")
    assert words["shop.it.ask"] == "Which?"
    assert all(f"shop.it.{option}" in words for option in chosen or ())


def test_what_a_wait_loses_is_told() -> None:
    assert question(("has_pattern", "(a+)+$", "P"))[2] == [("pattern", "flows[0].nodes[1].router.cases[0]")]
    assert question(("has_number_lt", "9", "Few"))[2] == [("number_unchecked", "flows[0].nodes[1].router.cases[0]")]
    assert question(("has_email", "", "Mail"))[2] == [("unchecked", "flows[0].nodes[1].router.cases[0]")]
    assert question(("has_date_lt", "2026-01-01", "Day"))[2] == [
        ("date_unchecked", "flows[0].nodes[1].router.cases[0]")
    ]
    assert question(("has_group", uuid_of("group"), "In"))[2] == [("no_test", "flows[0].nodes[1].router.cases[0]")]
    elsewhere = question(("has_any_word", "a", "A"), operand="@(word(input.text, 2))")[2]
    assert ("looks_elsewhere", "flows[0].nodes[1].router") in elsewhere
    _, told = one(
        node("hi", says("a", "Hi", "Hello back"), says("b", "Which?", "Fig", "Nut"), to="w"),
        asks("w", {"Fig": "", "Other": "w"}, ("has_any_word", "fig", "Fig")),
    )
    assert [one for one in told if one[0] == "no_reply"] == [
        ("no_reply", "flows[0].nodes[0].actions[0]"),
        ("no_reply", "flows[0].nodes[0].actions[1]"),
    ]
    assert question(("has_text", "", "Any"), hint="image")[0]["kind"] == "media"
    assert question(("has_text", "", "Any"), hint="location")[0]["kind"] == "place"


def test_own_words_beside_answers_go_where_they_went() -> None:
    bundle, notes = one(
        node("ask", says("which", "Which?"), to="wait"),
        asks("wait", {"Yes": "good", "Other": "noted"}, ("has_any_word", "yes", "Yes")),
        node("good", says("good said", "Good.")),
        node("noted", says("noted said", "Noted.")),
    )

    made = node_of(bundle.data, "answer")
    assert (made["also"], made["then"]) == ("text", {"yes": "good", "other": "noted", "*": "noted"})
    assert notes == []


def test_the_same_wait_behind_another_message_is_another_question_with_the_same_slot() -> None:
    bundle, _ = one(
        node("ask", says("which", "Which?"), to="wait"),
        asks(
            "wait",
            {"Yes": "sure", "No": "", "Other": "wait"},
            ("has_any_word", "yes", "Yes"),
            ("has_any_word", "no", "No"),
        ),
        node("sure", says("sure said", "Are you sure?"), to="wait"),
    )

    first, second = node_of(bundle.data, "answer"), node_of(bundle.data, "answer_2")
    assert (second["slot"], second["labels"]) == ("answer", "shop.answer")
    assert (first["then"]["yes"], second["then"]["yes"]) == ("answer_2", "answer_2")
    assert (bundle.words["en"][first["ask"]], bundle.words["en"][second["ask"]]) == (("Which?",), ("Are you sure?",))


def test_splits_become_guards_and_those_that_cannot_are_told() -> None:
    def split(operand: str, *tests: tuple[str, str, str]) -> tuple[list[str], list[tuple[str, str]]]:
        bundle, notes = one(
            node("ask", says("which", "Which?"), to="wait"),
            asks("wait", {"Fig": "fig", "Plum": "fig", "Other": "wait"}, ("has_any_word", "fig anjeer", "Fig"),
                 ("has_any_word", "plum", "Plum"), result="Fruit"),
            node("fig", sets("result", "Size", "very large", category="Large"), to="when"),
            node("when", says("when", "When?"), to="day"),
            asks("day", {"Day": "split", "Other": "split"}, ("has_date", "", "Day"), result="Day"),
            routed("split", {category: "there" for _, _, category in tests} | {"Other": ""}, *tests, operand=operand),
            node("there", says("said", "There.")),
        )  # fmt: skip
        guards = [row.guard for step in bundle.data["node"] for row in rows_of(step.get("then")) if row.guard]
        return guards, [note for note in notes if note[0] == "no_split"]

    lost = [("no_split", "flows[0].nodes[5].router.cases[0]")]
    assert split("@results.fruit.category", ("has_only_text", "Fig", "F")) == (["fruit = 'fig'"], [])
    assert split("@results.fruit", ("has_any_word", "anjeer plum", "F")) == (["fruit = 'fig' or fruit = 'plum'"], [])
    assert split("@results.size.value", ("has_phrase", "large", "L")) == (["size = 'very_large'"], [])
    assert split("@results.size.category", ("has_only_phrase", "large", "L")) == (["size = 'very_large'"], [])
    assert split("@results.day", ("has_date", "", "D")) == (["day filled"], [])
    assert split("@(results.fruit)", ("has_text", "", "D")) == (["fruit filled"], [])
    assert split("@contact.language", ("has_phrase", "urd", "U")) == (["language = 'ur'"], [])
    assert split("@(urn_parts(contact.urn).scheme)", ("has_phrase", "telegram", "T")) == (["channel = 'telegram'"], [])
    for operand in ("@contact.groups", "@fields.age", "@(1 + 2)", "@results.day", "@webhook.status", "{0.__class__}"):
        assert split(operand, ("has_number_gt", "18", "X")) == ([], lost)
    assert split("@contact.language", ("has_phrase", "fra", "U")) == ([], lost)


def test_sub_flows_results_and_fields() -> None:
    found = taken(
        export(
            flow("Shop", node("go", enters("Pay"), sets("field", "Paid", "yes"), to="end"), node("end", enters("Gone", terminal=True), to="go")),
            flow("Pay", node("paid", says("paid said", "Paid."))),
        )
    )  # fmt: skip
    steps = {step["name"]: step for step in found.bundles[0].data["node"]}

    assert steps["pay"] == {"name": "pay", "kind": "call", "flow": "pay", "then": "set_paid"}
    assert (steps["set_paid"]["slot"], steps["set_paid"]["value"]) == ("paid", "yes")
    assert steps["gone"] == {"name": "gone", "kind": "call", "flow": "gone", "then": "done"}
    assert [note.code for note in found.notes] == ["not_in_file"]


def test_what_has_no_equal_is_told_node_by_node() -> None:
    bundle, notes = one(
        node(
            "all",
            says("hi", "Hi @(upper(contact.name)) {name}", attachments=["image:http://x"], templating={"uuid": "x"}),
            action("mail", "send_email", addresses=["a@example.org"], subject="x", body="y"),
            action("group", "add_contact_groups", groups=[]),
            action("ticket", "open_ticket", note="x"),
            sets("result", "Doubled", "@(results.x * 2)"),
            sets("field", "Age", ""),
            to="hook",
        ),
        routed(
            "hook",
            {"Success": "dice", "Failure": ""},
            ("has_number_between", "200|299", "Success"),
            operand="@webhook.status",
            other="Failure",
            actions=(action("call", "call_webhook", method="GET", url="http://169.254.169.254/"),),
        ),
        routed("dice", {"A": "wait", "B": ""}, kind="random", other=""),
        asks("wait", {"All Responses": ""}, other="All Responses"),
        node("nowhere", says("never", "Never.")),
        language="und",
        localization={"fra": {uuid_of("hi"): {"text": ["Salut"]}}},
    )

    assert {code for code, _ in notes} == {
        *("expression", "braces", "no_part", "no_action", "ticket", "no_value", "not_cleared", "no_split"),
        *("unreached", "no_base"),
    }
    assert [where for code, where in notes if code == "no_action"] == [
        "flows[0].nodes[0].actions[1]",
        "flows[0].nodes[0].actions[2]",
        "flows[0].nodes[1].actions[0]",
    ]
    assert bundle.words == {"en": {"shop.hi_name.say": ("Hi … (name)",)}, "fra": {"shop.hi_name.say": ("Salut",)}}
    more = taken(
        export(
            flow("Ring", node("a", says("x", "Y")), type="voice"),
            flow("Shop", node("b", says("z", "Z"))),
            campaigns=[1],
            triggers=[1],
        )
    )
    assert [note.code for note in more.notes] == ["left_behind", "left_behind", "other_type"]
    dice, told = one(routed("dice", {"A": "wait", "B": ""}, kind="random"), asks("wait", {"All": ""}, other="All"))
    assert [code for code, _ in told] == ["no_router", "asks_nothing"]
    assert as_flow(dice.data).begins == "answer"


def spoiled(keys: list[str], value: Any) -> dict[str, Any]:
    """A question with something else in one place of its router."""
    one = asks("a", {"B": "", "C": ""}, ("has_text", "", "B"), timeout="C")
    inner = one["router"]
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return one


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (export(flow("Old", node("a"), version="12.0")), "old_rapidpro", "flows[0]"),
        ({"version": "11", "flows": [{"action_sets": [], "rule_sets": []}]}, "old_rapidpro", "flows[0]"),
        (export(flow("Many", *[node("n", says("x", "y"))] * 10_000)), "too_many_nodes", "flows"),
        (export(flow("None")), "no_such_form", "flows[0].nodes"),
        (export(), "no_flow", ""),
        (export(7), "no_such_form", "flows[0]"),
        (export({**flow("A"), "nodes": [7]}), "no_such_form", "flows[0].nodes[0]"),
        (export(flow("A", node("a"), node("a"))), "no_such_form", "flows[0].nodes[1].uuid"),
        (export(flow("A", node("a", to="b"))), "leads_nowhere", "flows[0].nodes[0].exits"),
        (export(flow("A", node("a", {"type": 7}))), "no_such_form", "flows[0].nodes[0].actions[0].type"),
        (export(flow("A", node("a", *[action("x", "x")] * 101))), "no_such_form", "flows[0].nodes[0].actions"),
        (export(flow("A", asks("a", {"B": ""}, ("has_text", "", "C")))), "leads_nowhere",
         "flows[0].nodes[0].router.cases[0].category_uuid"),
        (export(flow("A", spoiled(["default_category_uuid"], []))), "no_such_form", "flows[0].nodes[0].router.default_category_uuid"),
        (export(flow("A", spoiled(["default_category_uuid"], "of nobody"))), "leads_nowhere",
         "flows[0].nodes[0].router.default_category_uuid"),
        (export(flow("A", spoiled(["wait", "timeout", "category_uuid"], "of nobody"))), "leads_nowhere",
         "flows[0].nodes[0].router.wait.timeout.category_uuid"),
        (export(flow("A", spoiled(["wait", "timeout", "category_uuid"], {}))), "no_such_form",
         "flows[0].nodes[0].router.wait.timeout.category_uuid"),
        (export(flow("A", node("a", says("x", "y")), localization=[])), "no_such_form", "flows[0].localization"),
        (export(flow("A", node("a", says("x", "z" * 4_001)))), "words_long", "flows[0].nodes[0].actions[0]"),
        (export(flow("A", node("a", to="b"), node("b", to="a"))), "circle", "flows[0].nodes[0]"),
    ],
)  # fmt: skip
def test_a_hostile_export_is_refused_with_its_path(data: Any, code: str, where: str) -> None:
    with pytest.raises(NotTaken) as refused:
        taken(data)

    assert (refused.value.note.code, refused.value.note.where) == (code, where)


def test_a_pattern_is_never_run_and_markup_stays_text() -> None:
    slow = Case("", "", "has_pattern", (r"(a+)+$",), "")
    assert not fits(slow, "a" * 40 + "!")  # run, it would take years

    bundle, _ = one(node("a", says("x", "<script>alert('@results.x')</script>")))
    assert [*bundle.words["en"].values()] == [("<script>alert('…')</script>",)]


@given(st.text(alphabet='@(){}"a.results ', max_size=40))
def test_any_message_can_be_read(text: str) -> None:
    shown, lost = said(text)

    assert len(shown) <= len(text) and all(one.startswith("@") for one in lost)


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=6
    ),
    st.integers(0, 40),
)
def test_an_export_with_anything_in_any_place_is_taken_or_refused(odd: Any, place: int) -> None:
    data = json.loads(json.dumps(market()))
    spots: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            spots.append((value, key))
            walk(value[key])

    walk(data["flows"])
    holder, key = spots[place * 7 % len(spots)]
    holder[key] = odd
    try:
        found = taken(data)
    except NotTaken:
        return
    for bundle in found.bundles:
        as_flow(bundle.data)


def test_the_largest_export_that_is_taken_is_read() -> None:
    nodes = [node(f"n{number}", says(f"s{number}", f"Word {number}"), to=f"n{number + 1}") for number in range(999)]

    assert len(taken(export(flow("Long", *nodes, node("n999")))).bundles[0].data["node"]) == 1_000
