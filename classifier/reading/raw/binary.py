"""Tells by its first bytes what a file is that holds no text to read, and what to do with it."""

from __future__ import annotations

from classifier.errors import UnreadableError
from classifier.reading.raw.encoding import splits_at_line_feeds, wide_encoding

_REMEDY = "give the text that is in it"
_SAVE = "save it as text or HTML"
_OFFICE = "save the document as text, the sheet as CSV"
_WRITER = "save it as text, or run: soffice --headless --convert-to txt:Text FILE"

# Documents that are made of text, but not as pages are.
_DOCUMENTS = (
    (b"{\\rtf", "is an RTF document", _WRITER),
    (b"WARC/", "is a crawl (WARC)", "take each page out of it: warcio extract --payload FILE OFFSET"),
)
# What the first bytes of a ZIP archive hold if it is a document: its type, or names of its first members.
_PACKED = (
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "an OpenDocument text, .odt", _WRITER),
    (b"mimetypeapplication/epub", "an e-book, .epub", _REMEDY),
    (b"word/", "a Word document, .docx", _WRITER),
    (b"xl/", "an Excel workbook, .xlsx", "save the sheet as CSV"),
)
# Beginnings of files that are no text, whatever their name says.
_MAGIC = (
    (b"\x89PNG", "a PNG image", _REMEDY),
    (b"\xff\xd8\xff", "a JPEG image", _REMEDY),
    (b"GIF8", "a GIF image", _REMEDY),
    (b"%PDF-", "a PDF", "turn it into text: pdftotext FILE"),
    (
        b"PK\x03\x04",
        "a ZIP archive, as .docx and .xlsx are",
        f"unpack it, or {_OFFICE}",  # one of pages is read where it is a file of its own
    ),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file", _OFFICE),
    (b"bplist00", "an Apple property list, as .webarchive is", _SAVE),
    (b"\x1f\x8b", "gzip data", _REMEDY),
    (b"\xfd7zXZ\x00", "xz data", _REMEDY),
    (b"BZh", "bzip2 data", _REMEDY),
    (b"7z\xbc\xaf", "a 7z archive", _REMEDY),
    (b"Rar!", "a RAR archive", _REMEDY),
    (b"\x28\xb5\x2f\xfd", "zstd data", _REMEDY),
    (b"PAR1", "a Parquet file", _REMEDY),
    (b"SQLite format 3", "an SQLite database", _REMEDY),
    (b"\x7fELF", "a program", _REMEDY),
)


def check_is_text(head: bytes, encoding: str | None, where: str, *, archives: bool = False) -> None:
    """Raise UnreadableError if the first bytes of a file show that it is no text, or (archives) no archive of texts."""
    for magic, what, remedy in _DOCUMENTS:
        if head.startswith(magic):
            raise UnreadableError(where, what, remedy)
    if head.startswith(b"PK\x03\x04"):
        for sign, name, remedy in _PACKED:
            if sign in head:
                raise UnreadableError(where, f"looks like a binary file ({name})", remedy)
    if archives:
        return
    for magic, name, remedy in _MAGIC:
        if head.startswith(magic):
            raise UnreadableError(where, f"looks like a binary file ({name})", remedy)
    wide = encoding is not None and not splits_at_line_feeds(encoding)
    if b"\0" in head and not wide and wide_encoding(head) is None:
        raise UnreadableError(where, "looks like a binary file (it holds NUL bytes)", _REMEDY)
