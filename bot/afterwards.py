"""What reaches us of a conversation beside its messages: what became of ours, and files that were late.

A provider's id of what we sent is kept sealed for 48 hours, so that panic can wipe its copy. One
that reaches us only after panic is wiped at once, where she would not see it go from her screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.conversation import Conversation
from bot.limits import Limits
from bot.media import MediaTrouble
from bot.message import Address, InboundMessage, MediaReference, Reply
from bot.parts import Parts
from bot.turn import was_away
from flows.state import from_json
from storage import outbox, sessions
from storage.database import Unit


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Hears what comes after."""

    parts: Parts
    conversation: Conversation

    def told(
        self, address: Address, name: str, state: str, *, wants_nothing: bool, now: datetime, why: str = ""
    ) -> None:
        """A provider says what became of a message that we sent. Raises StorageAway.

        state          "taken", "sent", "delivered", "read" or "failed"
        wants_nothing  it failed because she opted out
        why            it failed: the provider's code and our name for the reason
        """
        senders = self.parts.senders
        sender = senders.of(address.channel, address.value, now)

        def work(unit: Unit) -> None:
            outbox.adopt(unit, self.parts.keyring, sender, now)
            # Of a counsellor's words: her case first, as everybody who holds both does.
            about = outbox.about(unit, self.parts.keyring, sender.outbox_tag, name)
            if about:
                self.parts.counter.told(unit, about, state, now, why)
            known = outbox.state_of(unit, self.parts.keyring, sender.outbox_tag, name)
            if known is None and state == "read":
                return  # days later: the copy had its time, and no new one begins
            if known is None:
                self._keep(unit, sender.outbox_tag, address, name, now, state, why=why)
            else:
                outbox.keep_copy(unit, self.parts.keyring, sender.outbox_tag, name, now, state, why=why)
            if wants_nothing:
                outbox.stop(unit, sender.outbox_tag, address.channel, now)
            if outbox.left_lately(unit, self.parts.keyring, sender.outbox_tag, now):
                unit.after_commit(lambda: senders.forget(address.channel, address.value))

        self.parts.database.work(work)

    def sent(
        self, owner: bytes, address: Address, name: str, *, her_copy_stays: bool, now: datetime, about: str = ""
    ) -> None:
        """A message of ours has this id at its provider. Raises StorageAway.

        owner           Sender.outbox_tag
        her_copy_stays  wiping it at the provider takes nothing from her screen
        about           what it is, to whoever put it into the outbox
        """

        keyring, counter = self.parts.keyring, self.parts.counter

        def work(unit: Unit) -> None:
            if about:  # her case first, and held: a report of it may come in this moment
                counter.told(unit, about, "taken", now)
            if her_copy_stays:
                self._keep(unit, owner, address, name, now, about=about)
            else:
                outbox.keep_copy(unit, keyring, owner, name, now, about=about)
            if about and (known := outbox.state_of(unit, keyring, owner, name)):
                counter.told(unit, about, known, now, outbox.why_of(unit, keyring, owner, name))  # it had overtaken us

        self.parts.database.work(work)

    def may_ask(self, address: Address, item: bytes, now: datetime, about: str = "") -> bool | None:
        """Whether a question that waited for today may go out; None: not now, she is writing. Raises StorageAway.

        item   its id in the outbox
        about  what it is, where it is no question about numbers
        """
        parts = self.parts
        sender = parts.senders.of(address.channel, address.value, now)

        def work(unit: Unit) -> bool | None:
            kept = sessions.peek(unit, parts.keyring, sender, now)
            state = from_json(kept) if kept is not None else None
            if not was_away(state, now):
                return None
            if state is not None and state.danger == "red" and not about:
                return False  # what she has told since is no time for questions about numbers
            return parts.counter.asking(unit, sender, item, now, about)

        return parts.database.work(work)

    def arrived(
        self,
        address: Address,
        message_id: str,
        reference: MediaReference,
        found: bytes | MediaTrouble,
        limits: Limits,
        now: datetime,
    ) -> tuple[Reply, ...]:
        """A file that was late: she goes on with it as if it came now, or hears that it will not come.

        message_id  the same at every try, so that a repeated one has no second effect
        """

        def fetch(reference: MediaReference) -> bytes:
            if isinstance(found, MediaTrouble):
                raise found
            return found

        message = InboundMessage(
            id=message_id, channel=address.channel, received=now, address=address, media=(reference,), late=True
        )
        return self.conversation.converse(message, limits, fetch, False)

    def _keep(
        self,
        unit: Unit,
        owner: bytes,
        address: Address,
        name: str,
        now: datetime,
        state: str = "",
        about: str = "",
        why: str = "",
    ) -> None:
        keyring = self.parts.keyring
        outbox.keep_copy(unit, keyring, owner, name, now, state, about, why)
        if outbox.left_lately(unit, keyring, owner, now):
            outbox.put(unit, keyring, owner, "wipe", address.channel, address.value, {"ids": [name]}, now)
