"""Reads one page out of a file's bytes, HTML or text as a browser saved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.reading.cleaning import clean_page
from classifier.reading.dump.saved_page import parse_saved_page
from classifier.reading.limits import MAX_PAGE, MIB
from classifier.reading.raw.encoding import decode

if TYPE_CHECKING:
    from classifier.types import Page


def read_page(data: bytes, kind: str, *, id: str, source: str, encoding: str | None) -> Page:  # noqa: A002  as Page has it
    """Return the page in bytes that are HTML (kind "html") or text (any other). Raises UnreadableError."""
    if len(data) > MAX_PAGE:
        raise UnreadableError(source, f"is larger than {MAX_PAGE // MIB} MiB, too large for one page")
    if not data.strip():
        raise UnreadableError(source, "is empty")
    if kind == "html":
        from classifier.reading.html.page import parse_html  # its modules and patterns only where there is HTML

        page = parse_html(data, id=id, source=source, encoding=encoding)
    else:
        page = parse_saved_page(decode(data, encoding, where=source), id=id, source=source)
    if not page.text and not page.related:
        raise UnreadableError(source, "holds no text")
    return clean_page(page)
