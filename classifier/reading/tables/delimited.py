"""Cuts the lines of a CSV or TSV file into records, and keeps one broken quote from swallowing the rows after it."""

from __future__ import annotations

import csv
import re
from collections import deque
from typing import TYPE_CHECKING

from classifier.reading.limits import MAX_FIELDS, MAX_HEADER, MAX_LINE, MAX_ROW_LINES, MIB
from classifier.types import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifier.reading.tables.lines import Line


_SEP = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)
"""The line that Excel puts above a header to name the delimiter."""
PATIENCE = 500_000
"""Lines of a table that are read again after broken records, until FEW_LINES is all that a record may have."""
FEW_LINES = 100
"""Where each line leaves a quote open, each would else be read to the end of the table: the square of its lines."""
_LEFT_OPEN = "a quote in it may be left open"


class _BrokenError(Exception):
    """A record that cannot be read, with what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


class _Lines:
    """Hands lines to the csv module, remembers those of the record at hand, and takes them back if it went wrong."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.delimiter = ""
        self._again: deque[Line] = deque()
        self._size = self._fields = 0
        self.taken: list[Line] = []
        self._returned = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        self._size += len(line.text)
        if self._size > MAX_LINE:
            raise _BrokenError(f"the row is longer than {MAX_LINE // MIB} MiB", _LEFT_OPEN)
        most = MAX_ROW_LINES if self._returned < PATIENCE else FEW_LINES
        if len(self.taken) > most:
            raise _BrokenError(f"the row has more than {most:,} lines", _LEFT_OPEN)
        if self.delimiter:
            self._fields += line.text.count(self.delimiter)
            if self._fields > MAX_FIELDS:
                raise _BrokenError(f"the row has more than {MAX_FIELDS:,} delimiters", "cut it into several rows")
        return line.text

    def begin(self) -> None:
        """Forget the last record."""
        self.taken.clear()
        self._size = self._fields = 0

    def take_back(self, keep: int) -> None:
        """Read all but the first `keep` lines of this record again."""
        self._again.extendleft(reversed(self.taken[keep:]))
        self._returned += len(self.taken) - keep
        del self.taken[keep:]


def read_records(lines: Iterator[Line], source: str, *, tabs: bool) -> Iterator[tuple[int, list[str] | Skipped]]:
    """Yield the records with the number of their first line, the header first; all have as many fields as the header.

    The delimiter is the tab for `tabs`; else what a line `sep=;` above the header names, the comma, or what the header
    has of ";" and tab if it has no comma.
    Fields may be quoted and hold line feeds. A record that cannot be read becomes a Skipped, and reading goes on at
    the line after its first: a quote left open costs one row. In TSV, where many tools write quotes as they are, such
    a line is cut at its tabs instead.
    """
    buffered = _Lines(lines)
    first = delimiter = ""
    for first in buffered:
        if named := _SEP.fullmatch(first):
            delimiter = named[1]
        elif first.strip():
            break
        buffered.begin()
    buffered.take_back(0)
    if len(first) > MAX_HEADER:
        yield 1, Skipped(source, f"its header is longer than {MAX_HEADER // MIB} MiB", "is it a table?")
        return
    buffered.delimiter = "\t" if tabs else delimiter or _delimiter(first)
    reader = csv.reader(buffered, delimiter=buffered.delimiter, strict=True)
    width = 0
    while True:
        buffered.begin()
        try:
            record = _next_record(reader, width)
        except StopIteration:
            return
        except _BrokenError as error:
            buffered.take_back(1)
            plain = buffered.taken[0].text.rstrip("\r\n").split("\t") if tabs else []
            if plain and len(plain) == (width or len(plain)):
                record = plain
            else:
                line = buffered.taken[0]
                skipped = line.problem or Skipped(f"{source}:{line.number}", str(error), error.remedy)
                yield line.number, skipped
                continue
        if record:  # a blank line has no fields
            problem = next((line.problem for line in buffered.taken if line.problem), None)
            width = width or len(record)
            yield buffered.taken[0].number, problem or record


def _delimiter(first_line: str) -> str:
    if "," in first_line:
        return ","
    return ";" if ";" in first_line else "\t" if "\t" in first_line else ","


def _next_record(reader: Iterator[list[str]], width: int) -> list[str]:
    """Return the next record; raise _BrokenError if there is no sense in it or it has not `width` fields (0: any)."""
    before = csv.field_size_limit(MAX_LINE)  # the csv module's own is 128 KiB, and one for all readers
    try:
        record = next(reader)
    except csv.Error as error:
        what = f"the row is badly quoted ({str(error).partition(' - ')[0]})"
        remedy = "end lines with a line feed" if "new-line" in str(error) else "write a quote inside a field twice"
        raise _BrokenError(what, remedy) from error
    finally:
        csv.field_size_limit(before)
    if record and width and len(record) != width:
        fields = "1 field" if len(record) == 1 else f"{len(record)} fields"
        raise _BrokenError(f"the row has {fields}, the header {width}", "quote the fields that hold the delimiter")
    return record
