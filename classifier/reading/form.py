"""Tells by its first characters what a file is to be read as, whatever its name says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from classifier.reading.limits import HEAD
from classifier.reading.raw.encoding import wide_encoding
from classifier.reading.raw.legacy_vietnamese import legacy_name
from classifier.reading.tables.dialect import DELIMITERS, Dialect
from classifier.reading.tables.rows import USUAL, known_columns
from classifier.reading.tables.tables import LABEL_MARK
from classifier.reading.tables.wrapped import LISTS

if TYPE_CHECKING:
    from classifier.reading.tables.rows import Columns

_HTML_START = re.compile(r"<(?:!doctype html|html|\?xml[^>]*\?>\s*<(?:!doctype html|html))", re.IGNORECASE)
_TAG = re.compile(r"<[a-z!/?]", re.IGNORECASE)
_ARRAY_START = re.compile(r"\[\s*(?:[{\]]|\[)")
_OBJECT_START = re.compile(r'\{\s*(?:"|\}|$)')
_DOCUMENT_START = re.compile(
    rf'\{{\s*"(?:(?i:{"|".join(sorted(LISTS))})"\s*:\s*\[|[^"\\]{{1,40}}"\s*:\s*\{{\s*"0"\s*:|(?:schema|columns)"\s*:)'
)
"""Objects that hold many rows: lists by their usual names, pandas' `columns`, `split` and `table`."""
_LINES_LEAST, _FIELDS_LEAST = 3, 2
"""Lines that all have as many tabs (at least one less than these fields) to be a table of unknown columns."""
_COMMAS_LEAST, _COMMA_LINES_LEAST = 2, 5
_HEADER_MOST = 60
"""Characters of a name in a header by which alone a table is told."""


def beginning(head: bytes, encoding: str | None) -> str:
    """Return the first characters without leading space, as far as they can be told before anything is decoded."""
    name = encoding or wide_encoding(head) or "utf-8"
    return head[:HEAD].decode("utf-8" if legacy_name(name) else name, "ignore").lstrip("\ufeff \t\r\n")


def form_of(kind: str, start: str, columns: Columns = USUAL) -> str:
    """Return what to read a file as, from what its name says ("" if nothing) and its first characters.

    A name that says "table" is not overruled by letters that could be a page's, but JSON is told by its first sign.
    columns: the user's names of columns count as known ones, and `columns.form` for everything.
    """
    if columns.form:
        return columns.form
    if kind in ("", "text") and start.startswith(LABEL_MARK):
        return "fasttext"
    if (kind == "" and start.startswith("<")) or (kind == "text" and _HTML_START.match(start)):
        return "html"
    if kind == "html" and not _TAG.search(start):  # text saved under a page's name
        kind = "text"
    json_form = _json_form(start) if kind in ("", "text", "json", "jsonl", "csv", "tsv") else ""
    if json_form or kind in ("json", "jsonl"):
        return json_form or "jsonl"
    if kind in ("", "text") and looks_delimited(start, columns):
        return "csv"
    return kind or "text"


def _json_form(start: str) -> str:
    """Return "json" for a document (an array, an object of rows, objects over several lines), "jsonl", or ""."""
    if _ARRAY_START.match(start):
        return "json"
    if not _OBJECT_START.match(start):
        return ""
    if _DOCUMENT_START.match(start):
        return "json"
    line, _, rest = start.partition("\n")
    try:
        json.loads(line)
    except ValueError:
        rest = rest.lstrip()
        return "json" if rest and rest[0] not in "{[" else "jsonl"  # the first object goes on in the next line
    except RecursionError:
        pass
    return "jsonl"


def looks_delimited(start: str, columns: Columns = USUAL) -> bool:
    """Whether a text is a table: its header has names that chude knows, or all of its first lines as many fields."""
    lines = start.split("\n")
    whole = [line.strip("\r") for line in (lines[:-1] or lines)]
    header = next((line for line in whole if line.strip() and line[:1] != "#" and line[:4].lower() != "sep="), "")
    for delimiter in DELIMITERS:
        if delimiter not in header:
            continue
        names = [name.strip().strip("'\"") for name in next(iter(Dialect(delimiter).fields([header])), [])]
        if known_columns(names, columns):
            return True
        least = (_LINES_LEAST, _FIELDS_LEAST - 1) if delimiter == "\t" else (_COMMA_LINES_LEAST, _COMMAS_LEAST)
        if _all_alike(whole, delimiter, *least) and all(0 < len(name) <= _HEADER_MOST for name in names):
            return True
    return False


def _all_alike(lines: list[str], delimiter: str, lines_least: int, signs_least: int) -> bool:
    counts = {line.count(delimiter) for line in lines if line.strip()}
    return len(lines) >= lines_least and len(counts) == 1 and counts.pop() >= signs_least
