"""Media as evidence: looked at, not trusted; the original is kept byte for byte.

What the provider calls it does not count, only what its first bytes say. The original and its
hash are what a court may ask for; a picture is looked at in a bare copy beside it (`bot.pictures`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import filetype

from bot.message import MediaReference
from bot.pictures import Darkroom

LARGEST = 16 * 1024 * 1024  # bytes; WhatsApp's own limit
TAKEN = ("image/", "audio/", "video/", "application/pdf")

Problem = Literal["", "unknown_media", "media_large", "media_lost", "media_later"]
Fetch = Callable[[MediaReference], bytes]


class MediaTrouble(Exception):
    """A file did not come. Never raised itself; catch it to mean any of these."""


class MediaTooBig(MediaTrouble):
    """A voice note, photo or file is over the limit; nothing of it was kept."""


class MediaGone(MediaTrouble):
    """The provider no longer has the file, or never had it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file, fetched and looked at."""

    id: bytes
    kind: str
    type: str  # by its own first bytes
    content: bytes = field(repr=False)
    shown: Evidence | None = None  # a picture's copy to look at: pixels only

    def described(self) -> dict[str, Any]:
        """As an answer's slot keeps it."""
        described = {
            "id": self.id.hex(),
            "kind": self.kind,
            "type": self.type,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }
        return described | {"shown": self.shown.described()} if self.shown else described

    def files(self) -> Iterator[Evidence]:
        """The original, and its copy to look at."""
        yield self
        if self.shown:
            yield self.shown


@dataclass(slots=True)
class Fetched:
    """The media of one message: what came, what is still to come, and what to be honest about."""

    kept: list[Evidence] = field(default_factory=list)
    late: list[MediaReference] = field(default_factory=list)  # away just now; asked for again later
    problem: Problem = ""

    def content(self, media_id: bytes) -> bytes | None:
        """The bytes of a file that came with this very message."""
        return next((file.content for one in self.kept for file in one.files() if file.id == media_id), None)


def fetch_all(
    references: tuple[MediaReference, ...], fetch: Fetch, new_id: Callable[[], bytes], darkroom: Darkroom
) -> Fetched:
    """Fetch what a message brings. Slow, never inside a unit of work; raises nothing."""
    fetched = Fetched()
    for reference in references:
        try:
            content = fetch(reference)
        except MediaTooBig:
            fetched.problem = "media_large"
        except MediaGone:
            fetched.problem = "media_lost"
        except Exception:  # noqa: BLE001  # the provider is away, however it says so: her words must not be lost for it
            fetched.late.append(reference)
            fetched.problem = "media_later"
        else:
            evidence = looked_at(new_id, reference.kind, content, darkroom)
            if evidence is None:
                fetched.problem = "unknown_media"
            else:
                fetched.kept.append(evidence)
    return fetched


def looked_at(new_id: Callable[[], bytes], kind: str, content: bytes, darkroom: Darkroom) -> Evidence | None:
    """The file, or None when it is nothing we take."""
    found = sniffed(content)
    if not found.startswith(TAKEN):
        return None
    bare = darkroom.bare(content) if found.startswith("image/") else None
    shown = Evidence(new_id(), "photo", "image/jpeg", bare) if bare else None
    return Evidence(new_id(), kind, found, content, shown)


def sniffed(content: bytes) -> str:
    """What kind of file the first bytes make it; "" when nothing known."""
    # An Ogg stream with Opus inside is guessed as video by its container alone.
    if content[:4] == b"OggS":
        return "audio/ogg"
    if content[:5] == b"#!AMR":
        return "audio/amr"
    return filetype.guess_mime(content[:8192]) or ""
