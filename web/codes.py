"""QR codes: as a picture in a page, as a file to print."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup

BORDER = 4  # modules of quiet around it; less, and old cameras do not find it


def png(content: str, *, width: int = 600) -> bytes:
    """A PNG file, black on white, at least so many dots wide."""
    code = _made(content)
    modules = code.symbol_size(border=BORDER)[0]
    out = io.BytesIO()
    code.save(out, kind="png", scale=-(-width // modules), border=BORDER)
    return out.getvalue()


def svg(content: str) -> Markup:
    """A picture that scales, to stand in a page or a printed sheet: black on white in every colour scheme."""
    drawn = _made(content).svg_inline(scale=1, border=BORDER, light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704  # nobody's markup: segno draws the content and writes it nowhere


def _made(content: str) -> segno.QRCode:
    # M: a corner may be torn or smudged. UTF-8, which every reader takes.
    return segno.make(content, error="m", micro=False, encoding=None if content.isascii() else "utf-8")
