"""What was measured as one small SVG, for a page or a letter: it loads nothing, runs nothing and follows a dark page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median
from textwrap import wrap
from typing import Any

from tests.benchmarks.bars import by_how_much, limit_of, verdict_of

WIDE, MARGIN = 480, 20
_BARS, _LONGEST = 172, 188  # where bars begin, and the length of the floor's
_ROW, _LINE = 26, 19
_LETTERS = 60  # of what a bar says, on one line
_NAMES = {"ours": "Hamraz", "ptb": "python-telegram-bot", "floor": "the floor"}
_CHANNELS = {"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram"}
_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_MARKS = {"met": "✓", "MISSED": "✗", "no bar": "·"}
_STYLE = """\
svg{--paper:#fff;--ink:#1d2a2a;--soft:#4a5a5a;--ours:#00565c;--other:#6f8585;--line:#c9d4d4;--met:#1c6b3a;--missed:#a3261c}
@media(prefers-color-scheme:dark){svg{--paper:#10191a;--ink:#e6eeee;--soft:#a9bcbc;--ours:#4fc3c9;--other:#7d9494;--line:#3a4a4a;--met:#7fd6a0;--missed:#ff9d90}}
text{font:15px system-ui,"Noto Sans","DejaVu Sans",sans-serif;fill:var(--ink)}.paper{fill:var(--paper)}
.title{font-size:20px;font-weight:600}.head{font-size:16px;font-weight:600}.soft{font-size:13.5px;fill:var(--soft)}
.number{font-weight:600}.end{text-anchor:end}.bar{fill:var(--other)}.ours{fill:var(--ours)}.one{stroke:var(--line);stroke-dasharray:4 3}
.met{fill:var(--met);font-weight:600}.missed{fill:var(--missed);font-weight:600}"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One contender among those that it is measured beside."""

    name: str
    of_one: float  # messages a second, of the first one's
    a_second: float


def drawn(told: dict[str, Any]) -> str:
    """A bar for each contender, the floor's is 1, and a line for each bar of the benchmark that was measured.

    told  what `hamraz bench --json` prints
    """
    page = _Page()
    page.text("Hamraz beside its floor and its peers", "title", 22)
    for line in wrap(_machine(told["machine"]), 66):
        page.text(line, "soft", _LINE)
    for head, contenders in _groups(told["raw"]):
        page.group(head, contenders)
    page.bars(told["bars"])
    return page.svg()


def _machine(machine: dict[str, Any]) -> str:
    busy = " and ".join(f"{machine[when]:g}" for when in ("load_before", "load_after") if when in machine)
    on = f"{machine['cores']} cores, Python {machine['python']}, SQLite {machine['sqlite']}, {machine['at'][:10]}"
    return f"{on}. Load before and after: {busy}."


def _groups(raw: dict[str, Any]) -> Iterator[tuple[str, list[Drawn]]]:
    """Whoever ran beside each other; the first of each is 1."""
    for part, first, head in (("turns", "floor", "the floor is 1"), ("channels", "sms", "SMS is 1")):
        rounds = raw.get(part, {}).get("rounds") or [{}]
        for kind in _KINDS:
            one = f"{first} {kind}"
            beside = sorted(name for name in rounds[0] if name.endswith(kind) or (kind == "sqlite" and " " not in name))
            if one in beside:
                contenders = [_drawn(rounds, name, one) for name in beside]
                contenders.sort(key=lambda each: (each.name != _named(one), -each.of_one))
                yield f"Messages a second on {_KINDS[kind]}: {head}", contenders


def _drawn(rounds: Sequence[dict[str, Any]], name: str, one: str) -> Drawn:
    ratio = median(each[name]["rps"] / each[one]["rps"] for each in rounds)
    return Drawn(_named(name), ratio, median(each[name]["rps"] for each in rounds))


def _named(name: str) -> str:
    short = name.split(" ")[0]
    return (_NAMES | _CHANNELS).get(short, short)


def _short(value: float) -> str:
    return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


class _Page:
    """Lines from the top to the bottom, and the same in words."""

    def __init__(self) -> None:
        self._y, self._parts, self._words = float(MARGIN), list[str](), list[str]()

    def text(self, text: str, kind: str, down: float, x: float = MARGIN) -> None:
        self._y += down
        self._write(text, kind, x)

    def group(self, head: str, contenders: Sequence[Drawn]) -> None:
        self.text(head, "head", 34)
        self._y += 6
        top, longest = self._y, max(1.0, *(one.of_one for one in contenders))
        for one in contenders:
            self._y += _ROW
            length = max(_LONGEST * one.of_one / longest, 1)
            ours = " ours" if one.name in ("Hamraz", *_CHANNELS.values()) else ""
            self._write(one.name, "", _BARS - 8, end=True)
            self._parts.append(
                f'<rect class="bar{ours}" x="{_BARS}" y="{self._y - 14:g}" width="{length:.1f}" height="18" rx="2"/>'
            )
            self._write(f"{one.of_one:.2f}", "number", _BARS + length + 6)
            self._write(f"{one.a_second:,.0f}/s", "soft", _BARS + length + 44)
        at = _BARS + _LONGEST / longest
        self._parts.append(f'<path class="one" d="M{at:.1f} {top + 8:g}V{self._y + 8:g}"/>')

    def bars(self, bars: dict[str, dict[str, Any]]) -> None:
        measured = {name: bar for name, bar in bars.items() if bar["value"] is not None}
        self.text("The bars", "head", 38)
        for bar in measured.values():
            verdict, by = verdict_of(bar), by_how_much(bar)
            self._y += 26
            self._write(_MARKS[verdict], verdict.lower().replace(" ", ""), MARGIN)
            must = f" where {limit_of(bar)} is asked" if limit_of(bar) else ""
            self._write(f"{_short(bar['value'])}{must}", "number", MARGIN + 20)
            self._write(f"{verdict.lower()}{by}", verdict.lower().replace(" ", ""), WIDE - MARGIN, end=True)
            for line in wrap(bar["says"], _LETTERS):
                self.text(line, "soft", _LINE, MARGIN + 20)
        if left := len(bars) - len(measured):
            self.text(f"{left} more were left out of this run.", "soft", 28)

    def _write(self, text: str, kind: str, x: float, *, end: bool = False) -> None:
        kinds = f"{kind} end".strip() if end else kind
        named = f' class="{kinds}"' if kinds else ""
        self._parts.append(f'<text{named} x="{x:g}" y="{self._y:g}">{escape(text)}</text>')
        self._words.append(text)

    def svg(self) -> str:
        high = self._y + MARGIN
        words = escape("; ".join(self._words[1:]))
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="{high * 600 / WIDE:.0f}"'
            f' viewBox="0 0 {WIDE} {high:g}" role="img" aria-labelledby="title words">',
            f'<title id="title">{escape(self._words[0])}</title><desc id="words">{words}</desc><style>{_STYLE}</style>',
            f'<rect class="paper" width="{WIDE}" height="{high:g}" rx="8"/>',
            *self._parts,
            "</svg>\n",
        ])  # fmt: skip
