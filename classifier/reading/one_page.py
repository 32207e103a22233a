"""Reads one page out of a file's bytes, HTML or text as a browser saved it, and tells by content which it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.reading.cleaning import clean_page
from classifier.reading.dump.saved_page import parse_saved_page
from classifier.reading.limits import HEAD, MAX_PAGE, MIB
from classifier.reading.raw.encoding import decode, wide_encoding
from classifier.reading.raw.legacy_vietnamese import legacy_name
from classifier.reading.tables.tables import LABEL_MARK

if TYPE_CHECKING:
    from classifier.types import Page

_HTML_START = re.compile(r"<(?:!doctype html|html|\?xml[^>]*\?>\s*<(?:!doctype html|html))", re.IGNORECASE)
_ARRAY_START = re.compile(r"\[\s*[{\]]")
_TAG = re.compile(r"<[a-z!/?]", re.IGNORECASE)
_OBJECT_ALONE = re.compile(r"\{[ \t]*\n")


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


def beginning(head: bytes, encoding: str | None) -> str:
    """Return the first characters without leading space, as far as they can be told before anything is decoded."""
    name = encoding or wide_encoding(head) or "utf-8"
    return head[:HEAD].decode("utf-8" if legacy_name(name) else name, "ignore").lstrip("\ufeff \t\r\n")


def kind_by_content(kind: str, start: str) -> str:
    """Return what to read a file as, from the kind its name says ("" if nothing) and its first characters."""
    if kind in ("", "text") and start.startswith(LABEL_MARK):
        return "fasttext"
    if (kind == "" and start.startswith("<")) or (kind == "text" and _HTML_START.match(start)):
        return "html"
    if kind == "html" and not _TAG.search(start):  # text saved under a page's name
        return "text"
    if kind in ("", "json") and (_ARRAY_START.match(start) or _OBJECT_ALONE.match(start.replace("\r\n", "\n"))):
        return "json"
    if kind == "json" or (kind == "" and start.startswith("{")):
        return "jsonl"
    return kind or "text"
