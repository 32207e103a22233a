"""Cuts a table into its physical lines, each decoded by itself, in memory that one line bounds."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.reading.limits import HEAD, MAX_LINE, MIB
from classifier.reading.raw.encoding import (
    ENCODING_REMEDY,
    decode_as,
    decode_roughly,
    encoding_of_lines,
    splits_at_line_feeds,
)
from classifier.reading.raw.legacy_vietnamese import legacy_name
from classifier.types import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_CHUNK = 64 * 1024


@dataclass(slots=True)
class Line:
    """One line with its end, its number from 1, and what keeps it from being used (its text is then incomplete).

    data: its bytes instead of its text, where those were asked for and are UTF-8 if they are any text.
    """

    number: int
    text: str
    problem: Skipped | None = None
    data: bytes = b""

    def decoded(self, source: str) -> Line:
        """The line with its text, or what is wrong with its bytes."""
        return _decoded(self.number, self.data, "utf-8", f"{source}:{self.number}") if self.data else self


def read_lines(
    stream: io.BufferedReader, encoding: str | None, source: str, *, first: int = 1, as_bytes: bool = False
) -> Iterator[Line]:
    """Return the lines of a stream that ends in line feeds, CR LF, or CR alone.

    The encoding is `encoding`, or what the first bytes show (a byte order mark, UTF-16's NUL bytes, Vietnamese in an
    old encoding), or UTF-8. A line that is not in it or is longer than MAX_LINE bytes carries a problem, and the next
    one follows. UTF-16 and UTF-32 cannot be taken up again after an error: there UnreadableError ends the table.
    Lines are counted from `first`. as_bytes: lines of UTF-8 are not decoded yet; see `Line.decoded`.
    """
    cut, name = lines_of(stream, encoding, source)
    yield from cut_lines(cut, name, source, first=first, as_bytes=as_bytes)


def lines_of(stream: io.BufferedReader, encoding: str | None, source: str) -> tuple[io.BufferedReader, str]:
    """The stream as one whose lines end in line feeds, and the encoding of these lines."""
    name = encoding or encoding_of_lines(stream.peek(HEAD)[:HEAD])
    name = legacy_name(name) or codecs.lookup(name).name
    if name == "utf-8-sig":
        name = "utf-8"
    if not splits_at_line_feeds(name):
        return io.BufferedReader(_AsUtf8(stream, name, source), _CHUNK), "utf-8"
    if _ends_in_returns(stream.peek(HEAD)[:HEAD]):
        return io.BufferedReader(_WithLineFeeds(stream), _CHUNK), name
    return stream, name


def cut_lines(
    stream: io.BufferedReader | io.BytesIO, name: str, source: str, *, first: int, as_bytes: bool
) -> Iterator[Line]:
    """The lines of what `lines_of` gave, or of a part of it that begins with a line."""
    number = first - 1
    while data := stream.readline(MAX_LINE + 1):
        number += 1
        if len(data) > MAX_LINE and not data.endswith(b"\n"):
            skip_rest(stream)
            problem = Skipped(
                f"{source}:{number}", f"the line is longer than {MAX_LINE // MIB} MiB", "cut it into several rows"
            )
            yield Line(number, "", problem)
            continue
        if number == 1:
            data = data.removeprefix(codecs.BOM_UTF8)
        if as_bytes and name == "utf-8":
            yield Line(number, "", data=data)
        else:
            yield _decoded(number, data, name, f"{source}:{number}")


def _decoded(number: int, data: bytes, name: str, where: str) -> Line:
    try:
        return Line(number, decode_as(data, name, where))
    except UnreadableError as error:
        # The readable part goes along so that a quoted field keeps its quotes and the lines after it their place.
        return Line(number, decode_roughly(data, name), Skipped(error.where, error.what, error.remedy))


def skip_rest(stream: io.BufferedReader | io.BytesIO) -> None:
    """Reads on to the end of a line."""
    while (data := stream.readline(_CHUNK)) and not data.endswith(b"\n"):
        pass


def _ends_in_returns(head: bytes) -> bool:
    """Whether lines end in carriage returns alone, as spreadsheets for old Macs write them."""
    return b"\r" in head[:-1] and b"\n" not in head


class _WithLineFeeds(io.RawIOBase):
    """A stream whose lines end in carriage returns alone, seen with line feeds."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read1(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(data)] = data
        return len(data)


class _AsUtf8(io.RawIOBase):
    """A stream in an encoding whose lines cannot be cut as bytes, seen as UTF-8."""

    def __init__(self, stream: io.BufferedReader, name: str, source: str) -> None:
        self._stream, self._name, self._source = stream, name, source
        self._decoder = codecs.getincrementaldecoder(name)("strict")
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        ended = False
        while not self._left and not ended:
            data = self._stream.read(_CHUNK)
            ended = not data
            try:
                text = self._decoder.decode(data, final=ended)
            except UnicodeError as error:
                what = f"is not {self._name} from here on"
                raise UnreadableError(self._source, what, ENCODING_REMEDY) from error
            self._left = text.encode("utf-8", "replace")
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
