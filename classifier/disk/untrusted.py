"""Reads files that a stranger may have made: plain files only, no further than their limit, arrays only as promised."""

from __future__ import annotations

import errno
import hashlib
import math
import os
import re
import stat
import struct
import zipfile
import zlib
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from classifier.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Shapes = Mapping[str, tuple[np.dtype[Any], tuple[int, ...]]]

AGAIN = "train it again"
MAX_NUMBER = 1e9
"""Weights and the like are a few units; with numbers up to this no sum on the way to a probability overflows."""
MOST_PACKED = 100
"""An archive may unpack to so many times its size, and _SMALL bytes more; chude's unpack to less than twice."""
_SMALL = 1 << 20
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same model is the same bytes, whenever it is written
# An .npy header as numpy writes it. Its own reader evaluates the text as Python, which some texts take badly.
_NPY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([^']+)', 'fortran_order': False, 'shape': \((\d+),(?: (\d+))?\), \} *\n",
    re.DOTALL,
)


def read_bounded(path: Path, limit: int, remedy: str = AGAIN) -> bytes:
    """The bytes of a plain file of at most `limit` of them. Raises ArtifactError for any other."""
    with _open(path, limit, remedy) as stream:
        try:
            return stream.read(limit)
        except OSError as error:
            raise ArtifactError(str(path), f"cannot be read ({error.strerror})", remedy) from error


def digest_of(path: Path, limit: int) -> tuple[str, int]:
    """The sha256 of a plain file and the number of its lines, in steady memory. Raises as `read_bounded`."""
    found, lines = hashlib.sha256(), 0
    with _open(path, limit, AGAIN) as stream:
        try:
            while chunk := stream.read(_CHUNK):
                found.update(chunk)
                lines += chunk.count(b"\n")
        except OSError as error:
            raise ArtifactError(str(path), f"cannot be read ({error.strerror})", AGAIN) from error
    return found.hexdigest(), lines


def _open(path: Path, limit: int, remedy: str) -> IO[bytes]:
    """Neither follows a link nor waits for a pipe, not even one that was put there a moment ago."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise ArtifactError(str(path), "is missing", remedy) from error
    except OSError as error:
        special = error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR)
        what = "is a link or a special file" if special else f"cannot be read ({error.strerror})"
        raise ArtifactError(str(path), what, remedy) from error
    facts = os.fstat(descriptor)
    if stat.S_ISREG(facts.st_mode) and facts.st_size <= limit:
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    regular = stat.S_ISREG(facts.st_mode)
    what = f"is larger than a model's may be ({limit:,} bytes)" if regular else "is a link or a special file"
    raise ArtifactError(str(path), what, remedy)


def unpacked(shapes: Shapes) -> int:
    """How many bytes the arrays take."""
    return sum(math.prod(shape) * kind.itemsize for kind, shape in shapes.values())


def npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The arrays as an archive, the same bytes for the same arrays."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, values in arrays.items():
            member = BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(values), version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def read_npz(path: Path, content: bytes, shapes: Shapes) -> dict[str, NDArray[Any]]:
    """The arrays, each read only as far as its promised shape goes, so that no archive can unpack to more.

    Raises ArtifactError, which names `path`, for any archive that `npz` does not write.
    """
    if unpacked(shapes) > MOST_PACKED * len(content) + _SMALL:
        raise ArtifactError(str(path), "is packed tighter than any model can be", AGAIN)
    arrays = {}
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sorted(archive.namelist()) != sorted(f"{name}.npy" for name in shapes):
                raise ArtifactError(str(path), "does not hold the arrays of a chude model", AGAIN)
            if any(member.compress_type != zipfile.ZIP_DEFLATED for member in archive.infolist()):
                raise ArtifactError(str(path), "is packed in another way than chude packs it", AGAIN)
            for name, (kind, shape) in shapes.items():
                with archive.open(f"{name}.npy") as member:
                    arrays[name] = _read_array(member.read(math.prod(shape) * kind.itemsize + 4096), kind, shape, name)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArtifactError(str(path), f"cannot be read as arrays ({error})", AGAIN) from error
    return arrays


def read_stored(stream: IO[bytes], kinds: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """The arrays of one dimension that `np.savez` stored, by name; none is larger than the file.

    Raises ValueError for all that cannot be read so, down to one wrong bit.
    """
    arrays = {}
    try:
        with zipfile.ZipFile(stream) as archive:
            for name, kind in kinds.items():
                member = archive.getinfo(f"{name}.npy")
                if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
                    raise ValueError(f"{name}: packed")
                data = archive.read(member)
                header = _NPY_HEADER.match(data[:4096])
                size = int(header[2]) if header and header[3] is None else -1
                arrays[name] = _read_array(data, np.dtype(kind), (size,), name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError) as error:
        raise ValueError(str(error)) from error
    except (NotImplementedError, RuntimeError, OverflowError, MemoryError, struct.error) as error:
        raise ValueError(str(error)) from error
    return arrays


def _read_array(data: bytes, kind: np.dtype[Any], shape: tuple[int, ...], name: str) -> NDArray[Any]:
    header = _NPY_HEADER.match(data[:4096])
    if header is None:
        raise ValueError(f"{name}: unknown array format")
    found_kind, *sizes = (group.decode("ascii") for group in header.groups() if group is not None)
    if found_kind != kind.str or sizes != [str(size) for size in shape]:
        raise ValueError(f"{name}: {found_kind!r} {'x'.join(sizes)} instead of {kind.str} {shape}")
    length = len(data) - header.end()
    if length != math.prod(shape) * kind.itemsize:
        raise ValueError(f"{name}: {length} bytes of data for {shape}")
    values = np.frombuffer(data, dtype=kind, offset=header.end()).reshape(shape)
    if kind.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"{name}: not all of its numbers are finite")
    if kind.kind == "f" and values.size and max(values.max(), -values.min()) > MAX_NUMBER:
        raise ValueError(f"{name}: has a number beyond {MAX_NUMBER:g}")
    return values
