"""Rows of JSON lines that are handed on unread: whoever labels them in a worker process reads them there too."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.reading.limits import MAX_LINE
from classifier.reading.tables.lines import cut_lines, lines_of, skip_rest
from classifier.reading.tables.tables import read_json_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifier.reading.tables.tables import Table
    from classifier.types import Page, Skipped

BYTES = 400_000
"""Of lines that travel together: about as many characters as are labelled together."""


@dataclass(frozen=True, slots=True)
class RawRows:
    """Lines of a table of JSON lines as they stand in the file, in an encoding; the first one's number.

    first, last: whether they begin and end the table.
    """

    table: Table
    data: bytes
    encoding: str
    number: int
    first: bool
    last: bool

    def items(self) -> Iterator[Page | Skipped]:
        """The pages in the lines, or what is wrong with them: what `read_table` yields of these."""
        lines = cut_lines(io.BytesIO(self.data), self.encoding, self.table.source, first=self.number, as_bytes=True)
        for line in lines:
            yield from read_json_line(line, self.table)


def raw_rows(stream: io.BufferedReader, table: Table) -> Iterator[RawRows]:
    """Yield the lines of a table of JSON lines, unread. Raises as `read_table` does, after what could be read."""
    stream, encoding = lines_of(stream, table.encoding, table.source)
    number, first, held = table.first_line, True, b""
    try:
        while data := stream.read1(BYTES):
            held += data
            end = held.rfind(b"\n") + 1
            if end == 0 and len(held) > MAX_LINE:  # whoever reads it says so
                skip_rest(stream)
                end = len(held)
            if end and len(held) >= BYTES:
                yield RawRows(table, held[:end], encoding, number, first, last=False)
                number += held.count(b"\n", 0, end) or 1
                first, held = False, held[end:]
    except Exception:  # where a line breaks off it is none
        yield RawRows(table, held[: held.rfind(b"\n") + 1], encoding, number, first, last=False)
        raise
    yield RawRows(table, held, encoding, number, first, last=True)
