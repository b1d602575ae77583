"""The walk-through of a flow: every step and every way, in few conversations, and in plain words what cannot be met."""

from __future__ import annotations

from functools import cache

import pytest

from bot.walkthrough import ground
from bot.walkthrough.goals import BACK, EDGE, KINDS_OF_GOALS, MEND, MISREAD, NODE, PAUSE, SKIP
from bot.walkthrough.stage import Company, Stranded
from bot.walkthrough.telling import held
from bot.walkthrough.whole import Walkthrough, walked
from flows import graph
from flows.definition import parse
from flows.inspection import inspect
from flows.library import shipped_flows
from flows.shape import Flow
from locales.phrasebook import Phrasebook
from operating.paper_desk import PaperDesk

FLOWS = {flow.name: flow for flow in shipped_flows()}
BOOK = Phrasebook.load()
COMPANY = Company(FLOWS.values(), BOOK, PaperDesk())
LANGUAGES = [language.code for language in BOOK.languages]
PLACES = [("sms", "ur")]
ALL_PLACES = [(channel, language) for channel in ("sms", "whatsapp", "telegram") for language in LANGUAGES]


@cache
def walk_of(name: str, channel: str = "telegram") -> Walkthrough:
    return walked(FLOWS[name], COMPANY, channel)


def small(text: str) -> Flow:
    return parse(f'name = "small"\nbegins = "first"\n{text}', "small")


def at_least(flow: Flow) -> int:
    """So many conversations at least, whatever the guards: ways of which none leads to another (Dilworth), circles as one."""
    onward = {node.name: {rule.target for rule in node.rules} for node in flow.nodes.values()}
    beyond = {name: graph.closure(targets, onward) for name, targets in onward.items()}
    ways: dict[object, tuple[str, str]] = {}
    for node in flow.nodes.values():
        for number, rule in enumerate(node.rules):
            circle = node.name in beyond[rule.target] or node.name == rule.target
            apart: object = frozenset(beyond[node.name]) if circle else (node.name, number)
            ways.setdefault(apart, (node.name, rule.target))
    after = {
        one: [other for other, (source, _) in ways.items() if other != one and source in {target, *beyond[target]}]
        for one, (_, target) in ways.items()
    }
    led: dict[object, object] = {}

    def leads(one: object, tried: set[object]) -> bool:
        for other in after[one]:
            if other not in tried:
                tried.add(other)
                if other not in led or leads(led[other], tried):
                    led[other] = one
                    return True
        return False

    return len(ways) - sum(leads(one, set()) for one in ways)


@pytest.mark.parametrize(("name", "channel"), [*((name, "telegram") for name in FLOWS), ("report", "sms")])
def test_every_step_and_every_way_of_a_shipped_flow_is_met(name: str, channel: str) -> None:
    walk = walk_of(name, channel)

    assert walk.whole, [str(finding) for finding in walk.findings()]
    assert walk.count(NODE) == (len(FLOWS[name].nodes),) * 2
    assert walk.count(EDGE) == (sum(len(node.rules) for node in FLOWS[name].nodes.values()),) * 2
    assert all(met == there for met, there in map(walk.count, KINDS_OF_GOALS))
    if name == "report":  # what a phone can do besides is met too
        assert min(walk.count(what)[0] for what in (SKIP, MISREAD, BACK)) > 20
        assert walk.count(PAUSE) == walk.count(MEND) == (1, 1)
    assert len(walk.courses) <= at_least(FLOWS[name]) * (2 if name == "report" else 1) + 1  # its guards part many ways


def test_every_conversation_can_be_held_on_any_phone(long: bool) -> None:
    for channel, language in ALL_PLACES if long else PLACES:
        for name, flow in FLOWS.items():
            for course in walk_of(name, channel).courses:
                transcript = held(course, flow, COMPANY, channel, language)

                assert [line for line in transcript.lines if line.who == "us" and line.text]
                assert (transcript.language, transcript.channel) == (language, course.channel or channel)


def test_the_same_flow_gets_the_same_conversations() -> None:
    walk = walked(FLOWS["find_help"], COMPANY)

    assert walk.courses == walk_of("find_help").courses


CHOICE = """
[[node]]
name = "first"
kind = "choice"
ask = "menu.choose.ask"
labels = "say"
choose = ["yes", "no"]
"""
NEVER = (
    CHOICE
    + """
then = [{ if = "first = 'yes' and first = 'no'", go = "never" }, { go = "done" }]

[[node]]
name = "never"
kind = "say"
say = "say.help"
then = "done"

[[node]]
name = "done"
kind = "end"
"""
)
ROUND = (
    CHOICE
    + """
then = [{ if = "first filled and not first filled", go = "done" }, { go = "first" }]

[[node]]
name = "done"
kind = "end"
"""
)
LEFT = (
    CHOICE
    + """
then = "done"

[[node]]
name = "left"
kind = "say"
say = "say.help"
then = "done"

[[node]]
name = "done"
kind = "end"
"""
)


def test_a_way_that_no_answer_takes_is_said_in_plain_words() -> None:
    flow = small(NEVER)

    found = [str(finding) for finding in walked(flow, COMPANY).findings()]

    assert found == [
        "W114 flow small, node first: no answers lead from first to never (way 1); mend its condition, or take this way out",
        "E102 flow small, node never: no answers lead here; mend the conditions that lead here, or take it out",
    ]


def test_where_nobody_comes_out_is_said_in_plain_words() -> None:
    flow = small(ROUND)

    walk = walked(flow, COMPANY)

    assert not walk.whole
    assert str(walk.findings()[0]) == (
        "E113 flow small, node first: she is left standing here: no answers lead to an end; give every answer a way on"
    )


def test_what_the_checks_find_unreachable_the_walk_through_does_not_reach() -> None:
    flow = small(LEFT)

    checked = {finding.node for finding in graph.ways(flow) if finding.code == "E102"}
    walk = {finding.node for finding in walked(flow, COMPANY).findings() if finding.code == "E102"}

    assert checked == walk == {"left"}


def test_no_shipped_flow_is_found_fault_with_by_one_and_not_the_other() -> None:
    codes = [finding.code for finding in inspect(FLOWS.values(), FLOWS, BOOK, LANGUAGES)]

    assert codes == []
    assert [str(finding) for name in FLOWS for finding in walk_of(name).findings()] == []


def test_a_phrase_that_is_missing_strands_whoever_comes_there() -> None:
    flow = small(CHOICE.replace("menu.choose.ask", "nobody.wrote.it") + '[[node]]\nname = "done"\nkind = "end"\n')
    walk = walked(flow, COMPANY)

    with pytest.raises(Stranded, match=r"nobody\.wrote\.it"):
        held(walk.courses[0], flow, COMPANY, "sms", "ur")


def test_a_flow_of_more_ways_than_can_be_walked_is_said_to_be_unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "_MOST_PLACES", 20)

    walk = walked(FLOWS["find_help"], COMPANY)

    assert not walk.whole
    assert [finding.code for finding in walk.findings()] == ["W115"]


def test_what_the_desk_may_answer_on_one_way_is_not_multiplied_without_end() -> None:
    steps = "".join(f'[[node]]\nname = "s{number}"\nkind = "say"\ntell = "reading"\n' for number in range(30))
    flow = small(steps.replace('"s0"', '"first"') + '[[node]]\nname = "done"\nkind = "end"\nsay = "say.help"\n')

    assert walked(flow, COMPANY).count(EDGE) == (30, 30)


def test_a_call_that_ends_all_by_handing_over_to_a_person_strands_nobody() -> None:
    talk = '[[node]]\nname = "first"\nkind = "handoff"\nthen = { off_hours = "first_2", "*" = "done" }\n'
    asks = (
        CHOICE.replace('"first"', '"first_2"')
        + 'then = "first"\n'
        + '[[node]]\nname = "done"\nkind = "end"\nsay = "say.help"\n'
    )
    person = parse(f'name = "person"\nbegins = "first"\n{talk}{asks}', "person")
    caller = small(
        '[[node]]\nname = "first"\nkind = "call"\nflow = "person"\nthen = "done"\n[[node]]\nname = "done"\nkind = "end"\n'
    )

    walk = walked(caller, Company([*FLOWS.values(), person], BOOK, PaperDesk()))

    assert not walk.stranded
    assert walk.courses
