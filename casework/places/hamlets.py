"""How hamlets are written and how they sound, packed as they are: only the spellings that no better known place shares."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property

from casework.by_ear import SoundAlone
from casework.places.spelling import Spelling
from flows.reading.texts import Texts


class Hamlets:
    """All of them. Never changed once made."""

    def __init__(self, spelled: Iterable[tuple[str, Spelling]]) -> None:
        numbers: dict[str, int] = {}
        codes: dict[str, int] = {}
        form, place, code, own = array("I"), array("I"), array("H"), array("B")
        for said, one in spelled:
            form.append(numbers.setdefault(said, len(numbers)))
            place.append(one.place)
            code.append(codes.setdefault(one.code, len(codes)))
            own.append(one.own)
        self._codes = tuple(codes)
        forms = tuple(numbers)
        numbers.clear()  # so that what is built next takes its room: this is when a process is at its largest
        order = array("I", sorted(range(len(form)), key=form.__getitem__))  # those of one form beside each other
        self._form, self._place, self._code, self._own = (
            array(column.typecode, map(column.__getitem__, order)) for column in (form, place, code, own)
        )
        self._forms = Texts(forms)

    @cached_property
    def sounds(self) -> SoundAlone:
        """Their forms by how they sound."""
        return SoundAlone(self._forms)

    def written(self, form: str) -> tuple[Spelling, ...]:
        """Those that are written just so."""
        number = self._forms.number(form)
        if number is None:
            return ()
        rows = range(bisect_left(self._form, number), bisect_right(self._form, number))
        return tuple(Spelling(self._place[at], self._codes[self._code[at]], bool(self._own[at])) for at in rows)
