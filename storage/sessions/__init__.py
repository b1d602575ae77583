"""Sessions: where each reporter stands, and what she has told but not yet filed.

claiming  holding a session for one message, keeping it, forgetting it
pockets   what we keep for her past a talk
draft     the key that everything of a draft is sealed under
answers   messages taken, and what was answered
files     voice notes and pictures
"""

from storage.sessions.answers import ANSWER_LIVES, MACS_LIVE, heard, keep_answer, take
from storage.sessions.claiming import (
    LIVES,
    Place,
    Shown,
    begin_anew,
    claim,
    expire,
    forget,
    is_fresh,
    peek,
    save,
    standing,
)
from storage.sessions.draft import Claim, open_draft
from storage.sessions.files import drop_media_except, keep_media, media

__all__ = [
    "ANSWER_LIVES",
    "LIVES",
    "MACS_LIVE",
    "Claim",
    "Place",
    "Shown",
    "begin_anew",
    "claim",
    "drop_media_except",
    "expire",
    "forget",
    "heard",
    "is_fresh",
    "keep_answer",
    "keep_media",
    "media",
    "open_draft",
    "peek",
    "save",
    "standing",
    "take",
]
