"""Writes files and folders beside their target and puts them in place in one step, so that a killed run leaves the old
ones whole.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def replacing_file(path: Path) -> Iterator[IO[str]]:
    """A text file (UTF-8, newlines as written) that takes `path`'s place when the block ends without an error.

    A link is followed. What is no regular file (/dev/null, a pipe) is written to as it is, a folder raises an OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:  # noqa: PTH123 (a descriptor, not a path)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise


@contextmanager
def replacing_folder(path: Path, *, marker: str) -> Iterator[Path]:
    """An empty folder that takes `path`'s place, whole, when the block ends without an error. Raises as
    `check_replaceable`.
    """
    check_replaceable(path, marker)
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o755 & ~_umask())
        if path.exists():
            _swap(temporary, path)
        else:
            temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # after a swap this is the old folder


def check_replaceable(path: Path, marker: str) -> None:
    """Raises UsageError unless `path` is free, an empty folder, or one that holds the file `marker`, as chude's own do.

    So a slip of the hand in `-o` does not delete somebody's files.
    """
    if path.is_dir():
        if any(path.iterdir()) and not (path / marker).exists():
            what = f"is a folder with other files in it (no {marker})"
            raise UsageError(str(path), what, "name a new folder, or empty this one")
    elif path.exists() or path.is_symlink():
        raise UsageError(str(path), "is no folder", "name a folder to write")


def _swap(first: Path, second: Path) -> None:
    """Exchanges two folders in one step where the system can (Linux renameat2), in two renames elsewhere."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if hasattr(libc, "renameat2"):
            paths = os.fsencode(first), os.fsencode(second)
            if libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0:
                return
    aside = first.with_name(first.name + ".old")
    second.rename(aside)
    try:
        first.rename(second)
    except OSError:
        aside.rename(second)
        raise
    aside.rename(first)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _mode(path: Path) -> int:
    """The permissions the finished file should have: the old file's, or what a plain `open` would give."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o666 & ~_umask()
