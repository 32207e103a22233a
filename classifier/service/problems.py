"""Errors as problem details (RFC 9457), so that a program can read them and a person too."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "A token is needed",
    403: "Other sites may not ask",
    404: "There is no such thing",
    405: "This is not how it is asked for",
    413: "The request is too large",
    415: "This media type is not read",
    421: "This service answers under its own address alone",
    422: "The request is not in the form that is asked for",
    500: "Something went wrong here",
    503: "The service is busy",
}


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """Return the answer to a request that failed: its title by the status, `detail` in words, and further members."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Failed"), "status": status, "detail": detail, **more}
    return JSONResponse(body, status, media_type=MEDIA_TYPE, headers=headers)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
"""What a problem looks like, for OpenAPI."""
