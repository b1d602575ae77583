"""A receipt is read however it is typed, a slip is caught, and nothing of it is kept."""

from __future__ import annotations

import itertools
import os
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.vault import receipts
from storage.vault.receipts import BadReceiptCode, ReceiptCode, ReceiptKeys, ReceiptMint, check_digit, derive

PEPPER = bytes(range(32))
DIGITS = "0123456789"
SCRIPTS = {
    "Urdu": "۰۱۲۳۴۵۶۷۸۹",
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
    "Devanagari": "०१२३४५६७८९",
    "full width": "".join(chr(0xFF10 + n) for n in range(10)),
}

nineteen = st.text(DIGITS, min_size=19, max_size=19)
codes = nineteen.map(lambda digits: ReceiptCode(digits + check_digit(digits)))


def test_the_table_has_what_damm_proved_of_it() -> None:
    table = receipts._DAMM
    for row in (*table, *zip(*table, strict=True)):
        assert sorted(row) == list(range(10))
    assert all(table[n][n] == 0 for n in range(10))
    for state, x, y in itertools.product(range(10), repeat=3):
        if x != y:
            assert table[table[state][x]][y] != table[table[state][y]][x]


def test_the_published_example_fits() -> None:
    assert check_digit("572") == "4"
    assert check_digit("5724") == "0"


def test_every_slip_of_one_digit_and_every_swap_of_neighbours_is_caught() -> None:
    for _ in range(50):
        digits = ReceiptCode.mint().digits
        for place in range(20):
            for wrong in DIGITS.replace(digits[place], ""):
                _is_refused(digits[:place] + wrong + digits[place + 1 :])
        for place in range(19):
            one, other = digits[place], digits[place + 1]
            if one != other:
                _is_refused(digits[:place] + other + one + digits[place + 2 :])


@given(codes, st.integers(0, 19), st.sampled_from(DIGITS))
def test_no_slip_of_one_digit_passes(code: ReceiptCode, place: int, wrong: str) -> None:
    if wrong != code.digits[place]:
        _is_refused(code.digits[:place] + wrong + code.digits[place + 1 :])


@given(codes, st.integers(0, 18))
def test_no_swap_of_neighbours_passes(code: ReceiptCode, place: int) -> None:
    one, other = code.digits[place], code.digits[place + 1]
    if one != other:
        _is_refused(code.digits[:place] + other + one + code.digits[place + 2 :])


def test_exactly_one_check_digit_fits() -> None:
    digits = ReceiptCode.mint().digits[:19]
    fitting = [last for last in DIGITS if check_digit(digits + last) == "0"]

    assert fitting == [check_digit(digits)]


def test_minted_codes_differ_and_read_back() -> None:
    minted = [ReceiptCode.mint() for _ in range(2000)]

    assert len({code.digits for code in minted}) == 2000
    assert all(ReceiptCode.read(code.grouped) == code for code in minted)
    assert {code.digits[0] for code in minted} == set(DIGITS)


def test_a_code_is_shown_in_five_groups_of_four() -> None:
    assert [len(group) for group in ReceiptCode.mint().grouped.split(" ")] == [4] * 5


@given(codes, st.sampled_from(sorted(SCRIPTS)), st.lists(st.sampled_from(
    ["", "", " ", "-", "\u2013", "\u2212", "\u00a0", "\n", "\t", "\u200f", "\u2068", "\u2069", "\u200b", "  "]
), min_size=21, max_size=21))  # fmt: skip
def test_a_code_is_read_in_any_script_with_any_gaps(code: ReceiptCode, script: str, gaps: list[str]) -> None:
    typed = gaps[0]
    for digit, gap in zip(code.digits, gaps[1:], strict=True):
        typed += SCRIPTS[script][int(digit)] + gap

    assert ReceiptCode.read(typed) == code


def test_scripts_may_be_mixed() -> None:
    code = ReceiptCode.mint()
    typed = "".join(SCRIPTS["Urdu"][int(d)] if place % 2 else d for place, d in enumerate(code.digits))

    assert ReceiptCode.read(typed) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 3",
        "REPORT",
        "1234 5678 9012 3456 789",
        "1234 5678 9012 3456 7890 1",
        "my code is 1234 5678 9012 3456 7890",
        "1234 5678 9012 3456 7890!",
        "²" * 20,  # not decimal digits
        "½" * 20,
        " " * 50,
        "1" + " " * 500 + "1" * 19,
        "7" * 10_000,
    ],
)
def test_anything_but_twenty_digits_is_not_a_code(text: str) -> None:
    assert ReceiptCode.read(text) is None


@given(st.text(max_size=120))
def test_reading_never_fails_in_another_way(text: str) -> None:
    try:
        code = ReceiptCode.read(text)
    except BadReceiptCode:
        return
    assert code is None or len(code.digits) == 20


@pytest.mark.parametrize(
    "digits", ["", "0" * 19, "0" * 21, SCRIPTS["Urdu"][0] * 20, "0" * 19 + " ", "-" + "0" * 19, "0" * 19 + "1"]
)
def test_a_code_cannot_be_made_of_anything_else(digits: str) -> None:
    with pytest.raises(BadReceiptCode):
        ReceiptCode(digits)


def test_the_error_says_what_to_mend_and_not_what_was_typed() -> None:
    with pytest.raises(BadReceiptCode) as caught:
        ReceiptCode.read("1234 5678 9012 3456 7890")

    assert "mistyped" in str(caught.value)
    assert not any(character.isdigit() for character in str(caught.value))


def test_the_keys_depend_on_every_digit_and_the_pepper_and_differ_from_each_other() -> None:
    code, other = ReceiptCode.mint(), ReceiptCode.mint()

    keys = derive(code, PEPPER, 8, 1)

    assert keys == derive(ReceiptCode(code.digits), PEPPER, 8, 1)
    different = [derive(other, PEPPER, 8, 1), derive(code, bytes(32), 8, 1), derive(code, PEPPER, 16, 1)]
    every = [keys.find, keys.open, *(each.find for each in different), *(each.open for each in different)]
    assert len(set(every)) == 8
    assert {len(each) for each in every} == {32}


def test_the_mint_makes_codes_ahead_and_never_gives_one_twice() -> None:
    mint = ReceiptMint(PEPPER, 8, 1, size=4)
    try:
        taken = [mint.take() for _ in range(200)]
        _wait_for("<ReceiptMint with 4 ready>", mint)
    finally:
        mint.close()

    assert len({code.digits for code, _ in taken}) == 200
    assert all(keys == derive(code, PEPPER, 8, 1) for code, keys in taken)


def test_taking_a_code_made_ahead_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    mint = ReceiptMint(PEPPER, 8, 1, size=3)
    try:
        _wait_for("<ReceiptMint with 3 ready>", mint)
        taker = threading.get_ident()

        def elsewhere_only(code: ReceiptCode, pepper: bytes, memory_kib: int, iterations: int) -> ReceiptKeys:
            assert threading.get_ident() != taker
            return derive(code, pepper, memory_kib, iterations)

        monkeypatch.setattr(receipts, "derive", elsewhere_only)
        for _ in range(3):
            mint.take()
    finally:
        mint.close()


def test_a_mint_without_a_store_and_a_closed_one_still_give_codes() -> None:
    mint = ReceiptMint(PEPPER, 8, 1, size=0)
    first, _ = mint.take()
    mint.close()
    second, _ = mint.take()

    assert first != second
    assert repr(mint) == "<ReceiptMint with 0 ready>"
    assert not mint._thread.is_alive()


def test_many_threads_never_share_a_code() -> None:
    mint = ReceiptMint(PEPPER, 8, 1, size=8)
    taken: list[str] = []

    def take() -> None:
        for _ in range(50):
            taken.append(mint.take()[0].digits)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mint.close()

    assert len(set(taken)) == 400


def test_a_forked_child_gives_no_code_that_its_parent_gives() -> None:
    mint = ReceiptMint(PEPPER, 8, 1, size=4)
    try:
        _wait_for("<ReceiptMint with 4 ready>", mint)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            taken = [mint.take()[0].digits for _ in range(20)]
            alive = mint._thread.is_alive()
            mint.close()
            os.write(writing, "".join([*taken, "alive" if alive else "dead"]).encode())
            os._exit(0)
        os.close(writing)
        mine = {mint.take()[0].digits for _ in range(20)}
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        assert os.waitpid(child, 0)[1] == 0
    finally:
        mint.close()

    hers = {said[start : start + 20] for start in range(0, 400, 20)}
    assert len(mine) == len(hers) == 20
    assert not mine & hers
    assert said.endswith("alive")  # its own thread fills its own store


def test_a_mint_closed_in_a_forked_child_goes_on_in_its_parent() -> None:
    mint = ReceiptMint(PEPPER, 8, 1, size=2)
    try:
        child = os.fork()
        if child == 0:
            mint.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        mint.take()
        _wait_for("<ReceiptMint with 2 ready>", mint)
    finally:
        mint.close()


def test_a_cost_that_does_not_exist_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="iterations"):
        ReceiptMint(PEPPER, 8, 0)


def _is_refused(digits: str) -> None:
    with pytest.raises(BadReceiptCode):
        ReceiptCode.read(digits)


def _wait_for(shown: str, mint: ReceiptMint) -> None:
    for _ in range(1000):
        if repr(mint) == shown:
            return
        time.sleep(0.005)
    raise AssertionError("the mint did not fill")
