"""What a kind of file is: how it is known, and how its pages are read."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from classifier.budget import limited
from classifier.errors import UnreadableError
from classifier.reading.one_page import read_page
from classifier.reading.raw.encoding import decode

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator

    from classifier.types import Page, Skipped

T = TypeVar("T")

# Codecs that Python calls encodings of text and no page is in; some take time in the square of the text.
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"))


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that is open to be read: its bytes from the beginning, the id that its page gets or its pages' ids begin
    with, what messages call it, and the encoding that the user names for all (None: each page's own).
    """

    stream: io.BufferedReader
    name: str
    source: str
    encoding: str | None = None

    def page(self, data: bytes | str, kind: str, charset: str | None = None, inside: str = "") -> Page:
        """Return the page in HTML ("html") or text ("text") that stood in the file. Raises UnreadableError.

        charset: what the file says the bytes are in, see `text`. inside: the page's name in the file, if it is not the
        only one.
        """
        name, source = ("/".join(filter(None, (one, inside))) for one in (self.name, self.source))
        given = "utf-8" if isinstance(data, str) else self.encoding
        raw = data.encode("utf-8", "replace") if isinstance(data, str) else data

        def read(encoding: str | None) -> Page:
            with limited(len(raw)):
                return read_page(raw, kind, id=name, source=source, encoding=encoding)

        return _in_charset(read, given, charset)

    def text(self, data: bytes, charset: str | None = None) -> str:
        """Return bytes as text. Raises UnreadableError.

        charset: what the file says they are in; it counts where they are neither UTF-8 nor an old Vietnamese encoding,
        which is often said wrongly, and name none themselves.
        """
        return _in_charset(lambda name: decode(data, name, where=self.source), self.encoding, charset)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that pages stand in.

    name: what it is called, in lower-case letters. endings: those of its files, with which folders' files are read.
    begins: whether a file's first HEAD bytes are of this kind. read: yields its pages and what of them cannot be read;
    where nothing can, it raises UnreadableError. A page's `extra` may name the folder that it lies in.
    """

    name: str
    endings: tuple[str, ...]
    begins: Callable[[bytes], bool]
    read: Callable[[Saved], Iterator[Page | Skipped]]


def _in_charset(read: Callable[[str | None], T], encoding: str | None, charset: str | None) -> T:
    try:
        return read(encoding)
    except UnreadableError as error:
        known = _known(charset) if error.what.startswith("is not UTF-8") else None
        if known is None:
            raise
        return read(known)


def _known(charset: str | None) -> str | None:
    try:
        found = codecs.lookup((charset or "").strip("'\" "))
    except (LookupError, ValueError):
        return None
    is_text = found._is_text_encoding and found.name.replace("_", "-") not in _NO_CHARSETS  # nothing else tells it
    return found.name if is_text else None
