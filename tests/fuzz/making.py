"""Inputs: a real one, spoiled in one to six places. The same seed, target and number make the same input."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.handlers.hostile import JUNK, TEXTS, changed, places

LONGEST = 40_000  # bytes of an input, unless the real one is longer
LETTERS = "aZ0 9\n\t\0\x1b\u0301\u200f\u202e\ufeff\u2028\ud800ابيےڪ۔٣۳½²😭🇵🇰'\"\\<>&={}[]()%$#@!?*+-/:;,._|~`^"
TOKENS = [
    "9" * 30, "1e999", "NaN", "-0", "true", "null", "''", '""', "[[", "]]", "{{", "}}", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "=1+1", "\r\n\r\n",
    "../../", "%00", "%ud800", "0x7fffffff", "2026-02-30", "31/02/2026", "1447-09-01", "yesterday", "kal", "کل", "سبھاڻي", "XX", "STOP",
]  # fmt: skip


def bytes_like(rng: Random, real: Sequence[bytes]) -> bytes:
    """Bytes of some format, spoiled anywhere."""
    made = bytearray(rng.choice(real))
    for _ in range(rng.randint(1, 6)):
        _spoil(rng, made, real)
    return bytes(made[: max(LONGEST, *map(len, real))])


def _spoil(rng: Random, made: bytearray, real: Sequence[bytes]) -> None:
    at = rng.randrange(len(made) + 1)
    span = rng.choice((1, 2, 4, 16, 64, 1024))
    match rng.randrange(8):
        case 0 if made:
            made[min(at, len(made) - 1)] ^= 1 << rng.randrange(8)
        case 1:
            del made[at : at + span]
        case 2:
            made[at:at] = made[at : at + span] * rng.choice((1, 2, 20))
        case 3:
            made[at : at + span] = rng.randbytes(span)
        case 4:
            made[at : at + 4] = rng.choice(
                (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1")
            )
        case 5:
            other = rng.choice(real)
            begin = rng.randrange(len(other) + 1)
            made[at : at + span] = other[begin : begin + span]
        case 6:
            del made[at:]
        case _:
            made[at:at] = rng.choice(TOKENS).encode("utf-8", "surrogatepass")


def text_like(rng: Random, real: Sequence[str]) -> str:
    """Text as it is typed, spoiled anywhere."""
    if rng.random() < 0.02:
        return rng.choice(list(TEXTS.values()))
    made = rng.choice(real)
    for _ in range(rng.randint(1, 6)):
        at, span = rng.randrange(len(made) + 1), rng.choice((1, 1, 2, 8, 40))
        other = rng.choice(real)
        begin = rng.randrange(len(other) + 1)
        piece = rng.choice(
            (
                "".join(rng.choices(LETTERS, k=span)),
                other[begin : begin + span],
                rng.choice(TOKENS),
                made[at : at + span] * rng.choice((1, 3, 30)),
                chr(rng.randrange(0x110000)) * span,
                "",
            )
        )
        made = made[:at] + piece + made[at + rng.choice((0, 0, span)) :]
    return made[:LONGEST]


def utf8(make: Callable[[Random, Sequence[str]], str]) -> Callable[[Random, Sequence[str]], bytes]:
    """As bytes; now and then not UTF-8 at all."""
    return lambda rng, real: make(rng, real).encode("utf-8", "surrogatepass" if rng.random() < 0.1 else "replace")


def json_like(rng: Random, real: Sequence[str]) -> str:
    """JSON that is still JSON in most cases: something hostile stands in one to three of its places."""
    if rng.random() < 0.2:
        return text_like(rng, real)
    value = json.loads(rng.choice(real))
    for _ in range(rng.randint(1, 3)):
        found = list(places(value))
        if found:
            value = changed(value, rng.choice(found), _hostile(rng))
    return json.dumps(value, ensure_ascii=rng.random() < 0.5)


def form_like(rng: Random, real: Sequence[str]) -> str:
    """A form: fields taken out, repeated, and filled with something else."""
    fields = parse_qsl(rng.choice(real), keep_blank_values=True)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(fields) + 1)
        name = rng.choice(parse_qsl(rng.choice(real), keep_blank_values=True))[0]
        match rng.randrange(4):
            case 0:
                del fields[at : at + 1]
            case 1:
                fields.insert(at, (name, text_like(rng, [value for _, value in fields] or [""])))
            case _ if at < len(fields):
                hostile = _hostile(rng)
                fields[at] = (fields[at][0], hostile if isinstance(hostile, str) else str(hostile))
            case _:
                fields.append((text_like(rng, [name]), rng.choice(TOKENS)))
    return urlencode(fields, errors="surrogatepass")


def _hostile(rng: Random) -> Any:
    if rng.random() < 0.5:
        return copy.deepcopy(rng.choice(JUNK))
    return rng.choice(list(TEXTS.values()))[:2_000] if rng.random() < 0.3 else text_like(rng, TOKENS)
