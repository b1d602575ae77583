"""What the desk may answer stands in one place, and `casework` answers nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from flows import promises
from flows.desk import EFFECTS, TOLD
from flows.library import shipped_flows
from flows.promises import outcomes

ROOT = Path(__file__).parents[2]
EVERY = {
    promises.OFF_HOURS,
    *(
        outcome
        for table in (promises.TOLD, promises.DONE, promises.UNDERSTOOD)
        for one in table.values()
        for outcome in outcomes(one)
    ),
}
# A talk with a person, which no flow asks for; and whatever a talk's own words bring.
BESIDE = {"gone", "closed", "asked", "none", "ok"}


def told() -> Iterator[str]:
    """Every outcome that is written out in `casework`."""
    for path in (ROOT / "casework").rglob("*.py"):
        if path.name == "told.py":
            continue  # another thing of this name: what she told of an institution
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Told" and node.args:
                said = node.args[0]
                both = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
                yield from (one.value for one in both if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_casework_answers_what_is_promised() -> None:
    assert set(told()) <= EVERY | BESIDE


def test_everything_that_a_flow_may_ask_for_has_its_answers() -> None:
    assert set(promises.TOLD) == set(TOLD)
    assert set(promises.DONE) == {*EFFECTS, "hand_off"}


def test_a_shipped_flow_counts_on_no_other_answer() -> None:
    for flow in shipped_flows():
        for node in flow.nodes.values():
            known = (
                promises.TOLD.get(node.text("tell")) if node.kind == "say" else promises.DONE.get(node.text("effect"))
            )
            if known is not None:
                assert {rule.outcome for rule in node.rules} <= outcomes(known) | {"*"}, (flow.name, node.name)


def test_each_answer_has_a_name_of_its_own() -> None:
    for table in (promises.TOLD, promises.DONE, promises.UNDERSTOOD):
        for about, known in table.items():
            assert len({one.label for one in known}) == len(known), about
