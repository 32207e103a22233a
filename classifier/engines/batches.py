"""A batch of rows, whatever an engine calls it: lists of dicts, pandas, polars and Arrow in, the same kind out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Record = dict[str, Any]

_KINDS = "a list of dicts, a pandas or polars DataFrame, or a pyarrow Table or RecordBatch"


def rows_of(batch: Any) -> list[Record]:
    """The rows of a batch as dicts, missing values as None. Raises TypeError for what is no batch."""
    if isinstance(batch, list):
        if strangers := [type(row).__name__ for row in batch if not isinstance(row, dict)]:
            raise TypeError(f"a row is {strangers[0]}, not a dict; give {_KINDS}")
        return batch
    if _is(batch, "pandas", "DataFrame"):
        return _pandas_rows(batch)
    if _is(batch, "polars", "DataFrame"):
        return list(batch.to_dicts())
    if _is(batch, "pyarrow", "Table") or _is(batch, "pyarrow", "RecordBatch"):
        return list(batch.to_pylist())
    raise TypeError(f"a batch cannot be {type(batch).__name__}; give {_KINDS}")


def like(batch: Any, rows: Sequence[Record], shape: Mapping[str, Any], keep: Sequence[str] = ()) -> Any:
    """Rows, one for each of `batch`, as a batch of its kind: its own columns named in `keep`, then those of `shape`.

    Every kind has the same columns whatever the rows hold, also where there are none. Raises KeyError where a column to
    be kept is missing.
    """
    if isinstance(batch, list):
        return [{**{name: old[name] for name in keep}, **row} for old, row in zip(batch, rows, strict=True)]
    columns = {name: [row[name] for row in rows] for name in shape}
    if _is(batch, "pandas", "DataFrame"):
        return _pandas(batch, columns, shape, keep)
    if _is(batch, "polars", "DataFrame"):
        polars = sys.modules["polars"]
        made = polars.DataFrame(columns, schema={name: _polars(polars, one) for name, one in shape.items()})
        return batch.select(list(keep)).hstack(made)
    pyarrow = sys.modules["pyarrow"]
    schema = pyarrow.schema(
        [*(batch.schema.field(name) for name in keep), *((name, arrow(one)) for name, one in shape.items())]
    )
    arrays = [batch.column(name) for name in keep]
    arrays += [pyarrow.array(columns[name], schema.field(name).type) for name in shape]
    return type(batch).from_arrays(arrays, schema=schema)


def arrow(shape: Any) -> Any:
    """The Arrow type of a shape."""
    import pyarrow

    if isinstance(shape, list):
        return pyarrow.list_(arrow(shape[0]))
    if isinstance(shape, dict):
        return pyarrow.struct([(name, arrow(one)) for name, one in shape.items()])
    return {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}[shape]


def _is(batch: Any, package: str, name: str) -> bool:
    """Whether this is a package's class or one that inherits from it; a package not imported has made no batch."""
    found = sys.modules.get(package)
    return found is not None and isinstance(batch, getattr(found, name, ()))


def _pandas_rows(frame: Any) -> list[Record]:
    lists = {}
    for at, name in enumerate(frame.columns):
        column = frame.iloc[:, at]
        missing = column.isna().tolist()
        lists[str(name)] = [None if gone else _plain(value) for value, gone in zip(column, missing, strict=True)]
    if len(lists) != frame.shape[1]:
        raise TypeError("two columns of the DataFrame have the same name; rename one")
    if not lists:
        return [{} for _ in range(len(frame))]
    return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]


def _plain(value: Any) -> Any:
    """Numpy's arrays, which Parquet's lists become in pandas, and its scalars as Python's own."""
    return value.tolist() if hasattr(value, "tolist") else value


def _pandas(frame: Any, columns: Record, shape: Mapping[str, Any], keep: Sequence[str]) -> Any:
    pandas = sys.modules["pandas"]
    made = {
        name: pandas.Series(columns[name], index=frame.index, dtype="float64" if one is float else object)
        for name, one in shape.items()
    }
    return pandas.DataFrame({**{name: frame[name] for name in keep}, **made}, index=frame.index)


def _polars(polars: Any, shape: Any) -> Any:
    if isinstance(shape, list):
        return polars.List(_polars(polars, shape[0]))
    if isinstance(shape, dict):
        return polars.Struct({name: _polars(polars, one) for name, one in shape.items()})
    return {str: polars.String, int: polars.Int64, float: polars.Float64}[shape]
