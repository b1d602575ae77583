"""Every way of saying no about words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from casework.staff.refusals import Refusal
from locales.check import Finding


class WordsRefusal(Refusal):
    """It was not done. Never raised itself; catch it to mean any of these."""


class NoSuchPhrase(WordsRefusal):
    """There is no such phrase, or no such language."""

    reason = "words_gone"


class NoWordsEditor(WordsRefusal):
    """Only translators and admins write what reporters are told."""

    reason = "words_editor"


class WordsMeanwhile(WordsRefusal):
    """Somebody else wrote it since this page was opened; what is there now is shown."""

    reason = "words_meanwhile"


class WordsUnfit(WordsRefusal):
    """They cannot be said like this: `findings` tell why."""

    reason = "words_unfit"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(count=len(findings))
        self.findings = tuple(findings)


class WordsDoubtful(WordsUnfit):
    """They can be said, but something is worth a look first."""

    reason = "words_doubtful"


class NothingWritten(WordsRefusal):
    """There is nothing to say, to keep or to look over."""

    reason = "words_nothing"


class OwnWords(WordsRefusal):
    """Whoever wrote the words does not look them over: a second pair of eyes does."""

    reason = "words_own"


class TooManyWords(WordsRefusal):
    """Over `most` characters."""

    reason = "words_long"


class WordsMoved(WordsRefusal):
    """What would be changed is no more what was looked at."""

    reason = "words_moved"


class WordsFile(WordsRefusal):
    """The file cannot be taken: what to mend is listed."""

    reason = "words_file"


class NotAdmin(WordsRefusal):
    """A language is an admin's to bring, and to offer."""

    reason = "tongue_admin"


class NoSuchTongue(WordsRefusal):
    """The organisation brought no such language."""

    reason = "tongue_gone"


class TongueThere(WordsRefusal):
    """There is a language of this code already."""

    reason = "tongue_there"


class BadTongue(WordsRefusal):
    """Something of it is missing, too long, or written in a way that nothing can be made of."""

    reason = "tongue_bad"


class TongueIncomplete(WordsRefusal):
    """Phrases are missing: `count` of them."""

    reason = "tongue_incomplete"


class TongueOffered(WordsRefusal):
    """Reporters were offered it: it can be offered no more, but not be taken away under who writes in it."""

    reason = "tongue_offered"


class NotMeant(WordsRefusal):
    """What was typed to say that it is meant is not its code."""

    reason = "tongue_not_meant"


class Clashing(Protocol):
    """A word that means something already."""

    @property
    def word(self) -> str: ...
    @property
    def wanted(self) -> str: ...
    @property
    def means(self) -> str: ...
    @property
    def language(self) -> str: ...


class WordsClash(WordsRefusal):
    """Words that steer would mean something else as well."""

    reason = "words_clash"

    def __init__(self, clashes: Sequence[Clashing]) -> None:
        super().__init__(count=len(clashes))
        self.clashes = tuple(clashes)
