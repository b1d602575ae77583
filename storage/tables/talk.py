"""The talk: where she stands, what she was answered, what waits to go out."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from storage.tables.columns import bytes_, id_, main_metadata, number, seconds, text_

sessions = Table(
    "sessions",
    main_metadata,
    id_("index"),  # Sender.index
    bytes_("draft_id", null=True),  # names its shred key; null only while a first message is under way
    text_("key_id", default=""),  # keyring key of draft and meta
    bytes_("draft", null=True),  # her answers and place
    bytes_("meta", null=True),  # edition, node, names of slots filled, exact times
    number("version", default=0),
    number("expires_day", default=0),
    Index(None, "expires_day"),
    Index(None, "draft_id"),
    sqlite_with_rowid=False,
)

inbox = Table(
    "inbox",
    main_metadata,
    id_("mac"),  # HMAC of the provider's message id
    bytes_("owner", null=True),  # Sender.index while the answer lives
    bytes_("draft_id", null=True),  # the draft whose key seals the answer
    text_("key_id", default=""),
    bytes_("answer", null=True),
    seconds("until", null=True),  # the answer is emptied then (an hour, rounded up to ten minutes); null after
    number("day"),
    Index(None, "owner"),
    Index(
        "ix_inbox_until", "until", sqlite_where=text("until IS NOT NULL"), postgresql_where=text("until IS NOT NULL")
    ),
    Index(None, "day"),
    sqlite_with_rowid=False,
)

draft_media = Table(
    "draft_media",
    main_metadata,
    id_(),
    bytes_("session"),  # Sender.index
    bytes_("draft_id"),
    number("seq"),
    bytes_("sealed"),
    Index(None, "session"),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    main_metadata,
    id_(),  # when it was put, to the millisecond, and chance: what waits longest goes first
    bytes_("owner"),  # Sender.outbox_tag
    number("seq"),  # order within one owner
    number("kind"),  # 1 send, 2 wipe
    text_("channel"),
    bytes_("sealed"),  # address and payload, under the day key
    number("day_key"),  # which day's key
    seconds("due"),  # rows live minutes, 24 h at most
    seconds("leaves"),
    seconds("leased_until", null=True),
    text_("worker", null=True),
    number("attempts", default=0),
    text_("dead_reason", null=True),  # a code, never words
    Index(None, "owner", "seq"),
    Index(None, "due"),
    Index(None, "leaves"),
    sqlite_with_rowid=False,
)

enclosures = Table(
    "enclosures",
    main_metadata,
    id_(),  # of the outbox item that it goes out with
    bytes_("owner"),  # Sender.outbox_tag
    bytes_("sealed"),  # the file, under the day key
    number("day_key"),  # which day's key
    bytes_("link", null=True),  # 32 bytes, keyed, over the address at which a provider fetches it: it is kept nowhere
    seconds("link_until", null=True),  # when that address opens nothing more
    seconds("until"),  # rows live as long as their item; once that was taken, as long as their address
    Index(None, "owner"),
    Index(None, "until"),
    sqlite_with_rowid=False,
)

provider_copies = Table(
    "provider_copies",
    main_metadata,
    id_(),
    bytes_("owner"),  # Sender.outbox_tag
    bytes_("sealed"),  # what to name to wipe it at the provider, under the day key
    number("day"),  # also which day's key
    Index(None, "owner"),
    Index(None, "day"),
    sqlite_with_rowid=False,
)
