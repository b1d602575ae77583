"""Looking for words in stolen bytes, in whatever way a program may have written them down.

Plain (UTF-8), UTF-16 of both orders, JSON and URL escapes, hexadecimal, base64 (also the URL's) at any offset, and
each of the first inside the last two. Letter case, and letters that are written alike, do not matter.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from string import ascii_letters, digits
from urllib.parse import unquote_to_bytes

# A shorter word would be met by chance in random bytes: seven letters of ours are as rare as four of Arabic script.
LATIN, ARABIC = 7, 4

_ALIKE = str.maketrans("يىكهۃ", "ییکہہ")
_LETTERS = (ascii_letters + digits).encode()
_ONE_JSON = re.compile(r"\\u([0-9A-Fa-f]{4})")


def _table(members: Iterable[int]) -> bytes:
    """For `bytes.translate`: 1 for a member, 0 for any other byte."""
    within = set(members)
    return bytes(byte in within for byte in range(256))


_PLAIN = _table(_LETTERS)
_ACCENTED = _table(_LETTERS + b"\xc3" + bytes(each.encode()[1] for each in "áéíóúüñÁÉÍÓÚÜÑ"))
_ARABIC = _table([*range(0xD8, 0xDC), *range(0x80, 0xC0)])
_LOW = _table(_LETTERS + "áéíóúüñÁÉÍÓÚÜÑ".encode("latin-1"))  # of UTF-16
_HIGH = _table(b"\x06\x07")
_ESCAPED = _table(_LETTERS + b"\\%")
_HEX = _table(b"0123456789abcdefABCDEF")
_BASE64 = _table(_LETTERS + b"+/-_")


class Scanner:
    """Finds any of many words. Each has at least 7 letters or digits, or 4 letters of Arabic script."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for word in {_folded(each) for each in words}:
            if len(word) < _least(word):
                raise ValueError(f"too short to look for: {word}")
            self._by_beginning[word[: _least(word)]].append(word)

    def found(self, content: bytes) -> set[str]:
        """Every word that lies in these bytes, folded."""
        hidden = b"\n".join(_decoded(content))
        return {word for part in (content, hidden) for text in _texts(part) for word in self._found_in(_folded(text))}

    def _found_in(self, text: str) -> Iterator[str]:
        for start in range(len(text) - ARABIC + 1):
            for length in (ARABIC, LATIN):
                for word in self._by_beginning.get(text[start : start + length], ()):
                    if text.startswith(word, start):
                        yield word


def _least(word: str) -> int:
    return ARABIC if "\u0600" <= word[0] <= "\u06ff" else LATIN


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().translate(_ALIKE)


def _runs(content: bytes, table: bytes, least: int) -> Iterator[tuple[int, int]]:
    """Where at least so many bytes of a kind stand together: some hundred times as fast as a regular expression."""
    kinds, wanted = content.translate(table), b"\1" * least
    start = kinds.find(wanted)
    while start >= 0:
        end = kinds.find(b"\0", start)
        end = len(kinds) if end < 0 else end
        yield start, end
        start = kinds.find(wanted, end)


def _texts(content: bytes) -> Iterator[str]:
    """Every run of letters, as text."""
    for table, least in ((_PLAIN, LATIN), (_ACCENTED, LATIN), (_ARABIC, 2 * ARABIC)):
        for start, end in _runs(content, table, least):
            yield content[start:end].decode("utf-8", "ignore")
    yield from _wide_texts(content)
    for start, end in _runs(content, _ESCAPED, 4 * ARABIC):
        run = content[start:end]
        if b"\\u" in run:
            yield _ONE_JSON.sub(lambda each: chr(int(each[1], 16)), run.decode())
        if b"%" in run:
            yield unquote_to_bytes(run).decode("utf-8", "ignore")


def _wide_texts(content: bytes) -> Iterator[str]:
    """Runs of letters in UTF-16, whichever byte comes first and wherever it begins."""
    halves = (content[::2], content[1::2])
    for first in (0, 1):
        mine = halves[first]
        for start, end in _runs(mine, _LOW, LATIN):
            # The other byte of each letter is 0, before it or after it.
            for shift in (0, 1) if first == 0 else (0, -1):
                other = halves[1 - first][max(start - shift, 0) : end - shift]
                if other.count(0) >= LATIN:
                    yield mine[start:end].decode("latin-1")
        for start, end in _runs(mine, _HIGH, ARABIC):
            around = content[max(2 * start + first - 1, 0) : 2 * end + first + 1]
            for begins in (0, 1):
                for order in ("utf-16-le", "utf-16-be"):
                    yield around[begins:].decode(order, "ignore")


def _decoded(content: bytes) -> Iterator[bytes]:
    for start, end in _runs(content, _HEX, 2 * LATIN):
        for first in (start, start + 1):
            yield binascii.unhexlify(content[first : end - (end - first) % 2])
    for start, end in _runs(content, _BASE64, LATIN * 4 // 3 + 1):
        usual = content[start:end].replace(b"-", b"+").replace(b"_", b"/")
        for first in range(4):
            part = usual[first : len(usual) - ((len(usual) - first) % 4 == 1)]
            yield base64.b64decode(part + b"=" * (-len(part) % 4))
