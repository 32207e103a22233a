"""Writes files and folders beside their target and puts them in place in one step, so that a killed run leaves the old
ones whole. What a killed run leaves beside them, the next run to the same target removes.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import io
import os
import re
import shutil
import stat
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@dataclass(frozen=True, slots=True)
class Contents:
    """What a command writes into a folder: relative names with "/" between folders; `marker` is always among them."""

    marker: str
    names: tuple[str, ...]

    def inside(self, folder: str) -> tuple[str, ...]:
        """The names as they are where the whole is a folder within another."""
        return tuple(f"{folder}/{name}" for name in {self.marker, *self.names})


def resolved(path: Path) -> Path:
    """Where the path leads, links followed. Raises OSError where they go round, on every version of Python."""
    try:
        return path.resolve()
    except RuntimeError as error:  # Python up to 3.12
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error


@contextmanager
def replacing_file(path: Path) -> Iterator[IO[str]]:
    """A text file (UTF-8, newlines as written) that takes `path`'s place when the block ends without an error.

    A link is followed. What is no regular file (/dev/null, a pipe) is written to as it is, a folder raises an OSError.
    Every OSError of writing names `path`.
    """
    with replacing_bytes(path) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as stream:
        yield stream


@contextmanager
def replacing_bytes(path: Path) -> Iterator[io.BufferedWriter]:
    """As `replacing_file`, for bytes."""
    if path.exists() and not path.is_file():
        with naming(path), path.open("wb") as file:
            yield file
        return
    with _replacing(resolved(path)) as file:
        yield file


def write_whole(path: Path, data: bytes) -> None:
    """Puts a file in place whole. A link or a pipe at `path` is replaced, not followed: the name is not the user's."""
    with _replacing(path) as file:
        file.write(data)


@contextmanager
def _replacing(path: Path) -> Iterator[io.BufferedWriter]:
    """A file that takes the place of `path` itself when the block ends without an error."""
    with naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary, lock = _new_beside(path, folder=False)
    try:
        # Written by its handle: its name may be given to something else meanwhile where others can write the folder.
        with NamedFile.buffered(temporary if lock is None else lock, path) as file:
            yield file
            if not file.closed:
                file.flush()
        if lock is not None:
            with naming(path):
                os.fsync(lock)
        put_in_place(temporary, path, lock)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    finally:
        _unlock(lock)


@contextmanager
def replacing_folder(path: Path, contents: Contents) -> Iterator[Path]:
    """An empty folder that takes `path`'s place, whole, when the block ends without an error. Raises as
    `check_replaceable`.
    """
    check_replaceable(path, contents)
    path = resolved(path)
    with naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary, lock = _new_beside(path, folder=True)
    try:
        with naming(path, temporary):
            yield temporary
            _sync(temporary)
            _set_mode(temporary, 0o755 & ~_umask(), lock)
            if path.exists():
                check_replaceable(path, contents)  # again: somebody may have put a file there meanwhile
                _swap(temporary, path)
            else:
                temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # after a swap this is the old folder
        _unlock(lock)


@contextmanager
def scratch_folder(name: str) -> Iterator[Path]:
    """An empty folder for what a run's processes share, where the system keeps such; it is gone when the block ends.

    What a killed run left there, the next run that asks for this name removes.
    """
    place = Path(tempfile.gettempdir(), name)
    with naming(place.parent):
        temporary, lock = _new_beside(place, folder=True)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        _unlock(lock)


@contextmanager
def naming(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Makes every OSError of the block name `path`, where it names nothing or what lies in its temporary form."""
    try:
        yield
    except OSError as error:
        inside = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
        if temporary is not None and Path(inside).is_relative_to(temporary):
            error.filename = str(path / Path(inside).relative_to(temporary))
        elif not inside or _is_temporary(Path(inside), path):
            error.filename = str(path)
        raise


class NamedFile(io.FileIO):
    """A file to write, whose errors name `shown`: the system says only that a write failed, not where."""

    def __init__(self, file: Path | int, shown: Path, mode: str = "w") -> None:
        super().__init__(file, mode, closefd=not isinstance(file, int))
        self.shown = shown

    def write(self, data: Any, /) -> int:
        """As FileIO."""
        with naming(self.shown):
            return super().write(data)

    @classmethod
    def buffered(cls, file: Path | int, shown: Path, mode: str = "w") -> io.BufferedWriter:
        """Such a file as `open` would give it; a handle stays open when the file is closed."""
        return io.BufferedWriter(cls(file, shown, mode))


def put_in_place(temporary: Path, path: Path, handle: int | None) -> None:
    """Gives a finished file the name and the permissions of `path`; `handle` is the file's, where it is open."""
    with naming(path, temporary):
        _set_mode(temporary, _mode(path), handle)
        temporary.replace(path)


def _set_mode(temporary: Path, mode: int, handle: int | None) -> None:
    """By the handle, which no link can lead elsewhere. Raises OSError where the name is another file's by now."""
    if handle is None or not hasattr(os, "fchmod"):
        temporary.chmod(mode)
        return
    if not os.path.samestat(os.fstat(handle), os.lstat(temporary)):
        raise OSError(errno.ESTALE, "was exchanged while it was written", str(temporary))
    os.fchmod(handle, mode)


def locked(handle: int, *, wait: bool = False) -> bool:
    """Locks an open file or folder until it is closed, or this process ends however it ends.

    False where the system has no such locks; BlockingIOError where another process holds it (unless told to wait).
    """
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise
    except OSError:  # some network file systems
        return False
    return True


def clear_litter(path: Path) -> None:
    """Removes the temporaries that killed runs to `path` left beside it; those of a live run are locked, and stay."""
    try:
        found = [entry for entry in path.parent.iterdir() if _is_temporary(entry, path)]
        # Where folders cannot be exchanged, this is the only copy while there is nothing at `path`.
        found = [entry for entry in found if entry.suffix != ".old" or path.exists()]
    except OSError:
        return
    for entry in found:
        with contextlib.suppress(OSError):
            _remove_unless_held(entry)


def _remove_unless_held(entry: Path) -> None:
    handle = os.open(entry, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        facts = os.fstat(handle)
        if hasattr(os, "geteuid") and facts.st_uid != os.geteuid():
            return  # in a folder that many share it is another user's run, or a trap
        if locked(handle):
            if stat.S_ISDIR(facts.st_mode):
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()
    finally:
        os.close(handle)


def _new_beside(path: Path, *, folder: bool) -> tuple[Path, int | None]:
    """A new file or folder with a temporary name, and the handle that locks it (None on Windows, which opens no
    folder).
    """
    clear_litter(path)
    prefix, suffix = f".{path.name}.", ".part"
    while True:
        if folder:
            temporary = Path(tempfile.mkdtemp(suffix, prefix, path.parent))
            if os.name == "nt":
                return temporary, None
            try:
                lock = os.open(temporary, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            except FileNotFoundError:  # another run took it for litter before it was locked
                continue
        else:
            lock, name = tempfile.mkstemp(suffix, prefix, path.parent)
            temporary = Path(name)
            if os.name == "nt":  # an open file cannot be renamed there
                os.close(lock)
                return temporary, None
        locked(lock, wait=True)
        if temporary.exists():
            return temporary, lock
        os.close(lock)


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _is_temporary(entry: Path, path: Path) -> bool:
    """Whether `entry` has a name that tempfile makes up for `path` in `_new_beside`."""
    name = rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}\.part(\.old)?"
    return entry.parent == path.parent and re.fullmatch(name, entry.name) is not None


def _sync(folder: Path) -> None:
    """Waits until the folder's files are on the disk: a full one is found out now, not when the old files are gone."""
    for root, _, names in os.walk(folder):
        for name in names:
            handle = os.open(Path(root, name), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def check_replaceable(path: Path, contents: Contents) -> None:
    """Raises UsageError unless `path` is free, an empty folder, or one that holds what the command itself writes, and
    nothing else at any depth.

    So a slip of the hand in `-o` does not delete somebody's files.
    """
    if path.is_dir():
        with naming(path):
            others = next(_others(path, "", contents), None)
            if not (path / contents.marker).exists() and any(path.iterdir()):
                what = f"is a folder with other files in it (no {contents.marker})"
                raise UsageError(str(path), what, "name a new folder, or empty this one")
        if others is not None:
            what = f"holds {others!r}, which this command did not write and would delete"
            raise UsageError(str(path), what, "move it away, or name a new folder")
    elif path.exists() or path.is_symlink():
        raise UsageError(str(path), "is no folder", "name a folder to write")


def _others(folder: Path, under: str, contents: Contents) -> Iterator[str]:
    """What lies in the folder, at any depth, that is no file of `contents`; rests of killed runs to them are none."""
    known = {contents.marker, *contents.names}
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = under + entry.name
            if entry.is_dir(follow_symlinks=False):
                if any(one.startswith(f"{name}/") for one in known):
                    yield from _others(Path(entry.path), f"{name}/", contents)
                else:
                    yield f"{name}/"
            elif not entry.is_file(follow_symlinks=False) or not (
                name in known or any(_is_temporary(Path(name), Path(one)) for one in known)
            ):
                yield name


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
    with contextlib.suppress(FileNotFoundError):  # another run may have cleared it away
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
