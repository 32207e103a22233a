"""Opens files, packed files and stdin as streams that never block on a special file and never outgrow the memory."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import stat
import sys
import zlib
from typing import TYPE_CHECKING, Protocol

from classifier.errors import UnreadableError
from classifier.reading.limits import HEAD, MAX_XZ_MEMORY

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

_BUFFER = 64 * 1024
_SPECIAL = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class _Whole(io.RawIOBase):
    """Fills every read that the stream below can fill, so that peeking sees what is there; damage is named here."""

    def __init__(self, stream: _Readable, where: str, *, owned: bool = True) -> None:
        self._stream, self._where, self._owned = stream, where, owned
        self._damage: UnreadableError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        got = 0
        while got < len(buffer) and (data := self._read(len(buffer) - got)):
            buffer[got : got + len(data)] = data
            got += len(data)
        if self._damage and not got:  # what stands before the damage is handed out first
            raise self._damage
        return got

    def _read(self, size: int) -> bytes:
        if self._damage:
            return b""
        try:
            return self._stream.read1(size)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the disk's, not gzip's
                raise
            self._damage = UnreadableError(self._where, f"cannot be unpacked further ({error})", "pack it again")
            return b""

    def close(self) -> None:
        if self._owned and not self.closed:
            self._stream.close()
        super().close()


class _Gzip:
    """Unpacks .gz and closes the file below, which GzipFile leaves open."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file, self._stream = file, gzip.GzipFile(fileobj=file)

    def read1(self, size: int, /) -> bytes:
        return self._stream.read1(size)

    def close(self) -> None:
        self._stream.close()
        self._file.close()


class _Xz:
    """Unpacks .xz with a limit on the memory that the file may ask for, which `lzma.open` does not offer."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._decoder: Any = None

    def read1(self, size: int, /) -> bytes:
        while True:
            packed = b""
            if self._decoder is None or self._decoder.eof:
                packed = self._next_part()
                if not packed:
                    return b""
                self._decoder = lzma.LZMADecompressor(memlimit=MAX_XZ_MEMORY)
            elif self._decoder.needs_input:
                packed = self._file.read1(_BUFFER)
                if not packed:
                    raise EOFError("it ends in the middle")
            data: bytes = self._decoder.decompress(packed, size)
            if data:
                return data

    def _next_part(self) -> bytes:
        """Return the beginning of the next of several joined parts; zero bytes may stand between them."""
        packed: bytes = self._decoder.unused_data if self._decoder else self._file.read1(_BUFFER)
        while self._decoder and not (packed := packed.lstrip(b"\0")):
            packed = self._file.read1(_BUFFER)
            if not packed:
                break
        return packed

    def close(self) -> None:
        self._file.close()


def open_file(path: Path, packing: str, where: str) -> io.BufferedReader:
    """Return the bytes of a regular file, unpacked if `packing` is ".gz" or ".xz"; peeking shows the first HEAD bytes.

    Raises UnreadableError for what is no regular file (without opening it for good: a pipe would wait for ever) and
    OSError. Damage to packed data shows while reading, as UnreadableError.
    """
    return unpacked(open_regular(path, where), packing, where)


def unpacked(file: io.BufferedReader, packing: str, where: str) -> io.BufferedReader:
    """Return what is packed in a file that is open; see `open_file`."""
    stream: _Readable = _Gzip(file) if packing == ".gz" else _Xz(file) if packing == ".xz" else file
    return io.BufferedReader(_Whole(stream, where), _BUFFER)


def open_regular(path: Path, where: str) -> io.BufferedReader:
    """Return a regular file, opened as it is; see `open_file` for the errors."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        descriptor = os.open(path, flags)
        status = os.fstat(descriptor)
        mode = status.st_mode  # it may have been replaced since
        if stat.S_ISREG(mode) and not _is_stdout(status):
            return os.fdopen(descriptor, "rb")
        os.close(descriptor)
        if stat.S_ISREG(mode):
            raise UnreadableError(where, "is what this run writes to", "write outside the folder that is read")
    kind = _SPECIAL.get(stat.S_IFMT(mode), "no regular file")
    raise UnreadableError(where, f"is {kind}", f"read it through stdin: chude … - < {where}")


def _is_stdout(status: os.stat_result) -> bool:
    """Whether a file is the one that standard output goes to (`chude … . > labels.csv`): it would feed on itself."""
    try:
        return os.path.samestat(status, os.fstat(1))
    except OSError:  # standard output is closed
        return False


def open_stdin() -> io.BufferedReader:
    """Return standard input; closing the result leaves it open. Raises UnreadableError if the process has none."""
    if sys.stdin is None or sys.stdin.closed:
        raise UnreadableError("stdin", "is closed")
    stream: Any = sys.stdin.buffer  # a BufferedReader, or what a test put in its place
    return io.BufferedReader(_Whole(stream, "stdin", owned=False), HEAD)
