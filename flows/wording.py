"""The words a flow needs: written in every language, and no answer that reads as another or as a control word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from flows.controls import NAMES
from flows.findings import Finding
from flows.nodes.kind import other_wording, variants
from flows.reading.fold import fold
from flows.shape import Flow, Node

# What a carrier or provider acts on before it reaches us: never an option of ours.
CARRIER = frozenset(map(fold, (
    "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "REMOVE", "ARRET", "START", "UNSTOP",
    "HELP", "INFO", "ALTO", "PARAR", "CANCELAR", "BAJA", "ALTA", "AYUDA", "UNSUB", "SUB", "REG",
)))  # fmt: skip


class Words(Protocol):
    def has(self, key: str) -> bool: ...
    def forms(self, key: str) -> Mapping[str, str]: ...
    def spoken(self, key: str) -> frozenset[str]: ...
    def words(self, control: str) -> Mapping[str, tuple[str, ...]]: ...


def phrases_of(flow: Flow) -> frozenset[str]:
    """Every phrase key the flow needs."""
    return frozenset(key for node in flow.nodes.values() for key in _keys(node))


def missing(flow: Flow, words: Words, languages: frozenset[str]) -> Iterator[Finding]:
    """E201: a phrase that some complete language lacks."""
    for node in flow.nodes.values():
        for key in dict.fromkeys(_keys(node)):
            lacking = sorted(languages - set(words.forms(key)))
            if lacking:
                yield Finding(
                    "E201",
                    flow.name,
                    node.name,
                    f"no phrase {key!r} in {', '.join(lacking)}",
                    f"write it in locales/{lacking[0]}",
                    phrase=key,
                    language=lacking[0],
                )


def confusable(flow: Flow, words: Words) -> Iterator[Finding]:
    """E204 and E205: an answer that reads as a control word, or as another answer, in any language."""
    taken = _taken(words)
    for node in flow.nodes.values():
        seen: dict[str, str] = {}
        said: set[tuple[str, str]] = set()
        for name in node.names("choose"):
            for form in sorted(words.spoken(f"{node.labels}.{name}")):
                folded = fold(form)
                meaning = taken.get(folded.replace(" ", ""), name)
                # "Continue" among the answers does what the word for it does.
                if meaning != name and not (name == "resume" and meaning == "menu") and (name, meaning) not in said:
                    said.add((name, meaning))
                    yield Finding(
                        "E204",
                        flow.name,
                        node.name,
                        f"choice {name!r}, {form!r}, is also the word for {meaning}",
                        f"reword {node.labels}.{name}",
                        phrase=f"{node.labels}.{name}",
                    )
                other = seen.setdefault(folded, name)
                if other != name and (name, other) not in said:
                    said.add((name, other))
                    yield Finding(
                        "E205",
                        flow.name,
                        node.name,
                        f"choices {other!r} and {name!r} both read {form!r}",
                        f"reword {node.labels}.{name}",
                        phrase=f"{node.labels}.{name}",
                    )


def _keys(node: Node) -> Iterator[str]:
    for name in ("ask", "say"):
        if node.text(name):
            yield node.text(name)
    asked = Node(node.name, node.kind, (), {"ask_if": node.keys.get("ask_if", node.keys.get("say_if", ()))})
    yield from (variant.ask for variant in variants(asked))
    if found := other_wording(node):
        yield str(found["ask"])
    yield from (f"{node.labels}.{name}" for name in (*node.names("choose"), *node.names("of")))
    if node.kind in ("consent", "offer"):
        yield from ("say.yes", "say.no")
    if node.kind == "review":
        yield f"{node.labels}.send"


def _taken(words: Words) -> dict[str, str]:
    taken = {
        fold(word).replace(" ", ""): name for name in NAMES for forms in words.words(name).values() for word in forms
    }
    return {**taken, **{word: "the carrier" for word in CARRIER if word not in taken}}
