"""Voice notes and pictures of a draft, sealed like the draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from storage.database import Unit
from storage.sessions.draft import Claim, draft_key, open_draft
from storage.tables import draft_media
from storage.vault.keyring import Keyring
from storage.vault.sealing import Context, open_sealed, seal
from storage.vault.senders import Sender

_p = bindparam
_KEEP = draft_media.insert().values(
    id=_p("id"), session=_p("session"), draft_id=_p("draft_id"), seq=_p("seq"), sealed=_p("sealed")
)
_ONE = select(draft_media.c.sealed).where(draft_media.c.id == _p("id"), draft_media.c.session == _p("session"))
_OF = select(draft_media.c.id, draft_media.c.sealed).where(draft_media.c.session == _p("session"))
_IDS = select(draft_media.c.id).where(draft_media.c.session == _p("session"))
_MOVE = update(draft_media).where(draft_media.c.id == _p("of")).values(session=_p("session_now"), sealed=_p("sealed"))
_DROP_ONE = delete(draft_media).where(draft_media.c.id == _p("id"))
_DROP = delete(draft_media).where(draft_media.c.session == _p("session"))


def keep_media(
    unit: Unit, keyring: Keyring, sender: Sender, held: Claim, media_id: bytes, content: bytes, now: datetime
) -> None:
    """Keep a voice note or picture with the draft."""
    draft_id = open_draft(unit, keyring, held, now)
    sealed = seal(draft_key(keyring, sender, held), content, _context(media_id, draft_id))
    unit.main.run(_KEEP, id=media_id, session=sender.index, draft_id=draft_id, seq=0, sealed=sealed)


def media(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, media_id: bytes) -> bytes:
    """A draft's voice note or picture again. Raises KeyError when there is none, Tampered."""
    found = unit.main.one(_ONE, id=media_id, session=sender.index)
    if found is None or held.draft_id is None:
        raise KeyError("no such media in this draft")
    return open_sealed(draft_key(keyring, sender, held), found[0], _context(media_id, held.draft_id))


def drop_media_except(unit: Unit, sender: Sender, kept: frozenset[bytes]) -> None:
    """Let go of media that no answer holds any more."""
    for (media_id,) in unit.main.all(_IDS, session=sender.index):
        if media_id not in kept:
            unit.main.run(_DROP_ONE, id=media_id)


def drop_media(unit: Unit, index: bytes) -> None:
    """Let go of every file of one sender's draft."""
    unit.main.run(_DROP, session=index)


def move_media(unit: Unit, keyring: Keyring, older: Sender, before: Claim, sender: Sender, held: Claim) -> None:
    """Bring a draft's files under her current index and the current key."""
    assert held.draft_id is not None
    for media_id, sealed in unit.main.all(_OF, session=older.index):
        place = _context(media_id, held.draft_id)
        opened = open_sealed(draft_key(keyring, older, before), sealed, place)
        anew = seal(draft_key(keyring, sender, held), opened, place)
        unit.main.run(_MOVE, of=media_id, session_now=sender.index, sealed=anew)


def _context(media_id: bytes, draft_id: bytes) -> Context:
    return Context("draft_media", "sealed", media_id, draft_id)
