"""Reports and all that hangs on them."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from storage.tables.columns import bytes_, id_, main_metadata, number, text_

reports = Table(
    "reports",
    main_metadata,
    id_(),  # also the id of its shred key
    bytes_("find", null=True),  # 32 bytes from the receipt code; null when no receipt can find it
    bytes_("public_key"),
    bytes_("wrapped_private", null=True),  # the private half, for the receipt
    bytes_("body"),  # sealed to the pair, inside the shred key
    bytes_("meta"),  # status, category, language, district, priority: under HKDF(metadata ‖ shred key)
    bytes_("refs", null=True),  # ids of its link, lease, draft, fact: under the shred key
    bytes_("reply_address", null=True),  # sealed to the report's key
    number("day"),
    number("active_day"),  # last activity, for retention
    number("version", default=1),  # how often it was saved; bound into meta and refs
    text_("key_id", default=""),  # keyring key of meta and refs
    text_("pepper_id", default=""),  # keyring key whose pepper `find` was made with
    bytes_("holder_id", null=True),  # the counsellor whose case it is; stands in meta too, and must agree
    Index(None, "find", unique=True),
    Index(None, "day"),
    Index(None, "active_day"),
    Index(None, "holder_id"),
    sqlite_with_rowid=False,
)

grants = Table(
    "grants",
    main_metadata,
    bytes_("report_id"),
    bytes_("holder_id"),
    bytes_("sealed"),  # the report's private half, to the holder's key
    PrimaryKeyConstraint("report_id", "holder_id"),
    Index(None, "holder_id"),
    sqlite_with_rowid=False,
)

holders = Table(
    "holders",
    main_metadata,
    id_(),
    text_("kind"),  # "team" or "counsellor"
    bytes_("public_key"),
    bytes_(
        "vouched"
    ),  # the public half again, sealed under the keyring: who writes rows cannot put in a key of his own
    text_("key_id", default=""),
    bytes_("sealed_private"),  # under a passphrase
    number("created_day"),
    number("left_day", null=True),  # no new grants from then on
    Index(None, "kind"),
    sqlite_with_rowid=False,
)

entries = Table(
    "entries",
    main_metadata,
    bytes_("report_id"),
    number("seq"),
    number("kind"),
    bytes_("previous_hash"),
    bytes_("hash"),
    bytes_("sealed"),
    number("day"),
    PrimaryKeyConstraint("report_id", "seq"),
    sqlite_with_rowid=False,
)

report_media = Table(
    "report_media",
    main_metadata,
    id_(),
    bytes_("report_id"),
    number("seq"),
    bytes_("sealed"),
    Index(None, "report_id", "seq"),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    main_metadata,
    id_(),
    bytes_("link_index"),  # Sender.link_index
    bytes_("report_id"),  # sealed under her own link key
    text_("key_id", default=""),  # the address key it was made with
    number("expires_day"),
    Index(None, "link_index"),
    Index(None, "expires_day"),
    sqlite_with_rowid=False,
)

leases = Table(
    "leases",
    main_metadata,
    id_(),  # named only inside the report, sealed
    bytes_("sealed"),  # where a quick answer goes, and until when; under the day key
    number("day_key"),
    number("expires_day"),
    Index(None, "expires_day"),
    sqlite_with_rowid=False,
)

contacts = Table(
    "contacts",
    main_metadata,
    id_(),  # named only inside the report, sealed
    bytes_("sealed"),  # route, hours, safe word: under the route key
    text_("key_id", default=""),
    number("until_day"),
    Index(None, "until_day"),
    sqlite_with_rowid=False,
)
