"""PDFs made bare: their pages alone, without names, dates and places, and without anything that runs or calls out."""

from __future__ import annotations

import logging
from io import BytesIO

MOST_PAGES = 200
_OF_PAGES = ("/AA", "/Annots", "/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/StructParents", "/Tabs")
_OF_THINGS = ("/Metadata", "/PieceInfo", "/LastModified", "/OPI", "/AF", "/PTEX.FileName", "/PTEX.InfoDict")


def bare_pdf(content: bytes) -> bytes | None:
    """The pages alone; None for what is no PDF, is locked, or has over 200 pages."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, StreamObject

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted or not 1 <= len(reader.pages) <= MOST_PAGES:
            return None
        writer = PdfWriter()
        for page in reader.pages:
            for name in _OF_PAGES:
                page.pop(name, None)
            writer.add_page(page)
        writer.metadata = None
        for one in writer._objects:
            if isinstance(one, DictionaryObject):
                for name in _OF_THINGS:
                    one.pop(name, None)
            if isinstance(one, StreamObject) and one.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
                one._data = bare_jpeg(one._data)
        out = BytesIO()
        writer.write(out)
    except Exception:  # noqa: BLE001  # a made-up file raises anything
        return None
    return out.getvalue()


def bare_jpeg(content: bytes) -> bytes:
    """A picture within a page without remarks and application parts (Exif has the place), its pixels untouched.

    Kept are JFIF's and Adobe's: they tell how its colours are meant. Raises ValueError on what is no JPEG.
    """
    out, at = [content[:2]], 2
    while True:
        if content[at : at + 1] != b"\xff" or at + 4 > len(content):
            raise ValueError("no JPEG")
        mark, size = content[at + 1], 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if mark == 0xDA:  # from here on the pixels; what hangs behind their end is left behind
            end = content.rfind(b"\xff\xd9")
            return b"".join((*out, content[at : end + 2] if end > at else content[at:]))
        if not (mark == 0xFE or (0xE1 <= mark <= 0xEF and mark != 0xEE)):
            out.append(content[at : at + size])
        at += size
