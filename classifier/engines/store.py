"""Files here or at an address that fsspec knows (s3://, gs://, memory://): found, fetched, and written whole."""

from __future__ import annotations

import errno
import hashlib
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from classifier.disk.atomic import replacing_bytes, scratch_folder
from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

T = TypeVar("T")

_CHUNK = 1 << 20
TRIES = 6
"""So often a remote store is asked before it is believed that it does not answer."""
FIRST_WAIT = 0.5
"""Seconds before it is asked again; then twice as long each time."""
_FINAL = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)


def is_remote(address: str) -> bool:
    """Whether this is an address for fsspec and not a path."""
    scheme, found, _ = address.partition("://")
    return bool(found) and scheme.isalnum() and scheme != "file"


def local_path(address: str) -> Path:
    """The path of what lies on this machine."""
    return Path(address.removeprefix("file://"))


def remote(address: str) -> tuple[Any, str]:
    """The file system of an address and the path in it. Raises UsageError where it is not installed."""
    try:
        from fsspec.core import url_to_fs

        found: tuple[Any, str] = url_to_fs(address)
    except (ImportError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(address, f"no such address can be read ({reason})", "pip install 'chude[dask]'") from error
    return found


def patiently(ask: Callable[[], T], address: str) -> T:
    """What a remote store answers, asked again where it fails for a while. Raises OSError that names `address`."""
    wait = FIRST_WAIT
    for _ in range(TRIES - 1):
        try:
            return ask()
        except _FINAL as error:
            error.filename = error.filename or address
            raise
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):  # of this machine's disk
                raise
            time.sleep(wait)
            wait *= 2
    try:
        return ask()
    except OSError as error:
        raise OSError(error.errno or errno.EIO, f"does not answer ({error})", address) from error


@contextmanager
def fetched(address: str, start: int = 0, end: int | None = None) -> Iterator[tuple[Path, str]]:
    """A local file with the bytes from `start` to `end` of what lies at an address, and their sha256.

    A whole local file is read where it is; anything else is copied, and the copy is gone when the block ends.
    """
    if not is_remote(address) and start == 0 and end is None:
        path = local_path(address)
        yield path, digest_of(path)
        return
    with scratch_folder("chude") as folder:
        copy = folder / f"piece{''.join(Path(address).suffixes[-2:])}"
        yield copy, patiently(lambda: _copy(address, start, end, copy), address)


def _copy(address: str, start: int, end: int | None, copy: Path) -> str:
    """Copies bytes from an address into a file; returns their sha256."""
    digest = hashlib.sha256()
    with _opened(address) as source, copy.open("wb") as target:
        source.seek(start)
        left = None if end is None else end - start
        while left != 0:
            data = source.read(_CHUNK if left is None else min(_CHUNK, left))
            if not data:
                break
            digest.update(data)
            target.write(data)
            left = None if left is None else left - len(data)
    return digest.hexdigest()


def _opened(address: str) -> Any:
    if not is_remote(address):
        return local_path(address).open("rb")
    system, path = remote(address)
    system.invalidate_cache()
    return system.open(path, "rb", cache_type="readahead", block_size=4 * _CHUNK)


def digest_of(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Folder:
    """The folder a run writes into, here or at an address: every file in it is whole or not there."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.is_remote = is_remote(address)

    def at(self, name: str) -> str:
        """The address of a file in it."""
        return f"{self.address}/{name}"

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None where there is none."""
        if not self.is_remote:
            try:
                return (local_path(self.address) / name).read_bytes()
            except FileNotFoundError:
                return None
        system, path = remote(self.at(name))
        try:
            system.invalidate_cache()
            return bytes(patiently(lambda: system.cat_file(path), self.at(name)))
        except FileNotFoundError:
            return None

    def sizes(self, below: str = "") -> dict[str, int]:
        """The files directly in it, or in a folder `below`, with their sizes in bytes."""
        if not self.is_remote:
            folder = local_path(self.address) / below
            if not folder.is_dir():
                return {}
            return {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.is_file()}
        system, path = remote(self.at(below).rstrip("/"))
        try:
            system.invalidate_cache()
            found = patiently(lambda: system.ls(path, detail=True), self.address)
        except FileNotFoundError:
            return {}
        return {str(one["name"]).rpartition("/")[2]: int(one["size"]) for one in found if one["type"] == "file"}

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file of bytes that is there, whole, when the block ends without an error."""
        if not self.is_remote:
            with replacing_bytes(local_path(self.address) / name) as stream:
                yield stream
            return
        with scratch_folder("chude") as folder:
            copy = folder / "part"
            with copy.open("wb") as stream:
                yield stream
            system, path = remote(self.at(name))
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
            patiently(lambda: system.put_file(str(copy), path), self.at(name))

    def write(self, name: str, data: bytes) -> None:
        """Puts a small file there."""
        with self.writing(name) as stream:
            stream.write(data)
