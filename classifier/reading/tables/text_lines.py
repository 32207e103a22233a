"""Plain lines of text out of files and standard input, for `chude segment`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.reading.limits import HEAD
from classifier.reading.raw.binary import check_is_text
from classifier.reading.raw.encoding import check_encoding
from classifier.reading.raw.streams import open_file, open_stdin
from classifier.reading.saved.kinds import kind_of_content
from classifier.reading.tables.lines import read_lines
from classifier.reading.walk import Place, find_files, why_unreadable
from classifier.types import Skipped

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator


def read_text_lines(
    paths: Iterable[str], *, encoding: str | None = None, on_skip: Callable[[Skipped], None]
) -> Iterator[str]:
    """The lines of the inputs in order, without their ends; "-" is standard input.

    What cannot be read goes to `on_skip`. Of a line that is not in the encoding the text has U+FFFD where it is not;
    one that is too long is blank.
    """
    check_encoding(encoding)
    for path in paths:
        if path == "-":
            yield from _lines(open_stdin, "stdin", encoding, on_skip)
            continue
        for place in find_files(Path(path)):
            if isinstance(place, Skipped):
                on_skip(place)
            else:
                yield from _lines(_opener(place), place.source, encoding, on_skip)


def _opener(place: Place) -> Callable[[], io.BufferedReader]:
    packing = place.path.suffix if place.path.suffix in (".gz", ".xz") else ""
    return lambda: open_file(place.path, packing, place.source)


def _lines(
    opened: Callable[[], io.BufferedReader], source: str, encoding: str | None, on_skip: Callable[[Skipped], None]
) -> Iterator[str]:
    try:
        with closing(opened()) as stream:
            head = stream.peek(HEAD)[:HEAD]
            _check_is_plain(head, source)
            check_is_text(head, encoding, source)
            for line in read_lines(stream, encoding, source):
                if line.problem:  # its place is kept, so that lines out stand beside lines in
                    on_skip(line.problem)
                yield line.text.removesuffix("\n").removesuffix("\r")
    except UnreadableError as error:
        on_skip(Skipped(error.where, error.what, error.remedy))
    except OSError as error:
        on_skip(Skipped(source, why_unreadable(error, Path(source)), "check the path and its permissions"))


def _check_is_plain(head: bytes, source: str) -> None:
    kind = kind_of_content(head)
    if kind is not None:
        raise UnreadableError(source, f"is {kind.name}, no plain text", "`chude extract` gives the text in it")
