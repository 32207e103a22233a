"""Reads every form a page or a corpus comes in, from paths to pages, and says what it could not read."""

from __future__ import annotations

import io
import warnings
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from classifier.budget import OverBudget, limited, spent
from classifier.errors import UnreadableError, UsageError
from classifier.reading.form import beginning, form_of
from classifier.reading.ids import Ids
from classifier.reading.limits import HEAD, MAX_PAGE, MAX_SAVED, MIB
from classifier.reading.one_page import read_page
from classifier.reading.raw.binary import check_is_text
from classifier.reading.raw.encoding import check_encoding
from classifier.reading.raw.streams import open_file, open_regular, open_stdin
from classifier.reading.saved.kind import Saved
from classifier.reading.saved.kinds import ENDINGS, kind_of_content
from classifier.reading.tables.raw_rows import RawRows, raw_rows
from classifier.reading.tables.rows import USUAL, Columns
from classifier.reading.tables.tables import Table, read_table
from classifier.reading.walk import Place, find_files, kind_of, why_unreadable
from classifier.reading.zipped import MARKS, members
from classifier.types import Page, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from classifier.reading.saved.kind import Kind

    Item: TypeAlias = "Page | Skipped | RawRows | Wait"

STDIN = "-"
PAGES = frozenset(("", "text", "html"))
WHOLE = frozenset(("zip", *ENDINGS.values()))
"""What files are by their names of which the content alone tells whether they are."""
NO_ROW = "holds no row"
SQLITE = b"SQLite format 3\0"
"""What a desk's file begins with."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Stands before a page that gets its id at once: whoever reads `RawRows` elsewhere waits for all that came before,
    since ids are given in the order of pages.
    """


_STDIN_PLACE = Place(Path(STDIN), "stdin", "stdin", chosen=True)


def read_pages(
    paths: Iterable[str | Path] | str | Path,
    *,
    encoding: str | None = None,
    columns: Columns = USUAL,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Iterator[Page]:
    """Yield the pages in files, folders and tables, one at a time, in the order of `paths` and sorted in folders.

    "-" is standard input. `encoding` holds for all files (None: found out for each); `columns` names the columns of
    tables where they are not the usual ones. What cannot be used is passed to `on_skip` (None: a warning), and the
    rest goes on. Ids are unique: a second "x" becomes "x#2". Raises UsageError at once for an unknown encoding.
    """
    check_encoding(encoding)
    wanted = [paths] if isinstance(paths, str | Path) else paths
    return _pages(_read_all(wanted, encoding, columns, Ids()), on_skip)


def read_work(
    paths: Iterable[str | Path], ids: Ids, *, encoding: str | None, columns: Columns, on_skip: Callable[[Skipped], None]
) -> Iterator[Page | RawRows | Wait]:
    """As `read_pages`, but rows of JSON lines come unread and without ids; `RawRows.items` reads them.

    ids: made with `later`; whoever reads the rows gives their ids, in the order in which they came.
    """
    check_encoding(encoding)
    for item in _read_all(paths, encoding, columns, ids):
        if isinstance(item, Skipped):
            on_skip(item)
        else:
            yield item


def read_place(place: Place, *, encoding: str | None = None, columns: Columns = USUAL) -> Iterator[Page | Skipped]:
    """Yield the pages of one file that was found already, and what is wrong with it, with ids unique in it alone."""
    for item in _read_place(place, encoding, columns, Ids()):
        if isinstance(item, Page | Skipped):  # rows come unread where their ids are given later
            yield item


def _pages(items: Iterator[Item], on_skip: Callable[[Skipped], None] | None) -> Iterator[Page]:
    for item in items:
        if isinstance(item, Page):
            yield item
        elif on_skip is None:
            warnings.warn(str(item), stacklevel=3)
        elif isinstance(item, Skipped):
            on_skip(item)


def _read_all(paths: Iterable[str | Path], encoding: str | None, columns: Columns, ids: Ids) -> Iterator[Item]:
    for path in paths:
        if str(path) == "":
            yield Skipped("''", "no such file or folder", "check the path")
            continue
        places = iter([_STDIN_PLACE]) if str(path) == STDIN else find_files(Path(path))
        for place in places:
            if isinstance(place, Skipped):
                yield place
            else:
                yield from _read_place(place, encoding, columns, ids)


def _read_place(place: Place, encoding: str | None, columns: Columns, ids: Ids) -> Iterator[Item]:
    """Yield the pages of one file with ids of their own, and what is wrong with it as the last."""
    yield from _safely(_read_file(place, encoding, columns, ids), place)


def _safely(items: Iterator[Item], place: Place) -> Iterator[Item]:
    try:
        yield from items
    except UnreadableError as error:
        yield Skipped(error.where, error.what, error.remedy)
    except OSError as error:
        yield Skipped(place.source, why_unreadable(error, place.path))
    except (MemoryError, OverBudget) as error:
        said = spent(error, place.source)
        yield Skipped(said.where, said.what, said.remedy)


def _read_file(place: Place, encoding: str | None, columns: Columns, ids: Ids) -> Iterator[Item]:
    kind, packing = ("", "") if place is _STDIN_PLACE else kind_of(place.path.name)
    kind = columns.form or kind
    with closing(_open(place, kind, packing)) as stream:
        head = stream.peek(HEAD)[:HEAD]
        if head.startswith(MARKS) and place.first_line == 1:
            check_is_text(head, encoding, place.source, archives=True)
            with closing(_seekable(stream, packing, place)) as file:
                yield from _read_archive(file, place, encoding, columns, ids)
            return
        if head.startswith(SQLITE) and place is not _STDIN_PLACE and not packing:
            yield from _read_desk(place, Table(place.name, place.source), ids)
            return
        yield from _read_open(stream, kind, place, encoding, columns, ids)


def _read_open(
    stream: io.BufferedReader, kind: str, place: Place, encoding: str | None, columns: Columns, ids: Ids
) -> Iterator[Item]:
    """Yield the pages of a file that is open and no archive; `kind` is what its name says."""
    head = stream.peek(HEAD)[:HEAD]
    if not head:
        raise UnreadableError(place.source, "is empty")
    kind = "" if kind in WHOLE else kind
    saved = kind_of_content(head) if kind in PAGES and place.first_line == 1 and not columns.form else None
    if saved is not None:
        yield from _read_saved(saved, Saved(stream, place.name, place.source, encoding), place.folder, ids)
        return
    if kind != "parquet" and place.first_line == 1:  # what a file is, its beginning says
        check_is_text(head, encoding, place.source)
        kind = form_of(kind, beginning(head, encoding), columns)
    if kind in ("text", "html"):
        yield from _waiting(ids)
        page = _read_page(stream, kind, place, encoding)
        yield replace(page, id=ids.given(place.name), extra={"folder": place.folder} if place.folder else {})
    else:
        yield from _read_rows(
            stream, kind, place, Table(place.name, place.source, columns, encoding, place.first_line), ids
        )


def _read_archive(
    file: io.BufferedIOBase, place: Place, encoding: str | None, columns: Columns, ids: Ids
) -> Iterator[Item]:
    """Yield the pages of the files in a .zip archive."""
    for item in members(file, place):
        if isinstance(item, Skipped):
            yield item
            continue
        inner, stream = item
        kind = kind_of(inner.path.name)[0]
        if kind == "parquet":  # is read from its end
            yield Skipped(inner.source, "is Parquet inside another packing", "unpack the archive first")
            continue
        with closing(stream):
            yield from _safely(_read_open(stream, kind, inner, encoding, columns, ids), inner)


def _seekable(stream: io.BufferedReader, packing: str, place: Place) -> io.BufferedIOBase:
    """Return an archive as `zipfile` reads it: from its end. What comes by a pipe or packed again is held in memory."""
    if place is not _STDIN_PLACE and not packing:
        return open_regular(place.path, place.source)
    data = stream.read(MAX_SAVED + 1)
    if len(data) > MAX_SAVED:
        raise UnreadableError(place.source, f"is larger than {MAX_SAVED // MIB} MiB", "give the file by its name")
    return io.BytesIO(data)


def _read_saved(kind: Kind, saved: Saved, folder: str, ids: Ids) -> Iterator[Item]:
    """Yield the pages of a file of a kind in `classifier.reading.saved`."""
    yield from _waiting(ids)
    for item in kind.read(saved):
        if isinstance(item, Skipped):
            yield item
            continue
        extra = {"folder": folder} if folder and "folder" not in item.extra else {}
        yield replace(item, id=ids.given(item.id), extra={**extra, **item.extra})


def _open(place: Place, kind: str, packing: str) -> io.BufferedReader:
    if place is _STDIN_PLACE:
        return open_stdin()
    if kind != "parquet":
        return open_file(place.path, packing, place.source)
    if packing:
        raise UnreadableError(place.source, "is Parquet inside another packing", f"unpack the {packing} first")
    return open_regular(place.path, place.source)  # Parquet is read from its end, so it takes the file as it is


def _read_page(stream: io.BufferedReader, kind: str, place: Place, encoding: str | None) -> Page:
    data = stream.read(MAX_PAGE + 1)
    if len(data) > MAX_PAGE:
        raise UnreadableError(place.source, f"is larger than {MAX_PAGE // MIB} MiB, too large for one page")
    with limited(len(data)):
        return read_page(data, kind, id=place.name, source=place.source, encoding=encoding)


def page_from_bytes(content: bytes | str, id: str, *, encoding: str | None = None) -> Page:  # noqa: A002  as Page has it
    """Return the page in a file's content, in any form that files have but tables. Raises UnreadableError as files do.

    encoding: of bytes (None: found out), not of text.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    if not data:
        raise UnreadableError("", "is empty")
    saved = kind_of_content(data[:HEAD])
    if saved is not None:
        return _only_page(
            saved.read(
                Saved(io.BufferedReader(io.BytesIO(data)), id, "", None if isinstance(content, str) else encoding)
            )
        )
    encoding = "utf-8" if isinstance(content, str) else encoding
    check_is_text(data[:HEAD], encoding, "")
    kind = form_of("", beginning(data[:HEAD], encoding))
    return read_page(data, kind, id=id, source="", encoding=encoding)


def _only_page(items: Iterator[Page | Skipped]) -> Page:
    """Return the page of a file in which one page stands, as most do. Raises UnreadableError for more, and for none."""
    pages: list[Page] = []
    problem: Skipped | None = None
    for item in items:
        if isinstance(item, Page):
            pages.append(item)
        else:
            problem = problem or item
        if len(pages) > 1:
            raise UnreadableError("", "holds more than one page", "read the file with read_pages, which gives each")
    if not pages:
        raise UnreadableError("", problem.reason if problem else "holds no page", problem.remedy if problem else "")
    return replace(pages[0], source="")


def _read_desk(place: Place, table: Table, ids: Ids) -> Iterator[Item]:
    """Yield what was labelled at a desk (`chude label`), a row a decision."""
    from classifier.desk.schema import desk_file
    from classifier.desk.store import Desk, labelled_rows

    try:
        with desk_file(place.path, write=False) as connection:
            rows = list(labelled_rows(Desk(connection)))
    except UsageError as error:
        raise UnreadableError(place.source, error.what, error.remedy) from error
    if not rows:
        raise UnreadableError(place.source, "holds no labelled article", "label some with `chude label`")
    yield from _waiting(ids)
    for number, row in enumerate(rows, start=1):
        item = table.row(row, number)
        yield replace(item, id=ids.given(item.id)) if isinstance(item, Page) else item


def _read_rows(stream: io.BufferedReader, kind: str, place: Place, table: Table, ids: Ids) -> Iterator[Item]:
    if ids.later and kind == "jsonl":
        ids.waits = True
        yield from raw_rows(stream, table)
        return
    yield from _waiting(ids)
    ids.open_table(place.name)
    item: Page | Skipped | None = None
    for item in read_table(stream, kind, table):
        if isinstance(item, Skipped):
            yield item
            continue
        own = item.id != f"{place.name}:{item.line}"
        given = ids.given(item.id) if own else ids.row(place.name, item.line)
        yield item if given == item.id else replace(item, id=given)
    if item is None:
        raise UnreadableError(place.source, NO_ROW)


def _waiting(ids: Ids) -> Iterator[Wait]:
    """Yield a mark where rows are out that get their ids later: the next id may not be given before theirs."""
    if ids.waits:
        ids.waits = False
        yield Wait()
