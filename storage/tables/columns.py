"""What a column may be: bytes, whole numbers, floats or text, so that the DBAPI path converts nothing."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Text, text

_NAMES = {"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}

main_metadata = MetaData(naming_convention=_NAMES)
keys_metadata = MetaData(naming_convention=_NAMES)


def id_(name: str = "id") -> Column[bytes]:
    """16 random bytes, made in Python before the insert so that sealing can bind them."""
    return Column(name, LargeBinary, primary_key=True)


def bytes_(name: str, *, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


def text_(name: str, *, null: bool = False, default: str | None = None) -> Column[str]:
    shown = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=null, server_default=shown)


def number(name: str, *, null: bool = False, default: int | None = None) -> Column[int]:
    return Column(name, Integer, nullable=null, server_default=None if default is None else text(str(default)))


def seconds(name: str, *, null: bool = False) -> Column[int]:
    """Seconds since 1970: only in rows that live for hours."""
    return Column(name, BigInteger, nullable=null)
