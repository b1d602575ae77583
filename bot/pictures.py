"""A picture's bare copy, to be looked at without telling where and when it was taken.

Only pixels are carried over: upright, at most 2048 a side, no place, no comment, no hidden
thumbnail. Made from a stranger's bytes, so few formats are opened, sizes are checked before
anything is unpacked, and one picture is unpacked at a time.
"""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
LONGEST_SIDE = 2048  # pixels; enough to read a letter photographed whole
MOST_PIXELS = 25_000_000  # unpacked, 100 MB at 4 bytes each
MOST_JPEG_PIXELS = 120_000_000  # a JPEG is unpacked at an eighth to a half of its size
QUALITY = 85


class Darkroom:
    """Makes bare copies, one at a time, so that memory has a ceiling."""

    def __init__(self) -> None:
        self._lock = Lock()

    def bare(self, content: bytes) -> bytes | None:
        """A JPEG of the pixels alone; None for what cannot, or must not, be unpacked."""
        from PIL import Image  # here and below: most processes never see a picture, and it brings six libraries

        try:
            with self._lock, Image.open(BytesIO(content), formats=FORMATS) as picture:
                return _printed(picture)
        except Exception:  # noqa: BLE001  # a made-up picture raises anything; the original is kept all the same
            return None


def _printed(picture: Image.Image) -> bytes | None:
    from PIL import Image, ImageOps

    pixels = picture.width * picture.height
    if pixels > (MOST_JPEG_PIXELS if picture.format == "JPEG" else MOST_PIXELS):
        return None
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright)
    # A new picture: what hung on the old one (its place, its profile, its comment) stays behind.
    bare = Image.new("RGB", upright.size)
    bare.paste(upright.convert("RGB"))
    printed = BytesIO()
    bare.save(printed, "JPEG", quality=QUALITY)
    return printed.getvalue()
