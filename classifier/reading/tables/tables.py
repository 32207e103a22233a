"""Reads the rows of JSON, CSV, TSV, Parquet and fastText files as pages, a row at a time."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.budget import OverBudget, limited, spent
from classifier.errors import UnreadableError
from classifier.reading.limits import MAX_JSON, MAX_JSON_VALUES, MAX_LINE_VALUES, MIB
from classifier.reading.raw.encoding import decode
from classifier.reading.tables.delimited import read_records
from classifier.reading.tables.exact_json import exact_row
from classifier.reading.tables.lines import read_lines
from classifier.reading.tables.rows import USUAL, Columns, check_columns, page_from_row, unique_names
from classifier.types import Page, Skipped

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping
    from typing import Any

LABEL_MARK = "__label__"
_LABEL = re.compile(rf"(?:(?<!\S)|(?<=[,;|])){LABEL_MARK}((?:(?![,;|]?{LABEL_MARK})\S)+)")
_BARE_SEPARATORS = re.compile(r"^[\s,;|]+")
_SPACE = re.compile(r"[ \t\n\r]*")


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
            with limited(sum(len(cell) for cell in row.values() if type(cell) is str)):
                return page_from_row(
                    row, self.columns, fallback_id=f"{self.name}:{line}", source=self.at(line), line=line
                )
        except UnreadableError as error:
            said = error
        except (MemoryError, OverBudget) as error:
            said = spent(error, self.at(line))
        return Skipped(said.where, said.what, said.remedy)

    def value(self, value: Any, line: int) -> Page | Skipped:
        """Return the page of a JSON value, which should be an object."""
        if isinstance(value, dict):
            return self.row(value, line)
        return Skipped(self.at(line), f"is {_kind_of(value)}, not a JSON object")


def read_table(stream: io.BufferedReader, kind: str, table: Table) -> Iterator[Page | Skipped]:
    """Return the rows of a table of the kind "jsonl", "json", "csv", "tsv", "fasttext" or "parquet".

    Yields a page, or what is wrong, for each row; blank lines are no rows. Raises UnreadableError where the rest of
    the table cannot be read.
    """
    if kind == "jsonl":
        return _read_json_lines(stream, table)
    if kind == "json":
        return _read_json(stream, table)
    if kind == "fasttext":
        return _read_fasttext(stream, table)
    if kind == "parquet":
        return _read_parquet(stream, table)
    return _read_delimited(stream, table, tabs=kind == "tsv")


def _read_json_lines(stream: io.BufferedReader, table: Table) -> Iterator[Page | Skipped]:
    for raw in read_lines(stream, table.encoding, table.source, first=table.first_line, as_bytes=True):
        few = len(raw.data) < MAX_LINE_VALUES  # a value takes a byte at least
        if few and raw.data and (row := exact_row(raw.data)) is not None:
            yield table.value(row, raw.number)
            continue
        line = raw.decoded(table.source)
        if line.problem:
            yield line.problem
        elif _values(line.text) > MAX_LINE_VALUES:
            yield Skipped(table.at(line.number), f"holds more than {MAX_LINE_VALUES:,} values", "is it one row?")
        elif line.text.strip():
            try:
                value = _JSON.decode(line.text)
            except MemoryError as error:
                said = spent(error, table.at(line.number))
                yield Skipped(said.where, said.what, said.remedy)
            except RecursionError:
                yield Skipped(table.at(line.number), "is nested too deeply")
            except ValueError as error:
                yield Skipped(table.at(line.number), f"is not JSON ({_json_error(error)})")
            else:
                yield table.value(value, line.number)


def _read_json(stream: io.BufferedReader, table: Table) -> Iterator[Page | Skipped]:
    """Return a document: one array of rows, or values one after the other, however they are laid out.

    Its text is in memory as a whole, but one row at a time is an object. Rows are numbered instead of lines.
    """
    data = stream.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise UnreadableError(table.source, f"is larger than {MAX_JSON // MIB} MiB", "write it as JSON lines (.jsonl)")
    text = decode(data, table.encoding, where=table.source)
    del data
    if _values(text) > MAX_JSON_VALUES:
        raise UnreadableError(
            table.source, f"holds more than {MAX_JSON_VALUES:,} values", "write it as JSON lines (.jsonl)"
        )
    at = _skip_space(text, 0)
    in_array = text.startswith("[", at)
    at = _skip_space(text, at + in_array)
    number = 0
    while at < len(text) and not (in_array and text[at] == "]"):
        number += 1
        try:
            value, at = _JSON.raw_decode(text, at)
        except (RecursionError, ValueError) as error:
            what = (
                "is nested too deeply" if isinstance(error, RecursionError) else f"is not JSON ({_json_error(error)})"
            )
            raise UnreadableError(table.at(number), what, "the rows after it were not read") from error
        yield table.value(value, number)
        at = _skip_space(text, at)
        if in_array and text[at : at + 1] == ",":
            at = _skip_space(text, at + 1)
        elif in_array and text[at : at + 1] != "]":
            raise UnreadableError(
                table.at(number + 1), "no comma before this row", "the rows from here on were not read"
            )
    if in_array and not text.startswith("]", at):
        raise UnreadableError(table.source, f"ends in the middle of its array, after row {number}")


def _read_delimited(stream: io.BufferedReader, table: Table, *, tabs: bool) -> Iterator[Page | Skipped]:
    records = read_records(read_lines(stream, table.encoding, table.source), table.source, tabs=tabs)
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


_JSON = json.JSONDecoder(parse_constant=lambda _name: None)  # NaN, as pandas writes a missing text, is null


def _values(text: str) -> int:
    """At least how many values a JSON text may become, counted without making them."""
    return text.count(",") + text.count("[") + text.count("{")


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _json_error(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]}, character {error.pos + 1}"
    return "a number is too long"


def _kind_of(value: Any) -> str:
    names = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
