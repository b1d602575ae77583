"""A flow as a file of our own: the same flow and the same words back, in the same bytes; anything else refused with its place."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.editing.operations import again
from flows.editing.values import Data, EditRefused, as_flow, of_flow
from flows.errors import BrokenFlow
from flows.exchange import own, taking
from flows.exchange.bundle import Bundle, NotTaken
from flows.exchange.picture import to_svg
from flows.library import shipped_flows
from flows.shape import Flow
from tests.flows.editing.flow_edits import steps_on

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
FORMS = st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
WORDS = st.dictionaries(
    st.sampled_from(["en", "ur", "ur_Latn"]),
    st.dictionaries(st.from_regex(r"[a-z_.@-]{1,20}", fullmatch=True), FORMS, min_size=1, max_size=4),
)
SMALL = {"name": "small", "begins": "a", "node": [{"name": "a", "kind": "end", "say": "small.a.say"}]}


def again_from(content: str) -> Bundle:
    (bundle,) = taking.read(content.encode()).bundles
    return bundle


def held(bundle: Bundle) -> None:
    toml, values = own.to_toml(bundle), own.to_json(bundle)
    for text in (toml, values):
        back = again_from(text)
        assert (back.data, back.words) == (bundle.data, bundle.words)
        assert (own.to_toml(back), own.to_json(back)) == (toml, values)


@pytest.mark.parametrize("flow", shipped_flows(), ids=lambda flow: flow.name)
def test_a_shipped_flow_is_the_same_through_both_forms(flow: Flow) -> None:
    bundle = Bundle(of_flow(flow), {"en": {"a.b": ("one\n“two” \\", "{n} more")}, "ur": {"a.b": ("ہاں\x7f\t",)}})

    held(bundle)

    assert as_flow(again_from(own.to_toml(bundle)).data).hash == flow.hash


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_any_flow_with_any_words_is_the_same_through_both_forms(data: st.DataObject) -> None:
    values: Data = of_flow(data.draw(st.sampled_from(shipped_flows())))
    for _ in range(data.draw(st.integers(0, 4))):
        try:
            after = again(steps_on(data.draw, values), values)
            values = of_flow(as_flow(after))
        except (EditRefused, BrokenFlow):
            continue

    held(Bundle(values, data.draw(WORDS)))


def test_the_text_of_a_flow_alone_and_the_values_of_an_edition_are_taken_too() -> None:
    flow = shipped_flows()[0]

    assert again_from(flow.source).data == of_flow(flow)
    assert not again_from('name = "x"\nbegins = "a"\n[[node]]\nname = "a"\nkind = "end"\n').words


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("flow.toml", b"0" * 50_000_000)
    return packed.getvalue()


def ours(flow: Any = None, words: Any = None) -> bytes:
    return json.dumps({"hamraz": 1, "flow": flow or SMALL, "words": words or {}}).encode()


MANY = {"name": "small", "begins": "n0", "node": [{"name": f"n{one}", "kind": "end"} for one in range(10_000)]}
TWICE = '{"hamraz": 1, "flow": {"name": "a", "begins": "b", "node": [{"name": "b", "kind": "end", "kind": "say"}]}}'


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (b" " * (taking.MOST_BYTES + 1), "too_large", ""),
        (bomb(), "packed", ""),
        (b"\x1f\x8b" + bytes(40), "packed", ""),
        (b'{"a": 1}\n\xff', "not_text", "line 2"),
        (b'name = "a\0"', "not_text", "line 1"),
        (b" \n", "empty", ""),
        (b'{"hamraz": 1,\n "flow": nothing}', "not_json", "line 2"),
        (b"\n\n" + b"[" * 200_000, "too_deep", "line 3"),
        (b'{"a":' * 31 + b"1" + b"}" * 31, "too_deep", "line 1"),
        (b'{"' + b'\\"' * 1_000_000, "not_json", "line 1"),
        (b"[" + b"0," * 300_001 + b"0]", "too_many_values", ""),
        (TWICE.encode(), "twice", "flow.node[0]"),
        (b'{"hamraz": NaN}', "no_number", "hamraz"),
        (b'{"hamraz": 1e999}', "no_number", "hamraz"),
        (b'{"hamraz": ' + b"9" * 5_000 + b"}", "no_number", "hamraz"),
        (b'{"flow": {"name": "\\ud800"}}', "half_letter", "flow.name"),
        (b'{"hamraz": 2}', "other_version", "hamraz"),
        (b'{"hamraz": true}', "other_version", "hamraz"),
        (b'{"hamraz": 1, "run": "rm"}', "unknown_key", "run"),
        (b'{"specification_version": "1.0.0-rc4"}', "floip", "specification_version"),
        (b'{"flows": 7}', "no_such_form", "flows"),
        (b"[1]", "no_flow", ""),
        (ours(MANY), "broken", "flow"),
        (ours({**SMALL, "node": [{"name": "a", "kind": "shell"}]}), "broken", "flow.node[0]"),
        (ours(words={"en": []}), "no_words", "words.en"),
        (ours(words={"en": {"small.a.say": 7}}), "no_words", "words.en.small.a.say"),
        (ours(words={"en": {"small.a.say": ["x"] * 7}}), "no_words", "words.en.small.a.say"),
        (ours(words={"en": {"<b>": "x"}}), "no_phrase", 'words.en."<b>"'),
        (ours(words={"en": {"small.a.say": "x" * 4_001}}), "words_long", "words.en.small.a.say"),
        (b'name = "a"\nbegins = ', "not_toml", ""),
        (b'name = "a"\nbegins = \n', "not_toml", "line 2"),
        (b"x." * 400_000 + b"=1", "not_toml", "line 1"),
        (b"a = " + b"[" * 100_000, "not_toml", ""),
        (b'name = "a"\nbegins = "b"\n[[node]]\nname = "b"\nkind = "end"\ncolour = "red"', "broken", "line 4"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_file_is_refused_with_its_line_or_path(content: bytes, code: str, where: str) -> None:
    with pytest.raises(NotTaken) as refused:
        taking.read(content)

    assert (refused.value.note.code, refused.value.note.where) == (code, where)


@pytest.mark.parametrize("flow", shipped_flows(), ids=lambda flow: flow.name)
def test_a_picture_shows_every_step_and_every_way_and_loads_nothing(flow: Flow) -> None:
    svg = to_svg(Bundle(of_flow(flow)))
    tree = ElementTree.fromstring(svg)

    titles = [one.text for one in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert {f"{node.name}: {node.kind}" for node in flow.nodes.values()} <= set(titles)
    ways = {(node.name, rule.target) for node in flow.nodes.values() for rule in node.rules}
    assert len(titles) == 1 + len(flow.nodes) + len(ways)
    assert not re.search(r"href|<script|@import|url\((?!#)", svg)
