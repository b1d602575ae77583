"""The herald of the counsellors' chat: puts what happens to a case before those who hold it, and before the team's group.

The group sees a case's code, its language, channel and risk and how long it waits; never a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from casework.cases import delivery
from casework.cases.case import QUEUED, Case
from casework.cases.news import BECAME, ENDED, ERASED, FILED, LEFT, WAITS, WITHDRAWN, WROTE, News
from casework.cases.standings import Standing
from casework.chat import posting, showing
from casework.chat.posting import Chat, chat_of
from casework.chat.words import Words, words
from storage import unshown
from storage.database import Unit
from storage.staff import doors, people, topics
from storage.staff.topics import GROUP

if TYPE_CHECKING:
    from casework.cases.room import CaseRoom


@dataclass(frozen=True, slots=True)
class ChatHerald:
    """Tells in chat. Serves `casework.cases.news.Herald`."""

    room: CaseRoom = field(repr=False)
    group: int = 0  # the team's group; 0: none
    group_language: str = ""

    def tell(self, unit: Unit, news: News) -> None:
        done = _WHAT.get(news.what)
        if done is not None:
            done(self, unit, news)

    # --- the line ---------------------------------------------------------------------------------

    def waits(self, unit: Unit, news: News) -> None:
        """She wants a person, or filed a report."""
        case = news.case
        self.parted(unit, news)
        for chat in self._around(unit, case):
            posting.say(unit, self.room.keyring, chat, chat.words("case.back", code=case.code), news.now, case=case)
        if news.said:
            self._show(unit, news)
        self._post(unit, case, news.now)

    def back(self, unit: Unit, news: News) -> None:
        """Nobody's again."""
        line = {"case released": "case.released", "case back: no answer": "case.late"}.get(news.what, "")
        self._go(unit, news, line)
        self._post(unit, news.case, news.now)

    def up(self, unit: Unit, news: News) -> None:
        self._post(unit, news.case, news.now, up=True)

    def mine(self, unit: Unit, news: News) -> None:
        """Claimed, given, handed over or opened again: it stands in its holder's chat from now on, and in no other."""
        case, keyring = news.case, self.room.keyring
        self._unpost(unit, case, "group.taken", news.now)
        self._clear_others(unit, news, "case.given_on", self._name(unit, case.holder))
        chat = chat_of(unit, keyring, case.holder) if case.holder is not None else None
        if chat is not None:
            self._greet(unit, chat, news, chat.words("case.yours", code=case.code))

    def parted(self, unit: Unit, news: News) -> None:
        """It is about a place now to which somebody who had joined belongs."""
        self._clear_others(unit, news, "refusal.case_own_institution")

    def joined(self, unit: Unit, news: News) -> None:
        chat = chat_of(unit, self.room.keyring, news.by) if news.by is not None else None
        if chat is not None:
            name = self._name(unit, news.case.holder)
            self._greet(unit, chat, news, chat.words("case.joined", code=news.case.code, name=name))

    # --- the talk ---------------------------------------------------------------------------------

    def wrote(self, unit: Unit, news: News) -> None:
        case = news.case
        self._show(unit, news)
        if case.holder is None and topics.fetch(unit, self.room.keyring, GROUP, case.id, hold=False) is None:
            self._post(unit, case, news.now)  # a closed case is open again by it

    def answered(self, unit: Unit, news: News) -> None:
        """An answer from the console shows here too; one that was written here is on her screen already."""
        case = news.case
        from_chat = bool(case.sent.get(str(news.seq), {}).get("chat"))
        for chat in self._around(unit, case):
            mine = chat.staff_id == news.by
            if mine and from_chat:
                continue
            key = ("case.answered_you" if mine else "case.answered") + ("" if chat.content else "_quiet")
            line = chat.words(key, code=case.code, name=self._name(unit, news.by))
            text = f"{line}\n{showing.answer_text(chat.words, news.said)}" if chat.content else line
            posting.say(unit, self.room.keyring, chat, text, news.now, case=case)

    def became(self, unit: Unit, news: News) -> None:
        """What became of an answer that was written here: a mark on it, or a line where it did not arrive."""
        case = news.case
        kept = case.sent.get(str(news.seq), {})
        chat = chat_of(unit, self.room.keyring, bytes.fromhex(kept["by"])) if kept.get("chat") else None
        if chat is None or not case.is_among(chat.staff_id):
            return
        if news.state in posting.MARKS:
            posting.mark(unit, self.room.keyring, chat, kept["chat"], news.state, news.now)
        elif news.state == "failed":
            why = delivery.reason_in(news.why).replace(" ", "_")
            line = chat.words("state.failed", why=chat.words(f"why.{why}"))
            posting.say(unit, self.room.keyring, chat, line, news.now, case=case, reply_to=kept["chat"])

    def told(self, unit: Unit, news: News) -> None:
        """A colleague wrote a note, or said how grave it is."""
        case = news.case
        for chat in self._around(unit, case):
            if chat.staff_id == news.by:
                continue
            name, risk = self._name(unit, news.by), chat.words(f"risk.{case.risk}")
            key = "case.noted" if news.what == "case note" else "case.risk_set"
            line = chat.words(key, code=case.code, name=name, risk=risk)
            posting.say(unit, self.room.keyring, chat, line, news.now, case=case)

    # --- its end ----------------------------------------------------------------------------------

    def ended(self, unit: Unit, news: News) -> None:
        """She ended the talk; or left in a hurry: then what nobody has seen yet is gone."""
        case, keyring = news.case, self.room.keyring
        if news.what == LEFT:
            unshown.drop(unit, case.id)
            self._unpost(unit, case, "group.gone", news.now)
        for chat in self._around(unit, case):
            if news.what == LEFT:
                posting.take_back(unit, keyring, chat.staff_id, case.id)
            key = "case.left" if news.what == LEFT else "case.ended"
            posting.say(unit, keyring, chat, chat.words(key, code=case.code), news.now, case=case)

    def gone(self, unit: Unit, news: News) -> None:
        """Closed, taken back or erased: nothing of it stays in any chat."""
        unshown.drop(unit, news.case.id)
        self._unpost(unit, news.case, "group.gone", news.now)
        self._go(unit, news, {"case closed": "case.closed", WITHDRAWN: "case.withdrawn"}.get(news.what, "case.erased"))

    # --- inside -----------------------------------------------------------------------------------

    def _around(self, unit: Unit, case: Case) -> Iterator[Chat]:
        """The chats of those who hold it or joined."""
        for staff_id in dict.fromkeys((case.holder, *case.joined)):
            chat = chat_of(unit, self.room.keyring, staff_id) if staff_id is not None else None
            if chat is not None:
                yield chat

    def _somebody_shows(self, unit: Unit, case: Case) -> bool:
        """Whether what she writes may be asked for in a chat. If not, no second copy of it is kept."""
        if case.holder is not None:
            return any(True for _ in self._around(unit, case))
        return any(one.telegram is not None for one in doors.everybody(unit, self.room.keyring))

    def _show(self, unit: Unit, news: News) -> None:
        """Her words, to those who hold it, or kept for whoever takes it."""
        if self._somebody_shows(unit, news.case):
            one = showing.keep(unit, self.room.keyring, news)
            for chat in self._around(unit, news.case):
                showing.push(unit, self.room, chat, news.case, one, news.now)

    def _greet(self, unit: Unit, chat: Chat, news: News, first: str) -> None:
        """The first lines in a topic, and what she wrote before."""
        case = news.case
        lines = [first, line_of(chat.words, case), chat.words("case.how")]
        before = showing.all_kept(unit, self.room.keyring, case.id, news.now)
        buttons = []
        if before and not chat.content:
            buttons = [[(chat.words("case.show_all", n=len(before)), f"all:{case.id.hex()}")]]
        posting.say(unit, self.room.keyring, chat, "\n".join(lines), news.now, case=case, buttons=buttons)
        if chat.content:
            for one in before:
                showing.push(unit, self.room, chat, case, one, news.now)

    def _go(self, unit: Unit, news: News, line: str) -> None:
        """It leaves every chat; each is told in a line that stays."""
        for topic in topics.of_report(unit, self.room.keyring, news.case.id):
            if topic.staff_id != GROUP:
                self._clear(unit, topic, news, line)

    def _clear_others(self, unit: Unit, news: News, line: str, name: str = "") -> None:
        """It leaves the chats of those who have it no more."""
        for topic in topics.of_report(unit, self.room.keyring, news.case.id):
            if not news.case.is_among(topic.staff_id) and topic.staff_id != GROUP:
                self._clear(unit, topic, news, line, name)

    def _clear(self, unit: Unit, topic: topics.Topic, news: News, line: str, name: str = "") -> None:
        keyring = self.room.keyring
        chat = chat_of(unit, keyring, topic.staff_id)
        if chat is None:
            topics.remove(unit, topic)
            return
        posting.clear(unit, keyring, topic, chat.number, news.now)
        if line:
            posting.say(unit, keyring, chat, chat.words(line, code=news.case.code, name=name), news.now)

    def _post(self, unit: Unit, case: Case, now: datetime, *, up: bool = False) -> None:
        """Put it before the group, with a button that takes it; what was posted of it before goes."""
        if not self.group or case.holder is not None or case.status not in QUEUED:
            return
        chat = self._team
        self._unpost(unit, case, "", now)
        line = line_of(chat.words, case)
        text = chat.words("group.up", case=line, time=waited(chat.words, case, now)) if up else line
        button = (chat.words("group.take"), f"take:{case.code}")
        posting.say(unit, self.room.keyring, chat, text, now, case=case, buttons=[[button]])

    def _unpost(self, unit: Unit, case: Case, line: str, now: datetime) -> None:
        """The button in the group goes; without a line, the whole message."""
        keyring, chat = self.room.keyring, self._team
        known = topics.fetch(unit, keyring, GROUP, case.id) if self.group else None
        if known is None:
            return
        messages = known.messages if line else []
        known.messages = [] if line else known.messages
        posting.clear(unit, keyring, known, self.group, now)
        for message in messages:
            posting.change(unit, keyring, chat, message, chat.words(line, code=case.code), now)

    @property
    def _team(self) -> Chat:
        return Chat(GROUP, self.group, words(self.group_language))

    def _name(self, unit: Unit, staff_id: bytes | None) -> str:
        member = people.fetch(unit, self.room.keyring, staff_id, hold=False) if staff_id is not None else None
        return member.name if member is not None else "–"


def line_of(words: Words, case: Case | Standing) -> str:
    """A case in one line, without a word of hers."""
    language = f"language.{case.language}"
    channel = f"channel.{case.channel}"
    return words(
        "case.line",
        code=case.code,
        language=words(language) if words.has(language) else case.language,
        channel=words(channel) if words.has(channel) else case.channel,
        risk=words(f"risk.{case.risk}"),
    )


def waited(words: Words, case: Case | Standing, now: datetime) -> str:
    """Since it came into the queue."""
    return span(words, int(now.timestamp()) - case.since)


def span(words: Words, seconds: int) -> str:
    """So many minutes, hours or days."""
    minutes = max(60, seconds) // 60
    if minutes < 60:
        return words("time.minutes", n=minutes)
    return words("time.hours", n=minutes // 60) if minutes < 48 * 60 else words("time.days", n=minutes // (24 * 60))


_WHAT: dict[str, Callable[[ChatHerald, Unit, News], None]] = {
    FILED: ChatHerald.waits,
    WAITS: ChatHerald.waits,
    "case released": ChatHerald.back,
    "case back: no answer": ChatHerald.back,
    "case back: her holder left": ChatHerald.back,
    "case up": ChatHerald.up,
    "case claimed": ChatHerald.mine,
    "case given": ChatHerald.mine,
    "case handed over": ChatHerald.mine,
    "case reopened": ChatHerald.mine,
    "case institution": ChatHerald.parted,
    "case joined": ChatHerald.joined,
    WROTE: ChatHerald.wrote,
    "case answered": ChatHerald.answered,
    BECAME: ChatHerald.became,
    "case note": ChatHerald.told,
    "case risk": ChatHerald.told,
    ENDED: ChatHerald.ended,
    LEFT: ChatHerald.ended,
    "case closed": ChatHerald.gone,
    WITHDRAWN: ChatHerald.gone,
    ERASED: ChatHerald.gone,
}
