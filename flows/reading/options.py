"""Which option a typed answer means: generous with spelling, strict with meaning.

From sure to less sure: a number, a label in any language, a part of one, a cut one, loose
spelling, one slip, and last a short sentence that holds the words of exactly one option.
Two readings are none: a wrong answer in a report hurts, a question asked again does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA

from flows.reading.fold import fold
from flows.reading.loose import loose, skeleton
from flows.reading.numbers import read_number
from flows.reading.yes_no import NO, YES

_CUT = 12  # letters after which the beginning of a label stands for it
_SENTENCE = 9  # words; a longer text is a story, not an answer
_PARTS = re.compile(r"[,،/()؛;:\n]|\bor\b|\bya\b|\bo\b|\by\b|\band\b|\baur\b|(?<=\s)(?:یا|يا|اور|۽)(?=\s)")

_NEGATIONS = frozenset(fold(word) for word in (
    "not no never dont don't didnt didn't isnt wasnt without except neither nahi nahin nhi nai na mat bina "
    "نہیں نہ نا مت بغیر سوا نه ناهي نٿو نٿي ڪونه ڪونهي بنا ni nunca sin tampoco kona nahe naahe nako"
).split())
_FILLERS = frozenset(fold(word) for word in (
    "a an the it its was is in on at by to of my me i we he she they and or from with for this that there just only some one please want "
    "were had has been happened did do "
    "mein main me ne ko ka ki ke se par pe hai tha thi hua hui ho gaya mera meri mere wo woh ye yeh ek kuch sirf bhi wala wali "
    "میں نے کو کا کی کے سے پر ہے تھا تھی ہوا ہوئی وہ یہ ایک میرا میری میرے بھی والا والی کچھ گیا "
    "۾ تي کي جو جي جا کان سان آهي هو هئي ٿيو ٿي اهو هي هڪ منهنجو منهنجي مون به وارو واري "
    "el la los las un una en de del al mi me fue era es lo que y o con por para se su a"
).split())
_UNSURE = frozenset(fold(word) for word in (
    "idk,dont know,don't know,i dont know,i don't know,not sure,unsure,no idea,dunno,dont remember,maybe,"
    "pata nahi,pata nai,pta nahi,pta nhi,maloom nahi,malum nahi,nahi pata,pata nhi,yaad nahi,"
    "معلوم نہیں,پتا نہیں,پتہ نہیں,نہیں معلوم,یاد نہیں,خبر ناهي,خبر نه,پڪ ناهي,ياد ناهي,khabar nahe,khabar naahe,"
    "no se,no sé,no lo se,ni idea,no recuerdo,no estoy segura,quizas,no me acuerdo"
).split(","))


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be meant."""

    id: str
    labels: Mapping[str, str] = field(hash=False)  # language → label
    words: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)  # language → other words for it


def read_option(typed: str, options: Sequence[Option], *, numbers: bool = True) -> str | None:
    """The id of the option that is meant, or None.

    numbers   whether "2" means the second one shown
    """
    shown = _index(tuple((option.id, _labels(option)) for option in options))
    folded = fold(typed)
    if not folded:
        number = read_number(typed) if numbers else None
        return shown.at(number)
    exact = shown.exact(folded)
    if exact is not None:
        return exact or None
    number = read_number(typed)
    if number is not None and numbers:
        return shown.at(number)
    if folded.isdecimal() or "?" in typed or "؟" in typed:
        return None
    for reading in (shown.yes_or_no, shown.part, shown.cut, shown.loosely, shown.one_slip, shown.sentence):
        found = reading(folded)
        if found is not None:
            return found or None
    return None


def _labels(option: Option) -> tuple[str, ...]:
    others = (word for words in option.words.values() for word in words)
    return tuple(dict.fromkeys((*option.labels.values(), *others)))


@lru_cache(maxsize=512)
def _index(options: tuple[tuple[str, tuple[str, ...]], ...]) -> _Index:
    return _Index(options)


AMBIGUOUS = ""  # found, but for two options


class _Index:
    """Every way to name each of these options. A name that serves two options serves none."""

    def __init__(self, options: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        self._ids = [option_id for option_id, _ in options]
        self._whole: dict[str, str] = {}
        self._ids_folded: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self._words: dict[str, str] = {}
        for option_id, labels in options:
            _claim(self._ids_folded, fold(option_id.replace("_", " ")), option_id)
            for label in labels:
                _claim(self._whole, fold(label), option_id)
                for part in _PARTS.split(label):
                    _claim(self._parts, fold(part), option_id)
        for option_id, labels in options:
            for label in labels:
                for word in fold(label).split():
                    if word not in _FILLERS and word not in _NEGATIONS:
                        _claim(self._words, word, option_id)
        self._loose = _reclaimed(self._parts | self._whole, _loosely)
        self._loose_words = _reclaimed(self._words, loose)
        self._bones = _reclaimed(self._words, skeleton)
        self._yes, self._no, self._unsure = self._yes_no()

    def at(self, number: int | None) -> str | None:
        return self._ids[number - 1] if number and number <= len(self._ids) else None

    def exact(self, folded: str) -> str | None:
        found = self._whole.get(folded)
        return found if found is not None else self._ids_folded.get(folded)

    def yes_or_no(self, folded: str) -> str | None:
        """Plain yes, no and "not sure", where that is what the options are."""
        if self._unsure and folded in _UNSURE:
            return self._unsure
        if self._yes and folded in YES:
            return self._yes
        return self._no if self._no and folded in NO else None

    def part(self, folded: str) -> str | None:
        found = self._parts.get(folded)
        if found is not None:
            return found
        return self._words.get(folded) if " " not in folded else None

    def cut(self, folded: str) -> str | None:
        if len(folded) < _CUT:
            return None
        return _only(option for label, option in self._whole.items() if label.startswith(folded))

    def loosely(self, folded: str) -> str | None:
        if len(folded) < 3:
            return None
        found = self._loose.get(_loosely(folded))
        if found is None and " " not in folded:
            found = self._loose_words.get(loose(folded))
        return found

    def one_slip(self, folded: str) -> str | None:
        if len(folded) < 4 or any(word in _NEGATIONS for word in folded.split()):
            return None
        found = _only(self._slipped(folded, self._whole | self._parts))
        if found is None and " " not in folded:
            found = _only(self._slipped(folded, self._words))
            if found is None:
                found = self._bones.get(skeleton(folded) or "\0")
        return found

    def sentence(self, folded: str) -> str | None:
        """A short sentence with the words of exactly one option, and nothing that turns it round."""
        words = folded.split()
        if not 2 <= len(words) <= _SENTENCE or any(word in _NEGATIONS for word in words):
            return None
        meant = {found for word in words if (found := self._word(word))}
        for start in range(len(words)):
            for end in range(start + 2, min(start + 5, len(words)) + 1):
                found = self._parts.get(" ".join(words[start:end])) or self._whole.get(" ".join(words[start:end]))
                if found:
                    meant.add(found)
        return meant.pop() if len(meant) == 1 else None

    def _word(self, word: str) -> str | None:
        if word in _FILLERS or len(word) < (3 if word.isascii() else 2):
            return None
        found = self._words.get(word)
        if found is None:
            found = self._loose_words.get(loose(word)) if len(word) >= 4 else None
        if found is None and len(word) >= 5:
            found = _only(self._slipped(word, self._words))
        return found

    def _slipped(self, typed: str, names: Mapping[str, str]) -> Iterable[str]:
        allowed = 2 if len(typed) >= 8 else 1
        for name, option in names.items():
            # One letter off in a short word is another word ("gali" is a lane, "gaali" abuse).
            if len(name) < 4 or name[0] != typed[0] and len(name) < 6:
                continue
            if OSA.distance(typed, name, score_cutoff=allowed) <= (2 if len(name) >= 8 and allowed == 2 else 1):
                yield option

    def _yes_no(self) -> tuple[str, str, str]:
        yes = {self._whole[word] for word in YES if self._whole.get(word)}
        no = {self._whole[word] for word in NO if self._whole.get(word)}
        unsure = {self._whole[word] for word in _UNSURE if self._whole.get(word)}
        if len(yes) > 1 or len(no) > 1 or not (yes and no):
            yes, no = set(), set()
        return (yes or {""}).pop(), (no or {""}).pop(), unsure.pop() if len(unsure) == 1 else ""


def _loosely(text: str) -> str:
    return " ".join(loose(word) for word in text.split())


def _claim(names: dict[str, str], name: str, option: str) -> None:
    if name and names.setdefault(name, option) != option:
        names[name] = AMBIGUOUS


def _reclaimed(names: Mapping[str, str], change: Callable[[str], str]) -> dict[str, str]:
    changed: dict[str, str] = {}
    for name, option in names.items():
        key = change(name)
        if len(key) >= 2:
            _claim(changed, key, option)
    return changed


def _only(options: Iterable[str]) -> str | None:
    """The one option among them; AMBIGUOUS for several; None for none."""
    found = set(options)
    if not found:
        return None
    return found.pop() if len(found) == 1 else AMBIGUOUS
