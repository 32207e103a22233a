"""Keeps the rows of `chude predict --resume` as they are made, so that a run that was killed goes on where it stopped.

FILE.part      the rows so far
FILE.part.log  what they are made with, then a line a batch: its pages and its rows, counted and digested

Only what the log vouches for is kept: rows written after its last line, or torn by a power cut, are made again. So a
batch costs no fsync, and every format is as safe as JSON lines.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections import deque
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any

from classifier.disk.atomic import NamedFile, clear_litter, locked, naming, put_in_place, resolved
from classifier.disk.own import NotOurs, open_own
from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from io import BufferedReader, BufferedWriter
    from pathlib import Path

    from classifier.types import Page


@contextmanager
def resuming(target: Path, made_with: Mapping[str, Any]) -> Iterator[Partial]:
    """The rows that an earlier run to `target` kept, to be added to; they take its place when the block ends.

    Whatever else ends the block, they stay for the next run, and a note on the error says so. `made_with` (JSON values
    by name) tells runs apart. Raises UsageError where the rows are made with anything else, where they are somebody
    else's, and where another run is at them.
    """
    if target.exists() and not target.is_file():
        raise UsageError(str(target), "cannot be written bit by bit: it is no file", "leave out --resume")
    target = resolved(target)
    with naming(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    clear_litter(target)
    partial = Partial(target, dict(made_with))
    try:
        yield partial
        partial.close()
        put_in_place(partial.path, target, partial.rows_handle)
    except BaseException as error:
        if partial.kept():
            error.add_note(f"what is labelled so far is kept in {partial.path}: the same command goes on from there")
        raise
    finally:
        partial.release()


class Partial:
    """Rows on the disk and the log that vouches for them. `pages`: so many are done.

    Both are read and written by the handles they were opened with, plain files of this user's own: what somebody else
    put there is neither believed nor overwritten.
    """

    def __init__(self, target: Path, made_with: dict[str, Any]) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self.log_path = target.with_name(f"{target.name}.part.log")
        self.pages = 0
        self._ahead: deque[bytes] = deque()  # digests of the pages that are under way
        if os.path.lexists(self.path) and not os.path.lexists(self.log_path):
            self._refuse(f"is there without {self.log_path.name}, which says what it is")
        self._log_handle = self._locked_log()
        self.rows_handle = -1
        try:
            if os.path.lexists(self.path):
                self.rows_handle = self._open(self.path, 0)
                self._check(made_with)
            else:
                os.ftruncate(self._log_handle, 0)
                with self._writing(self._log_handle, self.log_path) as log:
                    log.write(json.dumps(made_with, sort_keys=True).encode() + b"\n")
                self.rows_handle = self._open(self.path, os.O_CREAT | os.O_EXCL)  # last: rows without a log are refused
        except BaseException:
            if not os.path.lexists(self.path):
                self.log_path.unlink(missing_ok=True)
            self._close_handles()
            raise
        self._rows = self._writing(self.rows_handle, self.path)
        self._log = self._writing(self._log_handle, self.log_path)

    def rest(self, pages: Iterator[Page]) -> Iterator[Page]:
        """The pages that are still to be labelled; those that are done are read here, at once, and compared.

        Raises UsageError where they are not the pages that the rows were made from.
        """
        self._pass_over(pages)
        return self._noted(pages)

    def add(self, rows: Sequence[str], head: str = "") -> None:
        """Keeps the rows of the next pages, one a page; `head` stands before the first."""
        text = "".join(rows) if self.pages else head + "".join(rows)
        data = text.encode()
        digests = [self._ahead.popleft() for _ in rows]
        line = {"pages": len(rows), "read": _digest(*digests), "bytes": len(data), "written": _digest(data)}
        self._rows.write(data)
        self._rows.flush()
        self._log.write(json.dumps(line).encode() + b"\n")  # after the rows: a line without rows would lie
        self._log.flush()
        self.pages += len(rows)

    def close(self) -> None:
        """The rows are complete."""
        self._rows.close()
        with naming(self.path):
            os.fsync(self.rows_handle)

    def kept(self) -> bool:
        """Whether there is anything for a next run to go on from."""
        with contextlib.suppress(OSError):
            facts = os.lstat(self.path)
            return stat.S_ISREG(facts.st_mode) and facts.st_size > 0
        return False

    def release(self) -> None:
        """Lets another run take over; a log without rows goes, also after the rows have taken their place."""
        for stream in (self._rows, self._log):
            with contextlib.suppress(OSError):  # what could not be written has been said
                stream.close()
        if not self.kept():
            self.path.unlink(missing_ok=True)
            self.log_path.unlink(missing_ok=True)
        self._close_handles()

    def _close_handles(self) -> None:
        for handle in (self.rows_handle, self._log_handle):  # the log's last: it holds the lock
            if handle >= 0:
                os.close(handle)

    def _open(self, path: Path, flags: int) -> int:
        with naming(path):
            try:
                return open_own(path, os.O_RDWR | os.O_APPEND | flags)
            except NotOurs as error:
                raise UsageError(str(path), f"{error.strerror}", "remove it, or write to another place") from error

    def _locked_log(self) -> int:
        while True:
            handle = self._open(self.log_path, os.O_CREAT)
            try:
                locked(handle)
                if os.path.samestat(os.fstat(handle), os.lstat(self.log_path)):
                    return handle
            except BlockingIOError:
                os.close(handle)
                raise UsageError(str(self.path), "is being written by another run", "wait for its end") from None
            except FileNotFoundError:  # the other run has just ended and removed it
                pass
            os.close(handle)

    def _check(self, made_with: dict[str, Any]) -> None:
        with _reading(self._log_handle) as log:
            try:
                found = json.loads(log.readline())
            except (ValueError, RecursionError):
                found = None
        if not isinstance(found, dict) or found.keys() != made_with.keys():
            self._refuse(f"is there, but {self.log_path.name} is no log of this chude")
        if changed := [name for name, value in made_with.items() if found[name] != value]:
            self._refuse(f"is of a run that differs in {', '.join(changed)}")

    def _refuse(self, why: str) -> None:
        raise UsageError(str(self.path), why, "call chude as then to go on, or delete the file to begin anew")

    def _pass_over(self, pages: Iterator[Page]) -> None:
        """Reads the pages of all batches whose rows are whole, and cuts off what is not vouched for."""
        with _reading(self._log_handle) as log, _reading(self.rows_handle) as rows:
            log_end, rows_end = len(log.readline()), 0
            size = os.fstat(self.rows_handle).st_size
            for line in log:
                batch = _batch(line)
                if batch is None or rows_end + batch["bytes"] > size:
                    break
                if _digest(rows.read(batch["bytes"])) != batch["written"]:
                    break
                digests = [_page_digest(page) for page in islice(pages, batch["pages"])]
                if len(digests) < batch["pages"] or _digest(*digests) != batch["read"]:
                    span = f"{self.pages + 1:,} to {self.pages + batch['pages']:,}"
                    self._refuse(f"was made from other pages: those from {span} have changed")
                self.pages += batch["pages"]
                log_end, rows_end = log_end + len(line), rows_end + batch["bytes"]
        os.ftruncate(self.rows_handle, rows_end)
        os.ftruncate(self._log_handle, log_end)

    def _noted(self, pages: Iterator[Page]) -> Iterator[Page]:
        for page in pages:
            self._ahead.append(_page_digest(page))
            yield page

    def _writing(self, handle: int, path: Path) -> BufferedWriter:
        return NamedFile.buffered(handle, path, "a")


def _reading(handle: int) -> BufferedReader:
    """The file from its beginning; what is written goes to its end all the same (O_APPEND)."""
    os.lseek(handle, 0, os.SEEK_SET)
    return os.fdopen(handle, "rb", closefd=False)


def _batch(line: bytes) -> dict[str, Any] | None:
    """A line of the log, None where it is torn."""
    try:
        batch = json.loads(line)
        kinds = {name: type(value) for name, value in batch.items()}
    except (ValueError, RecursionError, AttributeError):
        return None
    whole = kinds == {"pages": int, "read": str, "bytes": int, "written": str} and line.endswith(b"\n")
    return batch if whole and batch["pages"] >= 0 and batch["bytes"] >= 0 else None


def _page_digest(page: Page) -> bytes:
    """Of all that a row depends on."""
    parts = [part.encode("utf-8", "surrogatepass") for part in (page.id, page.source, page.title, page.lead, page.body)]
    return bytes.fromhex(_digest(*(len(part).to_bytes(8, "little") + part for part in parts)))


def _digest(*parts: bytes) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
