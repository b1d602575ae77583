"""No secret shows when a value is printed, formatted, logged or raised, and none can be pickled."""

from __future__ import annotations

import base64
import copy
import io
import pickle
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from rich.console import Console
from rich.pretty import pretty_repr

from storage.vault.errors import VaultError
from storage.vault.grants import KeyPair, accept, open_private, seal_private, unwrap_for_receipt
from storage.vault.keyring import Keyring, Purpose
from storage.vault.receipts import ReceiptCode, ReceiptMint, derive
from storage.vault.sealing import Context, open_from, open_sealed, seal, seal_to
from storage.vault.senders import SenderBook, message_mac

NOW = datetime(2026, 11, 25, tzinfo=UTC)
NUMBER = "+923001234567"
PASSPHRASE = "seven mangoes on the roof"
WORDS = b"he followed me home"
PLACE = Context("messages", "words", b"r" * 16)


@dataclass(frozen=True)
class Held:
    value: object
    shown: str
    secrets: tuple[bytes | str, ...]


def everything_secret() -> Iterator[Held]:
    keyring = Keyring.new().rotated()
    keys = tuple(keyring.key(purpose, key_id) for purpose in Purpose for key_id in keyring.ids)
    yield Held(keyring, f"<Keyring {keyring.ids[0]} {keyring.ids[1]}>", (*keys, *keyring._masters))

    book = SenderBook(keyring, memory_kib=8, iterations=1)
    sender = book.of("sms", NUMBER, NOW)
    inside = (sender.index, sender.link_index, sender.outbox_tag, sender.guess_tag, sender.link_key, sender._secret)
    yield Held(sender, "<Sender>", inside)
    yield Held(book, "<SenderBook of 2>", (*inside, NUMBER))
    yield Held(next(iter(book._remembered.values())), "<_Remembered>", (*inside, NUMBER))

    code = ReceiptCode.mint()
    receipt_keys = derive(code, keyring.key(Purpose.PEPPER), 8, 1)
    yield Held(code, "<ReceiptCode>", (code.digits, code.grouped))
    yield Held(receipt_keys, "<ReceiptKeys>", (receipt_keys.find, receipt_keys.open))

    mint = ReceiptMint(keyring.key(Purpose.PEPPER), 8, 1, size=0)
    mint.close()
    yield Held(mint, "<ReceiptMint with 0 ready>", (keyring.key(Purpose.PEPPER),))

    pair = KeyPair.new()
    yield Held(pair, "<KeyPair>", (pair.private, pair.public))


ALL = list(everything_secret())


@pytest.mark.parametrize("held", ALL, ids=lambda held: type(held.value).__name__)
def test_it_prints_as_its_name_however_it_is_printed(held: Held) -> None:
    value = held.value
    written = [
        repr(value),
        str(value),
        f"{value}",
        f"{value!r}",
        f"{value:<1}",
        "%s %r" % (value, value),  # noqa: UP031  the old way of formatting is one of the ways
        "{}".format(value),  # noqa: UP032  so is this one
        ascii(value),
        pretty_repr(value),
        str([value]),
        str({"held": value}),
        _on_a_rich_console(value),
    ]

    assert written[0] == held.shown
    for text in written:
        _shows_none(text, held.secrets)


@pytest.mark.parametrize("held", ALL, ids=lambda held: type(held.value).__name__)
def test_it_refuses_to_be_pickled_or_copied_and_says_so_without_content(held: Held) -> None:
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy, lambda value: pickle.dumps([value], protocol=0)):
        with pytest.raises(TypeError, match="never pickled") as caught:
            attempt(held.value)
        _shows_none("".join(traceback.format_exception(caught.value)), held.secrets)


@pytest.mark.parametrize("held", ALL, ids=lambda held: type(held.value).__name__)
def test_it_has_no_dict_to_be_dumped(held: Held) -> None:
    assert not hasattr(held.value, "__dict__")


def failures() -> Iterator[tuple[str, Callable[[], object], tuple[bytes | str, ...]]]:
    key, other = b"k" * 31 + b"!", b"o" * 32
    pair = KeyPair.new()
    odd = "\ud800" + NUMBER
    keyring = Keyring.new()
    held: tuple[bytes | str, ...] = (key, other, pair.private, WORDS, PASSPHRASE, NUMBER)
    file = keyring.sealed(PASSPHRASE, memory_kib=8, iterations=1)
    private = seal_private(pair.private, PASSPHRASE, memory_kib=8, iterations=1)

    yield "wrong key", lambda: open_sealed(other, seal(key, WORDS, PLACE), PLACE), held
    yield "short key", lambda: seal(key[:16], WORDS, PLACE), held
    yield "wrong private half", lambda: open_from(other, key, seal_to(pair.public, key, WORDS, PLACE), PLACE), held
    yield "short private half", lambda: open_from(b"x", key, seal_to(pair.public, key, WORDS, PLACE), PLACE), held
    yield "no public half", lambda: seal_to(other[:9], key, WORDS, PLACE), held
    yield "no grant", lambda: accept(pair.private, WORDS, PLACE), held
    yield "no wrap", lambda: unwrap_for_receipt(WORDS, key, PLACE), held
    yield "wrong passphrase", lambda: Keyring.opened(file, "not " + PASSPHRASE), held
    yield "odd passphrase", lambda: Keyring.opened(file, "\ud800" + PASSPHRASE), held
    yield "broken file", lambda: Keyring.opened(file[:99] + PASSPHRASE.encode(), PASSPHRASE), held
    yield "file of words", lambda: Keyring.opened(WORDS, PASSPHRASE), held
    yield "wrong passphrase for a half", lambda: open_private(private, "not " + PASSPHRASE), held
    yield "unknown key", lambda: keyring.key(Purpose.DRAFT, NUMBER), held
    yield "unknown key for a message", lambda: message_mac(keyring, "sms", odd, NUMBER), held
    yield "unknown key to drop", lambda: keyring.without(NUMBER), held
    yield "bad code", lambda: ReceiptCode.read("1234 5678 9012 3456 7890"), ("1234", "7890", "9012")
    yield "bad digits", lambda: ReceiptCode("12345678901234567890"), ("1234", "7890", "9012")


@pytest.mark.parametrize(("attempt", "secrets"), [pytest.param(a, s, id=name) for name, a, s in failures()])
def test_an_error_is_one_line_that_shows_nothing(
    attempt: Callable[[], object], secrets: tuple[bytes | str, ...]
) -> None:
    with pytest.raises((VaultError, TypeError)) as caught:
        attempt()

    # As a log would write it: every error in the chain, without the source lines of this test.
    written = f"{caught.value} {caught.value!r} {caught.value.args}"
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    _shows_none(written, secrets)


def _shows_none(text: str, secrets: tuple[bytes | str, ...]) -> None:
    for secret in secrets:
        raw = secret if isinstance(secret, bytes) else secret.encode()
        for shape in (
            raw.hex(),
            repr(raw)[2:-1],
            base64.b64encode(raw).decode().rstrip("="),
            raw.decode("utf-8", "replace"),
        ):
            # Compared here, not by pytest, which would print both.
            assert not _holds(text, shape), "a secret shows"


def _holds(text: str, shape: str) -> bool:
    return len(shape) > 3 and shape in text


def _on_a_rich_console(value: object) -> str:
    out = io.StringIO()
    Console(file=out, width=500).print(value, {"held": value})
    return out.getvalue()
