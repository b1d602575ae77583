"""Settings: the one reader of the environment and of `.env`. `hamraz settings` lists them all.

Passphrases come from the environment, a credential file or a prompt, never from `.env`:
a file that lies beside the database would open it.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_FILE = Path(".env")
PASSPHRASES = ("HAMRAZ_KEYRING_PASSPHRASE", "HAMRAZ_TEAM_PASSPHRASE")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and the mend."""


class Settings(BaseSettings):
    """Each field is one setting; its description is what `hamraz settings` and the docs show."""

    model_config = SettingsConfigDict(env_file=str(ENV_FILE), env_file_encoding="utf-8", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///var/hamraz.db",
        validation_alias="HAMRAZ_DATABASE_URL",
        description="Where the sealed records live: sqlite:///FILE or postgresql://…",
    )
    keys_url: str = Field(
        "sqlite:///var/keys.db",
        validation_alias="HAMRAZ_KEYS_URL",
        description="The second database, of keys. Its backups are kept 7 days at most.",
    )
    keyring: Path = Field(
        Path("var/keyring.json"),
        validation_alias="HAMRAZ_KEYRING",
        description="The keyring file, sealed by a passphrase.",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        validation_alias="HAMRAZ_PUBLIC_URL",
        description="The address under which providers reach us; signatures are checked over it.",
    )
    twilio_account_sid: str = Field("", validation_alias="TWILIO_ACCOUNT_SID", description="Twilio account (AC…).")
    twilio_auth_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="TWILIO_AUTH_TOKEN",
        description="Twilio's token; also checks its signatures.",
    )
    sms_from: str = Field("", validation_alias="HAMRAZ_SMS_FROM", description="Our SMS number, +92…")
    whatsapp_from: str = Field("", validation_alias="HAMRAZ_WHATSAPP_FROM", description="Our WhatsApp number, +92…")
    whatsapp_templates: str = Field(
        "",
        validation_alias="HAMRAZ_WHATSAPP_TEMPLATES",
        description="Content templates with buttons: quick1=HX…,…,list10=HX…, as `channels connect` prints them (optional; without them, numbered lists).",
    )
    telegram_bot_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="TELEGRAM_BOT_TOKEN",
        description="The bot's token from BotFather.",
    )
    telegram_bot_name: str = Field(
        "",
        validation_alias="TELEGRAM_BOT_NAME",
        description="The bot's name without @, for the codes on posters (letters, digits and _).",
    )
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""),
        validation_alias="TELEGRAM_WEBHOOK_SECRET",
        description="What Telegram sends with each update to prove itself.",
    )
    telegram_webhook_path: SecretStr = Field(
        SecretStr(""),
        validation_alias="TELEGRAM_WEBHOOK_PATH",
        description="A last part for the webhook's address that nobody can guess (optional; letters and digits).",
    )
    staff_bot_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="TELEGRAM_STAFF_BOT_TOKEN",
        description="A second bot's token, from BotFather: the counsellors' own (optional). Never the reporters' bot's.",
    )
    staff_webhook_secret: SecretStr = Field(
        SecretStr(""),
        validation_alias="TELEGRAM_STAFF_WEBHOOK_SECRET",
        description="What Telegram sends with each update of the staff bot; another than the reporters' bot's.",
    )
    staff_webhook_path: SecretStr = Field(
        SecretStr(""),
        validation_alias="TELEGRAM_STAFF_WEBHOOK_PATH",
        description="A last part for the staff bot's webhook that nobody can guess (optional; letters and digits).",
    )
    staff_group: int = Field(
        0,
        validation_alias="TELEGRAM_STAFF_GROUP",
        description="The id of the team's Telegram group, -100…: it sees who waits, by code, and no words (optional).",
    )
    staff_language: str = Field(
        "en",
        validation_alias="HAMRAZ_STAFF_LANGUAGE",
        description="In which language the staff bot speaks to the team's group: en or ur.",
    )
    twilio_api_url: str = Field(
        "",
        validation_alias="HAMRAZ_TWILIO_API_URL",
        description="Another host for Twilio's API (tests, demo).",
    )
    telegram_api_url: str = Field(
        "",
        validation_alias="HAMRAZ_TELEGRAM_API_URL",
        description="Another host for the Bot API (tests, demo).",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="HAMRAZ_METRICS_TOKEN",
        description="Opens /metrics from elsewhere; without it only this machine may look.",
    )
    counts_folder: str = Field(
        "",
        validation_alias="PROMETHEUS_MULTIPROC_DIR",
        description="Where the processes of one machine count together for /metrics; `serve` makes one of its own (optional).",
    )
    security_contact: str = Field(
        "",
        validation_alias="HAMRAZ_SECURITY_CONTACT",
        description="Where to write about a hole, shown to anybody at /.well-known/security.txt: mailto:…, https://… or tel:… (optional).",
    )
    default_language: str = Field(
        "en",
        validation_alias="HAMRAZ_DEFAULT_LANGUAGE",
        description="The language when a first text tells nothing.",
    )
    time_zone: str = Field(
        "Asia/Karachi",
        validation_alias="HAMRAZ_TIME_ZONE",
        description="For opening hours and dates.",
    )
    hours: str = Field(
        "Mon-Fri 09:00-17:00",
        validation_alias="HAMRAZ_HOURS",
        description="When the team reads: Mon-Fri 09:00-17:00, or Mon,Wed 10:00-14:00, or never.",
    )
    page_again_minutes: int = Field(
        5,
        validation_alias="HAMRAZ_PAGE_AGAIN_MINUTES",
        ge=1,
        description="Minutes after which a red case that nobody took calls again whoever is on call, and supervisors.",
    )
    slow_memory_kib: int = Field(
        19 * 1024,
        validation_alias="HAMRAZ_SLOW_MEMORY_KIB",
        ge=8,
        description="Argon2id memory for addresses and receipts (KiB). Smaller is faster and weaker.",
    )
    password_memory_kib: int = Field(
        64 * 1024,
        validation_alias="HAMRAZ_PASSWORD_MEMORY_KIB",
        ge=8,
        description="Argon2id memory for staff passwords (KiB), for each of two at a time in a process. Smaller is faster and weaker.",
    )
    test_numbers: str = Field(
        "",
        validation_alias="HAMRAZ_TEST_NUMBERS",
        description="Our own numbers on which PREVIEW and the code of a link try a draft: sms:+92…, whatsapp:+92…, telegram (optional; none that reporters are told of).",
    )
    log_level: str = Field("INFO", validation_alias="HAMRAZ_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def serves_console(self) -> bool:
        """Whether the console may be served: on https://, or on this machine itself; elsewhere its cookies would lie open."""
        parts = urlsplit(self.public_url)
        return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")

    @property
    def tests(self) -> frozenset[str]:
        """The test numbers, each as "sms:+92…", "whatsapp:+92…" or "telegram"."""
        return frozenset(one.strip() for one in self.test_numbers.split(",") if one.strip())

    def without_surprises(self) -> Settings:
        """These settings, if nothing in them is dangerous. Raises SettingsError."""
        refuse_passphrases_in_env_file()
        for url in (self.database_url, self.keys_url):
            if not url.startswith(("sqlite:///", "postgresql")):
                raise SettingsError("HAMRAZ_DATABASE_URL and HAMRAZ_KEYS_URL are sqlite:///FILE or postgresql://…")
        if self.database_url == self.keys_url:
            raise SettingsError("HAMRAZ_KEYS_URL must be another database than HAMRAZ_DATABASE_URL")
        for name, path in (
            ("TELEGRAM_WEBHOOK_PATH", self.telegram_webhook_path),
            ("TELEGRAM_STAFF_WEBHOOK_PATH", self.staff_webhook_path),
        ):
            if not re.fullmatch("[A-Za-z0-9_-]*", path.get_secret_value()):
                raise SettingsError(f"{name} takes letters, digits, _ and - only")
        staff = self.staff_bot_token.get_secret_value()
        if staff and staff == self.telegram_bot_token.get_secret_value():
            raise SettingsError("TELEGRAM_STAFF_BOT_TOKEN must be another bot's than TELEGRAM_BOT_TOKEN")
        if staff and not self.staff_webhook_secret.get_secret_value():
            raise SettingsError("TELEGRAM_STAFF_BOT_TOKEN needs TELEGRAM_STAFF_WEBHOOK_SECRET beside it")
        if staff and self.staff_webhook_secret == self.telegram_webhook_secret:
            raise SettingsError("TELEGRAM_STAFF_WEBHOOK_SECRET must be another than TELEGRAM_WEBHOOK_SECRET")
        if self.security_contact and not re.fullmatch(
            r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+?[0-9-]+)", self.security_contact
        ):
            raise SettingsError("HAMRAZ_SECURITY_CONTACT is mailto:…, https://… or tel:…")
        if not all(re.fullmatch(r"telegram|(sms|whatsapp):\+[0-9]{7,15}", one) for one in self.tests):
            raise SettingsError("HAMRAZ_TEST_NUMBERS are sms:+…, whatsapp:+… or telegram, with commas between")
        if not re.fullmatch("[A-Za-z0-9_]*", self.telegram_bot_name):
            raise SettingsError("TELEGRAM_BOT_NAME takes letters, digits and _ only")
        return self


REMEMBER_ADDRESS = timedelta(minutes=15)


def read_settings() -> Settings:
    """Settings from the environment and `.env`. Raises SettingsError with the first one that is wrong."""
    try:
        return Settings(**{})
    except ValueError as error:
        # pydantic's message would print the value; a secret may be among them.
        names = ", ".join(str(item["loc"][0]) for item in getattr(error, "errors", list)())
        raise SettingsError(f"cannot read {names}: see `hamraz settings`") from None


def refuse_passphrases_in_env_file() -> None:
    """Raise SettingsError if `.env` holds a passphrase: it would lie beside what it opens."""
    if not ENV_FILE.exists():
        return
    for name in PASSPHRASES:
        if dotenv_values(ENV_FILE).get(name):
            raise SettingsError(f"{name} is in .env: take it out, and give it by prompt or in the environment")


def passphrase(name: str) -> str:
    """A passphrase from the environment, or from the file that `<name>_FILE` names; "" when there is none. Raises SettingsError."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{name}_FILE cannot be read: {type(error).__name__}") from None
    return os.environ.get(name, "")


def hand_down(name: str, word: str) -> None:
    """Put a word into the environment that this process's own children get."""
    os.environ[name] = word


def refuse_team_passphrase() -> None:
    """Raise SettingsError if the team's passphrase is in this process: a server must never hold it."""
    if passphrase("HAMRAZ_TEAM_PASSPHRASE"):
        raise SettingsError(
            "HAMRAZ_TEAM_PASSPHRASE is set: unset it; only `keys new`, `case open` and `staff share` may know it"
        )


def described() -> list[tuple[str, str, str]]:
    """Every setting: its name, its default ("" for secrets) and what it is for."""
    rows = []
    for field in Settings.model_fields.values():
        default = "" if isinstance(field.default, SecretStr) else str(field.default)
        rows.append((str(field.validation_alias), default, field.description or ""))
    rows += [(name, "", "A passphrase; environment, credential file (…_FILE) or prompt only.") for name in PASSPHRASES]
    return rows
