"""Which place is meant by what she typed: ranked, forgiving, and honest when two are as likely.

Every run of words in the text is held against the names as they are written; what fits nothing is
tried by ear, then with a few slips; hamlets come last. A town or district beside it decides between two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from casework.asking_words import AskingWords, shipped_words
from casework.places.gazetteer import LAST, Country, Place, read_country, read_elsewhere, read_places
from casework.places.index import Heard, Index
from casework.places.packed import Places
from casework.places.spelling import in_full, parted, tokens_of, without_noise
from casework.places.surroundings import Context, Contexts
from flows.reading.tables import DOUBT, NEGATION
from flows.reading.yes_no import is_unsure

MOST = 5  # candidates told
_MOST_WORDS = 16  # looked at; the rest of a story names no place we asked for
_FEW = 4
_LONGEST_NAME = 6  # words
_SURE = 0.8
_GOOD = 0.93  # better than this nothing is tried by ear
_EQUAL = 0.025  # closer than this two places are as likely
_KNOWN = 3  # the last rank that people outside it know
_NEAR = 0.05  # degrees, about 5 km: a place that lies across a border of districts
_BESIDE = 0.03
_PRIOR = (0.06, 0.06, 0.03, 0.02, -0.04, -0.09)  # by rank: who names a hamlet when a city has the name?
_DISTRICT = 0.02  # of a district: its town of the same name is meant first
_SAID = NEGATION | DOUBT  # "nahi" is an answer, whatever hamlet has the name
_WORDS = ("as written", "by ear", "a slip or two away", "looks a little like it")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that may be meant."""

    place: Place
    score: float  # about 1 when certain
    why: str  # in plain words
    sure: bool  # False: no more than a guess
    whole: bool  # every word of the text is accounted for


@dataclass(frozen=True, slots=True)
class Found:
    """What a text may mean, best first."""

    candidates: tuple[Candidate, ...] = ()
    equal: int = 0  # how many of the first are as likely: 2 or more must be asked about

    @property
    def one(self) -> Place | None:
        """The place meant, when it is certain which."""
        return self.candidates[0].place if self.equal == 1 else None


NOTHING = Found()


class Finder:
    """Finds places of one country."""

    def __init__(self, country: Country, places: Iterable[Place], words: AskingWords) -> None:
        self.country = country
        self.places = Places(places)
        self.index = Index(self.places, words)
        self._words = words
        self._contexts = Contexts(country, self.places.well_known, words)
        self._elsewhere = frozenset("".join(tokens_of(name)) for name in read_elsewhere(country))

    def place(self, place_id: str) -> Place | None:
        """The place with this id, if there is one."""
        return self.places.by_id(place_id)

    def is_name(self, tokens: Sequence[str]) -> bool:
        """Whether folded words are, all together, the name of a place that people know."""
        heard = self.index.written("".join(tokens))
        return any(self.places.rank(one.spelling.place) <= _KNOWN for one in heard)

    def is_elsewhere(self, text: str) -> bool:
        """Whether it names a district of the country outside the part that is served, and no place in it that people know."""
        tokens = tokens_of(text)[:_MOST_WORDS]
        kept = without_noise(tokens, self._words.noise)
        named = [token for token, keep in zip(tokens, kept, strict=True) if keep]
        return "".join(named) in self._elsewhere and not self.is_name(named)

    def districts_named(self, text: str) -> frozenset[str]:
        """English names of the districts that a text names by themselves, their town or their division."""
        return self._contexts.read(tokens_of(text)[:_MOST_WORDS]).districts

    def find(self, text: str, noise: frozenset[str] = frozenset()) -> Found:
        """Return what `text` may mean. noise: words that this time name no place ("hospital")."""
        tokens = tokens_of(text)[:_MOST_WORDS]
        if not tokens or is_unsure(tokens):
            return NOTHING
        words, code = parted(tokens, self._words.marks)
        if _SAID.issuperset(words) or self.is_elsewhere(text):
            return NOTHING
        kept = without_noise(words, self._words.noise)
        kept = [keep and word not in noise and word not in _SAID for keep, word in zip(kept, words, strict=True)]
        words, kept = self._in_full(words, kept)
        search = _Search(self.index, self._contexts, words, kept, code, self._words.generic)
        return _decided(search.run(), self._words.short)

    def _in_full(self, words: list[str], kept: list[bool]) -> tuple[list[str], list[bool]]:
        """Words that are cut short, written in full where that makes the name of a place that people know: "n nazimabad",
        "malir cant". Elsewhere "n" is an initial and "cant" says that something cannot be.
        """
        for size in range(min(_LONGEST_NAME, len(words)), 1, -1):
            for start in range(len(words) - size + 1):
                end = start + size
                run = words[start:end]
                full = in_full(run, self._words.short)
                name = run if self._is_own_name(run) else full
                if full != run and self.is_name(name):
                    return [*words[:start], *name, *words[end:]], [*kept[:start], *[True] * size, *kept[end:]]
        return words, kept

    def _is_own_name(self, tokens: Sequence[str]) -> bool:
        heard = self.index.written("".join(tokens))
        return any(one.spelling.own and self.places.rank(one.spelling.place) <= _KNOWN for one in heard)


class _Search:
    """One text under way."""

    def __init__(
        self,
        index: Index,
        contexts: Contexts,
        words: list[str],
        kept: list[bool],
        code: str,
        generic: frozenset[str],
    ) -> None:
        self._index, self._contexts, self._code, self._generic = index, contexts, code, generic
        self._words, self._kept = words, kept
        self._best: dict[int, Candidate] = {}

    def run(self) -> list[Candidate]:
        for start, end in self._runs():
            self._weigh(self._index.written("".join(self._words[start:end])), start, end, 0)
            if bare := [word for word in self._words[start:end] if word not in self._generic]:
                self._weigh(self._index.written("".join(bare)), start, end, 0)
        whole = [word for word, keep in zip(self._words, self._kept, strict=True) if keep]
        if whole == self._words:  # what sounds alike is one name to many: sadar, saddar
            self._weigh(self._index.by_ear("".join(whole)), 0, len(whole), 1)
        if not self._settled(_GOOD) and whole:
            for hamlets in (False, True):
                for start, end in self._content_runs():
                    for form in self._tried(start, end):
                        self._weigh(self._index.by_ear(form, hamlets=hamlets), start, end, 1)
                if not self._settled(_GOOD):
                    for start, end in self._content_runs(few=hamlets):
                        for form in self._tried(start, end):
                            self._weigh(self._index.slipped(form, hamlets=hamlets), start, end, 2)
                if self._settled(_SURE):
                    break
        if whole and not any(one.sure for one in self._best.values()):
            self._guess()
        return sorted(self._best.values(), key=lambda one: (-one.score, one.place.rank, one.place.id))

    def _tried(self, start: int, end: int) -> Iterator[str]:
        words = self._words[start:end]
        yield "".join(words)
        bare = [word for word in words if word not in self._generic]
        if bare and len(bare) < len(words):
            yield "".join(bare)

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Every run of words, the longest first; one of small words alone only when it is all there is."""
        count = len(self._words)
        for size in range(min(_LONGEST_NAME, count), 0, -1):
            for start in range(count - size + 1):
                if size == count or any(self._kept[start : start + size]):
                    yield start, start + size

    def _content_runs(self, *, few: bool = False) -> Iterator[tuple[int, int]]:
        """Runs that may be a name misspelt: no small word at either end; `few`: the whole, and each word."""
        places = [at for at, keep in enumerate(self._kept) if keep]
        if few and len(places) > _FEW:
            return  # a sentence: among its words something is always like some hamlet
        longest = 4 if len(places) <= 4 else 2
        for size in range(min(longest, len(places)), 0, -1):
            if few and size not in (1, len(places)):
                continue
            for first in range(len(places) - size + 1):
                start, end = places[first], places[first + size - 1] + 1
                if end - start == size:
                    yield start, end

    def _guess(self) -> None:
        """What it may be at best: well-known names that look alike. Never sure."""
        for start, end in self._content_runs(few=True):
            self._weigh(self._index.looking_like("".join(self._words[start:end])), start, end, 3)

    def _settled(self, enough: float) -> bool:
        """Whether nothing better needs to be looked for: a good score, and every word accounted for."""
        best = max(self._best.values(), key=lambda one: one.score, default=None)
        return best is not None and best.score >= enough and best.whole

    def _weigh(self, heard: Sequence[Heard], start: int, end: int, how: int) -> None:
        if not heard:
            return
        left = [
            word
            for at, (word, keep) in enumerate(zip(self._words, self._kept, strict=True))
            if keep and not start <= at < end
        ]
        context = self._contexts.read(left)
        for one in heard:
            candidate = self._candidate(one, context, how)
            known = self._best.get(one.spelling.place)
            if candidate is not None and (known is None or candidate.score > known.score):
                self._best[one.spelling.place] = candidate

    def _candidate(self, heard: Heard, context: Context, how: int) -> Candidate | None:
        place, spelling = self._index.places[heard.spelling.place], heard.spelling
        if not any(self._kept) and place.rank > _KNOWN:
            return None  # nothing but small words: Do Talwar may be meant, a hamlet called Do is not
        known = _DISTRICT if place.kind == "district" else _PRIOR[min(place.rank, LAST)]
        score = heard.fit + known - (0.0 if spelling.own else 0.04)
        why = [_WORDS[how] if spelling.own or how else "another name for it"]
        if spelling.code != self._code:
            if spelling.code:
                return None  # block 13 was not asked for
            score -= 0.1
            why.append("the part is not known")
        elif self._code:
            score += 0.05  # the very block
        score -= 0.1 * context.unknown
        if context.unknown:
            why.append("other words beside it")
        if context.names:
            fits = place.district in context.districts
            # A district with a town of its own beside it: the town is meant.
            score += -0.1 if place.kind == "district" else 0.05 if fits else -0.15
            why.append(f"{'in' if fits else 'but not in'} {context.names[0]}")
        accounted = not context.unknown and (not context.names or place.district in context.districts)
        return Candidate(place, score, ", ".join(why), score >= _SURE, accounted)


def _decided(ranked: list[Candidate], short: Mapping[str, str]) -> Found:
    """Drop what is the same place twice, and see how many are as likely as the first."""
    told: list[Candidate] = []
    for one in ranked:
        if len(told) == MOST:
            break
        if not any(_same(one.place, other.place, short) for other in told):
            told.append(one)
    if not told:
        return NOTHING
    first = told[0]
    equal = 0
    if first.sure:
        equal = sum(first.score - one.score <= _EQUAL and _peers(first.place, one.place) for one in told)
    return Found(tuple(told), equal)


def _same(one: Place, other: Place, short: Mapping[str, str]) -> bool:
    """Whether two entries are one place to her: a town and its quarter of that name, a city and its district."""
    if one.district == other.district and ("district" in (one.kind, other.kind) or _shares_name(one, other)):
        return True
    apart = abs(one.latitude - other.latitude) + abs(one.longitude - other.longitude)
    return apart < (_BESIDE if one.district == other.district else _NEAR) and (
        _shares_name(one, other)
        or (one.rank == other.rank and apart < _BESIDE)
        or in_full(tokens_of(one.name), short) == in_full(tokens_of(other.name), short)  # Cantt, Cantonment
    )


def _shares_name(one: Place, other: Place) -> bool:
    return any(name and name == other.names.get(language) for language, name in one.names.items())


def _peers(one: Place, other: Place) -> bool:
    """Whether both are as well known: nobody is asked whether she meant the city or a hamlet of its name."""
    if one is other or one.rank == other.rank >= 2:
        return True
    # A quarter is as well known as a town when it is named in as many languages.
    better, lesser = sorted((one, other), key=lambda place: place.rank)
    return better.rank >= 2 and lesser.rank - better.rank == 1 and len(lesser.names) >= len(better.names)


@cache
def shipped_finder() -> Finder:
    """The finder of the shipped country, built once a process. Raises BadGazetteer."""
    country = read_country()
    return Finder(country, read_places(country), shipped_words())
