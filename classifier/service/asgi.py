"""What both servers of chude, the service and the desk, do with the messages of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Message, Receive, Send

FORGOTTEN = 64 * 2**20
"""Bytes that are read of a request that is too large already."""


async def whole_body(receive: Receive, most: int) -> bytes | None:
    """Return a request's body, None where it has more than `most` bytes.

    What is too large is read on for a while, and forgotten: who is still sending hears no answer.
    """
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        size += len(message.get("body", b""))
        if size <= most:
            parts.append(message.get("body", b""))
        else:
            parts.clear()
        if not message.get("more_body", False) or size > most + FORGOTTEN:
            return b"".join(parts) if size <= most else None


def given_body(body: bytes) -> Receive:
    """Return what hands a body that was read already to an application."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def with_headers(send: Send, headers: Sequence[tuple[str, str]]) -> Send:
    """Return what sends an answer with these headers too."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            new = [(name.encode(), value.encode()) for name, value in headers]
            message = {**message, "headers": [*message.get("headers", []), *new]}
        await send(message)

    return sending
