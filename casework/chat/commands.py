"""What a counsellor may ask for: a word behind a slash, in a case's topic or with its code after it; the frequent by a button too.

A button means "what:case" or "what:case:more", 64 bytes at most. Who taps is looked at anew each time, like who writes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from casework.canned.refusals import CannedRefusal, NotInHerLanguage
from casework.cases import canned, holding, queue, relay
from casework.cases.case import REASONS, Case
from casework.cases.refusals import CaseRefusal, NoRoom
from casework.cases.standings import Standing
from casework.chat import posting, showing, writing
from casework.chat.herald import line_of, span, waited
from casework.chat.posting import Buttons
from casework.chat.turn import Turn
from casework.staff.roles import READERS
from casework.triage import Level
from storage import cases
from storage.database import Unit
from storage.staff import people, readers, topics

MOST_SHOWN = 8  # cases in a list
MOST_BUTTONS = 30  # colleagues, ready answers


def command(turn: Turn) -> str:
    """Do what stands behind the slash; return what is to be said at once."""
    name, _, rest = turn.update.text[1:].partition(" ")
    name = name.partition("@")[0].casefold()
    if turn.update.forwarded:  # somebody else's command is not hers
        return ""
    if name in _ALONE:
        _ALONE[name](turn)
        return ""
    if name not in _ON_A_CASE:
        turn.only_say(turn.words("say.unknown"))
        return ""
    first, _, more = rest.strip().partition(" ")
    code = first.upper() if cases.is_code(first.upper()) else ""
    case = turn.by_code(code) if code else None
    if case is not None:
        return _ON_A_CASE[name](turn, case, more.strip())
    case = turn.here()
    if case is not None:
        return _ON_A_CASE[name](turn, case, rest.strip())
    turn.only_say(turn.words("say.no_case", code=code) if code else turn.words("say.code_first"))
    return ""


def tap(turn: Turn) -> str:
    """Do what a button means; return what is to be said at once. A button of no meaning does nothing."""
    what, _, rest = turn.update.data.partition(":")
    of, _, more = rest.partition(":")
    if what == "show":
        return show(turn, of)
    case = turn.by_code(of) if cases.is_code(of) else turn.by_id(_id(of))
    if what in _TAPS and case is None:
        return turn.words("say.no_case", code=of if cases.is_code(of) else "").strip()
    return _TAPS[what](turn, case, more) if what in _TAPS and case is not None else ""


# --- lists ----------------------------------------------------------------------------------------


def show_queue(turn: Turn) -> None:
    """Who is waiting, with a button each; and her own."""
    room = turn.desk.room

    def look(unit: Unit) -> tuple[list[Standing], list[Standing]]:
        mine = [one for one in room.standings.held_by(unit, room.keyring, turn.by) if one.is_open]
        opens = readers.granted(unit, turn.by)
        return [one for one in queue.waiting(unit, room) if one.id in opens], mine

    waiting, mine = turn.read(look)
    words, lines = turn.chat.words, []
    lines.append(words("queue.waiting", n=len(waiting)) if waiting else words("queue.empty"))
    for case in waiting[:MOST_SHOWN]:
        since = words("case.waits", time=waited(words, case, turn.now))
        lines.append(f"{line_of(words, case)} · {since}")
    if len(waiting) > MOST_SHOWN:
        lines.append(words("queue.more", n=len(waiting) - MOST_SHOWN))
    if mine:
        lines += ["", words("queue.yours", n=len(mine))]
    for case in mine:
        asked = case.asked
        how = words("queue.answered")
        if asked is not None:
            how = words("queue.unanswered", time=span(words, int(turn.now.timestamp()) - asked))
        lines.append(f"{line_of(words, case)} · {how}")
    buttons = [[(words("button.take", code=case.code), f"take:{case.code}")] for case in waiting[:MOST_SHOWN]]
    turn.only_say("\n".join(lines), buttons=buttons)


def show_help(turn: Turn) -> None:
    words = turn.chat.words
    lines = [words("help.title"), ""]
    lines += [f"/{name} – {about}" for name, about in words.of("command").items()]
    lines += ["", words("help.topic"), "", words("help.marks"), "", words("help.words")]
    turn.only_say("\n".join(lines))


# --- a case ---------------------------------------------------------------------------------------


def take(turn: Turn, case: Case, more: str = "") -> str:
    """Claim it. The herald opens its topic; of two at once the other is told who has it."""
    said = turn.words("take.toast", code=case.code)
    try:
        holding.claim(turn.room(partial(_told, turn, said)), turn.by, case.id, turn.now)
    except CaseRefusal as refusal:
        return _refuse(turn, turn.refused(refusal, case))
    return said


def release(turn: Turn, case: Case, more: str = "") -> str:
    try:
        holding.release(turn.room(), turn.by, case.id, turn.now)
    except CaseRefusal as refusal:
        return _refuse(turn, turn.refused(refusal, case))
    return ""


def give(turn: Turn, case: Case, name: str) -> str:
    """To a colleague, by a name or the beginning of one; without, she is asked which."""
    colleagues = turn.read(lambda unit: _colleagues(unit, turn))
    exact = [one for one in colleagues if one.name.casefold() == name.casefold()]
    found = exact or [one for one in colleagues if one.name.casefold().startswith(name.casefold())]
    if len(found) == 1 and name:
        return _give(turn, case, found[0])
    said = turn.words("give.who", code=case.code) if not name else turn.words("give.several")
    if not found:
        return _refuse(turn, turn.words("give.nobody"))
    buttons = [[(one.name, f"give:{case.code}:{one.id.hex()}")] for one in found[:MOST_BUTTONS]]
    turn.only_say(said, case=_if_mine(turn, case), buttons=buttons)
    return ""


def give_to(turn: Turn, case: Case, of: str) -> str:
    """The button."""
    colleague = next((one for one in turn.read(lambda unit: _colleagues(unit, turn)) if one.id.hex() == of), None)
    return turn.words("give.nobody") if colleague is None else _give(turn, case, colleague)


def note(turn: Turn, case: Case, text: str) -> str:
    if text:
        writing.note(turn, case, text)
    else:
        turn.only_say(turn.words("say.empty_note"), case=_if_mine(turn, case))
    return ""


def risk(turn: Turn, case: Case, level: str) -> str:
    """Say how grave it is, in English or her own word for it; without, she is asked."""
    shown = {turn.words(f"risk.{one}").casefold(): one for one in Level} | {str(one): one for one in Level}
    chosen = shown.get(level.casefold())
    if chosen is None:
        buttons = [[(turn.words(f"risk.{one}"), f"risk:{case.code}:{one}") for one in Level]]
        turn.only_say(turn.words("risk.which", code=case.code), case=_if_mine(turn, case), buttons=buttons)
        return ""
    said = turn.words("risk.done", code=case.code, risk=turn.words(f"risk.{chosen}"))
    try:
        holding.set_risk(turn.room(partial(_told, turn, said)), turn.by, case.id, chosen, turn.now)
    except CaseRefusal as refusal:
        return _refuse(turn, turn.refused(refusal, case))
    return said


def close(turn: Turn, case: Case, reason: str) -> str:
    """Close it for one of the reasons; without, she is asked which."""
    if reason not in REASONS:
        buttons = [[(turn.words(f"reason.{one}"), f"close:{case.code}:{one}")] for one in REASONS]
        turn.only_say(turn.words("close.which", code=case.code), case=_if_mine(turn, case), buttons=buttons)
        return ""
    try:
        relay.close(turn.room(), turn.by, case.id, reason, turn.now)
    except CaseRefusal as refusal:
        return _refuse(turn, turn.refused(refusal, case))
    return ""


def hide(turn: Turn, case: Case, more: str = "") -> str:
    """Delete its topic here, with all that is in it. The case stays; the topic comes back with her next message."""
    keyring = turn.desk.room.keyring

    def work(unit: Unit) -> None:
        topic = topics.fetch(unit, keyring, turn.by, case.id)
        if topic is not None:
            posting.clear(unit, keyring, topic, turn.chat.number, turn.now)
        posting.say(unit, keyring, turn.chat, turn.words("say.hidden", code=case.code), turn.now)

    turn.room().work(work)
    return ""


# --- ready answers --------------------------------------------------------------------------------


def templates(turn: Turn, case: Case, more: str = "") -> str:
    """Every ready answer that is written in her language, a button each."""
    try:
        offers = canned.offered(turn.desk.room, turn.by, case.id)
    except CaseRefusal as refusal:
        return _refuse(turn, turn.refused(refusal, case))
    there = [one.name for one in offers if one.text]
    if not there:
        return _refuse(turn, turn.words("canned.none", language=_language(turn, case)))
    rows: Buttons = [
        [(name, f"say:{case.code}:{name}") for name in there[at : at + 3]] for at in range(0, len(there), 3)
    ]
    turn.only_say(turn.words("canned.list", code=case.code), case=_if_mine(turn, case), buttons=rows[:MOST_BUTTONS])
    return ""


def say(turn: Turn, case: Case, name: str) -> str:
    """A ready answer as she will read it, with a button that sends it."""
    if not name:
        return templates(turn, case)
    text = _ready(turn, case, name)
    if text is not None:
        buttons = [[(turn.words("button.send"), f"send:{case.code}:{name}")]]
        said = f"{turn.words('canned.preview', name=name)}\n\n{text}"
        turn.only_say(said, case=_if_mine(turn, case), buttons=buttons)
    return ""


def send(turn: Turn, case: Case, name: str) -> str:
    """The button under a ready answer, as it stands above it: changed meanwhile, it is shown again instead."""
    text = _ready(turn, case, name)
    if text is not None and _letters(text) not in _letters(turn.update.text):
        return say(turn, case, name)
    return "" if text is None else writing.answer(turn, case, text, ready=name)


def keep(turn: Turn, case: Case, name: str) -> str:
    """Her words under which the button stands, or a ready answer, wait for the reporter's number."""
    text = _ready(turn, case, name) if name else turn.update.beneath
    if text == "":  # she deleted her message: the messenger hands it in no more
        return _refuse(turn, turn.words("say.beneath_gone"))
    return "" if text is None else writing.answer(turn, case, text, keep=True)


# --- a reporter's words ---------------------------------------------------------------------------


def show(turn: Turn, of: str) -> str:
    """What she wrote, in the place of the button."""
    room = turn.desk.room
    found = turn.read(lambda unit: showing.kept(unit, room.keyring, _id(of), turn.now))
    case = turn.by_id(found[0]) if found is not None else turn.here()
    if found is None or case is None:
        said = turn.words("case.shown_gone", code=case.code if case is not None else "").strip()
        turn.room().work(lambda unit: _change(unit, turn, case, said))
        return ""
    if not case.is_among(turn.by):
        return turn.words("refusal.case_not_yours", code=case.code)

    def work(unit: Unit) -> None:
        _change(unit, turn, case, showing.text_of(room, turn.chat.words, found[1].said))
        showing.push_files(unit, room.keyring, turn.chat, case, found[1], turn.now)

    turn.room(once=True).work(work)
    return ""


def show_all(turn: Turn, case: Case, more: str) -> str:
    """All that she wrote before the case came to this counsellor, as far as it is still kept."""
    room = turn.desk.room
    if not case.is_among(turn.by):
        return turn.words("refusal.case_not_yours", code=case.code)

    def work(unit: Unit) -> None:
        found = showing.all_kept(unit, room.keyring, case.id, turn.now)
        _change(unit, turn, case, turn.update.text)
        for one in found:
            turn.say(unit, showing.text_of(room, turn.chat.words, one.said), case=case)
            showing.push_files(unit, room.keyring, turn.chat, case, one, turn.now)
        if not found:
            turn.say(unit, turn.words("case.nothing_to_show", code=case.code), case=case)

    turn.room(once=True).work(work)
    return ""


# --- inside ---------------------------------------------------------------------------------------


def _give(turn: Turn, case: Case, to: people.Member) -> str:
    try:
        holding.hand_over(turn.room(), turn.by, case.id, to.id, turn.now)
    except NoRoom:
        return _refuse(turn, turn.words("refusal.case_no_room_hers", name=to.name))
    except CaseRefusal as refusal:
        return _refuse(turn, turn.refused(refusal, case))
    return turn.words("give.done", code=case.code, name=to.name)


def _colleagues(unit: Unit, turn: Turn) -> list[people.Member]:
    everybody = people.everybody(unit, turn.desk.room.keyring)
    return [one for one in everybody if one.status == people.ACTIVE and one.role in READERS and one.id != turn.by]


def _ready(turn: Turn, case: Case, name: str) -> str | None:
    try:
        return canned.render(turn.desk.room, turn.by, case.id, name)
    except NotInHerLanguage:
        _refuse(turn, turn.words("canned.missing", name=name, language=_language(turn, case)))
    except CannedRefusal:
        _refuse(turn, turn.words("canned.unknown", name=name[:24]))
    except CaseRefusal as refusal:
        _refuse(turn, turn.refused(refusal, case))
    return None


def _told(turn: Turn, said: str, unit: Unit, value: object) -> None:
    """Answer a command in words; a tap is answered on top of the screen."""
    if turn.update.kind != "tap":
        turn.say(unit, said)


def _refuse(turn: Turn, said: str) -> str:
    """A no, in words where she typed; on top of the screen where she tapped."""
    if turn.update.kind != "tap":
        turn.only_say(said, reply=True)
    return said


def _change(unit: Unit, turn: Turn, case: Case | None, said: str) -> None:
    posting.change(unit, turn.desk.room.keyring, turn.chat, turn.update.message, said, turn.now, case=case)


def _if_mine(turn: Turn, case: Case) -> Case | None:
    """The case whose topic an answer goes into: only where it stands there already."""
    room = turn.desk.room
    known = turn.read(lambda unit: topics.fetch(unit, room.keyring, turn.by, case.id, hold=False))
    return case if known is not None and turn.update.topic == known.number else None


def _letters(text: str) -> str:
    """What a messenger leaves as it is."""
    return "".join(letter for letter in text if letter.isalnum())


def _language(turn: Turn, case: Case) -> str:
    key = f"language.{case.language}"
    return turn.words(key) if turn.chat.words.has(key) else case.language


def _id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


_ALONE: dict[str, Callable[[Turn], None]] = {"queue": show_queue, "help": show_help, "start": show_help}
_ON_A_CASE: dict[str, Callable[[Turn, Case, str], str]] = {
    "take": take,
    "release": release,
    "give": give,
    "note": note,
    "risk": risk,
    "say": say,
    "templates": templates,
    "close": close,
    "hide": hide,
}
_TAPS: dict[str, Callable[[Turn, Case, str], str]] = {
    "take": take,
    "give": give_to,
    "risk": risk,
    "close": close,
    "say": say,
    "send": send,
    "keep": keep,
    "all": show_all,
}
