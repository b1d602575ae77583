"""Chains: each row holds the hash of the row before, so that a changed, missing or reordered one shows.

A cut tail or a whole chain rolled back shows only against a head copied elsewhere (daily, to the keys
database): it is found within a day, not refused at once. `mac_chain` also stops whoever can write
rows but lacks the key from forging a whole new chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA256, Hash

from storage.vault.sealing import mac

BEGINNING = bytes(32)  # what stands before the first row

_SHA256 = SHA256()


@dataclass(frozen=True, slots=True)
class Linked:
    """A row as it is stored."""

    seq: int  # 1, 2, 3… without a gap
    row: bytes = field(repr=False)  # as it was linked
    hash: bytes  # 32 bytes


def link(previous_hash: bytes, seq: int, row: bytes) -> bytes:
    """Return the 32-byte hash that row `seq` stores: SHA-256 over the hash before, the place and the row."""
    total = Hash(_SHA256)
    total.update(_in_front(previous_hash, seq) + row)
    return total.finalize()


def mac_chain(key: bytes, previous_hash: bytes, seq: int, row: bytes) -> bytes:
    """Return the same under a key (HMAC-SHA256): only who holds it can go on or rewrite."""
    return mac(key, _in_front(previous_hash, seq), row)


def first_fault(
    rows: Iterable[Linked],
    head: tuple[int, bytes] | None = None,
    link: Callable[[bytes, int, bytes], bytes] = link,
) -> int | None:
    """Return the seq of the first row that is changed, missing or out of place; None when all is well.

    rows  the whole chain, in the order of seq
    head  seq and hash copied elsewhere earlier; without it a cut tail cannot show
    link  `link`, or `functools.partial(mac_chain, key)`
    """
    previous, expected, met = BEGINNING, 1, head is None or head[0] == 0
    for each in rows:
        if each.seq != expected or not compare_digest(link(previous, each.seq, each.row), each.hash):
            return expected
        if head is not None and head[0] == each.seq:
            if not compare_digest(head[1], each.hash):
                return each.seq
            met = True
        previous, expected = each.hash, expected + 1
    return None if met else expected


def _in_front(previous_hash: bytes, seq: int) -> bytes:
    if len(previous_hash) != 32:
        raise ValueError("the hash before is 32 bytes long")
    return b"hamraz chain v1\0" + previous_hash + seq.to_bytes(8, "big")
