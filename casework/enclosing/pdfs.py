"""PDFs made bare: their pages alone, without names, dates and places, and without anything that runs or calls out."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING, Any

from casework.enclosing.jpegs import bare_jpeg

if TYPE_CHECKING:
    from pypdf.generic import StreamObject

MOST_PAGES = 200
_OF_PAGES = ("/AA", "/Annots", "/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/StructParents", "/Tabs")
_OF_THINGS = ("/Metadata", "/PieceInfo", "/LastModified", "/OPI", "/AF", "/PTEX.FileName", "/PTEX.InfoDict")
_JPEG, _JPEG_2000 = ("/DCTDecode", "/DCT"), "/JPXDecode"


def bare_pdf(content: bytes) -> bytes | None:
    """The pages alone; None for what is no PDF, is locked, has over 200 pages, or a picture that cannot be made bare."""
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
            if isinstance(one, StreamObject):
                _bare_picture(one)
        out = BytesIO()
        writer.write(out)
    except Exception:  # noqa: BLE001  # a made-up file raises anything
        return None
    return out.getvalue()


def _bare_picture(stream: StreamObject) -> None:
    """Where a stream is a JPEG, whatever it is packed in, leave its pixels alone. Raises ValueError on what cannot be."""
    from pypdf.generic import ArrayObject, EncodedStreamObject, NameObject

    packed, told = _each(stream, "/Filter"), _each(stream, "/DecodeParms")
    if _JPEG_2000 in packed or any(name in _JPEG for name in packed[:-1]):
        raise ValueError("a picture that keeps what was written beside it")
    if not packed or packed[-1] not in _JPEG:
        return
    jpeg = stream._data
    if packed[:-1]:
        outer = EncodedStreamObject()
        outer._data = jpeg
        outer[NameObject("/Filter")] = ArrayObject(packed[:-1])
        if told:
            outer[NameObject("/DecodeParms")] = ArrayObject(told[: len(packed) - 1])
        jpeg = outer.get_data()
    stream._data = bare_jpeg(jpeg)
    stream[NameObject("/Filter")] = NameObject(_JPEG[0])
    stream.pop("/DecodeParms", None)
    if len(told) == len(packed):
        stream[NameObject("/DecodeParms")] = told[-1]


def _each(stream: StreamObject, name: str) -> list[Any]:
    """What a stream says under a name, one by one: it may say one thing, or several, there or elsewhere in the file."""
    from pypdf.generic import ArrayObject, NullObject

    value = stream.get(name)
    value = value.get_object() if value is not None else None
    if value is None or isinstance(value, NullObject):
        return []
    return [one.get_object() for one in value] if isinstance(value, ArrayObject) else [value]
