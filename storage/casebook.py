"""The casebook: what belongs to a case beside the talk. Referrals, the safety plan, what was done and who agreed to it.

Each is added and none is changed: the latest of a kind stands, the earlier ones are its history. Written with the report's
public half, so that any worker may add one; read with the private half only.
"""

from __future__ import annotations

from storage.beside import Beside
from storage.tables import casebook

_BOOK = Beside(casebook)
add, read = _BOOK.add, _BOOK.read
