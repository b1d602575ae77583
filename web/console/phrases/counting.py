"""What words cost on each channel and whether they fit: the one count, for the page and for its program."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.limits import TELEGRAM, WHATSAPP
from casework.wordings import checks
from casework.wordings.checks import Trial
from casework.wordings.room import Asked, WordsRoom
from locales.segments import Cost, cost, room_left, utf16_units


@dataclass(frozen=True, slots=True)
class Counted:
    """Words that are written just now."""

    trial: Trial = field(repr=False)
    sms: Cost  # of the longest form, filled with the longest values
    left: int  # letters that still fit into the last part
    allowed: int  # parts
    letters: int  # as the apps count them
    apps: tuple[tuple[str, int], ...]  # how many letters each app takes
    label: int | None  # the longest it may be, where it stands on a button or in a list
    longest: int  # characters of the longest form as written
    by_sms: bool  # whether it goes by SMS at all

    @property
    def too_long(self) -> bool:
        return self.sms.parts > self.allowed


def count(words: WordsRoom, asked: Asked, language: str, key: str, forms: list[str]) -> Counted:
    """Count words that are kept nowhere."""
    trial = checks.trial(words, asked, language, key, forms)
    costs = [cost(text) for text in trial.longest] or [cost("")]
    sms = max(costs, key=lambda one: (one.parts, one.units))
    noted = trial.original or trial.entry
    only = key.partition("@")[2]
    return Counted(
        trial=trial,
        sms=sms,
        left=room_left(sms),
        allowed=noted.sms_parts,
        letters=max((utf16_units(text) for text in trial.longest), default=0),
        apps=tuple((app.channel, app.longest) for app in (WHATSAPP, TELEGRAM) if only in ("", app.channel)),
        label=noted.label_length,
        longest=max(map(len, trial.entry.forms), default=0),
        by_sms=only in ("", "sms"),
    )
