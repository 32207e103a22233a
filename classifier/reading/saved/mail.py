"""Reads pages saved whole as one file (.mhtml, .mht) and messages (.eml): both are MIME, which `email` reads."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from classifier.budget import limited
from classifier.errors import UnreadableError
from classifier.reading.limits import MAX_PAGE, MAX_SAVED, MIB
from classifier.reading.saved.kind import Kind
from classifier.reading.saved.message import charset, is_message, message_pages, payload

if TYPE_CHECKING:
    import io
    from collections.abc import Iterable, Iterator
    from email.message import Message

    from classifier.reading.saved.kind import Saved
    from classifier.types import Page, Skipped

_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,40}):")
_MIME = frozenset((b"mime-version", b"content-type", b"message-id", b"received", b"snapshot-content-location"))
_LETTER = frozenset((b"from", b"subject", b"date", b"to", b"content-location"))
_LETTER_LEAST = 3
"""Headers of a letter that show one by themselves; one is enough beside one of MIME's."""
_TEXT = re.compile(
    rb"^content-type:\s*(?:text/(?:html|plain)|application/xhtml|multipart/|message/rfc822)"
    rb"|name\*?\d?\*?=[^\r\n]{0,300}\.(?:x?html?|txt)\b",
    re.IGNORECASE | re.MULTILINE,
)
_CONTENT = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)
_LETTER_IN = re.compile(rb"^content-type:\s*message/rfc822", re.IGNORECASE | re.MULTILINE)
_BORDER = re.compile(rb"""\bboundary\s*=\s*("[^"\r\n]{1,200}"|[^\s;"]{1,200})""", re.IGNORECASE)
_NESTED_MOST = 100
"""Parts with parts in them. Each line is compared with the boundaries of all that are open."""
_PARTS_MOST = 10_000
_HEADERS_MOST, _PARAMETERS_MOST = 64 * 1024, 1_000
"""Bytes of a part's headers, and semicolons in them, for each of which `email` copies the rest."""
_READ = 64 * 1024
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def _begins(head: bytes) -> bool:
    """Whether lines that are headers begin a file, and among them those of MIME or of a letter."""
    lines = head.lstrip(b"\xef\xbb\xbf\r\n").replace(b"\r\n", b"\n").split(b"\n")
    if len(head) > len(lines[-1]):
        lines.pop()  # it may be cut
    if lines and lines[0].startswith((b"From ", b">From ")):  # as mailboxes part their messages
        del lines[0]
    names = set()
    for number, line in enumerate(lines):
        if not line.strip():
            break
        found = _HEADER.match(line)
        if found is None and not (number and line.startswith((b" ", b"\t"))):
            return False
        if found is not None:
            names.add(found[1].lower())
    return len(names & _LETTER) >= (1 if names & _MIME else _LETTER_LEAST)


def _read(saved: Saved) -> Iterator[Page | Skipped]:
    """Yield the page that was saved; of a message itself and the pages that were attached to it."""
    with limited(MAX_PAGE):
        message = _parsed(saved.stream, saved.source)
    if is_message(message):
        yield from message_pages(saved, message)
        return
    root = _root(message, saved.source)
    page = saved.page(payload(root), "html" if "html" in root.get_content_type() else "text", charset(root))
    told = (page.url, str(message["Snapshot-Content-Location"] or ""), str(root["Content-Location"] or ""))
    yield replace(page, url=next((one for one in told if _ADDRESS.fullmatch(one)), ""))


def _parsed(stream: io.BufferedReader, source: str) -> Message:
    """Return the message without the bodies of its pictures, fonts and other files, which are most of it."""
    from email.feedparser import BytesFeedParser

    parser = BytesFeedParser()
    size = 0
    try:
        for piece in _text_alone(_lines(stream, source), source):
            size += len(piece)
            if size > MAX_PAGE:
                raise UnreadableError(source, f"holds more than {MAX_PAGE // MIB} MiB of text, too much for one page")
            parser.feed(piece)
        message = parser.close()
    except RecursionError as error:
        raise UnreadableError(source, "is nested too deeply") from error
    return message


def _lines(stream: io.BufferedReader, source: str) -> Iterator[bytes]:
    """Yield the lines, the very long ones in pieces."""
    size = 0
    while line := stream.readline(_READ):
        size += len(line)
        if size > MAX_SAVED:
            raise UnreadableError(source, f"is larger than {MAX_SAVED // MIB} MiB", "save the page without pictures")
        yield line


def _text_alone(lines: Iterable[bytes], source: str) -> Iterator[bytes]:
    """Yield the lines without those of parts that are no text."""
    head: list[bytes] | None = []
    borders: set[bytes] = set()
    kept = start = True
    parts = size = 0
    for line in lines:
        begins, start = start, line.endswith(b"\n")
        if head is not None:
            head.append(line)
            size += len(line)
            if line.strip() and size <= _HEADERS_MOST:
                continue
            block = b"".join(head)
            borders.update(found[1].strip(b'"') for found in _BORDER.finditer(block))
            _check_headers(block, len(borders), source)
            kept = _CONTENT.search(block) is None or _TEXT.search(block) is not None
            head, size = [] if _LETTER_IN.search(block) else None, 0
            yield block
        elif begins and line.startswith(b"--") and line[2:].strip().removesuffix(b"--") in borders:
            parts += 1
            if parts > _PARTS_MOST:
                raise UnreadableError(source, f"holds more than {_PARTS_MOST:,} parts")
            if line[2:].strip() in borders:
                head = [line]
            else:  # the last has ended
                kept = False
                yield line
        elif kept:
            yield line
    yield b"".join(head or ())


def _check_headers(block: bytes, borders: int, source: str) -> None:
    """Raise UnreadableError for a part's headers that would hold up `email`, or if parts are nested too deeply."""
    if len(block) > _HEADERS_MOST:
        raise UnreadableError(source, f"has over {_HEADERS_MOST // 1024} KiB of headers in one part")
    if block.count(b";") > _PARAMETERS_MOST:
        raise UnreadableError(source, f"has over {_PARAMETERS_MOST:,} parameters in the headers of one part")
    if borders > _NESTED_MOST:
        raise UnreadableError(source, f"holds more than {_NESTED_MOST} parts with parts in them")


def _root(message: Message, source: str) -> Message:
    """Return the part of a saved page that is the page, not one of its frames or pictures."""
    leaves = [part for part in message.walk() if not part.is_multipart()]
    texts = [part for part in leaves if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    texts = texts or [part for part in leaves if part.get_content_type() == "text/plain"]
    if not texts:
        raise UnreadableError(source, "holds no page, neither HTML nor text")
    named = str(message.get_param("start") or "").strip("<> ")
    address = str(message["Snapshot-Content-Location"] or "")
    for part in texts:
        if named and str(part["Content-ID"] or "").strip("<> ") == named:
            return part
    return next((part for part in texts if address and str(part["Content-Location"]) == address), texts[0])


KIND = Kind("mail", (".mhtml", ".mht", ".eml"), _begins, _read)
