"""Keys in memory, and nowhere else: out of swap and out of core dumps, as far as this system lets a process say so.

The keyring's own bytes are locked where they lie. What libraries copy of them for the length of a call is not; against
that, and against what people say, units and containers have no swap at all (deploy/), and no process leaves a dump.
"""

from __future__ import annotations

import ctypes
import mmap
import resource
import sys
from collections.abc import Iterable

_OFFSET = bytes.__basicsize__ - 1  # where CPython keeps what is in a bytes object
_SET_DUMPABLE, _GET_DUMPABLE = 4, 3  # prctl(2)
_DONTDUMP = 16  # madvise(2)


def leave_no_dump() -> bool:
    """From now on a crash of this process writes nothing down, and no other process of this account reads its memory.

    A limit alone would not do: where dumps are piped to a collector the kernel does not ask it.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    if most:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return False
    system = _system()
    return system is not None and system.prctl(_SET_DUMPABLE, 0, 0, 0, 0) == 0 == system.prctl(
        _GET_DUMPABLE, 0, 0, 0, 0
    )


def hold(values: Iterable[bytes]) -> bool:
    """Keep these out of swap for as long as this process lives; whether all of them are."""
    system = _system()
    if system is None:
        return False
    held = True
    for value in values:
        address = id(value) + _OFFSET
        if ctypes.string_at(address, len(value)) != value:
            return False  # another Python keeps them elsewhere
        page = address - address % mmap.PAGESIZE
        span = ctypes.c_size_t(address + len(value) - page)
        held = system.mlock(ctypes.c_void_p(page), span) == 0 and held
        if sys.platform == "linux":
            system.madvise(ctypes.c_void_p(page), span, _DONTDUMP)
    return held


def _system() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None, use_errno=True)
    except (OSError, TypeError):
        return None
