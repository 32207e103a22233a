"""Reads the rows of JSON, CSV, TSV, Parquet and fastText files as pages, a row at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from classifier.budget import OverBudget, limited, spent
from classifier.errors import UnreadableError
from classifier.reading.limits import MAX_LINE_VALUES
from classifier.reading.tables.delimited import read_records
from classifier.reading.tables.exact_json import exact_row
from classifier.reading.tables.json_values import DECODER, json_error, json_values, values_at_least
from classifier.reading.tables.lines import read_lines
from classifier.reading.tables.rows import USUAL, Columns, check_columns, page_from_row, unique_names
from classifier.reading.tables.wrapped import holds_rows, wrapped_rows
from classifier.types import Page, Skipped

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping
    from typing import Any

    from classifier.reading.tables.lines import Line

LABEL_MARK = "__label__"
_LABEL = re.compile(rf"(?:(?<!\S)|(?<=[,;|])){LABEL_MARK}((?:(?![,;|]?{LABEL_MARK})\S)+)")
_BARE_SEPARATORS = re.compile(r"^[\s,;|]+")


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows: `name` begins the ids of rows that have none, `source` is the path to show; its lines are counted
    from `first_line`.
    """

    name: str
    source: str
    columns: Columns = USUAL
    encoding: str | None = None
    first_line: int = 1

    def at(self, line: int) -> str:
        """Where a row stands, as errors name it."""
        return f"{self.source}:{line}"

    def row(self, row: Mapping[str, Any], line: int) -> Page | Skipped:
        """Return the page of a row, or why there is none."""
        try:
            with limited(sum(map(len, [cell for cell in row.values() if type(cell) is str]))):
                return page_from_row(
                    row, self.columns, fallback_id=f"{self.name}:{line}", source=self.at(line), line=line
                )
        except UnreadableError as error:
            said = error
        except (MemoryError, OverBudget) as error:
            said = spent(error, self.at(line))
        return Skipped(said.where, said.what, said.remedy)

    def values(self, value: Any, line: int, item: Page | Skipped | None = None) -> Iterator[Page | Skipped]:
        """Yield the page of a JSON value, or those of the rows in it where it is none itself.

        item: what `row` made of it, where it was asked already.
        """
        item = item or (self.row(value, line) if isinstance(value, dict) else None)
        if isinstance(item, Page) and (_has_text(item) or not holds_rows(value)):
            yield item
            return
        try:
            rows = wrapped_rows(value, self.at(line))
        except UnreadableError as error:
            yield Skipped(error.where, error.what, error.remedy)
            return
        if rows is None:
            remedy = "give each row the names of its columns" if isinstance(value, list) else ""
            yield item or Skipped(self.at(line), f"is {_kind_of(value)}, not a JSON object", remedy)
            return
        for number, row in enumerate(rows, start=line):
            yield self.row(row, number)


def _has_text(item: Page | Skipped) -> bool:
    """Whether it is a page with more than a title: no other column can hold its rows."""
    return isinstance(item, Page) and bool(item.lead or item.body)


def read_table(stream: io.BufferedReader, kind: str, table: Table) -> Iterator[Page | Skipped]:
    """Return the rows of a table of the kind "jsonl", "json", "csv", "tsv", "fasttext" or "parquet".

    Yields a page, or what is wrong, for each row; blank lines are no rows. Raises UnreadableError where the rest of
    the table cannot be read.
    """
    if kind == "jsonl":
        lines = read_lines(stream, table.encoding, table.source, first=table.first_line, as_bytes=True)
        return chain.from_iterable(read_json_line(line, table) for line in lines)
    if kind == "json":
        return _read_json(stream, table)
    if kind == "fasttext":
        return _read_fasttext(stream, table)
    if kind == "parquet":
        return _read_parquet(stream, table)
    return _read_delimited(stream, table, tabs=kind == "tsv")


def read_json_line(raw: Line, table: Table) -> Iterator[Page | Skipped]:
    """The page or pages in one line, or what is wrong with it; a blank line is no row."""
    few = len(raw.data) < MAX_LINE_VALUES  # a value takes a byte at least
    if few and raw.data and (row := exact_row(raw.data)) is not None:
        item = table.row(row, raw.number)
        yield from (item,) if _has_text(item) else table.values(row, raw.number, item)
    else:
        line = raw.decoded(table.source)
        if line.problem:
            yield line.problem
        elif values_at_least(line.text) > MAX_LINE_VALUES:
            yield Skipped(table.at(line.number), f"holds more than {MAX_LINE_VALUES:,} values", "is it one row?")
        elif line.text.strip():
            try:
                value = DECODER.decode(line.text)
            except MemoryError as error:
                said = spent(error, table.at(line.number))
                yield Skipped(said.where, said.what, said.remedy)
            except RecursionError:
                yield Skipped(table.at(line.number), "is nested too deeply")
            except ValueError as error:
                yield Skipped(table.at(line.number), f"is not JSON ({json_error(error)})")
            else:
                yield from table.values(value, line.number)


def _read_json(stream: io.BufferedReader, table: Table) -> Iterator[Page | Skipped]:
    """Return the rows of a document; they are numbered instead of lines, and one at a time is in memory."""
    for number, value in json_values(stream, table.encoding, table.source):
        yield from table.values(value, number)


def _read_delimited(stream: io.BufferedReader, table: Table, *, tabs: bool) -> Iterator[Page | Skipped]:
    records = read_records(
        read_lines(stream, table.encoding, table.source), table.source, tabs=tabs, columns=table.columns
    )
    header: list[str] | None = None
    for number, record in records:
        if isinstance(record, Skipped):
            if header is None:
                raise UnreadableError(record.source, record.reason, record.remedy)
            yield record
        elif header is None:
            header = unique_names([name.strip() for name in record])
            check_columns([name for name in header if name], table.columns, table.source)
        else:
            yield table.row({name: cell for name, cell in zip(header, record, strict=True) if name}, number)


def _read_fasttext(stream: io.BufferedReader, table: Table) -> Iterator[Page | Skipped]:
    for line in read_lines(stream, table.encoding, table.source):
        if line.problem:
            yield line.problem
        elif line.text.strip():
            labels = list(dict.fromkeys(label.rstrip(",;|") for label in _LABEL.findall(line.text)))
            text = _BARE_SEPARATORS.sub("", _LABEL.sub("", line.text)).strip() if labels else line.text.strip()
            row: dict[str, Any] = {"text": text}
            # One label is a label, so that a corpus of such lines is one of exclusive topics; none at all is no label.
            if labels:
                row |= {"labels": labels} if len(labels) > 1 else {"label": labels[0]}
            yield Table(table.name, table.source).row(row, line.number)


def _read_parquet(stream: io.BufferedReader, table: Table) -> Iterator[Page | Skipped]:
    from classifier.reading.tables.parquet import parquet_rows

    for number, row in parquet_rows(stream, table.source, table.columns):
        yield row if isinstance(row, Skipped) else table.row(row, number)


def _kind_of(value: Any) -> str:
    names = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
