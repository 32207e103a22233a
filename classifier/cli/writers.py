"""Writes rows in every format: a table for people, JSON lines, CSV, TSV, Parquet; to stdout or to a file, whole.

What a command writes is a `RowForm`. A row is encoded first (in a worker process, if there are several) and then
written, so that each format is done once, here.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from json.encoder import encode_basestring
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import click

from classifier.errors import UsageError
from classifier.wording import cell, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import IO

    from rich.text import Text

    Record = dict[str, Any]
    Encoded = str | Sequence[str | Text] | Sequence[Record]
    """A row as its format wants it: text, the cells of a table, or the records of a Parquet file."""

F = TypeVar("F", bound="Callable[..., Any]")
T = TypeVar("T")

FORMATS = ("table", "jsonl", "csv", "tsv", "parquet")
ROWS_A_GROUP = 2_000
"""Rows of a Parquet file that are held at a time."""
DELIMITERS = {"csv": ",", "tsv": "\t"}
_UNESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_PROMISES = (".csv", ".tsv", ".jsonl", ".json", ".ndjson", ".parquet", ".xlsx", ".xls", ".ods", ".html", ".htm")
"""Endings that tell programs what is in a file; a table for people is none of it."""


def flat(record: Mapping[str, Any]) -> list[object]:
    """A record as cells: lists joined by "; ", of objects the first field, nothing for None."""
    return [flat_cell(value) for value in record.values()]


def flat_cell(value: Any) -> object:
    """A value as one cell of a flat format."""
    if isinstance(value, list | tuple):
        return "; ".join(str(next(iter(item.values()))) if isinstance(item, dict) else str(item) for item in value)
    return "" if value is None else value


@dataclass(frozen=True, slots=True)
class RowForm(Generic[T]):
    """How things of one kind are written.

    as_json: the object of a JSON line. shape: columns of the flat formats and what is in them: str, int, float, [shape]
    for a list, {name: shape} for an object. records: the flat rows of a thing, one unless told otherwise, with the
    columns of `shape`. cells: a record as the cells of a CSV row. heading and table_row: the table for people; without
    a heading `table_row` gives text that is written as it comes. line: the JSON line of a thing as `json_line` makes it
    of `as_json`, where there is a faster way.
    """

    as_json: Callable[[T], Record]
    shape: Mapping[str, Any]
    table_row: Callable[[T], str | Sequence[str | Text]]
    heading: Sequence[str] = ()
    records: Callable[[T], Sequence[Record]] | None = None
    cells: Callable[[Record], Sequence[object]] = flat
    line: Callable[[T], str] | None = None


def encode(thing: T, form: str, rows: RowForm[T]) -> Encoded:
    """The thing as a row of this format."""
    if form == "jsonl":
        return rows.line(thing) if rows.line else json_line(rows.as_json(thing))
    if form == "table":
        return rows.table_row(thing)
    records = rows.records(thing) if rows.records else [rows.as_json(thing)]
    if form == "parquet":
        return records
    return "".join(separated_line(rows.cells(record), DELIMITERS[form]) for record in records)


def head(form: str, rows: RowForm[T]) -> str:
    """What stands above the rows."""
    return separated_line(rows.shape, DELIMITERS[form]) if form in DELIMITERS else ""


def write(encoded: Iterable[Encoded], form: str, stream: IO[Any], rows: RowForm[T]) -> None:
    """Writes rows that `encode` made, to a text stream; to one of bytes for Parquet."""
    if form == "parquet":
        _write_parquet((record for records in encoded for record in records), stream, rows.shape)
    elif form == "table" and rows.heading:
        console_table(rows.heading, encoded, stream)  # type: ignore[arg-type] # of this format each row is cells
    else:
        stream.write(head(form, rows))
        stream.writelines(encoded)


def write_things(things: Iterable[T], form: str, stream: IO[Any], rows: RowForm[T]) -> None:
    """Encodes and writes."""
    write((encode(thing, form, rows) for thing in things), form, stream, rows)


def _write_parquet(records: Iterable[Any], stream: IO[bytes], shape: Mapping[str, Any]) -> None:
    import pyarrow
    from pyarrow import parquet

    from classifier.engines.batches import arrow

    schema = pyarrow.schema([(name, arrow(one)) for name, one in shape.items()])
    waiting: list[Record] = []
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        for record in records:
            waiting.append(record)
            if len(waiting) == ROWS_A_GROUP:
                writer.write_table(pyarrow.Table.from_pylist(waiting, schema=schema))
                waiting = []
        if waiting:
            writer.write_table(pyarrow.Table.from_pylist(waiting, schema=schema))


@contextmanager
def output(path: str | None, form: str = "") -> Iterator[IO[Any]]:
    """stdout, or a file that takes its place only when everything has been written: of text, of bytes for Parquet.

    Raises UsageError for a folder.
    """
    if path is None or path == "-":
        yield sys.stdout
        return
    if Path(path).is_dir():
        raise UsageError(path, "is a folder", "name a file in it to write")
    from classifier.disk.atomic import replacing_bytes, replacing_file

    with replacing_bytes(Path(path)) if form == "parquet" else replacing_file(Path(path)) as stream:
        yield stream


def format_option(*formats: str) -> Callable[[F], F]:
    """--format with these choices; the first is the default."""
    return click.option("--format", "form", type=click.Choice(formats), help=f"Output format. [default: {formats[0]}]")


def form_for(form: str | None, path: str | None, known: Sequence[str] = FORMATS) -> str:
    """The format asked for, else the one the output's name ends in, else the first known, which is for people.

    Raises UsageError where the name promises what is not written (a table called x.xlsx would open nowhere), and for
    Parquet without a file or without pyarrow.
    """
    ending = Path(path).suffix.lower() if path else ""
    if form or ending.removeprefix(".") in known[1:]:
        found = form or ending.removeprefix(".")
        if found == "parquet":
            _check_parquet(path)
        return found
    if ending in _PROMISES:
        names = " or ".join(f".{name}" for name in known[1:])
        raise UsageError(str(path), f"this command writes no {ending}", f"end the name in {names}, or give --format")
    return known[0]


def _check_parquet(path: str | None) -> None:
    from importlib.util import find_spec

    if path in (None, "-"):
        raise UsageError("--format parquet", "cannot go to standard output", "name a file with -o FILE.parquet")
    if find_spec("pyarrow") is None:
        raise UsageError(str(path), "needs pyarrow to be written", "pip install 'chude[parquet]'")


def json_line(value: object) -> str:
    """One JSON line with Vietnamese as it is; what a terminal would obey is escaped, which JSON readers undo."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def json_string(text: str) -> str:
    """A string as it stands in a `json_line`."""
    if text.isprintable():
        return encode_basestring(text)
    return _UNESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", encode_basestring(text))


def separated_line(values: Iterable[object], delimiter: str) -> str:
    """One CSV or TSV line. A text that a spreadsheet would take for a formula gets an apostrophe before it; control
    characters, which a terminal would obey, are left out.
    """
    stream = StringIO()
    cells = [value if isinstance(value, int | float) else cell(str(value)) for value in values]
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return stream.getvalue()


def console_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], stream: IO[str]) -> None:
    """A table for people; nothing in it is cut, long cells fold; without rows nothing is written."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, width=None if stream.isatty() else 120, highlight=False, markup=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(Text(plain(column)), overflow="fold")
    filled = False
    for row in rows:
        filled = True
        table.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell)) for cell in row))
    if filled:
        console.print(table)
