"""What the thousands of houses of the tests have in common is made once a process: in life there is one house in each.

More than half of the time of a page's test went into compiling the same addresses and pages anew.
"""

from __future__ import annotations

import gc
import ssl
from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

from flask import Flask
from httpx._transports import default as transports
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from bot.walkthrough import walks
from bot.walkthrough.stage import Company
from bot.walkthrough.whole import Walkthrough, walked
from flows import library
from flows.machine import FlowMachine
from flows.shape import Flow

Builder = Callable[..., tuple[str, str]]
_compile = Rule._compile_builder
_builders: dict[tuple[object, ...], Builder] = {}


class Pages(BytecodeCache):
    """Pages that were compiled already."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._known[bucket.key, bucket.checksum] = bucket.code


def _builder(rule: Rule, append_unknown: bool = True) -> Builder:
    """What builds an address by this rule. It asks the rule that it is handed, so that one serves all that are alike."""
    if rule.defaults:
        return _compile(rule, append_unknown)
    key = (rule.rule, *rule._trace, append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


_make_trust = transports.create_ssl_context
_usual_trust = cache(_make_trust)  # a file of a hundred authorities, read for each client


def _trust(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    """Whom a client trusts."""
    if verify is True and cert is None and trust_env:
        return _usual_trust()
    return _make_trust(verify, cert, trust_env)


@cache
def _machines() -> dict[int, FlowMachine]:
    return {id(flow): FlowMachine(flow) for flow in library.shipped_flows()}


def _machine(flow: Flow) -> FlowMachine:
    return _machines().get(id(flow)) or FlowMachine(flow)


_walks: dict[tuple[object, ...], tuple[object, Walkthrough]] = {}


def _walked(flow: Flow, company: Company, channel: str, language: str) -> Walkthrough:
    """The same flow, among the same flows in the same words, is walked through once."""
    words = company.book.catalogues
    among = sorted(one.hash for one in company.flows.values())
    key = (flow.hash, *among, channel, language, *map(id, words))
    if key not in _walks:
        _walks[key] = (
            words,
            walked(flow, company, channel, language),
        )  # the words are held, so that no others get their ids
    return _walks[key][1]


def install() -> None:
    """From here on."""
    walks.walked = _walked
    transports.create_ssl_context = _trust
    library.FlowMachine = _machine  # type: ignore[assignment, misc]  # it is only called
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Pages()}
    Rule._compile_builder = _builder  # type: ignore[method-assign]  # there is no other way in


def keep_what_is_there() -> None:
    """The collector of garbage need not go through what was loaded and collected again and again, nor look so often."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
