"""The floor: Flask and one durable commit by SQLAlchemy Core a message; nothing is understood, sealed or answered."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import Column, MetaData, String, Table, create_engine, event

from storage.gate import Gate
from tests.benchmarks.talk import ANSWERS

_metadata = MetaData()
_messages = Table("messages", _metadata, Column("id", String, primary_key=True), Column("text", String))
_ANSWER = f'<?xml version="1.0" encoding="UTF-8"?><Response><Message>{" ".join(ANSWERS)}</Message></Response>'.encode()


def create_app() -> Flask:
    url = os.environ["BENCH_DATABASE"]
    engine = create_engine(url, pool_size=8)
    gate: AbstractContextManager[Any] = nullcontext()
    if engine.dialect.name == "sqlite":
        gate = _OneThread(Gate(Path(f"{url.removeprefix('sqlite:///')}.gate")))

        @event.listens_for(engine, "connect")
        def durable(connection: Any, record: object) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def immediate(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    _metadata.create_all(engine)
    app = Flask("floor")

    @app.post("/webhooks/sms")
    def take() -> Response:
        form = request.form
        with gate, engine.begin() as connection:
            connection.execute(_messages.insert(), {"id": form["MessageSid"], "text": form["Body"]})
        return Response(_ANSWER, mimetype="text/xml")

    return app


class _OneThread:
    """The gate serves one thread at a time; this lets them in one after the other."""

    def __init__(self, gate: Gate) -> None:
        self._gate, self._lock = gate, Lock()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._gate.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._gate.__exit__(*error)
        self._lock.release()
