"""A flow with its words in every language, as it goes from house to house; and what is to be said about a file.

A note is a code with values, so that the command line and the console say it from the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.editing.values import Data
from flows.errors import FlowError

Forms = tuple[str, ...]  # a phrase's words: one, or a form for each plural
Words = Mapping[str, Mapping[str, Forms]]  # by language, by phrase


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say. `code` is a key of the console's words."""

    code: str
    where: str = ""  # "line 12", or a path in JSON: "flows[0].nodes[3]"
    values: Mapping[str, str] = field(default_factory=dict)  # for its words


class NotTaken(FlowError):
    """A file is refused as a whole; nothing of it is kept."""

    def __init__(self, code: str, where: str = "", **values: str) -> None:
        super().__init__(f"{code} {where} {', '.join(values.values())}".strip())
        self.note = Note(code, where, values)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One flow."""

    data: Data = field(repr=False)  # a flow that can be read
    words: Words = field(default_factory=dict, repr=False)
    own: bool = True  # False: of another house; its name is free to be another
    places: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)  # language and phrase → where

    @property
    def name(self) -> str:
        return str(self.data["name"])

    def where(self, language: str, phrase: str) -> str:
        """Where its file says a phrase."""
        return self.places.get((language, phrase), f"words.{language}.{phrase}")
