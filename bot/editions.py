"""Which edition of each flow holds now, for one process: what an organisation published, else what came with Hamraz."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from flows.definition import from_source
from flows.errors import FlowError
from flows.library import Library
from flows.machine import FlowMachine
from flows.published import Published
from flows.shape import Flow
from storage import audit, comparisons, editions, publications
from storage.database import Database, Unit
from storage.publications import Publication, Seal
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring

log = structlog.get_logger()


class EditionShelf:
    """Keeps the latest library; looks at each message whether another edition was published. Safe to use from many threads."""

    def __init__(self, shipped: Sequence[Flow], database: Database, keyring: Keyring) -> None:
        self._shipped = {flow.name: flow for flow in shipped}
        self._database, self._keyring = database, keyring
        self._known: tuple[Seal, Library] = ((), Library(shipped, self._fetch))

    @property
    def latest(self) -> Library:
        """The library as it was at the last look."""
        return self._known[1]

    def library(self, unit: Unit, at: datetime) -> Library:
        """The library as it is in this unit of work, which may write."""
        seal, library = self._known
        now = publications.seal(unit)
        if now != seal:
            library = self._read(unit, now, library, at)
            self._known = now, library
        return library

    def _read(self, unit: Unit, seal: Seal, known: Library, at: datetime) -> Library:
        past: dict[str, list[Published]] = {}
        current, over = dict(self._shipped), set[str]()
        for name, *_ in seal:
            try:
                found = publications.held(unit, self._keyring, name)
            except Tampered as fault:
                # Somebody changed what holds: the last edition that we know to be ours goes on.
                if name in known:
                    current[name] = known.current(name)
                audit.note_fault(unit, self._keyring, str(fault), at)
                continue
            past[name] = [Published(one.number, one.edition, one.policy, one.renamed) for one in found]
            if self._is_over(unit, found[-1], at):
                over.add(name)
            own = self._own(unit, found[-1])
            if own is not None:
                current[name] = own
        return Library(current.values(), self._fetch, past, known, over)

    def _is_over(self, unit: Unit, last: Publication, at: datetime) -> bool:
        """Whether its comparison is over; also where nobody can tell any more: then everybody gets the first wording."""
        try:
            return last.number in comparisons.of(unit, self._keyring, last.name)
        except Tampered as fault:
            audit.note_fault(unit, self._keyring, str(fault), at)
            return True

    def _own(self, unit: Unit, last: Publication) -> Flow | None:
        """What was published; None where what came with Hamraz holds, also where ours reads what was published no more."""
        if last.follows:
            return None
        source = editions.fetch(unit, last.edition)
        try:
            flow = from_source(source or "")
            FlowMachine(flow)
        except FlowError as error:
            log.error("edition not usable", flow=last.name, number=last.number, error=type(error).__name__)
            return None
        return flow

    def _fetch(self, edition: str) -> str | None:
        return self._database.read(lambda unit: editions.fetch(unit, edition))
