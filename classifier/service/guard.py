"""Who may ask the service, how much at once, and how large: a layer below the application."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from classifier.service.asgi import given_body, whole_body, with_headers
from classifier.service.problems import problem

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

OPEN = ("/healthz",)
"""Paths that need no token: who watches whether it lives knows none."""
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("content-security-policy", _POLICY),
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
            await answer(scope, receive, with_headers(send, _HEADERS))
            return
        self._under_way += 1
        try:
            body = await whole_body(receive, self._limits.body)
            if body is None:
                detail = f"a request has at most {self._limits.body:,} bytes"
                await problem(413, detail, headers={"connection": "close"})(
                    scope, receive, with_headers(send, _HEADERS)
                )
                return
            await self._app(scope, given_body(body), with_headers(send, _HEADERS))
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
