"""Who may ask the service, how much at once, and how large: a layer below the application."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from classifier.service.problems import problem

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = ("/healthz",)
"""Paths that need no token: who watches whether it lives knows none."""
_FORGOTTEN = 64 * 2**20
"""Bytes that are read of a request that is too large already."""
_POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", _POLICY),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """body: bytes of a request. waiting: requests under way at a time. seconds: that one may take."""

    body: int = 16 * 2**20
    waiting: int = 64
    seconds: float = 60.0


class Guard:
    """Lets through what is addressed to one of `hosts` (name:port; None: any), has the bearer token (None: none is
    needed), comes from no page of another site, is not too large and not too much at once.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str] | None, token: str | None, limits: Limits) -> None:
        self._app, self._hosts, self._token, self._limits = app, hosts, token, limits
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._refusal(scope)
        if answer is None and self._under_way >= self._limits.waiting:
            detail = f"{self._limits.waiting} requests are under way"
            answer = problem(503, detail, headers={"retry-after": "1"})
        if answer is not None:
            await answer(scope, receive, _with_headers(send))
            return
        self._under_way += 1
        try:
            body = await self._whole(receive)
            if body is None:
                detail = f"a request has at most {self._limits.body:,} bytes"
                await problem(413, detail, headers={"connection": "close"})(scope, receive, _with_headers(send))
                return
            await self._app(scope, _given(body), _with_headers(send))
        finally:
            self._under_way -= 1

    def _refusal(self, scope: Scope) -> Response | None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "").lower()
        if self._hosts is not None and host not in self._hosts:
            return problem(421, "ask it by the address that it printed")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host:
            return problem(403, "a page of another site asks")
        if self._token is None or scope["path"] in OPEN:
            return None
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and secrets.compare_digest(given.strip().encode(), self._token.encode()):
            return None
        return problem(401, "send it as `Authorization: Bearer TOKEN`", headers={"www-authenticate": "Bearer"})

    async def _whole(self, receive: Receive) -> bytes | None:
        """Return the body, None where it is too large.

        What is too large is read on for a while, and forgotten: who is still sending hears no answer.
        """
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return b""
            size += len(message.get("body", b""))
            if size <= self._limits.body:
                parts.append(message.get("body", b""))
            else:
                parts.clear()
            if not message.get("more_body", False) or size > self._limits.body + _FORGOTTEN:
                return b"".join(parts) if size <= self._limits.body else None


def _given(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
        await send(message)

    return sending
