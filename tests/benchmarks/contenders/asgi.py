"""What a contender on ASGI is asked and answers: a body each. No file of Hamraz is needed for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class Answering(ABC):
    """An application that answers every request."""

    @abstractmethod
    async def answer(self, body: bytes) -> str:
        """What is said to an update; the state that it leads to is durable by then."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        said = (await self.answer(body)).encode() if body else b""  # an empty one only asks whether it is there
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(said)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})
