"""Which columns are sealed: one list, so that a column nobody decided on cannot hide."""

from __future__ import annotations

from sqlalchemy import LargeBinary, MetaData, Text

from storage.tables.columns import keys_metadata, main_metadata

_SEALED = """
    sessions.draft sessions.meta inbox.answer draft_media.sealed outbox.sealed provider_copies.sealed
    reports.wrapped_private reports.body reports.meta reports.refs reports.reply_address
    grants.sealed holders.vouched holders.sealed_private entries.sealed report_media.sealed
    links.report_id leases.sealed contacts.sealed subscriptions.sealed pending_facts.sealed wishes.sealed audit.sealed
    shred_keys.wrapped day_keys.wrapped erasures.sealed
    staff.sealed staff_doors.sealed staff_invitations.sealed staff_sessions.sealed
    counsellors.sealed notes.sealed erased_cases.sealed papers.sealed
    staff_pairings.sealed staff_topics.sealed unshown.sealed casebook.sealed enclosures.sealed
    changes.sealed wordings.sealed passages.sealed
"""
SEALED_COLUMNS = frozenset(_SEALED.split())

_PLAIN = """
    sessions.index sessions.draft_id sessions.key_id inbox.mac inbox.owner inbox.draft_id inbox.key_id
    draft_media.id draft_media.session draft_media.draft_id
    outbox.id outbox.owner outbox.channel outbox.worker outbox.dead_reason provider_copies.id provider_copies.owner
    editions.hash editions.name editions.body current_editions.name current_editions.hash
    walkthroughs.edition walkthroughs.body
    reports.id reports.find reports.public_key reports.key_id reports.pepper_id grants.report_id grants.holder_id
    holders.id holders.kind holders.public_key holders.key_id entries.report_id entries.previous_hash entries.hash
    report_media.id report_media.report_id links.id links.link_index links.key_id leases.id contacts.id contacts.key_id
    pending_facts.id pending_facts.key_id facts.tag facts.mark facts.district facts.area facts.kind facts.place facts.relation
    facts.path facts.language facts.day_part facts.response facts.told facts.wants facts.institution
    guesses.tag audit.previous audit.mac audit.key_id settings_kv.name settings_kv.value
    districts.id districts.names districts.province districts.division
    resources.id resources.kind resources.names resources.phones resources.messaging resources.address
    resources.district resources.precision resources.hours resources.audience resources.source resources.source_date
    resources.verified resources.verify_scope resources.phone_kind resources.notes
    resources.serves resources.languages resources.call_cost resources.schedule
    institutions.id institutions.names institutions.others institutions.kind institutions.city institutions.district
    institutions.source wishes.tag wishes.mark wishes.key_id
    tips.id tips.situations tips.words tips.source
    subscriptions.tag subscriptions.tag_key_id subscriptions.key_id
    shred_keys.id shred_keys.key_id day_keys.key_id heads.kind heads.id heads.hash erasures.report_id erasures.key_id
    staff.id staff.tag staff.key_id staff.pepper_id staff_invitations.id staff_invitations.staff_id staff_invitations.key_id
    staff_sessions.id staff_sessions.staff_id staff_sessions.key_id staff_attempts.tag
    staff_doors.staff_id staff_doors.tag staff_doors.key_id
    staff_pairings.id staff_pairings.staff_id staff_pairings.key_id
    staff_topics.id staff_topics.staff_id staff_topics.report_id staff_topics.tag staff_topics.key_id unshown.id unshown.report_id
    reports.holder_id counsellors.staff_id counsellors.key_id notes.report_id
    erased_cases.id erased_cases.holder_id erased_cases.key_id papers.id papers.kind papers.about papers.key_id
    changes.id changes.thing changes.key_id unanswered.number feedback.resource feedback.number
    wordings.id wordings.language wordings.phrase wordings.key_id
    passages.id passages.edition passages.key_id
    casebook.report_id enclosures.id enclosures.owner enclosures.link
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
