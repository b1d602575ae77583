"""WhatsApp by Twilio: quick replies and lists where content templates are set up, else text.

A content template is made once at Twilio and filled with every message's own words:
variable 1 is the text, then label and id of each button in turn. One template serves
one count of buttons, because Twilio sends no template with a variable left empty.

Whoever has not written for 24 hours gets only words that WhatsApp has approved before: a
template without variables for each language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.limits import Limits
from bot.message import Address, Button, Enclosed, InboundMessage, MediaReference, Reply
from handlers.channel import Answer, Finding, Inbound, Nothing, RawRequest, SendError, SendRefused, labels_as_lines
from handlers.twilio import TwilioAccount
from handlers.twilio_form import missed_messages, read_message

PATH = "/webhooks/whatsapp"

# twilio.com/docs/content: quick replies without approval within a talk, and list items.
MOST_QUICK_REPLIES, QUICK_REPLY_LABEL = 3, 20
MOST_LIST_ITEMS, LIST_ITEM_LABEL = 10, 24

# What must be set up for buttons to be shown: up to three are quick replies, more a list.
TEMPLATES = frozenset({"quick1", "quick2", "quick3", *(f"list{count}" for count in range(4, 11))})
# Which of WhatsApp's languages a template is declared in (Meta's "Supported Languages", 2026-05-21: Urdu is there, Sindhi and
# Roman Urdu are not). It refuses words that are not of the language declared, so Roman Urdu is what it is: Urdu. Sindhi has no
# code of its own and goes under its nearest neighbour; where that is refused, an operator names the Urdu template for it.
_ITS_CODE = {"ur_Latn": "ur", "sd": "ur"}


class WhatsAppChannel:
    """Chats with one WhatsApp sender."""

    name = "whatsapp"
    answers_inline = True
    her_copy_stays = True

    def __init__(
        self,
        account: TwilioAccount,
        sender: str,
        limits: Limits,
        templates: Mapping[str, str] | None = None,
        first_words: Mapping[str, str] | None = None,
    ) -> None:
        """
        sender     our number, with or without "whatsapp:", or "MG…" of a messaging service
        templates  content SIDs by name: "quick1"…"quick3", "list1"…"list10", and approved ones that a reply names; any may be
                   missing
        first_words  what WhatsApp is to approve, by the name of its template: "again_ur"
        """
        self.limits = limits
        self._account = account
        self._sender = sender if sender.startswith(("whatsapp:", "MG")) else f"whatsapp:{sender}"
        self._templates = templates or {}
        self._first_words = first_words or {}

    @property
    def webhook_url(self) -> str:
        """What to paste at Twilio as "a message comes in"."""
        return self._account.webhook_url(PATH)

    def connect(self) -> Iterator[str]:
        """What to set at Twilio by hand, a line each."""
        yield f"{self.name}: paste at Twilio, 'a message comes in', POST: {self.webhook_url}"
        made = dict(self._templates)
        if {*TEMPLATES, *self._first_words} - set(made):
            try:
                made = dict(self.make_templates())
            except SendError as error:
                yield f"{self.name}: no buttons, numbered lists instead, and nobody is written to first; Twilio did not make the templates ({error})"
                return
            named = ",".join(f"{name}={sid}" for name, sid in sorted(made.items()))
            yield f"{self.name}: for buttons, and to write first, set HAMRAZ_WHATSAPP_TEMPLATES={named}"
        try:
            stand = [f"{name} is {self._approval(name, made[name])}" for name in sorted(self._first_words)]
        except SendError as error:
            yield f"{self.name}: Twilio did not say what WhatsApp has approved ({error}); try again"
        else:
            yield f"{self.name}: what WhatsApp looks over: {', '.join(stand) or 'nothing'}"

    def verify(self, raw: RawRequest) -> None:
        """Return if Twilio signed this. Raises Unverified."""
        self._account.verify(raw, PATH)

    def parse(self, raw: RawRequest, now: datetime) -> Inbound:
        """The message in Twilio's form. Raises Malformed."""
        return read_message(self.name, raw, self._account, now)

    def answer(self, replies: Sequence[Reply]) -> Answer:
        """The replies as TwiML, which carries no buttons: labels become lines."""
        return self._account.answer([replace(one, text=labels_as_lines(one)) for one in replies])

    def settle(self, taken: InboundMessage | Nothing) -> None:
        """WhatsApp greys out used buttons by itself."""

    def send(self, address: Address, reply: Reply) -> str:
        """Send a message, with buttons when a template fits, and return its SID. Raises SendLater or SendRefused."""
        return self._account.send(address.value, self._sender, self._content(reply))

    def _content(self, reply: Reply) -> dict[str, str | list[str]]:
        if reply.file is not None:
            return self._with_file(reply, reply.file)
        if reply.template:
            return self._approved(reply.template)
        buttons = [button for row in reply.buttons for button in row]
        template = self._template(reply.text, buttons)
        if not template:
            return {"Body": labels_as_lines(reply)}
        said = [
            reply.text,
            *(part for button in buttons for part in (button.label, button.data)),
        ]
        variables = {str(number): words for number, words in enumerate(said, 1)}
        return {
            "ContentSid": template,
            "ContentVariables": json.dumps(variables, ensure_ascii=False),
        }

    def _approved(self, name: str) -> dict[str, str | list[str]]:
        """An approved template, which says the same to everybody."""
        if name not in self._templates:
            raise SendRefused("template", "window closed")  # taken out of the settings meanwhile
        return {"ContentSid": self._templates[name]}

    def _with_file(self, reply: Reply, file: Enclosed) -> dict[str, str | list[str]]:
        address = file.address()
        if address is None:
            raise SendRefused("file", "rejected")  # taken away meanwhile
        return {"MediaUrl": [address]} | ({"Body": labels_as_lines(reply)} if reply.text else {})

    def _approval(self, name: str, sid: str) -> str:
        """How far WhatsApp has looked a template over; it is asked to where nobody has asked yet."""
        status = self._account.approval(sid)
        return self._account.ask_approval(sid, f"hamraz_{name}".lower()) if status == "unsubmitted" else status

    def _template(self, text: str, buttons: Sequence[Button]) -> str:
        """The SID of a template that holds these buttons, or ""."""
        if not buttons or not self.limits.fits(text, buttons=True):
            return ""
        longest = max(len(button.label) for button in buttons)
        quick = self._templates.get(f"quick{len(buttons)}", "")
        if quick and len(buttons) <= MOST_QUICK_REPLIES and longest <= QUICK_REPLY_LABEL:
            return quick
        if len(buttons) <= MOST_LIST_ITEMS and longest <= LIST_ITEM_LABEL:
            return self._templates.get(f"list{len(buttons)}", "")
        return ""

    def wipe(self, address: Address, ids: Sequence[str]) -> None:
        """Empty and delete Twilio's copies. Both phones' own copies stay: no business can reach them."""
        self._account.wipe(ids)

    def fetch(self, reference: MediaReference, limit: int, patience: float = 60) -> bytes:
        """The file's bytes. Raises MediaTooBig, MediaGone or SendLater."""
        return self._account.fetch(reference, limit, patience)

    def make_templates(self) -> Mapping[str, str]:
        """Make what is missing of the content templates at Twilio; return all of them, name -> SID.

        May be run again: what is there by our name is taken as it is. Raises SendLater or SendRefused.
        """
        there = self._account.templates()
        made = dict(self._templates)
        for name in sorted({*TEMPLATES, *self._first_words} - set(made)):
            content = _plain(name, self._first_words[name]) if name in self._first_words else template(name)
            made[name] = there.get(str(content["friendly_name"])) or self._account.make_template(content)
        return made

    def missed(self, since: datetime, now: datetime, known: Callable[[str], bool]) -> Iterator[InboundMessage]:
        """What Twilio took in since then and we do not know, oldest first. Raises SendLater or SendRefused."""
        return missed_messages(self.name, self._account, self._sender, since, now, known)

    def examine(self) -> Iterator[Finding]:
        """Ask Twilio whether all is set up. Raises nothing."""
        yield self._account.examine()
        # What is set for a WhatsApp sender cannot be read with the account's own token.
        yield Finding(True, f"where Twilio sends what comes in: compare it with {self.webhook_url}")
        missing = sorted(TEMPLATES - set(self._templates))
        if self._templates and missing:
            yield Finding(False, "buttons", f"HAMRAZ_WHATSAPP_TEMPLATES lacks {', '.join(missing)}")
        elif missing:
            yield Finding(True, "no buttons, numbered lists instead: `hamraz channels connect` makes the templates")
        silent = sorted(set(self._first_words) - set(self._templates))
        if silent:
            yield Finding(
                True,
                f"nobody is written to first by {', '.join(silent)}, so answers wait until they write: "
                "`hamraz channels connect` makes them",
            )


def template(name: str) -> dict[str, object]:
    """What to post to Twilio's Content API to make the template `name`: "quick2", "list7"…

    Raises ValueError on another name.
    """
    kind, count = name.rstrip("0123456789"), name.lstrip("abcdefghijklmnopqrstuvwxyz")
    number = int(count or 0)
    variables = {"1": "Text"} | {str(2 + n): f"Label {n}" for n in range(2 * number)}
    pairs = [(f"{{{{{2 * n + 2}}}}}", f"{{{{{2 * n + 3}}}}}") for n in range(number)]
    types: dict[str, object]
    if kind == "quick" and 1 <= number <= MOST_QUICK_REPLIES:
        actions = [{"type": "QUICK_REPLY", "title": label, "id": data} for label, data in pairs]
        types = {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
    elif kind == "list" and 1 <= number <= MOST_LIST_ITEMS:
        items = [{"item": label, "id": data} for label, data in pairs]
        # The key that opens the list says no word, so that one template serves every language.
        types = {"twilio/list-picker": {"body": "{{1}}", "button": "☰", "items": items}}
    else:
        raise ValueError(f"no template is called {name!r}")
    return {
        "friendly_name": f"hamraz_{name}",
        "language": "en",
        "variables": variables,
        "types": types,
    }


def _plain(name: str, words: str) -> dict[str, object]:
    """The same for words that are the same to everybody."""
    language = name.partition("_")[2]
    return {
        "friendly_name": f"hamraz_{name}",
        "language": _ITS_CODE.get(language, language),
        "variables": {},
        "types": {"twilio/text": {"body": words}},
    }
