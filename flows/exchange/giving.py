"""The forms in which a flow goes out, each with the ending and the type of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flows.drawing import mermaid
from flows.editing.values import as_flow
from flows.exchange import floip, own, picture
from flows.exchange.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Form:
    """One of them."""

    written: Callable[[Bundle], str]
    ending: str
    type: str  # as HTTP names it


def _mermaid(bundle: Bundle) -> str:
    return mermaid(as_flow(bundle.data)) + "\n"


FORMS: Mapping[str, Form] = {
    "bundle": Form(own.to_toml, "toml", "application/toml"),
    "json": Form(own.to_json, "json", "application/json"),
    "floip": Form(floip.to_floip, "floip.json", "application/json"),
    "mermaid": Form(_mermaid, "mmd", "text/plain; charset=utf-8"),
    "svg": Form(picture.to_svg, "svg", "image/svg+xml"),
}
