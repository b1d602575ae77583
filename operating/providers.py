"""What the settings say about the providers, as the channels take it. Apart from the parts: to ask a provider needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.settings import Settings
from handlers.channels import ChannelSettings

if TYPE_CHECKING:
    from locales.phrasebook import Phrasebook

# What is written first to whoever has not written for 24 hours, by the kind of its template.
_FIRST_WORDS = {"again": "talk.waits.say", "news": "news.again.say"}


def channel_settings(settings: Settings, phrasebook: Phrasebook) -> ChannelSettings:
    """phrasebook: gives what is said to a group, and what WhatsApp is to approve."""
    said = [phrasebook.say("say.private_only", one.code, {}) for one in phrasebook.languages]

    given: dict[str, Any] = {
        "public_url": settings.public_url.rstrip("/"),
        "twilio_account_sid": settings.twilio_account_sid,
        "twilio_auth_token": settings.twilio_auth_token.get_secret_value(),
        "twilio_api_url": settings.twilio_api_url,
        "sms_from": settings.sms_from,
        "whatsapp_from": settings.whatsapp_from,
        "whatsapp_templates": _templates(settings),
        "telegram_bot_token": settings.telegram_bot_token.get_secret_value(),
        "telegram_webhook_secret": settings.telegram_webhook_secret.get_secret_value(),
        "telegram_secret_path": settings.telegram_webhook_path.get_secret_value(),
        "telegram_api_url": settings.telegram_api_url,
        "staff_bot_token": settings.staff_bot_token.get_secret_value(),
        "staff_webhook_secret": settings.staff_webhook_secret.get_secret_value(),
        "staff_secret_path": settings.staff_webhook_path.get_secret_value(),
        "staff_group": settings.staff_group,
        "whatsapp_first_words": _first_words(phrasebook),
        "private_only": "\n".join(dict.fromkeys(said)),
    }
    return ChannelSettings(**{name: value for name, value in given.items() if value})


def approved(settings: Settings) -> frozenset[str]:
    """The names of WhatsApp's templates that the settings have."""
    return frozenset(_templates(settings))


def _first_words(phrasebook: Phrasebook) -> dict[str, str]:
    return {
        f"{kind}_{one.code}": phrasebook.say(key, one.code, {})
        for kind, key in _FIRST_WORDS.items()
        for one in phrasebook.languages
    }


def _templates(settings: Settings) -> dict[str, str]:
    pairs = (pair.split("=", 1) for pair in settings.whatsapp_templates.split(",") if "=" in pair)
    return {name.strip(): sid.strip() for name, sid in pairs}
