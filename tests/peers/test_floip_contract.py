"""What goes out as FLOIP, held against the schemas of FLOIP's own runner."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from casework.studio.exchange import gathered
from flows.exchange import taking
from flows.exchange.bundle import Bundle
from flows.exchange.floip import to_floip
from flows.library import shipped_flows
from locales.phrasebook import Phrasebook
from tests.flows.exchange.foreign import market

PEER = Path(__file__).parent / "floip" / "check.cjs"


def wrong_with(*containers: Any) -> list[list[str]]:
    """What the schemas find wrong with each."""
    assert shutil.which("node"), "this contract test needs Node 20: install nodejs"
    assert (PEER.parents[1] / "prism" / "node_modules").exists(), (
        "run `npm ci --ignore-scripts` in tests/peers/prism first"
    )
    lines = "".join(json.dumps(one) + "\n" for one in containers)
    done = subprocess.run(["node", str(PEER)], input=lines, capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def bundles() -> list[Bundle]:
    book = Phrasebook.load()
    foreign = taking.read(json.dumps(market()).encode()).bundles
    return [*(gathered(flow, book) for flow in shipped_flows()), *foreign]


def test_every_shipped_flow_is_valid_floip_and_nothing_in_it_leads_nowhere() -> None:
    containers = [json.loads(to_floip(bundle)) for bundle in bundles()]

    assert wrong_with(*containers) == [[] for _ in containers]
    for bundle, container in zip(bundles(), containers, strict=True):
        (flow,) = container["flows"]
        blocks = {block["uuid"]: block for block in flow["blocks"]}
        assert len(blocks) == len(flow["blocks"]) and flow["first_block_id"] in blocks
        exits = [way for block in blocks.values() for way in block["exits"]]
        assert {way.get("destination_block") for way in exits} <= {*blocks, None}
        assert len({way["uuid"] for way in exits}) == len(exits)
        said = {one["uuid"]: one for one in container["resources"]}
        prompts = [block["config"]["prompt"] for block in blocks.values() if block["config"].get("prompt")]
        choices = [one for block in blocks.values() for one in block["config"].get("choices", {}).values()]
        assert {*prompts, *choices} <= set(said)
        assert all(one["values"] for one in said.values()), bundle.name
        assert [
            block["vendor_metadata"]["hamraz"]["node"] for block in blocks.values() if "vendor_metadata" in block
        ] == (bundle.data["node"])


def test_the_same_flow_is_the_same_bytes_and_a_wrong_one_is_found() -> None:
    one = bundles()[0]
    assert to_floip(one) == to_floip(bundles()[0])

    broken = json.loads(to_floip(one))
    broken["flows"][0]["blocks"][0]["exits"][0]["uuid"] = "7"
    del broken["flows"][0]["languages"]
    found = wrong_with(broken)[0]
    assert any("languages" in each for each in found) and any("must match pattern" in each for each in found)


def test_conditions_are_told_in_their_language() -> None:
    nodes = [
        {"name": "a", "kind": "multi", "ask": "x.a.ask", "choose": ["b", "c"], "then": [
            {"if": "a has 'b' and not (channel = 'sms' or staffed)", "go": "end"},
            {"if": "not a filled or language != 'ur_Latn'", "go": "end"},
            {"go": "a"},
        ]},
        {"name": "end", "kind": "end"},
    ]  # fmt: skip
    container = json.loads(to_floip(Bundle({"name": "x", "begins": "a", "node": nodes})))
    case = next(block for block in container["flows"][0]["blocks"] if block["type"] == "Core.Case")

    assert [way["test"] for way in case["exits"]] == [
        "@(AND(CONTAINS('b', flow.a.value) = TRUE, AND(channel.mode <> 'SMS', contact.staffed = FALSE)))",
        "@(OR(flow.a.value = NULL, flow.language <> 'urd-latin'))",
        "@(TRUE)",
    ]
    assert case["exits"][2]["default"] and wrong_with(container) == [[]]
