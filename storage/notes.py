"""Notes: what colleagues write for each other beside a case. Never for her.

They lie in a table of their own, and only casework/cases/notes.py may import this file (a test holds it): whatever answers
her, sends to her or exports for her cannot reach a note.
"""

from __future__ import annotations

from storage.beside import Beside
from storage.tables import notes

_NOTES = Beside(notes)
add, read = _NOTES.add, _NOTES.read
