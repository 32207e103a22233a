"""Turns bytes into NFC text: which encoding they are in, and what is wrong with those that are in none."""

from __future__ import annotations

import codecs
import re
import unicodedata

from classifier.core import native
from classifier.errors import UnreadableError, UsageError
from classifier.reading.limits import HEAD
from classifier.reading.raw.legacy_vietnamese import decode_legacy, legacy_name
from classifier.reading.raw.old_encodings import find_old_encoding, font_bytes, is_vietnamese

ENCODING_REMEDY = "name its encoding with --encoding NAME (utf-8, windows-1258, tcvn3, vni …)"

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

# Fonts that show other letters than their bytes mean: ABC's (.VnTime) and VNI's (VNI-Times).
_FONTS = re.compile(rb"\.Vn[A-Z]|VNI-[A-Z]|x-viet-(?:tcvn|vni)")

# Lone surrogates (JSON may spell them, `"\ud800"`) cannot be written as UTF-8, and NUL ends a string for C libraries.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")

_SHORT = 100
"""Characters up to which a text is looked at by patterns as fast as by the core."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")

# Normalising takes quadratic time in a run of accents on one letter, so no more of them are kept than Unicode's
# stream-safe format allows (UAX #15, 30). Accents are no word characters and lie above Latin.
_ACCENTS = re.compile("[^\\w\x00-\u02ff\u2000-\u2bff\u3000-\u303f]{31,}")
_ACCENTS_AT_MOST = 30


def check_encoding(name: str | None) -> None:
    """Raise UsageError unless `name` is an encoding of text that Python knows (None: to be found out)."""
    if name is None or legacy_name(name):
        return
    try:
        "a".encode(name)
    except (LookupError, ValueError) as error:
        remedy = "use a name such as utf-8, utf-16, windows-1258, tcvn3 or vni"
        raise UsageError("", f"--encoding {name!r} is no known text encoding", remedy) from error


def tidy(text: str) -> str:
    """Text as all of chude expects it: NFC, lines end in a line feed, U+FFFD for what UTF-8 cannot write."""
    core = native() if len(text) > _SHORT else None
    if core is not None and core.plain(text):
        return text
    if _UNWRITABLE.search(text):
        text = _UNWRITABLE.sub("\ufffd", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return nfc(text)


def nfc(text: str) -> str:
    """Text in composed form, of no more than 30 accents on one letter."""
    if _ACCENTS.search(text):
        text = _ACCENTS.sub(_fewer_accents, text)
    return unicodedata.normalize("NFC", text)


def _fewer_accents(run: re.Match[str]) -> str:
    kept, accents = [], 0
    for char in run.group():
        accents = accents + 1 if unicodedata.combining(char) else 0
        if accents <= _ACCENTS_AT_MOST:
            kept.append(char)
    return "".join(kept)


def decode(data: bytes, encoding: str | None = None, *, where: str = "", markup: bool = False) -> str:
    """Return the text of `data`, tidied.

    In this order: `encoding` if given, a byte order mark, UTF-16 by its NUL bytes (such text may be valid UTF-8 too),
    UTF-8, the old encoding in which the bytes are Vietnamese, and for HTML (`markup`) the charset that the page
    declares. Raises UnreadableError with the offset of the first wrong byte; `where` is the file it names.
    """
    name = encoding or wide_encoding(data[:HEAD])
    if name is None:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            name = find_old_encoding(data, error.start, markup=markup) or (_declared(data) if markup else None)
            if name is None:
                raise UnreadableError(where, f"is not UTF-8 (at byte {error.start})", ENCODING_REMEDY) from error
        else:
            return tidy(_without_fonts(text, data) if markup else text)
    if markup and legacy_name(name):
        data = font_bytes(data)
    return tidy(decode_as(data, name, where))


def decode_as(data: bytes, name: str, where: str) -> str:
    """Return the text of `data` in the encoding `name`, strictly and without its byte order mark.

    Raises UnreadableError. Every decoding of whole pages and of lines ends here.
    """
    legacy = legacy_name(name)
    try:
        return decode_legacy(data, legacy) if legacy else data.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableError(where, f"is not {name} (at byte {error.start})", ENCODING_REMEDY) from error
    except UnicodeError as error:  # some codecs give no offset
        raise UnreadableError(where, f"is not {name}", ENCODING_REMEDY) from error


def decode_roughly(data: bytes, name: str) -> str:
    """Return what can be read of bytes that are not in the encoding `name`: enough to keep quotes and commas."""
    return data.decode("latin-1" if legacy_name(name) else name, "replace")


def encoding_of_lines(head: bytes) -> str:
    """Return what the lines of a table are in, by its first bytes: UTF-8 where nothing else shows."""
    name = wide_encoding(head)
    if name is None:
        try:
            codecs.getincrementaldecoder("utf-8")("strict").decode(head)  # the last letter may be cut
        except UnicodeDecodeError as error:
            name = find_old_encoding(head, error.start)
    return name or "utf-8"


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
    return legacy_name(name) is not None or "\n".encode(name) == b"\n"


def _declared(data: bytes) -> str | None:
    """Return the charset that an HTML page declares, if it is known; an old Vietnamese one only if it may be true."""
    found = _DECLARED.search(data[: 4 * HEAD])
    if found is None:
        return None
    declared = found[1].decode("ascii", "replace")
    legacy = legacy_name(declared)
    if legacy:
        return legacy if is_vietnamese(data, legacy, markup=True) else None
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return None
    name = _WEB_NAMES.get(name, name)
    # The declaration itself was read as ASCII, so the page cannot be in UTF-16; and UTF-8 it is not, that was tried.
    return name if splits_at_line_feeds(name) and name != "utf-8" else None


def _without_fonts(text: str, data: bytes) -> str:
    """Return a page in Unicode that wrote the bytes of a font as letters (`ViÖt`, `Vi&Ouml;t`), as it was read."""
    if not _FONTS.search(data):
        return text
    try:
        bare = font_bytes(text.encode("cp1252"))
        name = find_old_encoding(bare, markup=True)
        return decode_legacy(bare, name) if legacy_name(name) else text
    except UnicodeError:  # letters that no byte stands for: not written with such a font
        return text
