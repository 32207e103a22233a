"""The work on one part of a dataset, as a worker does it: read, label, write whole, and leave a record of it."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classifier import __version__
from classifier.engines.callables import loaded
from classifier.engines.store import Folder, fetched
from classifier.errors import UsageError
from classifier.reading.files import read_place
from classifier.reading.walk import Place
from classifier.types import Page, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import IO

    from classifier.engines.dataset import Input, Piece
    from classifier.model.model import Model
    from classifier.reading.tables.rows import Columns

    Record = dict[str, Any]

DONE = "_done"
"""The folder of the records, within the one of the parts; engines that read the parts pass over such names."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is done with every part. `write(model, pages, skip, stream)` writes the rows of all pages, names those it
    cannot use, and returns how many rows it wrote; `ending` is that of the parts' names.
    """

    folder: str
    ending: str
    model: str | None
    digest: str
    encoding: str | None
    columns: Columns
    write: Callable[[Model, Iterator[Page], Callable[[Skipped], None], IO[bytes]], int]
    version: str = __version__

    def name(self, number: int) -> str:
        """The file of a part."""
        return f"part-{number:06d}.{self.ending}"


def record_name(number: int) -> str:
    """The file of a part's record."""
    return f"{DONE}/part-{number:06d}.json"


def do_part(job: Job, number: int, pieces: Sequence[tuple[Input, Piece]]) -> Record:
    """Writes a part and then its record, which vouches for it; done a second time it writes the same bytes.

    Raises UsageError where this is another chude or an input has changed, ArtifactError where it is another model.
    """
    if job.version != __version__:
        raise UsageError("", f"a worker has chude {__version__}, not {job.version}", "install the same on all machines")
    model, lock = loaded(job.model, job.digest)
    folder, name = Folder(job.folder), job.name(number)
    said: list[Skipped] = []
    digests: list[str] = []
    with lock, folder.writing(name) as stream:
        counting = _Counting(stream)
        with io.BufferedWriter(counting) as rows_stream:
            pages = _pages(job, pieces, digests, said.append)
            rows = job.write(model, pages, said.append, rows_stream)
    skipped = [one for one in said if one.count]
    record = {
        "part": name,
        "pieces": [
            {"input": piece.input, "start": piece.start, "end": piece.end, "sha256": digest}
            for (_, piece), digest in zip(pieces, digests, strict=True)
        ],
        "rows_in": rows + len(skipped),
        "rows_out": rows,
        "skipped": [[one.source, one.reason, one.remedy] for one in skipped],
        "remarks": [[one.source, one.reason, one.remedy] for one in said if not one.count],
        "bytes": counting.bytes,
        "sha256": counting.digest.hexdigest(),
    }
    folder.write(record_name(number), json.dumps(record, indent=1).encode() + b"\n")
    return record


class _Counting(io.RawIOBase):
    """A stream of bytes that counts and digests what is written to it, and leaves the one below open."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.bytes, self.digest = stream, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        with memoryview(data) as view:
            self.digest.update(view)
            self.bytes += view.nbytes
            self._stream.write(view)
            return view.nbytes

    def tell(self) -> int:
        return self.bytes


def _pages(
    job: Job, pieces: Sequence[tuple[Input, Piece]], digests: list[str], skip: Callable[[Skipped], None]
) -> Iterator[Page]:
    for one, piece in pieces:
        with fetched(one.address, piece.start, piece.end) as (path, digest):
            expected = one.size if piece.end is None else piece.end - piece.start
            if path.stat().st_size != expected or (piece.end is None and one.digest not in ("", digest)):
                raise UsageError(one.source, "has changed since the run began", "begin again in another folder")
            digests.append(digest)
            place = Place(path, one.name, one.source, one.folder, one.chosen, piece.first_line)
            for item in read_place(place, encoding=job.encoding, columns=job.columns):
                if isinstance(item, Page):
                    yield item
                else:
                    skip(item)
