"""Every table of both databases, and which of their columns are sealed.

Two databases: MAIN holds rows, KEYS holds what opens them. Deleting one row of KEYS makes
what it covers unreadable, in every backup of MAIN too.

One file, though long: a column that nobody named as sealed or plain must not hide in another.
Rules the whole file keeps, so that a stolen file tells less:
- ids are 16 random bytes; on SQLite their tables have no rowid (order of arrival joins rows);
- time in clear is a day (days since 1970); finer only where rows live for hours, and said there;
- values are bytes, whole numbers, floats or text: the DBAPI path converts nothing;
- each column of bytes or text stands in SEALED_COLUMNS or PLAIN_COLUMNS; start-up refuses others.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

_NAMES = {"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}

main_metadata = MetaData(naming_convention=_NAMES)
keys_metadata = MetaData(naming_convention=_NAMES)


def _id(name: str = "id") -> Column[bytes]:
    """16 random bytes, made in Python before the insert so that sealing can bind them."""
    return Column(name, LargeBinary, primary_key=True)


def _bytes(name: str, *, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


def _text(name: str, *, null: bool = False, default: str | None = None) -> Column[str]:
    shown = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=null, server_default=shown)


def _number(name: str, *, null: bool = False, default: int | None = None) -> Column[int]:
    return Column(name, Integer, nullable=null, server_default=None if default is None else text(str(default)))


def _seconds(name: str, *, null: bool = False) -> Column[int]:
    """Seconds since 1970: only in rows that live for hours."""
    return Column(name, BigInteger, nullable=null)


# --- the talk ---------------------------------------------------------------------------------

sessions = Table(
    "sessions",
    main_metadata,
    _id("index"),  # Sender.index
    _bytes("draft_id", null=True),  # names its shred key; null only while a first message is under way
    _text("key_id", default=""),  # keyring key of draft and meta
    _bytes("draft", null=True),  # her answers and place
    _bytes("meta", null=True),  # edition, node, names of slots filled, exact times
    _number("version", default=0),
    _number("expires_day", default=0),
    Index(None, "expires_day"),
    Index(None, "draft_id"),
    sqlite_with_rowid=False,
)

inbox = Table(
    "inbox",
    main_metadata,
    _id("mac"),  # HMAC of the provider's message id
    _bytes("owner", null=True),  # Sender.index while the answer lives
    _bytes("draft_id", null=True),  # the draft whose key seals the answer
    _text("key_id", default=""),
    _bytes("answer", null=True),
    _seconds("until", null=True),  # the answer is emptied then (an hour, rounded up to ten minutes); null after
    _number("day"),
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
    _id(),
    _bytes("session"),  # Sender.index
    _bytes("draft_id"),
    _number("seq"),
    _bytes("sealed"),
    Index(None, "session"),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    main_metadata,
    _id(),
    _bytes("owner"),  # Sender.outbox_tag
    _number("seq"),  # order within one owner
    _number("kind"),  # 1 send, 2 wipe
    _text("channel"),
    _bytes("sealed"),  # address and payload, under the day key
    _number("day_key"),  # which day's key
    _seconds("due"),  # rows live minutes, 24 h at most
    _seconds("leaves"),
    _seconds("leased_until", null=True),
    _text("worker", null=True),
    _number("attempts", default=0),
    _text("dead_reason", null=True),  # a code, never words
    Index(None, "owner", "seq"),
    Index(None, "due"),
    Index(None, "leaves"),
    sqlite_with_rowid=False,
)

provider_copies = Table(
    "provider_copies",
    main_metadata,
    _id(),
    _bytes("owner"),  # Sender.outbox_tag
    _bytes("sealed"),  # what to name to wipe it at the provider, under the day key
    _number("day"),  # also which day's key
    Index(None, "owner"),
    Index(None, "day"),
    sqlite_with_rowid=False,
)

editions = Table(
    "editions",
    main_metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the body, hexadecimal
    _text("name"),
    _text("body"),  # JSON
    _number("published_day"),
    Index(None, "name"),
)

current_editions = Table("current_editions", main_metadata, Column("name", Text, primary_key=True), _text("hash"))

# --- reports ----------------------------------------------------------------------------------

reports = Table(
    "reports",
    main_metadata,
    _id(),  # also the id of its shred key
    _bytes("find", null=True),  # 32 bytes from the receipt code; null when no receipt can find it
    _bytes("public_key"),
    _bytes("wrapped_private", null=True),  # the private half, for the receipt
    _bytes("body"),  # sealed to the pair, inside the shred key
    _bytes("meta"),  # status, category, language, district, priority: under HKDF(metadata ‖ shred key)
    _bytes("refs", null=True),  # ids of its link, lease, draft, fact: under the shred key
    _bytes("reply_address", null=True),  # sealed to the report's key
    _number("day"),
    _number("active_day"),  # last activity, for retention
    _number("version", default=1),  # optimistic lock of the desk
    _text("key_id", default=""),
    Index(None, "find", unique=True),
    Index(None, "day"),
    Index(None, "active_day"),
    sqlite_with_rowid=False,
)

grants = Table(
    "grants",
    main_metadata,
    _bytes("report_id"),
    _bytes("holder_id"),
    _bytes("sealed"),  # the report's private half, to the holder's key
    PrimaryKeyConstraint("report_id", "holder_id"),
    Index(None, "holder_id"),
    sqlite_with_rowid=False,
)

holders = Table(
    "holders",
    main_metadata,
    _id(),
    _text("kind"),  # "team" or "counsellor"
    _bytes("public_key"),
    _bytes(
        "vouched"
    ),  # the public half again, sealed under the keyring: who writes rows cannot put in a key of his own
    _text("key_id", default=""),
    _bytes("sealed_private"),  # under a passphrase
    _number("created_day"),
    _number("left_day", null=True),  # no new grants from then on
    Index(None, "kind"),
    sqlite_with_rowid=False,
)

entries = Table(
    "entries",
    main_metadata,
    _bytes("report_id"),
    _number("seq"),
    _number("kind"),
    _bytes("previous_hash"),
    _bytes("hash"),
    _bytes("sealed"),
    _number("day"),
    PrimaryKeyConstraint("report_id", "seq"),
    sqlite_with_rowid=False,
)

report_media = Table(
    "report_media",
    main_metadata,
    _id(),
    _bytes("report_id"),
    _number("seq"),
    _bytes("sealed"),
    Index(None, "report_id", "seq"),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    main_metadata,
    _id(),
    _bytes("link_index"),  # Sender.link_index
    _bytes("report_id"),  # sealed under her own link key
    _text("key_id", default=""),  # the address key it was made with
    _number("expires_day"),
    Index(None, "link_index"),
    Index(None, "expires_day"),
    sqlite_with_rowid=False,
)

leases = Table(
    "leases",
    main_metadata,
    _id(),  # named only inside the report, sealed
    _bytes("sealed"),  # where a quick answer goes, and until when; under the day key
    _number("day_key"),
    _number("expires_day"),
    Index(None, "expires_day"),
    sqlite_with_rowid=False,
)

contacts = Table(
    "contacts",
    main_metadata,
    _id(),  # named only inside the report, sealed
    _bytes("sealed"),  # route, hours, safe word: under the route key
    _text("key_id", default=""),
    _number("until_day"),
    Index(None, "until_day"),
    sqlite_with_rowid=False,
)

# --- counting ---------------------------------------------------------------------------------

pending_facts = Table(
    "pending_facts",
    main_metadata,
    _id(),  # its own, and its own shred key's: only the report, sealed, knows which is its fact
    _bytes("sealed"),
    _text("key_id", default=""),
    _number("day"),
    Index(None, "day"),
    sqlite_with_rowid=False,
)

facts = Table(
    "facts",
    main_metadata,
    _id("tag"),  # 32 bytes, HKDF(shred key, "fact"): nobody else can join it to a report
    _bytes("mark"),  # 16 bytes: distinct reporters within a quarter
    _number("day"),
    _number("month"),  # year * 12 + month - 1
    _text("district", default=""),
    _text("area", default=""),
    _text("kind", default=""),  # taxonomy code
    _text("place", default=""),
    _text("relation", default=""),
    _text("path", default=""),
    _text("language", default=""),
    _text("day_part", default=""),
    _text("response", default=""),  # what bystanders did
    _text("told", default=""),  # reported to whom
    _text("wants", default=""),
    _text("institution", default=""),
    _number("child", default=0),  # 1 when under 18
    Index(None, "district", "kind", "month"),
    Index(None, "month", "district"),
    sqlite_with_rowid=False,
)

guesses = Table(
    "guesses",
    main_metadata,
    _bytes("tag"),  # 16 bytes: Sender.guess_tag, or one for everybody together
    _number("window"),
    _number("count"),
    PrimaryKeyConstraint("tag", "window"),
    Index(None, "window"),
    sqlite_with_rowid=False,
)

# --- the directory: public, in clear ----------------------------------------------------------

districts = Table(
    "districts",
    main_metadata,
    Column("id", Text, primary_key=True),
    _text("names"),  # JSON, language -> name
    _text("province", default=""),
    _text("division", default=""),  # where to look next when a district has nothing
    Column("lat", Float, nullable=True),
    Column("lon", Float, nullable=True),
    _number("rank", default=0),
)

resources = Table(
    "resources",
    main_metadata,
    Column("id", Text, primary_key=True),
    _text("kind"),
    _text("names"),  # JSON, language -> name
    _text("phones", default="[]"),  # JSON list
    _text("messaging", default=""),  # SMS or WhatsApp number
    _text("address", default=""),
    _text("district", default=""),  # a district's id, a province in lower case, "" = everywhere
    Column("lat", Float, nullable=True),
    Column("lon", Float, nullable=True),
    _text("precision", default=""),
    _number("sensitive", default=0),  # 1: the place itself is never shown
    _text("hours", default=""),
    _text("audience", default=""),
    _text("source", default=""),
    _text("source_date", default=""),
    _text("verified", default=""),
    _number("verified_on", null=True),  # the day somebody of ours dialled it
    _text("verify_scope", default=""),
    _text("phone_kind", default=""),
    _text("notes", default=""),
    Index(None, "kind", "district"),
    Index(None, "district"),
)

# --- the house's own --------------------------------------------------------------------------

audit = Table(
    "audit",
    main_metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _bytes("previous"),
    _bytes("mac"),
    _bytes("sealed"),
    _number("day"),
)

settings_kv = Table("settings_kv", main_metadata, Column("name", Text, primary_key=True), _text("value"))

# --- KEYS -------------------------------------------------------------------------------------

shred_keys = Table(
    "shred_keys",
    keys_metadata,
    _id(),  # a report's id or a draft's
    _bytes("wrapped"),
    _text("key_id"),
    _number("day"),
    Index(None, "day"),
    Index(None, "key_id"),
    sqlite_with_rowid=False,
)

day_keys = Table(
    "day_keys",
    keys_metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    _bytes("wrapped"),
    _text("key_id"),
)

heads = Table(
    "heads",
    keys_metadata,
    _text("kind"),  # "thread" or "audit"
    _bytes("id"),
    _number("seq"),
    _bytes("hash"),
    _number("day"),
    PrimaryKeyConstraint("kind", "id"),
    sqlite_with_rowid=False,
)

erasures = Table(
    "erasures",
    keys_metadata,
    _id("report_id"),  # shredded, its rows in MAIN perhaps not yet gone
    _bytes("sealed"),  # what else of it must go: ids that its own rows can no longer tell
    _text("key_id", default=""),
    _number("day"),
    sqlite_with_rowid=False,
)

_SEALED = """
    sessions.draft sessions.meta inbox.answer draft_media.sealed outbox.sealed provider_copies.sealed
    reports.wrapped_private reports.body reports.meta reports.refs reports.reply_address
    grants.sealed holders.vouched holders.sealed_private entries.sealed report_media.sealed
    links.report_id leases.sealed contacts.sealed pending_facts.sealed audit.sealed
    shred_keys.wrapped day_keys.wrapped erasures.sealed
"""
SEALED_COLUMNS = frozenset(_SEALED.split())

_PLAIN = """
    sessions.index sessions.draft_id sessions.key_id inbox.mac inbox.owner inbox.draft_id inbox.key_id
    draft_media.id draft_media.session draft_media.draft_id
    outbox.id outbox.owner outbox.channel outbox.worker outbox.dead_reason provider_copies.id provider_copies.owner
    editions.hash editions.name editions.body current_editions.name current_editions.hash
    reports.id reports.find reports.public_key reports.key_id grants.report_id grants.holder_id
    holders.id holders.kind holders.public_key holders.key_id entries.report_id entries.previous_hash entries.hash
    report_media.id report_media.report_id links.id links.link_index links.key_id leases.id contacts.id contacts.key_id
    pending_facts.id pending_facts.key_id facts.tag facts.mark facts.district facts.area facts.kind facts.place facts.relation
    facts.path facts.language facts.day_part facts.response facts.told facts.wants facts.institution
    guesses.tag audit.previous audit.mac settings_kv.name settings_kv.value
    districts.id districts.names districts.province districts.division
    resources.id resources.kind resources.names resources.phones resources.messaging resources.address
    resources.district resources.precision resources.hours resources.audience resources.source resources.source_date
    resources.verified resources.verify_scope resources.phone_kind resources.notes
    shred_keys.id shred_keys.key_id day_keys.key_id heads.kind heads.id heads.hash erasures.report_id erasures.key_id
"""
PLAIN_COLUMNS = frozenset(_PLAIN.split())


class UnnamedColumn(Exception):
    """A column of bytes or text is named neither sealed nor plain, so nobody decided what it may hold."""


def check_columns(*metadatas: MetaData) -> None:
    """Raise UnnamedColumn unless every column of bytes or text is named sealed or plain, and only once."""
    for metadata in metadatas or (main_metadata, keys_metadata):
        for table in metadata.tables.values():
            for column in table.columns:
                name = f"{table.name}.{column.name}"
                listed = (name in SEALED_COLUMNS) + (name in PLAIN_COLUMNS)
                if isinstance(column.type, (LargeBinary, Text)) and listed != 1:
                    raise UnnamedColumn(f"{name} must stand in exactly one of SEALED_COLUMNS and PLAIN_COLUMNS")
                if name in SEALED_COLUMNS and not isinstance(column.type, LargeBinary):
                    raise UnnamedColumn(f"{name} is sealed, so it must be bytes")
