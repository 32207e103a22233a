"""Reads .zip archives of pages: each file in one is opened as it lies there, and nothing is unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from classifier.errors import UnreadableError
from classifier.reading.limits import MAX_SAVED, MAX_ZIP_DIRECTORY, MAX_ZIP_RATIO, MIB
from classifier.reading.raw.streams import unpacked
from classifier.reading.walk import Others, Place, kind_of, parts_of_pages, shown
from classifier.types import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKS = (b"PK\x03\x04", b"PK\x05\x06")
"""What an archive begins with, one with files and an empty one."""
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
"""LZMA is left out: its members say how much memory they take, and there is no way to refuse."""
_UTF8, _ENCRYPTED = 0x800, 0x1
_REMEDY = "make the archive again"


def members(stream: io.BufferedIOBase, place: Place) -> Iterator[tuple[Place, io.BufferedReader] | Skipped]:
    """Yield the files of an archive in which pages can stand, by name, each open for as long as it is the last.

    stream: the archive, seekable. place: what it was found as. Hidden files and the parts of saved pages are passed
    over as in folders, and files of other kinds counted in one Skipped at the end. Raises UnreadableError for an
    archive that cannot be read at all.
    """
    archive, total = _opened(stream, place.source)
    with archive:
        infos = {_name(info): info for info in archive.infolist() if not info.is_dir()}
        names = sorted(infos, key=lambda name: name.split("/"))
        parts, others, found = parts_of_pages(names), Others(place.source), False
        for name in names:
            if any(part.startswith((".", "__MACOSX")) for part in name.split("/")):
                continue
            kind, packing = kind_of(name)
            if not kind or any(name.startswith(part) for part in parts):
                others.add(name)
                continue
            found = True
            inner = _place(place, name)
            problem = _problem(infos[name])
            if problem:
                yield Skipped(inner.source, *problem)
                continue
            with archive.open(infos[name]) as member:
                file: io.BufferedReader = io.BufferedReader(_Member(member, inner.source, total))
                yield inner, unpacked(file, packing, inner.source)
        yield from others.said()
        if not found:
            yield Skipped(place.source, "holds no page", "name an archive of saved pages, or unpack it")


class _Total:
    """Counts what an archive unpacks to, however many of its files share the same packed bytes."""

    def __init__(self, packed: int) -> None:
        self.left = max(MAX_SAVED, MAX_ZIP_RATIO * packed)


class _Member(io.RawIOBase):
    """A file in an archive, whose damage and endless size are named."""

    def __init__(self, member: Any, where: str, total: _Total) -> None:
        self._member, self._where, self._total = member, where, total

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._member.read1(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the disk's, not the unpacker's
                raise
            raise UnreadableError(self._where, f"is damaged ({error})", _REMEDY) from error
        self._total.left -= len(data)
        if self._total.left < 0:
            what = f"is in an archive that unpacks to over {MAX_ZIP_RATIO} times its size, and {MAX_SAVED // MIB} MiB"
            raise UnreadableError(self._where, what, "unpack it, and look at what it holds")
        buffer[: len(data)] = data
        return len(data)


class _Bounded:
    """The archive's bytes for `zipfile`, which reads a directory of any size that the file claims."""

    def __init__(self, stream: io.BufferedIOBase, where: str) -> None:
        self._stream, self._where = stream, where
        self.most: int | None = MAX_ZIP_DIRECTORY
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        """Return `size` bytes. Raises UnreadableError for more than may be asked."""
        if self.most is not None and size > self.most:
            raise UnreadableError(self._where, "is an archive of too many files", "pack it in several archives")
        return self._stream.read(size)


def _opened(stream: io.BufferedIOBase, where: str) -> tuple[zipfile.ZipFile, _Total]:
    size = stream.seek(0, io.SEEK_END)
    bounded: Any = _Bounded(stream, where)
    try:
        archive = zipfile.ZipFile(bounded)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise UnreadableError(where, f"is a broken ZIP archive ({error})", _REMEDY) from error
    bounded.most = None
    return archive, _Total(size)


def _name(info: zipfile.ZipInfo) -> str:
    """Return a file's name in the archive; many programs write UTF-8 and do not say so."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return shown(name.replace("\\", "/").encode("utf-8", "replace").decode("utf-8").strip("/"))


def _place(archive: Place, name: str) -> Place:
    folder = PurePosixPath(name).parent.name or archive.folder
    return Place(Path(PurePosixPath(name).name), f"{archive.name}/{name}", f"{archive.source}/{name}", folder)


def _problem(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if info.flag_bits & _ENCRYPTED:
        return "is locked with a password", "unpack it first"
    if info.compress_type not in _METHODS:
        return "is packed in a way that is not read", "pack it by deflate, as most programs do"
    return None
