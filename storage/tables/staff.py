"""Staff: who they are, how they prove it, and what they have open. Everything about a person lies in one seal."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from storage.tables.columns import bytes_, id_, main_metadata, number, seconds, text_

staff = Table(
    "staff",
    main_metadata,
    id_(),  # also the holder of her grants
    bytes_("tag"),  # 32 bytes, HMAC of her name: finds her at login
    bytes_("sealed"),  # name, role, status, public half, private half under her password, second factors, recovery
    text_("key_id", default=""),
    text_("pepper_id", default=""),  # keyring key whose pepper went into her password; "" while invited
    number("version", default=1),
    number("day"),
    Index(None, "tag", unique=True),
    Index(None, "key_id"),
    sqlite_with_rowid=False,
)

staff_doors = Table(
    "staff_doors",
    main_metadata,
    id_("staff_id"),
    bytes_("tag", null=True),  # 32 bytes, HMAC of her Telegram account: finds her by an update of the staff bot
    bytes_("sealed"),  # Telegram chat, phone, how she is paged, whether words may be pushed
    text_("key_id", default=""),
    number("version", default=1),
    Index(None, "tag", unique=True),
    sqlite_with_rowid=False,
)

staff_invitations = Table(
    "staff_invitations",
    main_metadata,
    id_(),  # 32 bytes, from the code that was handed out once
    bytes_("staff_id"),
    bytes_("sealed"),  # whom it is for and until when
    text_("key_id", default=""),
    seconds("until"),
    Index(None, "staff_id"),
    Index(None, "until"),
    sqlite_with_rowid=False,
)

staff_pairings = Table(
    "staff_pairings",
    main_metadata,
    id_(),  # 32 bytes, HMAC of the code that was shown once
    bytes_("staff_id"),
    bytes_("sealed"),  # whose Telegram account it pairs, and until when
    text_("key_id", default=""),
    seconds("until"),
    Index(None, "staff_id"),
    Index(None, "until"),
    sqlite_with_rowid=False,
)

staff_topics = Table(
    "staff_topics",
    main_metadata,
    id_(),
    bytes_("staff_id"),
    bytes_("report_id"),
    bytes_("tag", null=True),  # 32 bytes, HMAC of whose chat and which topic: finds the case by an update
    bytes_("sealed"),  # the topic's number, or the messages of a chat without topics
    text_("key_id", default=""),
    Index(None, "staff_id", "report_id", unique=True),
    Index(None, "report_id"),
    Index(None, "tag", unique=True),
    sqlite_with_rowid=False,
)

staff_sessions = Table(
    "staff_sessions",
    main_metadata,
    id_(),  # 32 bytes, from the cookie, which is kept nowhere
    bytes_("staff_id"),
    bytes_("sealed"),  # whose, since when, and her private half: under the cookie and the keyring together
    text_("key_id", default=""),
    seconds("seen"),  # to the minute
    seconds("until"),
    Index(None, "staff_id"),
    Index(None, "until"),
    sqlite_with_rowid=False,
)

staff_attempts = Table(
    "staff_attempts",
    main_metadata,
    bytes_("tag"),  # 16 bytes, keyed: a name, a network or a browser, and which of them nobody can tell
    number("window"),
    number("count"),
    PrimaryKeyConstraint("tag", "window"),
    Index(None, "window"),
    sqlite_with_rowid=False,
)
