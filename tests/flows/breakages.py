"""Ways to break a flow, one at a time and at random: what an admin does by mistake, and worse.

Each takes the flow as plain values and a die, and returns what it did in plain words; "" where there is nothing to break.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from flows.desk import EFFECTS, SOURCES, TOLD
from flows.nodes import KINDS
from locales.catalogues import Catalogue
from locales.phrasebook import Phrasebook

Data = dict[str, Any]
Rows = list[tuple[str, list[dict[str, Any]]]]  # of a `then`: outcome, and where to by which guard


def break_at_random(data: Data, book: Phrasebook, die: Random) -> tuple[str, Phrasebook]:
    """Break a flow, or its words; what was done, and in whose words it is said now."""
    for _ in range(20):
        if die.random() < 0.12:
            said, broken = _drop_words(data, book, die)
            if said:
                return said, broken
        elif said := die.choice(_WAYS)(data, die):
            return said, book
    raise AssertionError("nothing can be broken here")


# --- ways on ------------------------------------------------------------------------------------


def _drop_way(data: Data, die: Random) -> str:
    node = _with(data, die, "then")
    if node is None:
        return ""
    then = node["then"]
    if isinstance(then, dict):
        gone = die.choice(sorted(then))
        del then[gone]
        return f"{node['name']}: no way on {gone}"
    if isinstance(then, list):
        del then[die.randrange(len(then))]
        return f"{node['name']}: one condition less"
    del node["then"]
    return f"{node['name']}: falls to whatever follows"


def _retarget(data: Data, die: Random) -> str:
    places = [place for node in data["node"] for place in _targets(node)]
    if not places:
        return ""
    name, holder, key = die.choice(places)
    target = die.choice([*_names(data), "nowhere"])
    holder[key] = target
    return f"{name}: leads to {target}"


def _circle(data: Data, die: Random) -> str:
    node = _with(data, die, "then")
    if node is None:
        return ""
    node["then"] = die.choice([node["name"], data["begins"]])
    return f"{node['name']}: leads only to {node['then']}"


def _rename_outcome(data: Data, die: Random) -> str:
    node = _with(data, die, "then")
    if node is None or not isinstance(node["then"], dict):
        return ""
    old = die.choice(sorted(node["then"]))
    new = die.choice([f"{old}s".replace("*", "any"), "*", "skip"])
    node["then"] = {new if key == old else key: value for key, value in node["then"].items()}
    return f"{node['name']}: way on {old} is now for {new}"


def _swap_rules(data: Data, die: Random) -> str:
    lists = [(node["name"], found) for node in data["node"] for found in _lists(node) if len(found) > 1]
    if not lists:
        return ""
    name, rules = die.choice(lists)
    rules.reverse()
    return f"{name}: conditions in another order"


def _begin_elsewhere(data: Data, die: Random) -> str:
    data["begins"] = die.choice(_names(data))
    return f"it begins at {data['begins']}"


# --- conditions ---------------------------------------------------------------------------------


def _change_guard(data: Data, die: Random) -> str:
    guarded = [
        (node["name"], rule) for node in data["node"] for found in _lists(node) for rule in found if "if" in rule
    ]
    if not guarded:
        return ""
    name, rule = die.choice(guarded)
    old = rule["if"]
    others = [other["if"] for _, other in guarded]
    changed = die.choice(
        [
            f"not ({old})",
            f"{old} and not ({old})",
            f"{old} or not ({old})",
            old.replace("'", "'un", 1),
            old.replace(" or ", " and "),
            old.replace(" and ", " or "),
            old.replace("=", "!=").replace("!!=", "="),
            die.choice(others),
            "staffed",
            "channel = 'sms'",
            "channel = 'fax'",
            "language = 'ur'",
            f"{die.choice(_names(data))} filled",
            "",
        ]
    )
    if changed:
        rule["if"] = changed
    else:
        del rule["if"]
    return f"{name}: only if {changed or 'always'}"


def _add_guard(data: Data, die: Random) -> str:
    open_ways = [
        (node["name"], rule) for node in data["node"] for found in _lists(node) for rule in found if "if" not in rule
    ]
    if not open_ways:
        return ""
    name, rule = die.choice(open_ways)
    rule["if"] = die.choice(["staffed", f"{die.choice(_names(data))} filled", "channel = 'whatsapp'"])
    return f"{name}: only if {rule['if']}"


# --- steps --------------------------------------------------------------------------------------


def _drop_node(data: Data, die: Random) -> str:
    if len(data["node"]) < 2:
        return ""
    return f"{data['node'].pop(die.randrange(len(data['node'])))['name']} is gone"


def _rename_node(data: Data, die: Random) -> str:
    node = die.choice(data["node"])
    old, node["name"] = node["name"], die.choice(["renamed", *_names(data)])
    return f"{old} is called {node['name']}"


def _rename_slot(data: Data, die: Random) -> str:
    node = die.choice([one for one in data["node"] if KINDS[one["kind"]].slot_type])
    node["slot"] = die.choice(["another", *_names(data)])
    return f"{node['name']} fills {node['slot']}"


def _swap_kinds(data: Data, die: Random) -> str:
    one, other = (die.choice(data["node"]) for _ in range(2))
    one["kind"], other["kind"] = other["kind"], one["kind"]
    return f"{one['name']} is a {one['kind']}, {other['name']} a {other['kind']}"


def _change_kind(data: Data, die: Random) -> str:
    node = die.choice(data["node"])
    node["kind"] = die.choice(sorted(KINDS))
    return f"{node['name']} is a {node['kind']}"


def _move_node(data: Data, die: Random) -> str:
    node = data["node"].pop(die.randrange(len(data["node"])))
    data["node"].insert(die.randrange(len(data["node"]) + 1), node)
    return f"{node['name']} stands elsewhere"


def _drop_field(data: Data, die: Random) -> str:
    node = die.choice(data["node"])
    fields = sorted(set(node) - {"name", "kind", "then"})
    if not fields:
        return ""
    gone = die.choice(fields)
    del node[gone]
    return f"{node['name']} has no {gone}"


def _other_field(data: Data, die: Random) -> str:
    """A field takes what another step has in it."""
    node = die.choice(data["node"])
    fields = sorted(set(node) - {"name", "kind", "then"})
    if not fields:
        return ""
    field = die.choice(fields)
    node[field] = die.choice([one[field] for one in data["node"] if field in one])
    return f"{node['name']}: {field} is {node[field]!r}"


def _swap_desk(data: Data, die: Random) -> str:
    asking = [
        (one, field) for one in data["node"] for field in ("tell", "effect", "choose_from", "flow") if field in one
    ]
    if not asking:
        return ""
    node, field = die.choice(asking)
    known = {"tell": TOLD, "effect": EFFECTS, "choose_from": SOURCES}.get(
        field, (data["name"], "menu", "human", "nothing")
    )
    node[field] = die.choice(known)
    return f"{node['name']}: {field} is {node[field]}"


# --- answers ------------------------------------------------------------------------------------


def _option(data: Data, die: Random) -> str:
    node = _with(data, die, "choose")
    if node is None:
        return ""
    chosen = node["choose"]
    match die.choice(["twice", "gone", "new", "taken"]):
        case "twice":
            chosen.append(die.choice(chosen))
        case "gone":
            chosen.remove(die.choice(chosen))
        case "new":
            chosen.append("brand_new")
        case "taken":
            chosen.append(die.choice(["menu", "yes", "resume", "other"]))
    return f"{node['name']}: choose is {chosen}"


def _insist(data: Data, die: Random) -> str:
    node = die.choice(data["node"])
    node["skippable"] = False
    return f"{node['name']} cannot be left out"


# --- words --------------------------------------------------------------------------------------


def _drop_words(data: Data, book: Phrasebook, die: Random) -> tuple[str, Phrasebook]:
    node = die.choice(data["node"])
    labels = node.get("labels") or node.get("ask", "").removesuffix(".ask")
    keys = [node[field] for field in ("ask", "say") if field in node]
    keys += [f"{labels}.{one}" for one in node.get("choose", ())]
    keys += [variant["ask"] for field in ("ask_if", "say_if") for variant in node.get(field, ())]
    keys = [key for key in keys if book.has(key)]
    if not keys:
        return "", book
    key, language = die.choice(keys), die.choice([None, *(one.code for one in book.languages)])
    kept = tuple(_without(one, key) if language in (None, one.language.code) else one for one in book.catalogues)
    return f"no words for {key} in {language or 'any language'}", Phrasebook(kept)


def _without(catalogue: Catalogue, key: str) -> Catalogue:
    return replace(
        catalogue, entries={one: entry for one, entry in catalogue.entries.items() if one.partition("@")[0] != key}
    )


# --- where things stand -------------------------------------------------------------------------


def _names(data: Data) -> list[str]:
    return [node["name"] for node in data["node"]]


def _with(data: Data, die: Random, field: str) -> Any:
    having = [node for node in data["node"] if node.get(field)]
    return die.choice(having) if having else None


def _lists(node: Any) -> list[list[dict[str, Any]]]:
    """Each list of rules in a `then`."""
    then = node.get("then")
    found = list(then.values()) if isinstance(then, dict) else [then]
    return [one for one in found if isinstance(one, list)]


def _targets(node: Any) -> list[tuple[str, Any, str]]:
    """Each place that names where to go: the step, what holds it, under which key."""
    then = node.get("then")
    places = [(node["name"], rule, "go") for found in _lists(node) for rule in found]
    if isinstance(then, str):
        places.append((node["name"], node, "then"))
    if isinstance(then, dict):
        places += [(node["name"], then, key) for key, value in then.items() if isinstance(value, str)]
    return places


_WAYS: tuple[Callable[[Data, Random], str], ...] = (
    _drop_way, _drop_way, _retarget, _retarget, _retarget, _circle, _rename_outcome, _swap_rules, _begin_elsewhere,
    _change_guard, _change_guard, _change_guard, _add_guard, _drop_node, _rename_node, _rename_slot, _rename_slot,
    _swap_kinds, _change_kind, _move_node, _drop_field, _drop_field, _other_field, _swap_desk, _option, _option, _insist,
)  # fmt: skip
