"""What `chude predict --jobs N` gives its workers: rows of JSON lines unread, as reading is a third of the work.

Ids are given here, in the order of the inputs, when the rows come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from classifier.cli import writers
from classifier.cli.predict import Labelled, rows_of_batch
from classifier.errors import UnreadableError
from classifier.model.parallel import map_work
from classifier.reading.articles import check_article
from classifier.reading.files import NO_ROW, Wait, read_work
from classifier.reading.ids import Ids
from classifier.reading.tables.raw_rows import RawRows
from classifier.types import Page, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from classifier.cli.predict import Asked
    from classifier.cli.writers import Encoded
    from classifier.model.model import Model
    from classifier.reading.tables.rows import Columns

    Unit = list[Page] | RawRows


@dataclass(frozen=True, slots=True)
class Returned:
    """What a worker made of rows: for each page its line and the id that it would have, and its row, or what is wrong.

    What is wrong with a line that is no page has no id (""). table: the name of the table, source: its path, first and
    last: as in `RawRows`. strange, of: as in `Labelled`.
    """

    table: str
    source: str
    first: bool
    last: bool
    rows: list[tuple[int, str, Encoded | Skipped]]
    strange: int
    of: int


def labelled(
    model: Model,
    paths: Sequence[str],
    columns: Columns,
    *,
    encoding: str | None,
    asked: Asked,
    jobs: int,
    skip: Callable[[Skipped], None],
    on_loss: Callable[[str], None],
) -> Iterator[Labelled]:
    """The rows of all inputs, in order, as one process makes them; `asked.form` is one of lines of text."""
    ids = Ids(later=True)
    items = read_work(paths, ids, encoding=encoding, columns=columns, on_skip=skip)
    naming = _Naming(ids, asked.form)
    for result in map_work(model, _units(model, items, skip), partial(_work, asked=asked), jobs=jobs, on_loss=on_loss):
        yield naming.named(result) if isinstance(result, Returned) else result


def _units(
    model: Model, items: Iterable[Page | RawRows | Wait], skip: Callable[[Skipped], None]
) -> Iterator[Unit | None]:
    """What travels: rows unread, batches of pages, and None where all that came before is waited for."""
    for kind, some in groupby(items, key=type):
        if kind is Wait:
            yield None
        elif kind is RawRows:
            yield from (one for one in some if isinstance(one, RawRows))
        else:
            yield from model.batches(page for page in some if isinstance(page, Page) and _is_article(page, skip))


def _is_article(page: Page, skip: Callable[[Skipped], None]) -> bool:
    problem = _problem(page)
    if problem is not None:
        skip(problem)
    return problem is None


def _problem(page: Page) -> Skipped | None:
    """Why there is nothing to label in a page, if so."""
    try:
        check_article(page)
    except UnreadableError as error:
        return Skipped(error.where, error.what, error.remedy)
    return None


def _work(model: Model, unit: Unit, *, asked: Asked) -> Labelled | Returned:
    """What a worker does."""
    if not isinstance(unit, RawRows):
        return rows_of_batch(model, unit, asked=asked)
    items = list(unit.items())
    told = [item if isinstance(item, Skipped) else _problem(item) for item in items]
    pages = [item for item, why in zip(items, told, strict=True) if isinstance(item, Page) and why is None]
    made = [rows_of_batch(model, batch, asked=asked) for batch in model.batches(pages)]
    rows = iter([row for each in made for row in each.rows])
    found = [
        (item.line, item.id, why or next(rows)) if isinstance(item, Page) else (0, "", item)
        for item, why in zip(items, told, strict=True)
    ]
    table = unit.table
    return Returned(
        table.name, table.source, unit.first, unit.last, found, sum(each.strange for each in made), len(pages)
    )


class _Naming:
    """Gives rows their ids, as they come back."""

    def __init__(self, ids: Ids, form: str) -> None:
        self._ids, self._form, self._none = ids, form, True

    def named(self, returned: Returned) -> Labelled:
        """The rows under ids that no other page has."""
        if returned.first:
            self._ids.open_table(returned.table)
            self._none = True
        self._none &= not returned.rows
        rows = [self._row(returned.table, *each) for each in returned.rows]
        if returned.last and self._none:
            rows.append(Skipped(returned.source, NO_ROW))
        return Labelled(rows, returned.strange, returned.of)

    def _row(self, table: str, line: int, wish: str, row: Encoded | Skipped) -> Encoded | Skipped:
        if not wish:
            return row
        own = wish != f"{table}:{line}"
        given = self._ids.given(wish) if own else self._ids.row(table, line)
        if given == wish or not isinstance(row, str):
            return row
        return _begins(given, self._form) + row.removeprefix(_begins(wish, self._form))


def _begins(id: str, form: str) -> str:  # noqa: A002  as Page has it
    """What the row of a page begins with: its id."""
    if form == "jsonl":
        return f'{{"id": {writers.json_string(id)}'
    return writers.separated_line((id,), writers.DELIMITERS[form]).removesuffix("\n")
