"""Prediction files of any tool: JSONL, CSV or TSV with `id` and `topic`, and `probability` where the tool gives one."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classifier import wording
from classifier.errors import UnreadableError, UsageError
from classifier.reading.limits import HEAD, MAX_ID, MAX_LINE_VALUES
from classifier.reading.raw.binary import check_is_text
from classifier.reading.raw.streams import open_file
from classifier.reading.tables.delimited import read_records
from classifier.reading.tables.labels import label_name
from classifier.reading.tables.lines import read_lines
from classifier.types import MAX_LABEL, OTHER, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from io import BufferedReader
    from pathlib import Path

_HALF = re.compile("[\ud800-\udfff]")
_REMEDY = "give a model folder, or JSONL or CSV with `id` and `topic`"
_MOST_NAMED = 5
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Given:
    """What a tool said of an article: its topic, further topics, and the probability of the first, None where it gave
    none.
    """

    topic: str
    probability: float | None = None
    further: tuple[str, ...] = ()

    @property
    def topics(self) -> set[str]:
        """All topics, without "other"."""
        return {self.topic, *self.further} - {OTHER}


def read_predictions(path: Path) -> dict[str, Given]:
    """Id -> label, in the order of the file; ids and labels in NFC, without spaces around them.

    Raises UsageError, which names the line, for a row without both, for a probability that is none, and for an id that
    stands twice with different labels. The same row twice is named once on stderr and counts once.
    """
    found: dict[str, Given] = {}
    first: dict[str, int] = {}
    again: list[str] = []
    with _named(path), closing(open_file(path, "", str(path))) as stream:
        for number, row in _rows(path, stream):
            one = _cell(row.get("id"), MAX_ID, f"{path}:{number}")
            topic = label_name(_cell(row.get("topic"), MAX_LABEL, f"{path}:{number}")) or ""
            if not one or not topic:
                raise UsageError(f"{path}:{number}", "has no `id` and `topic`", _REMEDY)
            given = Given(
                topic,
                _probability(row.get("probability"), f"{path}:{number}"),
                _further(row.get("secondary"), f"{path}:{number}"),
            )
            if one not in found:
                found[one], first[one] = given, number
            elif found[one].topic == topic:
                again.append(one)
            else:
                what = f"id {one!r} stands in line {first[one]} as {found[one].topic!r} and here as {topic!r}"
                raise UsageError(f"{path}:{number}", what, "give each id once")
    if again:
        wording.say(
            f"chude: {path}: an id stands twice with one label, {len(again):,} times ({named(again)}); counted once"
        )
    return found


def matched(ids: Sequence[str], found: Mapping[str, Given], source: str) -> list[Given | None]:
    """What the file says of each article, None where it says nothing; gaps and further ids are named on stderr.

    Raises UsageError where no id of the gold is in the file.
    """
    keys = [unicodedata.normalize("NFC", one.strip()) for one in ids]
    missing = [one for one in keys if one not in found]
    if not found:
        raise UsageError(source, "holds no prediction", _REMEDY)
    if len(missing) == len(keys):
        what = f"has none of the gold's ids (the gold's first is {keys[0]!r})"
        raise UsageError(source, what, "ids must be the same in both; see --id-column")
    wanted = set(keys)
    further = [one for one in found if one not in wanted]
    twice = len(keys) - len(wanted)
    if missing:
        count = wording.number(len(missing), "article")
        wording.say(f"chude: {source}: has no prediction for {count} ({named(missing)}); each counts as a miss")
    if further:
        count = wording.number(len(further), "prediction")
        wording.say(f"chude: {source}: {count} for ids that the gold lacks ({named(further)}); not used")
    if twice:
        wording.say(f"chude: the gold repeats {wording.number(twice, 'id')}; each gets the same prediction of {source}")
    return [found.get(key) for key in keys]


def named(ids: Sequence[str]) -> str:
    """The first few of many names."""
    more = f" and {len(ids) - _MOST_NAMED:,} more" if len(ids) > _MOST_NAMED else ""
    return ", ".join(ids[:_MOST_NAMED]) + more


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What goes wrong in reading the file, as one line that names it."""
    try:
        yield
    except UnreadableError as error:
        raise UsageError(error.where, error.what, error.remedy or _REMEDY) from error
    except OSError as error:
        raise UsageError(str(path), f"cannot be read ({error.strerror or error})", _REMEDY) from error


def _rows(path: Path, stream: BufferedReader) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows with their line numbers, the names of their columns in small letters."""
    check_is_text(stream.peek(HEAD)[:HEAD], None, str(path))
    lines = read_lines(stream, None, str(path))
    kind = path.suffix.lower()
    if kind not in {".csv", ".tsv"}:
        for line in lines:
            _check(line.problem)
            if line.text.strip():
                yield line.number, _json_row(line.text, f"{path}:{line.number}")
        return
    names: list[str] = []
    for number, record in read_records(lines, str(path), tabs=kind == ".tsv"):
        if isinstance(record, Skipped):
            _check(record)
        elif not names:
            names = [name.strip().casefold() for name in record]
            if not {"id", "topic"} <= set(names):
                what = f"has no columns `id` and `topic`, only {', '.join(map(repr, record[:_MOST_NAMED]))}"
                raise UsageError(f"{path}:{number}", what, _REMEDY)
        else:
            yield number, dict(zip(names, map(wording.unguarded, record), strict=True))


def _check(problem: Skipped | None) -> None:
    if problem:
        raise UsageError(problem.source, problem.reason, problem.remedy or _REMEDY)


def _json_row(line: str, where: str) -> dict[str, Any]:
    if line.count(",") + line.count("[") + line.count("{") > MAX_LINE_VALUES:
        raise UsageError(where, f"holds more than {MAX_LINE_VALUES:,} values", "give one prediction a line")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _cell(value: Any, most: int, where: str) -> str:
    text = "" if value is None or isinstance(value, list | dict) else str(value).strip()
    if len(text) > most:
        what = f"has an id or a topic of {len(text):,} characters"
        raise UsageError(where, what, f"ids have at most {MAX_ID:,}, topics {MAX_LABEL:,}")
    if _HALF.search(text):
        raise UsageError(where, f"{text[:_SHOWN]!r} holds half a character (a lone surrogate)", "write it as UTF-8")
    return unicodedata.normalize("NFC", text)


def _further(value: Any, where: str) -> tuple[str, ...]:
    """Further topics: a list, or a cell with ";" or, as `chude predict` writes it, spaces between them."""
    if isinstance(value, list):
        labels = value
    else:
        cell = "" if value is None else str(value)
        labels = cell.split(";") if ";" in cell else cell.split()
    return tuple(name for name in (_cell(label, MAX_LABEL, where) for label in labels) if name)


def _probability(value: Any, where: str) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 <= number <= 1:
        said = str(value)[:_SHOWN]
        raise UsageError(where, f"probability {said!r} is not between 0 and 1", "leave it out where there is none")
    return number
