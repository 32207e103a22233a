"""Who may speak to the desk: a browser on this machine that was given its address, and no page of anybody else's."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from classifier.service.asgi import given_body, whole_body, with_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

MOST_BODY = 1 << 18
"""Bytes of a request."""
MOST_HEAD = 1 << 12
"""Bytes of an address."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
)


class Guard:
    """Lets through what has the token's cookie, is addressed to one of `hosts` (name:port) and comes from its own page.

    `?token=…` gives the cookie and leads to the address without it, so that it stands in no history.
    """

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str], token: str) -> None:
        self._app, self._token = app, token
        self._hosts = {host.lower() for host in hosts}
        self.cookie = f"chude-desk-{hosts[0].rpartition(':')[2]}"  # cookies know no ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        answer = self._refusal(scope)
        if answer is not None:
            for name, value in HEADERS:
                answer.headers[name] = value
            await answer(scope, receive, send)
            return
        body = await whole_body(receive, MOST_BODY)
        if body is None:
            await PlainTextResponse("more than a desk takes", 413)(scope, receive, send)
            return
        await self._app(scope, given_body(body), with_headers(send, HEADERS))

    def _refusal(self, scope: Scope) -> Response | None:  # noqa: PLR0911 (a reason each)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_HEAD:
            return PlainTextResponse("too long an address", 414)
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("this desk answers under its own address alone", 421)
        if not self._own(scope["method"], headers):
            return PlainTextResponse("this desk answers its own page alone", 403)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if given and scope["method"] == "GET" and scope["path"] == "/":
            return self._welcome(given[0])
        if not self._known(headers.get("cookie", "")):
            return PlainTextResponse("open the address that `chude label` printed", 401)
        if (
            scope["method"] == "POST"
            and headers.get("content-type", "").partition(";")[0].strip() != "application/json"
        ):
            return PlainTextResponse("JSON alone is taken", 415)
        return None

    def _own(self, method: str, headers: dict[str, str]) -> bool:
        """Whether a request comes from the desk's page, or from the person at the address bar."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None and urlsplit(origin).netloc.lower() != headers["host"].lower():
            return False
        if method not in ("GET", "HEAD"):
            return origin is not None and site in (None, "same-origin")
        # A link from elsewhere may lead to the page, which shows nothing to whoever has not the cookie.
        return site in (None, "same-origin", "none") or headers.get("sec-fetch-mode") == "navigate"

    def _known(self, cookies: str) -> bool:
        try:
            found = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return False
        return found is not None and _same(found.value, self._token)

    def _welcome(self, given: str) -> Response:
        if not _same(given, self._token):
            return PlainTextResponse("this address is of another desk, or of one that was closed", 401)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, self._token, httponly=True, samesite="strict", path="/")
        return answer


def _same(a: str, b: str) -> bool:
    return secrets.compare_digest(a.encode(), b.encode())
