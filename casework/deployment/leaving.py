"""Taking back what was last said for a phrase: the words before it are said again. For the word that clears everything and its line."""

from __future__ import annotations

from datetime import datetime

from casework.deployment.refusals import NothingToTakeBack
from casework.wordings import keeping
from casework.wordings.keeping import Earlier, Sheet, Wording
from casework.wordings.leaving import LINE, WORD
from casework.wordings.room import WordsRoom

PHRASES = (WORD, LINE)


def rewritings(sheet: Sheet) -> list[Earlier]:
    """What was said otherwise from then on, the latest first."""
    return [one for one in sheet.past if one.what in ("said", "shipped") and one.before != one.after]


def undo(words: WordsRoom, by: bytes, of: Wording, now: datetime) -> bool:
    """Say what was said before; whether anything differed. Its clashes are looked for as ever.

    of  language, phrase and version, as the form has them
    Raises NothingToTakeBack, and what `keeping.say` and `keeping.ship` raise.
    """
    past = rewritings(keeping.look(words, of.language, of.phrase))
    if not past:
        raise NothingToTakeBack
    if not past[0].before:
        return keeping.ship(words, by, of, now)
    return keeping.say(words, by, of, past[0].before, now, anyway=True)
