"""Reads what Safari saves (.webarchive): a property list that holds the page's bytes, their charset and address."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from classifier.budget import limited
from classifier.errors import UnreadableError
from classifier.reading.limits import MAX_SAVED, MIB
from classifier.reading.saved.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifier.reading.saved.kind import Saved
    from classifier.types import Page, Skipped

_BINARY = b"bplist00"
_XML = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!DOCTYPE plist|plist)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def _begins(head: bytes) -> bool:
    return head.startswith(_BINARY) or _XML.match(head) is not None


def _read(saved: Saved) -> Iterator[Page | Skipped]:
    """Yield the page that was saved; frames and pictures are passed over."""
    data = saved.stream.read(MAX_SAVED + 1)
    if len(data) > MAX_SAVED:
        raise UnreadableError(saved.source, f"is larger than {MAX_SAVED // MIB} MiB", "save the page as HTML")
    main = _main_resource(data, saved.source)
    del data
    content, charset, address = (main.get(f"WebResource{name}") for name in ("Data", "TextEncodingName", "URL"))
    if not isinstance(content, bytes):
        raise UnreadableError(
            saved.source, "is a property list, and no page that Safari saved", "save the page as HTML"
        )
    kind = "text" if main.get("WebResourceMIMEType") == "text/plain" else "html"
    page = saved.page(content, kind, charset if isinstance(charset, str) else None)
    if not page.url and isinstance(address, str) and _ADDRESS.fullmatch(address):
        page = replace(page, url=address)
    yield page


def _main_resource(data: bytes, source: str) -> dict[str, Any]:
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        with limited(len(data)):
            found = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, LookupError, OverflowError, TypeError) as error:
        raise UnreadableError(source, "is a broken property list", "save the page again, as HTML") from error
    except (RecursionError, AttributeError) as error:
        raise UnreadableError(source, "is a property list of no page", "save the page again, as HTML") from error
    main = found.get("WebMainResource") if isinstance(found, dict) else None
    return main if isinstance(main, dict) else {}


KIND = Kind("a web archive of Safari", (".webarchive",), _begins, _read)
