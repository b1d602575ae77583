"""What stands on the screens of the three phones.

In memory only: a reload and a second tab show the same, and nothing typed is written down. What
was typed is also remembered as such, so that the page can look for it in both databases.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from locales.segments import cost

CHANNELS = ("sms", "whatsapp", "telegram")
DOLLARS_A_PART = 0.1  # one SMS part to Pakistan, roughly; only to give a feeling

Kind = Literal["text", "voice", "photo", "pin", "tap"]


@dataclass(frozen=True, slots=True)
class Key:
    """A button under a message, or one below the chat that types its label."""

    label: str = field(repr=False)
    data: str = ""  # what a tap sends back
    asks_pin: bool = False


Rows = tuple[tuple[Key, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message on a screen."""

    id: str  # the provider's own
    hers: bool
    text: str = field(repr=False)
    at: datetime  # UTC
    kind: Kind = "text"
    status: int = 0  # of hers: what Hamraz answered her provider; 0 while it has not
    keys: Rows = ()
    as_list: bool = False  # its keys are the items of a list
    under: str = ""  # of a tap: the message whose key it was
    protected: bool = False  # cannot be forwarded or saved
    copy_gone: bool = False  # the provider's copy is deleted; this one stays on her phone


class Screens:
    """Three phones. Every change wakes whoever waits."""

    def __init__(self, name: str, clock: Callable[[], datetime]) -> None:
        """name: of this run of the demo, so that a page never takes another run's messages for its own."""
        self._name = name
        self._clock = clock
        self._changed = threading.Condition()
        self._version = 0
        self._closed = False
        self._bubbles: dict[str, list[Bubble]] = {channel: [] for channel in CHANNELS}
        self._below: dict[str, Rows] = dict.fromkeys(CHANNELS, ())
        self._owners: dict[str, str] = dict.fromkeys(CHANNELS, "")
        self._typed: list[str] = []

    def begin(self, channel: str, owner: str) -> None:
        """Another phone, empty: its number, or whatever stands for one."""
        with self._change():
            self._bubbles[channel], self._below[channel], self._owners[channel] = [], (), owner

    def show_hers(self, channel: str, id: str, text: str, kind: Kind = "text", under: str = "") -> None:
        """She sends something."""
        if kind == "text":
            self._typed.append(text)
        self._show(channel, Bubble(id=id, hers=True, text=text, at=self._clock(), kind=kind, under=under))

    def show_ours(
        self, channel: str, id: str, text: str, keys: Rows = (), *, as_list: bool = False, protected: bool = False
    ) -> None:
        """A message of Hamraz has arrived."""
        bubble = Bubble(id=id, hers=False, text=text, at=self._clock(), keys=keys, as_list=as_list, protected=protected)
        self._show(channel, bubble)

    def change(self, channel: str, id: str, **to: Any) -> None:
        """Change what is known of a message, if it still stands there."""
        with self._change():
            self._bubbles[channel] = [replace(one, **to) if one.id == id else one for one in self._bubbles[channel]]

    def keep_only(self, channel: str, stays: Callable[[Bubble], bool]) -> None:
        """Messages go from a screen."""
        with self._change():
            self._bubbles[channel] = [one for one in self._bubbles[channel] if stays(one)]

    def lay_below(self, channel: str, keys: Rows) -> None:
        """Other keys below the chat, or none."""
        with self._change():
            self._below[channel] = keys

    def on(self, channel: str) -> tuple[Bubble, ...]:
        """What stands on a screen, oldest first."""
        with self._changed:
            return tuple(self._bubbles[channel])

    def typed(self) -> tuple[str, ...]:
        """Everything that was typed since this demo began, also what is wiped by now."""
        with self._changed:
            return (*self._typed, *filter(None, self._owners.values()))

    def wait(self, seen: int, patience: float) -> tuple[int, Mapping[str, Any] | None]:
        """All three screens, once they are no longer as in version `seen`; None when `patience` seconds went by."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._version > seen, patience)
            if self._version <= seen:
                return seen, None
            return self._version, {channel: self._screen(channel) for channel in CHANNELS}

    @property
    def closed(self) -> bool:
        """Whether the demo is ending: nothing more will be shown."""
        return self._closed

    def close(self) -> None:
        """Let go of whoever waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _show(self, channel: str, bubble: Bubble) -> None:
        with self._change():
            self._bubbles[channel].append(bubble)

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._changed:
            yield
            self._version += 1
            self._changed.notify_all()

    def _screen(self, channel: str) -> Mapping[str, Any]:
        return {
            "owner": self._owners[channel],
            "bubbles": [self._shown(channel, one) for one in self._bubbles[channel]],
            "below": _rows(self._below[channel]),
        }

    def _shown(self, channel: str, one: Bubble) -> Mapping[str, Any]:
        shown: dict[str, Any] = {
            "id": f"{self._name}-{one.id}",
            "message": one.id,
            "hers": one.hers,
            "kind": one.kind,
            "text": one.text,
            "at": one.at.isoformat(),
            "status": one.status,
            "keys": _rows(one.keys),
            "asList": one.as_list,
            "protected": one.protected,
            "copyGone": one.copy_gone,
        }
        return shown | (sms_cost(one.text) if channel == "sms" and not one.hers else {})


def sms_cost(text: str) -> dict[str, Any]:
    """How a text travels by SMS: parts, units, alphabet and a rough price in dollars."""
    found = cost(text)
    price = round(found.parts * DOLLARS_A_PART, 2)
    return {"parts": found.parts, "units": found.units, "alphabet": found.alphabet, "price": price}


def _rows(keys: Rows) -> list[list[dict[str, Any]]]:
    return [[{"label": key.label, "data": key.data, "asksPin": key.asks_pin} for key in row] for row in keys]
