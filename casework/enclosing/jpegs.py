"""Pictures within a page made bare: their pixels stay byte by byte, what telephones write beside them does not."""

from __future__ import annotations

import re

_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN, _REMARK, _JFIF, _ADOBE = 0xDA, 0xFE, 0xE0, 0xEE
# ITU T.81, B.1.1.5: among pixels a byte of ones is followed by nought, or begins a mark; eight marks only count.
_AFTER_PIXELS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


def bare_jpeg(content: bytes) -> bytes:
    """A JPEG up to its own end, without remarks, small copies of it and application parts (Exif has the place).

    Kept are JFIF's first and Adobe's: they tell how its colours are meant. Raises ValueError on what is no JPEG.
    """
    if content[:2] != _BEGIN:
        raise ValueError("no JPEG")
    out, at = [_BEGIN], 2
    while at < len(content):
        while content[at : at + 2] == b"\xff\xff":  # room before a mark
            at += 1
        if content[at : at + 2] == _END:
            break
        mark, size = content[at + 1 : at + 2], 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at : at + 1] != b"\xff" or mark < b"\xc0" or b"\xd0" <= mark <= b"\xd8" or at + size > len(content):
            raise ValueError("no JPEG")
        end = at + size
        out.append(_kept(mark[0], content[at:end]))
        at = end
        if mark[0] == _SCAN:
            found = _AFTER_PIXELS.search(content, end)
            at = found.start() if found else len(content)  # cut short: pixels to the end
            out.append(content[end:at])
    return b"".join((*out, _END))


def _kept(mark: int, part: bytes) -> bytes:
    if mark == _JFIF and part[4:9] == b"JFIF\0" and len(part) >= 18:
        return part[:2] + b"\0\x10" + part[4:16] + b"\0\0"  # a small copy may stand behind it
    if mark == _ADOBE and part[4:9] == b"Adobe" and len(part) >= 16:
        return part[:2] + b"\0\x0e" + part[4:16]
    return b"" if mark == _REMARK or 0xE0 <= mark <= 0xEF else part
