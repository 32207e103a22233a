"""Cuts the lines of a CSV or TSV file into records, and keeps one broken quote from swallowing the rows after it."""

from __future__ import annotations

import csv
import re
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

from classifier.reading.limits import MAX_FIELDS, MAX_HEADER, MAX_LINE, MAX_ROW_LINES, MIB
from classifier.reading.tables.dialect import DELIMITERS, ROW_NAMES, Dialect, find_dialect
from classifier.reading.tables.rows import USUAL, known_columns
from classifier.types import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifier.reading.tables.lines import Line
    from classifier.reading.tables.rows import Columns


_SEP = re.compile(r"sep=([,;|\t])\s*", re.IGNORECASE)
"""The line that Excel puts above a header to name the delimiter."""
PATIENCE = 500_000
"""Lines of a table that are read again after broken records, until FEW_LINES is all that a record may have."""
FEW_LINES = 100
"""Where each line leaves a quote open, each would else be read to the end of the table: the square of its lines."""
_AHEAD, _AHEAD_SIZE = 50, 256 * 1024
"""Lines, and characters, by which it is told how a table is written."""
_TABULATOR = {"tab": "\t", "\\t": "\t"}
"""How people write the tab on a command line."""
_KEPT = 4 * MAX_ROW_LINES
"""Lines of which it is kept whether they are records by themselves."""
_LEFT_OPEN = "a quote in it may be left open"


class _BrokenError(Exception):
    """A record that cannot be read, with what to do about it. ended: whether its quotes are closed."""

    def __init__(self, what: str, remedy: str, *, ended: bool = False) -> None:
        super().__init__(what)
        self.remedy, self.ended = remedy, ended


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

    def ahead(self, most: int) -> Iterator[str]:
        """Yield the next lines, which are taken, up to `most` of them or _AHEAD_SIZE characters."""
        size = 0
        for _ in range(most):
            try:
                text = next(self)
            except (StopIteration, _BrokenError):
                return
            size += len(text)
            yield text
            if size > _AHEAD_SIZE:
                return

    def begin(self) -> None:
        """Forget the last record."""
        self.taken.clear()
        self._size = self._fields = 0

    def take_back(self, keep: int) -> None:
        """Read all but the first `keep` lines of this record again."""
        self._again.extendleft(reversed(self.taken[keep:]))
        self._returned += len(self.taken) - keep
        del self.taken[keep:]


def read_records(
    lines: Iterator[Line], source: str, *, tabs: bool = False, columns: Columns = USUAL
) -> Iterator[tuple[int, list[str] | Skipped]]:
    """Yield the records with the number of their first line, the header first; all have as many fields as the header.

    The delimiter is `columns.delimiter`, or what a line `sep=;` above the header names, or that of comma, tab, ";" and
    "|" with which the header's names are known and the rows agree with it (`tabs`: the tab, where nothing speaks
    against it). Lines that begin with "#" above the header are none of it. Fields may be quoted and hold line feeds.

    Empty fields behind the header's are left out where all rows have them; a header that comes again is named and
    passed over. Another record that cannot be read becomes a Skipped, and reading goes on behind it: at its next line
    that is a record by itself (a quote left open costs one row), else after its end. In tables with tabs, where many
    tools write quotes as they are, such a line is cut at its tabs instead.
    """
    buffered = _Lines(lines)
    dialect, problem = _beginning(buffered, source, tabs, columns)
    if problem:
        yield 1, problem
        return
    buffered.delimiter = dialect.delimiter
    table = _Records(buffered, source, dialect)
    while (found := table.next()) is not None:
        number, record = found
        if record:  # a blank line has no fields
            yield number, record


def _beginning(buffered: _Lines, source: str, tabs: bool, columns: Columns) -> tuple[Dialect, Skipped | None]:
    """Read what stands above the header; return how the table is written, or what is wrong with it."""
    delimiter = _TABULATOR.get(columns.delimiter or "", columns.delimiter or "")
    for line in buffered:
        if named := _SEP.fullmatch(line):
            delimiter = delimiter or named[1]
        elif line.strip() and not _is_comment(line, columns):
            break
        buffered.begin()
    first = buffered.taken[0].text if buffered.taken else ""
    if len(first) > MAX_HEADER:
        return Dialect(), Skipped(source, f"its header is longer than {MAX_HEADER // MIB} MiB", "is it a table?")
    ahead = [first, *buffered.ahead(_AHEAD)]
    buffered.take_back(0)
    return find_dialect(ahead, lambda names: known_columns(names, columns), tabs=tabs, delimiter=delimiter), None


def _is_comment(line: str, columns: Columns) -> bool:
    """Whether a line above the header is a remark: it begins with # and names no column of a table."""
    if not line.startswith("#"):
        return False
    return not any(known_columns(Dialect(one).fields([line.lstrip("# ")])[0], columns) for one in DELIMITERS)


class _Records:
    """The records of a table, one after the other, with what is wrong with those that are none."""

    def __init__(self, buffered: _Lines, source: str, dialect: Dialect) -> None:
        self._buffered, self._source, self._dialect = buffered, source, dialect
        self._reader = csv.reader(buffered, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
        self._header: list[str] = []
        self._rows: dict[int, bool] = {}

    def next(self) -> tuple[int, list[str] | Skipped] | None:
        """Return the next record and the number of its first line, an empty one for a blank line; None at the end."""
        buffered = self._buffered
        buffered.begin()
        try:
            record = self._fitted(_next_record(self._reader))
        except StopIteration:
            return None
        except _BrokenError as error:
            return self._broken(error)
        number = buffered.taken[0].number
        problem = next((line.problem for line in buffered.taken if line.problem), None)
        if problem is None and record and not self._header:
            return number, self._begun(record)
        if problem is None and record and _plain(record) == self._header:
            return number, Skipped(f"{self._source}:{number}", "is the header again", "were two files joined?")
        return number, problem or record

    def _begun(self, header: list[str]) -> list[str]:
        self._header = _plain([ROW_NAMES, *header] if self._dialect.row_names else header)
        return self._header

    def _fitted(self, record: list[str]) -> list[str]:
        """Return a record with as many fields as the header, or raise _BrokenError."""
        width = len(self._header)
        if not width or not record or len(record) == width:
            return record
        if width < len(record) <= width + self._dialect.spare and not any(record[width:]):
            return record[:width]
        if len(record) < width and not any(self._header[len(record) :]):
            return record + [""] * (width - len(record))
        fields = "1 field" if len(record) == 1 else f"{len(record)} fields"
        raise _BrokenError(
            f"the row has {fields}, the header {width}", "quote the fields that hold the delimiter", ended=True
        )

    def _broken(self, error: _BrokenError) -> tuple[int, list[str] | Skipped]:
        buffered = self._buffered
        line = buffered.taken[0]
        tabs = line.text.rstrip("\r\n").split("\t") if self._dialect.delimiter == "\t" else []
        if tabs and len(tabs) == (len(self._header) or len(tabs)):
            buffered.take_back(1)
            return line.number, tabs if self._header else self._begun(tabs)
        end = self._end(error)
        buffered.take_back(end)
        what = str(error)
        if end > 1:
            what += f" (lines {line.number} to {line.number + end - 1})"
        return line.number, line.problem or Skipped(f"{self._source}:{line.number}", what, error.remedy)

    def _end(self, error: _BrokenError) -> int:
        """Return how many of the lines taken, or of those after them, belong to the broken record."""
        buffered = self._buffered
        if not self._header:
            return 1
        for at, line in enumerate(buffered.taken[1:], start=1):
            if self._is_row(line):
                return at
        if error.ended:
            return len(buffered.taken)
        for at in range(len(buffered.taken), FEW_LINES):
            if not any(True for _ in buffered.ahead(1)) or self._is_row(buffered.taken[-1]):
                return at
        return 1  # nothing tells where it ends

    def _is_row(self, line: Line) -> bool:
        """Whether a line is a record by itself, and not a line of somebody's text with commas in it: spaces follow.

        What was found is kept for a while: where record after record is broken, the same lines are asked about.
        """
        known = self._rows.get(line.number)
        if known is None:
            if len(self._rows) > _KEPT:
                self._rows.clear()
            known = self._rows[line.number] = self._looks_like_a_row(line.text)
        return known

    def _looks_like_a_row(self, text: str) -> bool:
        if text.count(self._dialect.quote) % 2:
            return False
        try:
            with _wide_fields():
                (record,) = csv.reader(
                    [text], delimiter=self._dialect.delimiter, quotechar=self._dialect.quote, strict=True
                )
            record = self._fitted(record)
        except (csv.Error, ValueError, _BrokenError):
            return False
        return len(record) > 1 and not any(field.startswith(" ") for field in record[1:])


def _plain(header: list[str]) -> list[str]:
    return [name.strip("\ufeff \t\r\n") for name in header]


def _next_record(reader: Iterator[list[str]]) -> list[str]:
    """Return the next record; raise _BrokenError if there is no sense in it."""
    try:
        with _wide_fields():
            return next(reader)
    except csv.Error as error:
        what = f"the row is badly quoted ({str(error).partition(' - ')[0]})"
        remedy = "end lines with a line feed" if "new-line" in str(error) else "write a quote inside a field twice"
        raise _BrokenError(what, remedy) from error


@contextmanager
def _wide_fields() -> Iterator[None]:
    """The csv module's limit of a field is 128 KiB, and one for all readers."""
    before = csv.field_size_limit(MAX_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)
