"""The channel of `hamraz chat`: the same conversation in a terminal, with no provider at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from bot.limits import Limits
from bot.media import MediaGone
from bot.message import Address, InboundMessage, MediaReference, Reply
from handlers.channel import (
    Answer,
    Finding,
    Inbound,
    Nothing,
    RawRequest,
    Unverified,
    cut,
    read_tap,
)


class TerminalChannel:
    """One person at a keyboard. It may take another channel's limits, to try that one."""

    name = "terminal"
    answers_inline = True
    her_copy_stays = True

    def __init__(self, limits: Limits, say: Callable[[Reply], None], run: str) -> None:
        """run: a word that no earlier run used, so that its message ids are new."""
        self.limits = limits
        self._say = say
        self._run = run
        self._numbers = count(1)
        self._address = Address(self.name, run)

    def typed(self, line: str, now: datetime) -> InboundMessage:
        """The message that a typed line makes. "[3:street]" taps that button."""
        text, problem = cut(line)
        tap = read_tap(text[1:-1]) if text.startswith("[") and text.endswith("]") else None
        return InboundMessage(
            id=f"{self._run}:{next(self._numbers)}",
            channel=self.name,
            received=now,
            address=self._address,
            text="" if tap else text,
            tap=tap,
            problem=problem,
        )

    def verify(self, raw: RawRequest) -> None:
        """No request is ever genuine: a terminal has no webhook. Raises Unverified."""
        raise Unverified("a terminal has no webhook")

    def parse(self, raw: RawRequest, now: datetime) -> Inbound:
        """Nothing: a terminal has no webhook."""
        return Nothing("terminal")

    def answer(self, replies: Sequence[Reply]) -> Answer:
        """Say the replies now."""
        for reply in replies:
            self._say(reply)
        return Answer()

    def settle(self, taken: InboundMessage | Nothing) -> None:
        """Nothing to tidy."""

    def send(self, address: Address, reply: Reply) -> str:
        """Say the reply now; a terminal keeps no copy to name."""
        self._say(reply)
        return ""

    def wipe(self, address: Address, ids: Sequence[str]) -> None:
        """There are no copies."""

    def connect(self) -> Iterator[str]:
        """There is no provider to tell."""
        return iter(())

    def examine(self) -> Iterator[Finding]:
        """There is no provider to ask."""
        return iter(())

    def fetch(self, reference: MediaReference, limit: int, patience: float = 60) -> bytes:
        """Raises MediaGone: a terminal sends no files."""
        raise MediaGone("a terminal sends no files")


def talk(
    converse: Callable[[InboundMessage, Limits, Callable[[MediaReference], bytes], bool], tuple[Reply, ...]],
    limits: Limits,
    channel: str,
    language: str,
    run: str,
    clock: Callable[[], datetime],
) -> None:
    """A conversation at the keyboard, printed as a transcript. Ends with the input.

    channel    whose limits and wordings are tried; language: a hint for the first message
    """
    print(f"via {channel}, in {language}\n", flush=True)
    for number in count(1):
        try:
            line = input("> " if sys.stdin.isatty() else "")
        except EOFError:
            return
        if not sys.stdin.isatty():
            print(f"> {line}")
        text, problem = cut(line)
        tap = read_tap(text[1:-1]) if text.startswith("[") and text.endswith("]") else None
        message = InboundMessage(
            id=f"{run}:{number}",
            channel=channel,
            received=clock(),
            address=Address(channel, run),
            text="" if tap else text,
            tap=tap,
            problem=problem,
            language_hint=language,
        )
        for reply in converse(message, replace(limits, buttons=0), _no_files, True):
            print("< " + reply.text.replace("\n", "\n  "), flush=True)


def _no_files(reference: MediaReference) -> bytes:
    raise MediaGone("a terminal sends no files")
