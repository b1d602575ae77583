"""Her Telegram: paired by a code that is shown here once, let go here, and what may be pushed to it."""

from __future__ import annotations

from flask import Response, g

from casework.chat import pairing
from casework.staff.refusals import Refusal
from web import codes
from web.console.pages import Console, go, page, person, typed
from web.console.words import languages

_LINK = "https://t.me/{bot}?start={code}"


def shown(console: Console, refusal: Refusal | None = None, code: str = "") -> Response:
    """Whether an account is paired; with a code that was just made."""
    bot = console.staff_bot() if console.staff_bot is not None else ""
    link = _LINK.format(bot=bot, code=code.replace("-", "")) if bot and code else ""
    return page(
        "telegram",
        refusal=refusal,
        there=console.staff_bot is not None,
        pairing=pairing.state(console.office, person().id),
        code=code,
        bot=bot,
        link=link,
        qr=codes.svg(link) if link else None,
        choices=languages(),
    )


def make_code(console: Console) -> Response:
    """A code for ten minutes, shown once; she is written to in the language of this page, until she says otherwise."""
    if console.staff_bot is None:
        return go("/account/telegram")
    try:
        code = pairing.issue(console.office, person().id, _language(), console.clock())
    except Refusal as refusal:
        return shown(console, refusal)
    return shown(console, code=code)


def unpair(console: Console) -> Response:
    """Nothing goes to it any more, nothing from it is obeyed."""
    pairing.unpair(console.office, person().id, console.clock())
    return go("/account/telegram")


def prefer(console: Console) -> Response:
    """Whether words may be pushed, and in which language the bot speaks."""
    pairing.prefer(console.office, person().id, content=bool(typed("content")), language=_chosen())
    return go("/account/telegram", kept="1")


def _language() -> str:
    return str(g.words.code)


def _chosen() -> str:
    wanted = typed("speaks")
    return wanted if wanted in languages() else _language()
