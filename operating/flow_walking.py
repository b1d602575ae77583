"""`hamraz flows walk`: the conversations that go every way of a flow, as transcripts that can be read on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.walkthrough.goals import BACK, EDGE, KINDS_OF_GOALS, MEND, MISREAD, NODE, PAUSE, SKIP, said
from bot.walkthrough.stage import Company
from bot.walkthrough.telling import LIMITS, Line, Transcript, held
from bot.walkthrough.whole import Walkthrough, walked
from flows.library import shipped_flows
from flows.shape import Flow
from handlers.commands import CommandError
from locales.phrasebook import Phrasebook
from operating.paper_desk import PaperDesk

_BESIDE = {SKIP: "left out", MISREAD: "not understood", BACK: "gone back from", PAUSE: "come back to", MEND: "mended"}
_MARKS = {
    "her": "> ",
    "us": "< ",
    "below": "* opened from ",
    "with": "* known already: ",
    "desk": "* found: ",
    "unread": "* nobody reads now",
    "later": "* 61 minutes later",
    "or": "* or, in the other wording",
}


def walk_flows(name: str, language: str, channel: str) -> Iterator[str]:
    """Every conversation of one flow, or of all for ""; the last line counts. Raises CommandError where something is unmet."""
    company = Company(shipped_flows(), Phrasebook.load(), PaperDesk())
    chosen = named(name, company.flows)
    if channel not in LIMITS:
        raise CommandError(f"no channel {channel!r}; there are {', '.join(LIMITS)}")
    codes = [one.code for one in company.book.languages]
    if language not in codes:
        raise CommandError(f"no language {language!r}; there are {', '.join(codes)}")
    done: list[Walkthrough] = []
    for flow in chosen:
        walk = walked(flow, company, channel, language)
        yield from _told(walk, company, channel, language)
        done.append(walk)
    yield counted(done)
    if not all(walk.whole for walk in done):
        raise CommandError("not every way is met: see above")


def named(name: str, flows: Mapping[str, Flow]) -> list[Flow]:
    """One flow, or all for "". Raises CommandError."""
    if name and name not in flows:
        raise CommandError(f"no flow {name!r}; there are {', '.join(flows)}")
    return [flows[name]] if name else list(flows.values())


def conversations(count: int) -> str:
    """A count in words."""
    return f"{count} {'conversation' if count == 1 else 'conversations'}"


def counted(done: Sequence[Walkthrough]) -> str:
    """How many conversations, and how much they meet."""
    count = sum(len(walk.courses) for walk in done)
    return f"{conversations(count)}, {_share(done, NODE)}, {_share(done, EDGE)}"


def _share(done: Sequence[Walkthrough], what: str) -> str:
    met, there = (sum(walk.count(what)[place] for walk in done) for place in (0, 1))
    return f"{what}s {met}/{there}"


def _told(walk: Walkthrough, company: Company, channel: str, language: str) -> Iterator[str]:
    yield f"{walk.flow.name}, via {channel}, in {language}"
    yield ""
    for number, course in enumerate(walk.courses, 1):
        transcript = held(course, walk.flow, company, channel, language)
        yield f"Conversation {number} of {len(walk.courses)}{_elsewhere(transcript)}"
        yield ""
        for line in transcript.lines:
            yield from _written(line)
        yield ""
    for finding in walk.findings():
        yield str(finding)
    for goal in walk.missing:
        if goal.what in _BESIDE:
            yield f"{walk.flow.name}, node {goal.node}: {said(goal, walk.flow)}"
    beside = ((what, *walk.count(what)) for what in KINDS_OF_GOALS if what in _BESIDE)
    shares = ", ".join(f"{_BESIDE[what]} {met}/{there}" for what, met, there in beside if there)
    yield counted([walk]) + (f"; {shares}" if shares else "")
    yield ""


def _elsewhere(transcript: Transcript) -> str:
    return (
        f", via {transcript.channel}, in {transcript.language}: only there is this way taken"
        if transcript.forced
        else ""
    )


def _written(line: Line) -> Iterator[str]:
    text = f"[{line.text}]" if line.tapped else line.text
    yield _MARKS[line.who] + text.replace("\n", "\n  ")
    for row in line.buttons:
        yield "  " + " ".join(f"[{label}]" for label in row)
    about = [*([f"{line.parts} SMS"] if line.parts else []), *([f"at {line.node}"] if line.node else [])]
    if about:
        yield f"  ({', '.join(about)})"
