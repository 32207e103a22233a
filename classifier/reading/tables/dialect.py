"""Tells how the records of a delimited table are written from its first lines: delimiter, quotes, row names."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DELIMITERS = (",", "\t", ";", "|")
ROW_NAMES = "row.names"
"""What R calls the column that it writes without a name in the header."""
_LINES = 50
"""Lines of a table by which it is told."""
_SINGLE = re.compile(r"'[^']*'(?:[,;|\t]'[^']*')*\s*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How records are written. row_names: whether each has a name in front that the header has no field for; spare:
    how many empty fields each has behind the header's.
    """

    delimiter: str = ","
    quote: str = '"'
    row_names: bool = False
    spare: int = 0

    def fields(self, lines: Sequence[str]) -> list[list[str]]:
        """Return the records of some lines, as far as they go, without blank ones."""
        records: list[list[str]] = []
        with suppress(csv.Error):  # a field beyond the module's limit, or NUL
            records.extend(filter(None, csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote)))
        return records


def find_dialect(
    lines: Sequence[str], known: Callable[[list[str]], int], *, tabs: bool = False, delimiter: str = ""
) -> Dialect:
    """Return the dialect in which a header's names are known and the records after it agree with it best.

    lines: the header's and those after it. known: how many of a header's names mean something. tabs: the file is called
    .tsv. delimiter: where it is known already.
    """
    quote = "'" if lines and _SINGLE.fullmatch(lines[0]) else '"'
    order = sorted(DELIMITERS, key=lambda one: one != "\t") if tabs else DELIMITERS
    tried = [Dialect(one, quote) for one in ([delimiter] if delimiter else order)]
    found = [(dialect, dialect.fields(lines[:_LINES])) for dialect in tried]
    dialect, records = max(found, key=lambda pair: _fit(pair[1], known))
    return Dialect(dialect.delimiter, quote, _has_row_names(records), _spare(records))


def _fit(records: list[list[str]], known: Callable[[list[str]], int]) -> tuple[bool, bool, float, int]:
    header, rows = (records[0], records[1:]) if records else ([], [])
    width = len(header)
    agree = sum(width <= len(row) <= width + 1 for row in rows) / len(rows) if rows else 1.0
    named = known([name.strip() for name in header])
    return named > 0, width > 1, round(agree, 1), named


def _has_row_names(records: list[list[str]]) -> bool:
    """As R writes them where nobody tells it not to: numbers from 1 before each row, and no name in the header."""
    rows = records[1:-1] or records[1:]  # the last may be cut
    if not rows or records[0][0].strip().casefold() == "id":
        return False
    width = len(records[0]) + 1
    return all(len(row) == width and row[0] == str(number) for number, row in enumerate(rows, start=1))


def _spare(records: list[list[str]]) -> int:
    """As programs write that end each row, and not the header, with the delimiter."""
    rows = records[1:-1] or records[1:]
    width = len(records[0]) if records else 0
    if not rows or not all(len(row) > width and not any(row[width:]) for row in rows):
        return 0
    return max(len(row) for row in rows) - width
