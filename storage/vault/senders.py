"""Senders: what stands for an address, so that no address is kept.

From an address and the keyring comes one slow secret (Argon2id), and from that everything by which a
sender's rows are found or sealed. Each table gets its own value, so that tables do not join. Only a
sender's first message in a while pays for the slow step; the result is remembered in memory, under a key
that dies with the process.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock

from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_key
from storage.vault.sealing import mac, subkey
from storage.vault.secret import Secret
from storage.vault.stretching import check_cost, stretch

# The secret under the HMAC is the salt that counts; Argon2id wants one of its own as well.
_SALT = b"hamraz sender v1"


@dataclass(frozen=True, slots=True, repr=False)
class Sender(Secret):
    """One address under one address key. Every value is 16 bytes unless it says otherwise."""

    key_id: str  # the keyring key it was derived under
    index: bytes = field(repr=False)  # finds the session
    link_index: bytes = field(repr=False)  # finds the link to a report
    outbox_tag: bytes = field(repr=False)  # finds what waits to be sent
    guess_tag: bytes = field(repr=False)  # counts tries at receipt codes
    lease_tag: bytes = field(repr=False)  # finds the route for quick answers
    news_tag: bytes = field(repr=False)  # finds what she wants to be told of
    pocket_index: bytes = field(repr=False)  # finds what we keep for her past a talk
    link_key: bytes = field(repr=False)  # 32 bytes; seals the link to a report
    _secret: bytes = field(repr=False)  # 32 bytes
    older: tuple[Sender, ...] = field(default=(), repr=False)  # the same address under earlier keys, newest first

    @property
    def everyone(self) -> tuple[Sender, ...]:
        """This one and the same address under earlier keys: what a rotation left behind is found under those."""
        return (self, *self.older)

    @property
    def pocket(self) -> Sender:
        """The same person, as a session of hers that outlives her talk is found."""
        return replace(self, index=self.pocket_index, older=tuple(one.pocket for one in self.older))

    def draft_key(self, shred_key: bytes, keyring_draft_key: bytes, salt: bytes) -> bytes:
        """Return the 32 bytes that seal a draft: it takes her address, our keyring and the shred key together.

        shred_key          32 bytes, the draft's own
        keyring_draft_key  32 bytes, `keyring.key(Purpose.DRAFT, …)`
        salt               the draft's own
        """
        return subkey(self._secret + keyring_draft_key + shred_key, "draft", salt)

    def mark(self, purpose: str, quarter: str) -> bytes:
        """Return 16 bytes by which one person counts once in a quarter, and is a stranger in the next."""
        return mac(self._secret, b"mark", purpose.encode(), quarter.encode())[:16]


@dataclass(slots=True, repr=False)
class _Remembered(Secret):
    sender: Sender
    until: datetime


class SenderBook(Secret):
    """Finds the sender of an address, and remembers for a while. Safe to use from many threads."""

    __slots__ = (
        "_at_once", "_finding", "_iterations", "_keyring", "_lock", "_memory_kib", "_names", "_remember",
        "_remembered", "_size",
    )  # fmt: skip

    def __init__(
        self,
        keyring: Keyring,
        memory_kib: int = 19 * 1024,
        iterations: int = 2,
        remember: timedelta = timedelta(minutes=15),
        size: int = 50_000,
        at_once: int = 4,
    ) -> None:
        """The usual cost is OWASP's second choice for Argon2id, 19 MiB and 2 iterations: 33 to 95 ms.

        remember  counted from a sender's last message
        size      senders remembered at most, about 1 KiB each
        at_once   slow derivations at one time; bounds memory to at_once times memory_kib
        """
        check_cost(memory_kib, iterations)
        self._keyring = keyring
        self._memory_kib = memory_kib
        self._iterations = iterations
        self._remember = remember
        self._size = size
        self._at_once = BoundedSemaphore(at_once)
        self._names = new_key()
        self._lock = Lock()
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()  # least lately seen first
        self._finding: dict[bytes, Future[Sender]] = {}

    def __repr__(self) -> str:
        return f"<SenderBook of {len(self._remembered)}>"

    def of(self, channel: str, address: str, now: datetime) -> Sender:
        """Return the sender under the current address key; 4 µs when remembered, else slow on purpose.

        While the keyring holds earlier keys, `older` is filled, and each of them costs as much.
        """
        sender = self._of(channel, address, now, self._keyring.current)
        older = tuple(self.of_old(channel, address, now))
        return replace(sender, older=older) if older else sender

    def of_old(self, channel: str, address: str, now: datetime) -> Iterator[Sender]:
        """Yield the same sender under each older address key, newest first; each is as slow as `of`."""
        for key_id in self._keyring.ids[-2::-1]:
            yield self._of(channel, address, now, key_id)

    def forget(self, channel: str, address: str) -> None:
        """Drop what is remembered of an address, under every key."""
        with self._lock:
            for key_id in self._keyring.ids:
                name = self._name(channel, address, key_id)
                self._remembered.pop(name, None)
                self._finding.pop(name, None)  # one being found now will not be remembered

    def expire(self, now: datetime) -> None:
        """Drop whoever has not written for a while; a chore calls it, so that a quiet night forgets too."""
        with self._lock:
            self._expire(now)

    def _of(self, channel: str, address: str, now: datetime, key_id: str) -> Sender:
        name = self._name(channel, address, key_id)
        with self._lock:
            self._expire(now)
            known = self._remembered.get(name)
            if known is not None and known.until > now:
                known.until = now + self._remember
                self._remembered.move_to_end(name)
                return known.sender
            found = self._finding.get(name)
            mine = found is None
            if found is None:
                found = self._finding[name] = Future()
        if not mine:
            return found.result()
        try:
            sender = self._found(channel, address, key_id)
        except BaseException as error:
            with self._lock:
                if self._finding.get(name) is found:
                    del self._finding[name]
            found.set_exception(error)
            raise
        with self._lock:
            if self._finding.get(name) is found:
                del self._finding[name]
                self._remembered[name] = _Remembered(sender, now + self._remember)
                self._remembered.move_to_end(name)
                if len(self._remembered) > self._size:
                    self._remembered.popitem(last=False)
        found.set_result(sender)
        return sender

    def _expire(self, now: datetime) -> None:
        while self._remembered:
            name = next(iter(self._remembered))
            if self._remembered[name].until > now:
                return
            del self._remembered[name]

    def _name(self, channel: str, address: str, key_id: str) -> bytes:
        return mac(self._names, _bytes(channel), _bytes(address), _bytes(key_id))

    def _found(self, channel: str, address: str, key_id: str) -> Sender:
        quick = mac(self._keyring.key(Purpose.ADDRESS, key_id), _bytes(channel), _bytes(address))
        with self._at_once:
            secret = stretch(quick, _SALT, self._memory_kib, self._iterations)
        return Sender(
            key_id=key_id,
            index=subkey(secret, "index")[:16],
            link_index=subkey(secret, "link index")[:16],
            outbox_tag=subkey(secret, "outbox")[:16],
            guess_tag=subkey(secret, "guess")[:16],
            lease_tag=subkey(secret, "lease")[:16],
            news_tag=subkey(secret, "news")[:16],
            pocket_index=subkey(secret, "pocket")[:16],
            link_key=subkey(secret, "link"),
            _secret=secret,
        )


def message_mac(keyring: Keyring, channel: str, provider_id: str, key_id: str | None = None) -> bytes:
    """Return 16 bytes that stand for a provider's message id: kept plain, it would join our rows to their log."""
    return mac(keyring.key(Purpose.MESSAGES, key_id), _bytes(channel), _bytes(provider_id))[:16]


def older_macs(keyring: Keyring, channel: str, provider_id: str) -> tuple[bytes, ...]:
    """Return what stood for the same message under earlier keys, newest first: a repeat may come after a rotation."""
    return tuple(message_mac(keyring, channel, provider_id, key_id) for key_id in keyring.ids[-2::-1])


def _bytes(text: str) -> bytes:
    # A lone surrogate must not raise: the error would carry the address.
    return text.encode("utf-8", "surrogatepass")
