"""What a contender has kept, counted in its own database once the race is over."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from tests.benchmarks.talk import SAID
from tests.databases import Place

MESSAGES = len(SAID)


def rows(url: str, table: str) -> int:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608  # our own names
    engine.dispose()
    return int(found)


def sessions(place: Place) -> int:
    """Sessions that were saved once a message, no more and no less, and whose messages are all in the inbox."""
    engine = create_engine(place.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        whole = text("SELECT count(*) FROM sessions WHERE version = :saved AND draft IS NOT NULL")
        found = int(connection.execute(whole, {"saved": MESSAGES}).scalar_one())
        heard = int(connection.execute(text("SELECT count(*) FROM inbox")).scalar_one())
    engine.dispose()
    return found if heard == found * MESSAGES else -heard
