"""What every value that holds a secret shares: it prints as its name only, and is never pickled or copied."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex


class Secret:
    """Mix in first, and pass `repr=False` to the dataclass, or its own repr would win."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __format__(self, format_spec: str) -> str:
        return format(repr(self), format_spec)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds a secret: it is never pickled or copied")
