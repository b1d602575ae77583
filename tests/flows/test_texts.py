"""Packed texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.reading.texts import Texts


@given(st.lists(st.text(max_size=4), unique=True), st.text(max_size=4))
def test_packed_texts_are_found_by_their_number_and_numbers_by_their_text(texts: list[str], other: str) -> None:
    packed = Texts(texts)

    assert list(packed) == texts
    assert [packed.number(text) for text in texts] == list(range(len(texts)))
    assert packed.number(other) == (texts.index(other) if other in texts else None)
