"""Every table of both databases, and which of their columns are sealed.

Two databases: MAIN holds rows, KEYS holds what opens them. Deleting one row of KEYS makes
what it covers unreadable, in every backup of MAIN too.

Rules that every table keeps, so that a stolen file tells less:
- ids are 16 random bytes; on SQLite their tables have no rowid (order of arrival joins rows);
- time in clear is a day (days since 1970); finer only where rows live for hours, and said there;
- values are bytes, whole numbers, floats or text;
- each column of bytes or text is named sealed or plain (sealed.py); start-up refuses others.
"""

from __future__ import annotations

from storage.tables.columns import keys_metadata, main_metadata
from storage.tables.counting import facts, guesses, pending_facts
from storage.tables.desk import casebook, counsellors, erased_cases, notes, unshown
from storage.tables.directory import districts, resources
from storage.tables.flows import current_editions, editions, walkthroughs
from storage.tables.house import audit, settings_kv
from storage.tables.institutions import institutions, wishes
from storage.tables.keys import day_keys, erasures, heads, shred_keys
from storage.tables.papers import papers
from storage.tables.passages import passages
from storage.tables.reports import contacts, entries, grants, holders, leases, links, report_media, reports
from storage.tables.sealed import PLAIN_COLUMNS, SEALED_COLUMNS, UnnamedColumn, check_columns
from storage.tables.staff import (
    staff,
    staff_attempts,
    staff_doors,
    staff_invitations,
    staff_pairings,
    staff_sessions,
    staff_topics,
)
from storage.tables.subscriptions import subscriptions
from storage.tables.talk import draft_media, enclosures, inbox, outbox, provider_copies, sessions
from storage.tables.tending import changes, feedback, unanswered
from storage.tables.tips import tips
from storage.tables.wordings import wordings

__all__ = [
    "PLAIN_COLUMNS",
    "SEALED_COLUMNS",
    "UnnamedColumn",
    "audit",
    "casebook",
    "changes",
    "check_columns",
    "contacts",
    "counsellors",
    "current_editions",
    "day_keys",
    "districts",
    "draft_media",
    "editions",
    "enclosures",
    "entries",
    "erased_cases",
    "erasures",
    "facts",
    "feedback",
    "grants",
    "guesses",
    "heads",
    "holders",
    "inbox",
    "institutions",
    "keys_metadata",
    "leases",
    "links",
    "main_metadata",
    "notes",
    "outbox",
    "papers",
    "passages",
    "pending_facts",
    "provider_copies",
    "report_media",
    "reports",
    "resources",
    "sessions",
    "settings_kv",
    "shred_keys",
    "staff",
    "staff_attempts",
    "staff_doors",
    "staff_invitations",
    "staff_pairings",
    "staff_sessions",
    "staff_topics",
    "subscriptions",
    "tips",
    "unanswered",
    "unshown",
    "walkthroughs",
    "wishes",
    "wordings",
]
