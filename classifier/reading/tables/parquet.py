"""Reads the rows of a Parquet file within limits: what a few bytes there stand for can fill any memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import UnreadableError
from classifier.reading.limits import (
    MAX_COLUMNS,
    MAX_JSON_VALUES,
    MAX_LINE,
    MAX_LINE_VALUES,
    MAX_UNPACKED,
    MIB,
    PARQUET_BATCH,
    PARQUET_ROWS,
)
from classifier.reading.tables.rows import check_columns, needed, unique_names
from classifier.types import Skipped

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from classifier.reading.tables.rows import Columns

_VALUE = 64
"""Bytes that a value of a list takes as an object, about."""
_LARGE = 64 * 1024
"""Characters of a cell that is no label or headline: only such cells are counted against the size of the file."""
_PACKED = 1000
"""How many times its size a file may unpack to in large cells; gzip gets no further with any text."""


def parquet_rows(
    stream: io.BufferedReader, source: str, columns: Columns
) -> Iterator[tuple[int, dict[str, Any] | Skipped]]:
    """Yield the number of each row, from 1, with its cells or with what is wrong with it; 0 with what is left out.

    Raises UnreadableError where the file, or the rest of it, cannot be read, and MemoryError.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UnreadableError(source, "needs pyarrow to be read", "pip install 'chude[parquet]'") from error

    number = 0
    try:
        facts = parquet.read_metadata(stream)
        if facts.num_columns > MAX_COLUMNS:
            what = f"has {facts.num_columns:,} columns, of which at most {MAX_COLUMNS:,} are read"
            raise UnreadableError(source, what, "write only those that are needed")
        # Strings stay in their dictionary, where one that all rows share stands once; buffered, a group of any size is
        # read a page at a time.
        leaves = [facts.schema.column(at) for at in range(facts.num_columns)]
        shared = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
        file = parquet.ParquetFile(stream, metadata=facts, read_dictionary=shared, buffer_size=MIB)
        names = unique_names(file.schema_arrow.names)
        check_columns(names, columns, source)
        large = _large_columns(facts, names) - needed(names, columns)
        for name in sorted(large):
            what = f"column {name!r} is left out: a row group holds over {MAX_JSON_VALUES:,} values of it"
            yield 0, Skipped(source, what, count=0)
        read = [name for name in file.schema_arrow.names if name not in large] if large else None
        allowance = _Allowance(_size(stream))
        for group in range(facts.num_row_groups):  # one at a time: read ahead, a broken one would hide those before it
            _check_group(facts.row_group(group), source, number, large)
            for batch in file.iter_batches(batch_size=PARQUET_ROWS, row_groups=[group], columns=read):
                for row in _rows_of(batch, allowance):
                    number += 1
                    yield number, Skipped(f"{source}:{number}", row) if isinstance(row, str) else row
    except pyarrow.ArrowMemoryError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UnreadableError(source, f"is no readable Parquet after row {number:,} ({reason})") from error


class _Allowance:
    """How much large cells of a file may still come to."""

    def __init__(self, size: int) -> None:
        self.left = MAX_UNPACKED + _PACKED * size

    def take(self, weight: int) -> None:
        """Counts a row. Raises ValueError past the limit."""
        if weight > _LARGE:
            self.left -= weight
            if self.left < 0:
                raise ValueError(f"its texts come to over {_PACKED:,} times its size")


def _size(stream: io.BufferedReader) -> int:
    at = stream.tell()
    size = stream.seek(0, 2)
    stream.seek(at)
    return size


def _large_columns(facts: Any, names: list[str]) -> set[str]:
    """The columns of lists that would take long to read: vectors, and cells of a hundred million nothings."""
    found = set()
    for group in map(facts.row_group, range(facts.num_row_groups)):
        leaves = [group.column(at) for at in range(group.num_columns)]
        found |= {leaf.path_in_schema for leaf in leaves if leaf.num_values > max(MAX_JSON_VALUES, group.num_rows)}
    return {name for name in names if any(f"{path}.".startswith(f"{name}.") for path in found)}


def _check_group(group: Any, source: str, number: int, left_out: set[str]) -> None:
    """Raise UnreadableError for a row group that its own description says to be a bomb."""
    for leaf in map(group.column, range(group.num_columns)):
        name = leaf.path_in_schema
        if any(f"{name}.".startswith(f"{one}.") for one in left_out):
            continue
        if leaf.num_values > max(MAX_JSON_VALUES, group.num_rows):
            what = f"column {name!r} holds {leaf.num_values:,} values after row {number:,}"
            raise UnreadableError(source, what, f"write row groups of at most {MAX_JSON_VALUES:,}")
        if leaf.total_uncompressed_size > MAX_UNPACKED + _PACKED * leaf.total_compressed_size:
            what = f"column {name!r} is packed tighter than any text can be, after row {number:,}"
            raise UnreadableError(source, what, "write it again with another compression")


def _rows_of(batch: Any, allowance: _Allowance) -> Iterator[dict[str, Any] | str]:
    """The rows of a batch, made objects a few megabytes at a time, or what is wrong with them."""
    names = unique_names(batch.schema.names)
    weights = sum((_weights(column) for column in batch.columns), np.zeros(batch.num_rows, dtype=np.int64))
    first = 0
    while first < batch.num_rows:
        within = int(np.searchsorted(np.cumsum(weights[first:]), PARQUET_BATCH, side="right"))
        last = first + max(within, 1)
        if within == 0 and (weight := int(weights[first])) > MAX_LINE:
            yield f"the row is longer than {MAX_LINE // MIB} MiB or {MAX_LINE_VALUES:,} values ({weight:,} bytes)"
        else:
            cells = [_cells(column.slice(first, last - first)) for column in batch.columns]
            for at, row in enumerate(zip(*cells, strict=True), start=first):
                allowance.take(int(weights[at]))
                yield dict(zip(names, row, strict=True))
        first = last


def _weights(column: Any) -> NDArray[np.int64]:
    """(rows,) about how many bytes each cell takes as an object."""
    import pyarrow
    from pyarrow import compute, types

    kind = column.type
    if types.is_dictionary(kind):
        known = _weights(column.dictionary)
        at = compute.fill_null(column.indices, 0).to_numpy(zero_copy_only=False)
        found = known[at] if known.size else np.zeros(len(column), dtype=np.int64)
        return np.where(column.is_valid().to_numpy(zero_copy_only=False), found, 0)
    if types.is_string(kind) or types.is_binary(kind) or types.is_large_string(kind) or types.is_large_binary(kind):
        lengths = compute.fill_null(compute.binary_length(column), 0)
        return np.asarray(lengths.to_numpy(zero_copy_only=False), dtype=np.int64)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_map(kind):
        if types.is_map(kind):
            values = pyarrow.StructArray.from_arrays([column.keys, column.items], ["key", "value"])
        else:
            values = column.values
        ends = np.concatenate(([0], np.cumsum(_weights(values) + _VALUE)))
        offsets = np.asarray(column.offsets.to_numpy(zero_copy_only=False), dtype=np.int64)
        return np.diff(ends[offsets])
    if types.is_struct(kind):
        fields = [_weights(column.field(at)) for at in range(kind.num_fields)]
        return sum(fields, np.full(len(column), _VALUE, dtype=np.int64))
    width = kind.list_size * _VALUE if types.is_fixed_size_list(kind) else 0
    return np.full(len(column), width, dtype=np.int64)


def _cells(column: Any) -> list[Any]:
    """A column as objects; a moment that Python has no object for (nanoseconds, an unknown zone) as Arrow writes it."""
    try:
        cells: list[Any] = column.to_pylist()
    except (ValueError, OverflowError, LookupError, NotImplementedError, OSError):
        return [_cell(value) for value in column]
    return cells


def _cell(value: Any) -> Any:
    import pyarrow

    try:
        return value.as_py()
    except (ValueError, OverflowError, LookupError, NotImplementedError, OSError):
        pass
    try:
        return value.cast(_plain(value.type)).cast(pyarrow.string()).as_py()
    except (pyarrow.ArrowException, ValueError, OverflowError, LookupError, OSError):
        return None


def _plain(kind: Any) -> Any:
    """The type, without a zone: Arrow's own text of a moment wants to know it."""
    import pyarrow
    from pyarrow import types

    return pyarrow.timestamp(kind.unit) if types.is_timestamp(kind) else kind
