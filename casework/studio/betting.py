"""Whether two wordings differ, by a test at which anybody may look as often as she likes.

Somebody bets on each answer, and wins only if the wordings differ: whoever is asked gets one of them by an even chance, so that
before an answer comes nobody can know better than evenly which wording brought it. A fortune of 20 out of 1 is what chance
alone reaches in one comparison of 20 at most, whenever one looks (Ville's inequality).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log

ALPHA = 0.05  # how often chance alone may be taken for a difference
WINS = 1 / ALPHA
_STEPS = 20  # rates that are bet on: 5 %, 10 % … 95 %


@dataclass(frozen=True, slots=True)
class Arm:
    """What came of one wording."""

    asked: int = 0
    understood: int = 0  # answered at the first go

    @property
    def rate(self) -> float:
        """Of those asked, as a share of 1."""
        return self.understood / self.asked if self.asked else 0.0


def fortune(first: Arm, other: Arm) -> float:
    """What 1 has become by betting on every pair of rates at once, in equal parts.

    Where the rates are a and b, whoever understood the first wording multiplies by a / m, with m = (a + b) / 2, whoever did not
    by (1 - a) / (1 - m); of the other it is b. Were the wordings alike, the two would come evenly, and their mean is 1.
    Turner, Ly and Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for optional stopping",
    Journal of Statistical Planning and Inference 230 (2024), theorem 1 for groups of one; arXiv:2106.02693.
    Only the counts matter, not their order.
    """
    yes, no = (first.understood, other.understood), (first.asked - first.understood, other.asked - other.understood)
    logs = [
        yes[0] * bet[0] + no[0] * bet[1] + yes[1] * bet[2] + no[1] * bet[3]
        for bet in _BETS
    ]  # fmt: skip
    most = max(logs)
    return exp(most) * sum(exp(one - most) for one in logs) / len(logs) if most < 700 else inf


def _bet(a: float, b: float) -> tuple[float, float, float, float]:
    m = (a + b) / 2
    return log(a / m), log((1 - a) / (1 - m)), log(b / m), log((1 - b) / (1 - m))


_RATES = [step / _STEPS for step in range(1, _STEPS)]
_BETS = [_bet(a, b) for a in _RATES for b in _RATES if a != b]
