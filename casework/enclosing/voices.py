"""Voice notes made bare: the sound is carried over byte by byte, what telephones write beside it is not.

A telephone writes its model, the time and, some of them, the place. Taken are the three forms that Telegram and WhatsApp
play as sound: Ogg with Opus, MP3 and M4A. Nothing is unpacked: no decoder runs over what somebody else made.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import accumulate

_PAGE = struct.Struct("<4sBBqIII B")  # RFC 3533, 6: mark, version, kind, position, stream, number, check, segments
_TAGS = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)  # RFC 7845, 5.2: no maker, no remarks

# ISO/IEC 13818-3: kilobits a second of layer III by its index; MPEG 1, then 2 and 2.5. Samples a second by version.
_KILOBITS = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}

# ISO/IEC 14496-12: boxes that hold boxes, and those that a player needs. Whatever else there is becomes empty room.
_HOLDING = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex", b"moof", b"traf"}
_NEEDED = _HOLDING | set(
    b"ftyp mdat mvhd tkhd elst mdhd hdlr smhd dref stsd stts stsc stsz stz2 stco co64 sgpd sbgp stss ctts "
    b"trex mehd mfhd tfhd tfdt trun sidx styp mfra".split()
)
_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"dash")


def bare_voice(content: bytes) -> tuple[str, str, bytes] | None:
    """Type, name and bytes of the sound alone; None for what is no such sound."""
    try:
        if content[:4] == b"OggS":
            return "audio/ogg", "voice.ogg", _opus(content)
        if content[4:8] == b"ftyp" and content[8:12] in _BRANDS:
            return "audio/mp4", "voice.m4a", _m4a(content)
        if content[:3] == b"ID3" or content[:1] == b"\xff":
            return "audio/mpeg", "voice.mp3", _mp3(content)
    except (ValueError, IndexError, struct.error):
        return None  # cut short, or made up
    return None


# --- Ogg ----------------------------------------------------------------------------------------


def _opus(content: bytes) -> bytes:
    pages = list(_pages(content))
    if len(pages) < 3 or not pages[0][1].startswith(b"OpusHead") or not pages[1][1].startswith(b"OpusTags"):
        raise ValueError("no Opus")
    # The remarks end a page: the sound begins on the first page after them that continues nothing.
    first = 2
    while pages[first][0][2] & 1:
        first += 1
    head = pages[0][0]
    tags = _page((*head[:2], 0, 0, head[4], 1), bytes([len(_TAGS)]), _TAGS)
    out = [_page((*head[:5], 0), *_split(pages[0])), tags]
    for number, page in enumerate(pages[first:], 2):
        if page[0][4] != head[4]:
            raise ValueError("another stream beside it")
        out.append(_page((*page[0][:5], number), *_split(page)))
    return b"".join(out)


def _pages(content: bytes) -> Iterator[tuple[tuple[int, ...], bytes, bytes]]:
    """Head (mark, version, kind, position, stream, number), body and lengths of each page."""
    at = 0
    while at < len(content):
        mark, version, kind, position, stream, number, _, count = _PAGE.unpack_from(content, at)
        lengths = content[at + 27 : at + 27 + count]
        begin, size = at + 27 + count, sum(lengths)
        if mark != b"OggS" or version != 0 or begin + size > len(content):
            raise ValueError("no page")
        yield (mark, version, kind, position, stream, number), content[begin : begin + size], lengths
        at = begin + size


def _split(page: tuple[tuple[int, ...], bytes, bytes]) -> tuple[bytes, bytes]:
    return page[2], page[1]


def _page(head: tuple[int, ...], lengths: bytes, body: bytes) -> bytes:
    blank = _PAGE.pack(*head, 0, len(lengths)) + lengths + body
    return blank[:22] + struct.pack("<I", _check(blank)) + blank[26:]


def _table() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        found.append(value & 0xFFFFFFFF)
    return tuple(found)


_CHECKS = _table()


def _check(page: bytes) -> int:
    """RFC 3533, 6: a check sum that no library here computes (its bits run the other way round)."""
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _CHECKS[(value >> 24) ^ byte]
    return value


# --- MP3 ----------------------------------------------------------------------------------------


def _mp3(content: bytes) -> bytes:
    at = 0
    while content[at : at + 3] == b"ID3":
        sizes = content[at + 6 : at + 10]
        size = list(accumulate(sizes, lambda total, byte: total << 7 | byte & 0x7F))[-1]
        at += 10 + size + (10 if content[at + 5] & 0x10 else 0)
    frames = []
    while at + 4 <= len(content) and (size := _frame(content[at : at + 4])):
        if at + size > len(content):
            break  # its last one is cut short
        frames.append(content[at : at + size])
        at += size
    if frames and (b"Xing" in frames[0] or b"Info" in frames[0]):
        del frames[0]  # no sound: how it was made, and by what
    if len(frames) < 2:
        raise ValueError("no sound")
    return b"".join(frames)


def _frame(head: bytes) -> int:
    """How long a frame of layer III is; 0 for what is none, so that whatever follows the sound is left behind."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, rate, pad = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or layer != 1 or version == 1 or bits in (0, 15) or rate == 3:
        return 0
    kilobits = _KILOBITS[0 if version == 3 else 1][bits]
    return (144 if version == 3 else 72) * kilobits * 1000 // _RATES[version][rate] + pad


# --- M4A ----------------------------------------------------------------------------------------


def _m4a(content: bytes) -> bytes:
    out = bytearray(content)  # nothing moves: tables inside tell by number of bytes where the sound lies
    kinds = _tidy(out, 0, len(out))
    if kinds.count(b"trak") != 1 or b"mdat" not in kinds or b"soun" not in kinds:
        raise ValueError("no sound alone")
    return bytes(out)


def _tidy(out: bytearray, at: int, end: int) -> list[bytes]:
    """Empty what no player needs; return the kinds met, and of each handler whose it is."""
    kinds: list[bytes] = []
    while at < end:
        size, kind = struct.unpack_from(">I4s", out, at)
        head = 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", out, at + 8), 16
        size = size or end - at
        if size < head or at + size > end:
            raise ValueError("no box")
        kinds.append(kind)
        begin = at + head
        if kind not in _NEEDED:
            out[at + 4 : at + 8] = b"free"
            out[begin : at + size] = bytes(size - head)
        elif kind in _HOLDING:
            kinds += _tidy(out, begin, at + size)
        elif kind in (b"mvhd", b"tkhd", b"mdhd"):
            length = 16 if out[begin] == 1 else 8  # made and changed, in the longer or the shorter form
            out[begin + 4 : begin + 4 + length] = bytes(length)
        elif kind == b"hdlr":
            kinds.append(bytes(out[begin + 8 : begin + 12]))
            out[begin + 24 : at + size] = bytes(at + size - begin - 24)  # a name, such as its maker's
        at += size
    return kinds
