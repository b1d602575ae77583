"""SMS by Twilio. Plain text, numbered lists, and replies in the webhook's own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.limits import Limits
from bot.message import Address, InboundMessage, MediaReference, Reply
from handlers.channel import Answer, Finding, Inbound, Nothing, RawRequest, SendRefused, labels_as_lines
from handlers.twilio import TwilioAccount
from handlers.twilio_form import missed_messages, read_message

PATH = "/webhooks/sms"


class SmsChannel:
    """Texts to and from one number, or one messaging service."""

    name = "sms"
    answers_inline = True
    her_copy_stays = True

    def __init__(self, account: TwilioAccount, sender: str, limits: Limits) -> None:
        """sender: our number, "+92…", or the SID of a messaging service, "MG…"."""
        self.limits = limits
        self._account = account
        self._sender = sender

    @property
    def webhook_url(self) -> str:
        """What to paste at Twilio as "a message comes in"."""
        return self._account.webhook_url(PATH)

    def connect(self) -> Iterator[str]:
        """What to set at Twilio by hand, a line each."""
        yield f"{self.name}: paste at Twilio, 'a message comes in', POST: {self.webhook_url}"

    def verify(self, raw: RawRequest) -> None:
        """Return if Twilio signed this. Raises Unverified."""
        self._account.verify(raw, PATH)

    def parse(self, raw: RawRequest, now: datetime) -> Inbound:
        """The message in Twilio's form. Raises Malformed."""
        return read_message(self.name, raw, self._account, now)

    def answer(self, replies: Sequence[Reply]) -> Answer:
        """The replies as TwiML."""
        return self._account.answer(
            [replace(one, text=labels_as_lines(one)) if one.buttons else one for one in replies]
        )

    def settle(self, taken: InboundMessage | Nothing) -> None:
        """Nothing is left on her screen that must go."""

    def send(self, address: Address, reply: Reply) -> str:
        """Send a text and return its SID. Raises SendLater or SendRefused, also for a file: no text carries one."""
        if reply.file is not None:
            raise SendRefused("file", "not allowed")
        return self._account.send(address.value, self._sender, {"Body": labels_as_lines(reply)})

    def wipe(self, address: Address, ids: Sequence[str]) -> None:
        """Empty and delete Twilio's copies. The phone's own copies stay: no design reaches them."""
        self._account.wipe(ids)

    def fetch(self, reference: MediaReference, limit: int, patience: float = 60) -> bytes:
        """The file's bytes. Raises MediaTooBig, MediaGone or SendLater."""
        return self._account.fetch(reference, limit, patience)

    def missed(self, since: datetime, now: datetime, known: Callable[[str], bool]) -> Iterator[InboundMessage]:
        """What Twilio took in since then and we do not know, oldest first. Raises SendLater or SendRefused."""
        return missed_messages(self.name, self._account, self._sender, since, now, known)

    def examine(self) -> Iterator[Finding]:
        """Ask Twilio whether all is set up. Raises nothing."""
        yield self._account.examine()
        yield self._account.examine_number(self._sender, PATH)
