"""Turns bytes into NFC text: which encoding they are in, and what is wrong with those that are in none."""

from __future__ import annotations

import codecs
import re
import unicodedata

from classifier.errors import UnreadableError, UsageError
from classifier.reading.limits import HEAD

ENCODING_REMEDY = "name its encoding with --encoding NAME (e.g. windows-1258)"

# UTF-32's little-endian mark begins with UTF-16's, so it has to be tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# What pages that declare these really are, as browsers read them (encoding.spec.whatwg.org, "names and labels").
_WEB_NAMES = {"iso8859-1": "cp1252", "ascii": "cp1252"}

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)

# Lone surrogates (JSON may spell them, `"\ud800"`) cannot be written as UTF-8, and NUL ends a string for C libraries.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def check_encoding(name: str | None) -> None:
    """Raise UsageError unless `name` is an encoding of text that Python knows (None: to be found out)."""
    if name is None:
        return
    try:
        "a".encode(name)
    except (LookupError, ValueError) as error:
        remedy = "use a name such as utf-8, utf-16 or windows-1258"
        raise UsageError("", f"--encoding {name!r} is no known text encoding", remedy) from error


def tidy(text: str) -> str:
    """Text as all of chude expects it: NFC, lines end in a line feed, U+FFFD for what UTF-8 cannot write."""
    if _UNWRITABLE.search(text):
        text = _UNWRITABLE.sub("\ufffd", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


def decode(data: bytes, encoding: str | None = None, *, where: str = "", markup: bool = False) -> str:
    """Return the text of `data`, tidied.

    In this order: `encoding` if given, a byte order mark, UTF-16 by its NUL bytes (such text may be valid UTF-8 too),
    UTF-8, and for HTML (`markup`) the charset that the page declares. Raises UnreadableError with the offset of the
    first wrong byte; `where` is the file it names.
    """
    name = encoding or wide_encoding(data[:HEAD])
    if name is None:
        try:
            return tidy(data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            name = _declared(data[: 4 * HEAD]) if markup else None
            if name is None:
                raise UnreadableError(where, f"is not UTF-8 (at byte {error.start})", ENCODING_REMEDY) from error
    return tidy(decode_as(data, name, where))


def decode_as(data: bytes, name: str, where: str) -> str:
    """Return the text of `data` in the encoding `name`, strictly and without its byte order mark.

    Raises UnreadableError. Every decoding of whole pages and of lines ends here, so this is the place for encodings
    that Python lacks (TCVN3, VNI).
    """
    try:
        return data.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableError(where, f"is not {name} (at byte {error.start})", ENCODING_REMEDY) from error
    except UnicodeError as error:  # some codecs give no offset
        raise UnreadableError(where, f"is not {name}", ENCODING_REMEDY) from error


def wide_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark gives away, or the NUL bytes of UTF-16; else None."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    units = len(head) // 2
    if b"\0" not in head or not units:
        return None
    odd, even = head[1::2].count(0), head[0::2].count(0)
    # More than half of the letters of Vietnamese are ASCII, whose high byte is NUL; no letter of it has a low byte NUL.
    for name, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high >= 0.3 * units and low <= 0.02 * units:
            sample = head[: 2 * units].decode(name, "replace")
            return None if _CONTROL.search(sample) else name
    return None


def splits_at_line_feeds(name: str) -> bool:
    """Whether a byte 0x0A is a line feed and nothing else in the encoding, so that its lines can be cut as bytes."""
    return "\n".encode(name) == b"\n"


def _declared(head: bytes) -> str | None:
    """Return the charset that an HTML page declares, if Python knows it."""
    found = _DECLARED.search(head)
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii", "replace")).name
    except LookupError:
        return None
    name = _WEB_NAMES.get(name, name)
    # The declaration itself was read as ASCII, so the page cannot be in UTF-16; and UTF-8 it is not, that was tried.
    return name if splits_at_line_feeds(name) and name != "utf-8" else None
