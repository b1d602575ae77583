"""Preparing a file that a counsellor chose: made anew, or made bare, so that it tells nothing of her."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from casework.cases.refusals import FileTooLarge, FileUnknown
from casework.enclosing.pdfs import bare_pdf
from casework.enclosing.voices import bare_voice

LARGEST = 10 * 1024 * 1024  # bytes; WhatsApp takes 16 MB and Telegram 50, but she pays for each
LARGEST_PHOTO = 5 * 1024 * 1024  # WhatsApp's own limit for a picture

Bare = Callable[[bytes], bytes | None]  # a picture's pixels alone, as JPEG


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that can go out."""

    kind: str  # "photo", "voice" or "file"
    type: str
    name: str  # neutral: her phone shows it
    content: bytes = field(repr=False)

    def described(self, media_id: bytes) -> dict[str, Any]:
        """As the thread keeps it."""
        return {
            "id": media_id.hex(),
            "kind": self.kind,
            "type": self.type,
            "name": self.name,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


def prepared(content: bytes, bare: Bare) -> Enclosure:
    """What can go out of what she chose: its first bytes count, not its name. Slow, never inside a unit of work.

    Raises FileTooLarge, FileUnknown.
    """
    if len(content) > LARGEST:
        raise FileTooLarge(size=LARGEST >> 20)
    made = _pdf(content) or _voice(content) or _photo(content, bare)
    if made is None:
        raise FileUnknown
    most = LARGEST_PHOTO if made.kind == "photo" else LARGEST
    if len(made.content) > most:
        raise FileTooLarge(size=most >> 20)
    return made


def _pdf(content: bytes) -> Enclosure | None:
    pages = bare_pdf(content) if content[:5] == b"%PDF-" else None
    return Enclosure("file", "application/pdf", "document.pdf", pages) if pages else None


def _voice(content: bytes) -> Enclosure | None:
    voice = bare_voice(content)
    return Enclosure("voice", *voice) if voice else None


def _photo(content: bytes, bare: Bare) -> Enclosure | None:
    pixels = bare(content)
    return Enclosure("photo", "image/jpeg", "photo.jpg", pixels) if pixels else None
