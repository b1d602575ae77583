"""Messages taken, by what stands for their ids, and for an hour what was answered: a repeat gets the same again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import audit, shredding
from storage.database import Unit
from storage.sessions.draft import Claim, draft_key, open_draft
from storage.tables import inbox
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring
from storage.vault.sealing import Context, open_sealed, seal
from storage.vault.senders import Sender

ANSWER_LIVES = timedelta(hours=1)
MACS_LIVE = 7  # days a message id is known for
_TEN_MINUTES = 600

_p = bindparam
_TAKE = (
    insert(inbox)
    .values(mac=_p("mac"), day=_p("day"), key_id=_p("key_id"))
    .on_conflict_do_nothing(index_elements=["mac"])
)
_ANSWER = select(inbox.c.answer, inbox.c.draft_id, inbox.c.key_id, inbox.c.until, inbox.c.owner).where(
    inbox.c.mac == _p("mac")
)
_OF = select(inbox.c.mac, inbox.c.answer, inbox.c.draft_id, inbox.c.until).where(inbox.c.owner == _p("of"))
_KEEP = (
    update(inbox)
    .where(inbox.c.mac == _p("of"))
    .values(
        owner=_p("owner"), draft_id=_p("draft_id"), answer=_p("answer"), until=_p("until"), key_id=_p("sealed_under")
    )
)
_NOTHING = {"owner": None, "draft_id": None, "answer": None, "until": None}
_EMPTY = update(inbox).where(inbox.c.owner == _p("of")).values(_NOTHING)
_EMPTY_ONE = update(inbox).where(inbox.c.mac == _p("of")).values(_NOTHING)
_EMPTY_OLD = update(inbox).where(inbox.c.until < _p("now")).values(_NOTHING)
_DROP = delete(inbox).where(inbox.c.day < _p("day"))


def take(unit: Unit, keyring: Keyring, mac: bytes, now: datetime) -> bool:
    """Take a message; False when it was taken before."""
    return unit.main.run(_TAKE, mac=mac, day=shredding.day_of(now), key_id=keyring.current) > 0


def heard(unit: Unit, mac: bytes) -> bool:
    """Whether this message was taken before; asked where the answer to a webhook can no longer be given."""
    return unit.main.one(_ANSWER, mac=mac) is not None


def repeated(unit: Unit, keyring: Keyring, sender: Sender, mac: bytes, now: datetime) -> Claim:
    """A claim on a message taken before, with what was answered if that still lives."""
    again = Claim(mac, seen=True)
    found = unit.main.one(_ANSWER, mac=mac)
    if found is None or found[0] is None or found[3] < now.timestamp():
        return again
    answer, draft_id, key_id, _, owner = found
    whose = next((one for one in sender.everyone if one.index == owner), sender)
    try:
        shred_key = shredding.fetch(unit, keyring, draft_id)
        if shred_key is not None:
            held = Claim(mac, draft_id=draft_id, key_id=key_id, shred_key=shred_key)
            again.repeat = open_sealed(draft_key(keyring, whose, held), answer, _context(mac, draft_id, key_id))
    except Tampered as fault:  # not what we answered: a repeat gets nothing then
        unit.main.run(_EMPTY_ONE, of=mac)
        audit.note_fault(unit, keyring, str(fault), now)
    return again


def keep_answer(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, answer: bytes, now: datetime) -> None:
    """Keep what was answered, for an hour, so that the same webhook again gets the same answer.

    Sealed like the draft: after panic no backup opens it either.
    """
    open_draft(unit, keyring, held, now)
    until = int((now + ANSWER_LIVES).timestamp()) // _TEN_MINUTES * _TEN_MINUTES + _TEN_MINUTES
    _keep(unit, keyring, sender, held, held.mac, answer, until)


def move_answers(unit: Unit, keyring: Keyring, older: Sender, before: Claim, sender: Sender, held: Claim) -> None:
    """Bring a draft's answers under her current index and the current key."""
    for mac, answer, draft_id, until in unit.main.all(_OF, of=older.index):
        if draft_id == before.draft_id:
            opened = open_sealed(draft_key(keyring, older, before), answer, _context(mac, draft_id, before.key_id))
            _keep(unit, keyring, sender, held, mac, opened, until)


def empty_answers(unit: Unit, index: bytes) -> None:
    """Forget what one sender was answered; that her messages were taken stays known."""
    unit.main.run(_EMPTY, of=index)


def expire(unit: Unit, now: datetime) -> None:
    """Forget answers past their hour and messages past their week."""
    unit.main.run(_EMPTY_OLD, now=int(now.timestamp()))
    unit.main.run(_DROP, day=shredding.day_of(now) - MACS_LIVE)


def _keep(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, mac: bytes, answer: bytes, until: int) -> None:
    assert held.draft_id is not None
    sealed = seal(draft_key(keyring, sender, held), answer, _context(mac, held.draft_id, held.key_id))
    unit.main.run(
        _KEEP, of=mac, owner=sender.index, draft_id=held.draft_id, answer=sealed, until=until, sealed_under=held.key_id
    )


def _context(mac: bytes, draft_id: bytes, key_id: str) -> Context:
    return Context("inbox", "answer", mac, draft_id, key_id=key_id)
