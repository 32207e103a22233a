"""What the commands share: options, the count of what was skipped, and the ways to write rows."""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from classifier.errors import NoInputError, UsageError
from classifier.wording import cell, number, plain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import IO

    from rich.text import Text

    from classifier.model.model import Model
    from classifier.reading import Columns
    from classifier.types import Skipped

F = TypeVar("F", bound="Callable[..., Any]")

_UNESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


_PROMISES = (".csv", ".tsv", ".jsonl", ".json", ".ndjson", ".parquet", ".xlsx", ".xls", ".ods", ".html", ".htm")
"""Endings that tell programs what is in a file; a table for people is none of it."""

_PACKED = (".gz", ".xz", ".bz2", ".zst", ".zip")


class Whole(click.IntRange):
    """A whole number of a range; click's own name for it means little to people."""

    name = "whole number"


class FiniteRange(click.FloatRange):
    """A number of a range; click's own lets "nan" through, and "inf" where there is no upper end."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; fails where it is none."""
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return found


def chain(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several click options as one decorator, shown in the help in this order."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _known_encoding(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    from classifier.reading.raw.encoding import check_encoding

    if value is not None:
        try:
            check_encoding(value)
        except UsageError as error:
            raise click.BadParameter(f"{value!r} is no known text encoding; {error.remedy}") from error
    return value


paths_argument = click.argument("paths", metavar="PATH…", nargs=-1, required=True)
model_option = click.option("-m", "--model", metavar="ARTIFACT", help="Model folder. [default: the world-news model]")
encoding_option = click.option(
    "--encoding", metavar="NAME", callback=_known_encoding, help="Read texts in this encoding, e.g. windows-1258."
)
column_options = chain(
    click.option("--text-column", metavar="NAME", help="Column with the text."),
    click.option("--title-column", metavar="NAME", help="Column with the headline."),
    click.option("--id-column", metavar="NAME", help="Column with the id."),
    click.option("--label-column", metavar="NAME", help="Column with the topic."),
    click.option("--labels-column", metavar="NAME", help="Column with all topics of an article."),
    click.option("--date-column", metavar="NAME", help="Column with the date."),
)


def format_option(*formats: str) -> Callable[[F], F]:
    """--format with these choices; the first is the default."""
    return click.option("--format", "form", type=click.Choice(formats), help=f"Output format. [default: {formats[0]}]")


def columns_from(options: dict[str, Any]) -> Columns:
    """Takes the column options out of a command's options."""
    from classifier.reading import Columns

    names = ("text", "title", "id", "label", "labels", "date")
    return Columns(**{name: options.pop(f"{name}_column", None) for name in names})


def load_model(path: str | None) -> Model:
    """The model a user named, or the one that ships with chude."""
    from classifier.model.artifact import default_artifact, load

    return load(path or default_artifact())


@dataclass(slots=True)
class Tally:
    """Counts what was used and names what was not, as it happens."""

    used: int = 0
    skipped: int = 0
    sources: list[str] = field(default_factory=list)

    def skip(self, skipped: Skipped) -> None:
        """Names an input that could not be used."""
        self.skipped += 1
        say(f"chude: error: {skipped}")

    def finish(self, done: str, *, what: str = "page", asked: Sequence[str] = ()) -> int:
        """Prints the summary and gives the exit code: 0, 1 with inputs skipped; raises NoInputError if nothing was
        used.
        """
        if not self.used:
            if self.skipped:
                raise NoInputError("", f"no input could be read ({number(self.skipped, 'input')} skipped)", "see above")
            raise NoInputError(", ".join(asked), f"holds no {what}", "give a file, a folder or - for standard input")
        skipped = f", {number(self.skipped, 'input')} skipped (named above)" if self.skipped else ""
        say(f"chude: {number(self.used, what)} {done}{skipped}")
        return 1 if self.skipped else 0


@contextmanager
def output(path: str | None) -> Iterator[IO[str]]:
    """stdout, or a file that takes its place only when everything has been written. Raises UsageError for a folder."""
    if path is None or path == "-":
        yield sys.stdout
        return
    if Path(path).is_dir():
        raise UsageError(path, "is a folder", "name a file in it to write")
    from classifier.disk.atomic import replacing_file

    with replacing_file(Path(path)) as stream:
        yield stream


def form_for(form: str | None, path: str | None, known: Sequence[str]) -> str:
    """The format asked for, else the one the output's name ends in, else the first known, which is for people.

    Raises UsageError where the name promises what is not written: a table called x.xlsx would open nowhere.
    """
    ending = Path(path).suffix.lower() if path else ""
    if form or ending.removeprefix(".") in known[1:]:
        return form or ending.removeprefix(".")
    if ending in _PROMISES:
        names = " or ".join(f".{name}" for name in known[1:])
        raise UsageError(str(path), f"this command writes no {ending}", f"end the name in {names}, or give --format")
    return known[0]


def check_target(target: str | None, paths: Iterable[str]) -> None:
    """Raises UsageError where `-o` names a packed file, which is not written, or what is to be read, by itself or with
    the folder it lies in: a page would be lost, or the output of the last run be taken for one.
    """
    if target is not None and target.lower().endswith(_PACKED):
        raise UsageError(target, "output is not packed", "leave the ending out, and pack the file afterwards")
    if target is None or not (Path(target).is_file() or Path(target).is_dir()):
        return
    from classifier.reading.walk import kind_of

    written = Path(target).resolve()
    for path in paths:
        given = Path(path).resolve()
        if written == given and written.is_file():
            raise UsageError(target, "is to be read as well", "write to another place")
        if given in written.parents and given.is_dir() and (written.is_dir() or kind_of(written.name)[0]):
            raise UsageError(
                target, f"lies in {path}, which is to be read", "write to another place, or remove it first"
            )


def json_line(value: object) -> str:
    """One JSON line with Vietnamese as it is; what a terminal would obey is escaped, which JSON readers undo."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


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
        table.add_column(column, overflow="fold")
    filled = False
    for row in rows:
        filled = True
        table.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell)) for cell in row))
    if filled:
        console.print(table)
