"""Media as evidence: looked at, not trusted; the original is kept byte for byte.

What the provider calls it does not count, only what its first bytes say. The original and its
hash are what a court may ask for; for looking at a picture a copy of its bare pixels is made
later, because re-saving alone keeps comments and places.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import filetype

LARGEST = 16 * 1024 * 1024  # bytes; WhatsApp's own limit
TAKEN = ("image/", "audio/", "video/", "application/pdf")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file, fetched and looked at."""

    id: bytes
    kind: str
    type: str  # by its own first bytes
    content: bytes = field(repr=False)

    def described(self) -> dict[str, Any]:
        """As an answer's slot keeps it."""
        return {
            "id": self.id.hex(),
            "kind": self.kind,
            "type": self.type,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


def looked_at(media_id: bytes, kind: str, content: bytes) -> Evidence | None:
    """The file, or None when it is nothing we take."""
    found = filetype.guess_mime(content[:8192]) or ""
    # An Ogg stream with Opus inside is guessed as video by its container alone.
    if content[:4] == b"OggS":
        found = "audio/ogg"
    if content[:5] == b"#!AMR":
        found = "audio/amr"
    return Evidence(media_id, kind, found, content) if found.startswith(TAKEN) else None
