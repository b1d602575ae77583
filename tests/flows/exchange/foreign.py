"""Exports as RapidPro makes them, of our own making: small flows said in a few lines."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

Values = dict[str, Any]


def uuid_of(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://example.org/{name}"))


def action(of: str, type_: str, **more: Any) -> Values:
    return {"uuid": uuid_of(of), "type": type_, **more}


def says(name: str, text: str, *replies: Any, **more: Any) -> Values:
    return action(name, "send_msg", text=text, quick_replies=list(replies), **{"attachments": [], **more})


def sets(kind: str, key: str, value: str, **more: Any) -> Values:
    """A result, or a contact field."""
    if kind == "result":
        return action(f"set {key} {value}", "set_run_result", name=key, value=value, **more)
    return action(f"set {key} {value}", "set_contact_field", field={"key": key, "name": key.title()}, value=value)


def enters(flow: str, *, terminal: bool = False) -> Values:
    return action(f"enter {flow}", "enter_flow", flow={"uuid": uuid_of(flow), "name": flow}, terminal=terminal)


def node(name: str, *actions: Values, to: str = "") -> Values:
    """Only actions, then on; to nothing: the end."""
    onward = {"destination_uuid": uuid_of(to)} if to else {}
    return {"uuid": uuid_of(name), "actions": list(actions), "exits": [{"uuid": uuid_of(f"{name} exit"), **onward}]}


def routed(
    name: str,
    ways: dict[str, str],
    *tests: tuple[str, str, str],
    operand: str = "@input.text",
    other: str = "Other",
    result: str = "",
    wait: Values | None = None,
    actions: tuple[Values, ...] = (),
    kind: str = "switch",
) -> Values:
    """A switch: ways by category, tests as (type, argument, category); `other` is the default category."""
    categories = [
        {"uuid": uuid_of(f"{name} {one}"), "name": one, "exit_uuid": uuid_of(f"{name} {one} exit")} for one in ways
    ]
    exits = [
        {"uuid": uuid_of(f"{name} {one} exit"), **({"destination_uuid": uuid_of(to)} if to else {})}
        for one, to in ways.items()
    ]
    found = [
        {
            "uuid": uuid_of(f"{name} case {number}"),
            "type": type_,
            "arguments": argument.split("|") if argument else [],
            "category_uuid": uuid_of(f"{name} {category}"),
        }
        for number, (type_, argument, category) in enumerate(tests)
    ]
    router: Values = {
        "type": kind,
        "operand": operand,
        "cases": found,
        "categories": categories,
        "default_category_uuid": uuid_of(f"{name} {other}") if other in ways else "",
    }
    if result:
        router["result_name"] = result
    if wait is not None:
        router["wait"] = wait
    return {"uuid": uuid_of(name), "actions": list(actions), "router": router, "exits": exits}


def asks(name: str, ways: dict[str, str], *tests: tuple[str, str, str], **more: Any) -> Values:
    """A wait for a reply."""
    seconds, hint = more.pop("timeout", ""), more.pop("hint", "")
    wait: Values = {"type": "msg"}
    if seconds:
        wait["timeout"] = {"seconds": 300, "category_uuid": uuid_of(f"{name} {seconds}")}
    if hint:
        wait["hint"] = {"type": hint}
    return routed(name, ways, *tests, wait=wait, **more)


def flow(name: str, *nodes: Values, language: str = "eng", version: str = "13.1.0", **more: Any) -> Values:
    return {
        "uuid": uuid_of(name),
        "name": name,
        "spec_version": version,
        "language": language,
        "type": "messaging",
        "revision": 3,
        "expire_after_minutes": 720,
        "localization": {},
        "_ui": {"nodes": {}},
        "nodes": list(nodes),
        **more,
    }


def export(*flows: Values, **more: Any) -> Values:
    return {
        "version": "13",
        "site": "https://textit.com",
        "flows": list(flows),
        "campaigns": [],
        "triggers": [],
        **more,
    }


def market() -> Values:
    """Everything that can be carried, in two flows."""
    said = {
        uuid_of("which"): {"text": ["کون سا پھل؟"], "quick_replies": ["آلوچہ", "انجیر"]},
        uuid_of("fruit Fig"): {"name": ["انجیر"]},
    }
    return export(
        flow(
            "Market Day",
            node("hello", says("hi", "Welcome to the market, @contact.name. Write to us@@example.org."), to="ask fruit"),
            node("ask fruit", says("which", "Which fruit?", "Plum", {"type": "text", "text": "Fig"}), to="fruit"),
            asks(
                "fruit",
                {"Fig": "full", "Plum": "ask count", "Other": "again", "No Response": "bye"},
                ("has_any_word", "fig anjeer", "Fig"),
                ("has_phrase", "plum", "Plum"),
                result="Fruit",
                timeout="No Response",
            ),
            node("again", says("try", "We have no such fruit."), to="fruit"),
            node("full", sets("result", "Basket", "full", category="Full"), to="ask count"),
            node("ask count", says("count", "How many?"), to="how many"),
            asks(
                "how many",
                {"A few": "ask when", "Many": "ask when", "Other": "how many"},
                ("has_number_between", "1|5", "A few"),
                ("has_number_gt", "5", "Many"),
                result="How many",
            ),
            node("ask when", says("when", "When will you come?"), to="day"),
            asks("day", {"Date": "ask where", "Other": "ask where"}, ("has_date", "", "Date"), result="Day"),
            node("ask where", says("where", "Where from?"), to="district"),
            asks("district", {"District": "ask picture", "Other": ""}, ("has_district", "Sindh", "District"), result="From"),
            node("ask picture", says("picture", "A picture of your basket?"), to="photo"),
            asks("photo", {"All Responses": "ask more"}, other="All Responses", hint="image", result="Photo"),
            node("ask more", says("more", "Anything else?"), to="more words"),
            asks("more words", {"All Responses": "keep"}, other="All Responses", result="More"),
            node("keep", sets("field", "favourite", "@results.fruit"), to="by favourite"),
            routed(
                "by favourite",
                {"Figs": "figs", "Other": "plums"},
                ("has_any_word", "fig", "Figs"),
                operand="@fields.favourite",
            ),
            node("figs", says("figs said", "Figs keep well."), to="by basket"),
            node("plums", says("plums said", "Plums are ripe."), to="by basket"),
            routed(
                "by basket",
                {"Full": "by count", "Other": "bye"},
                ("has_only_phrase", "full", "Full"),
                operand="@results.basket.value",
            ),
            routed(
                "by count",
                {"Many": "pay", "Other": "by tongue"},
                ("has_only_text", "Many", "Many"),
                operand="@results.how_many.category",
            ),
            routed("by tongue", {"English": "pay", "Other": "bye"}, ("has_only_phrase", "eng", "English"),
                   operand="@contact.language"),
            routed(
                "pay",
                {"Complete": "by way", "Expired": "bye"},
                ("has_only_text", "completed", "Complete"),
                ("has_only_text", "expired", "Expired"),
                operand="@child.status",
                actions=(enters("Pay"),),
                other="Expired",
            ),
            routed("by way", {"SMS": "thanks", "Other": "bye"}, ("has_only_phrase", "tel", "SMS"),
                   operand="@(urn_parts(contact.urn).scheme)"),
            node("thanks", says("thank", "Thank you, and come again."), to=""),
            node("bye", says("goodbye", "Goodbye.")),
            localization={"urd": said},
        ),
        flow(
            "Pay",
            node("ask pay", says("how", "How do you pay? 1 cash, 2 card"), to="way"),
            asks(
                "way",
                {"Card": "card", "Cash": "", "Other": "other way"},
                ("has_number_eq", "2", "Card"),
                ("has_number_eq", "1", "Cash"),
                result="Way",
            ),
            node("card", says("no card", "No cards today.")),
            node("other way", says("noted", "We will see.")),
            version="14.4.0",
        ),
    )  # fmt: skip
