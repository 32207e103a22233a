"""Finds the rows in a JSON value that is none itself: lists under a name, pandas' layouts, Label Studio's tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifier.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Row = dict[str, Any]
LISTS = frozenset(["articles", "data", "documents", "entries", "hits", "items", "news", "records", "results", "rows"])


def wrapped_rows(value: Any, source: str) -> Iterator[Row] | None:
    """Return the rows in a value that is no row by itself, None if there are none to be found.

    Known are an object with one list of objects (`{"articles": […]}`, pandas' `table`), pandas' `split`, `columns` and
    `index`, and a task of Label Studio, whose choices become `labels`. Raises UnreadableError for a task whose
    annotators disagree.
    """
    if not isinstance(value, dict) or not value:
        return None
    if isinstance(value.get("data"), dict) and ("annotations" in value or "predictions" in value):
        return iter([_task(value, source)])
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        return _split(value["columns"], value["data"])
    lists = [one for one in value.values() if isinstance(one, list) and one and _all_objects(one)]
    return iter(lists[0]) if len(lists) == 1 else _by_name(value)


def _by_name(value: dict[str, Any]) -> Iterator[Row] | None:
    """Return the rows of pandas' `columns` (cells by number, in columns by name) or `index` (rows by number)."""
    tables = list(value.values())
    if not _all_objects(tables) or any(isinstance(cell, dict) for one in tables for cell in one.values()):
        return None
    if all(_is_number(name) for name in value):
        return iter(tables)
    return _columns(value) if len({tuple(one) for one in tables}) == 1 else None


def _all_objects(values: Iterable[Any]) -> bool:
    return all(isinstance(one, dict) for one in values)


def holds_rows(value: Row) -> bool:
    """Whether an object that could be an article by its title is a list of them by the name of what it holds."""
    return any(isinstance(one, list) and one and name.casefold() in LISTS for name, one in value.items())


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit()


def _split(names: list[Any], rows: list[Any]) -> Iterator[Row]:
    for row in rows:
        yield dict(zip(map(str, names), row, strict=False)) if isinstance(row, list) else {}


def _columns(table: dict[str, dict[str, Any]]) -> Iterator[Row]:
    keys = next(iter(table.values()))
    for key in keys:
        yield {name: column[key] for name, column in table.items()}


def _task(task: Row, source: str) -> Row:
    """Return what was annotated, with the choices of its annotators as labels."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for annotation in task.get("annotations") or []:
        if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
            continue
        for result in annotation.get("result") or []:
            choices = result.get("value", {}).get("choices") if isinstance(result, dict) else None
            if isinstance(choices, list) and all(isinstance(one, str) for one in choices):
                found.setdefault(str(result.get("from_name", "")), []).append(tuple(sorted(choices)))
    if len(found) > 1:
        names = ", ".join(sorted(found))
        raise UnreadableError(source, f"is labelled in several ways ({names})", "export one of them")
    row = dict(task["data"])
    if "id" in task and "id" not in row:
        row["id"] = task["id"]
    for choices in found.values():
        if len(set(choices)) > 1:
            said = " / ".join(sorted(", ".join(one) for one in set(choices)))
            raise UnreadableError(source, f"its annotators disagree ({said})", "settle it in Label Studio")
        labels = list(choices[0])
        row |= {"label": labels[0]} if len(labels) == 1 else {"labels": labels}
    return row
