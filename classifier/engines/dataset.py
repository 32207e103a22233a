"""Finds the files of a dataset and cuts them into parts: the same parts whoever works at them, and however many."""

from __future__ import annotations

import glob
import hashlib
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.engines.store import is_remote, local_path, patiently, remote
from classifier.reading.ids import Ids
from classifier.reading.limits import HEAD
from classifier.reading.raw.encoding import encoding_of_lines, splits_at_line_feeds
from classifier.reading.walk import FORMS, find_files, kind_of, shown
from classifier.types import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PART_BYTES = 16 << 20
"""Bytes of input of a part: a few seconds of one process (docs/distributed.md)."""
MOST_FILES = 2_000
"""Files of a part, where they are small."""
_BLOCK = 1 << 20
_MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Input:
    """A file of the dataset. `name` begins the ids of its pages, `source` is how messages call it, `mark` is what its
    store says of its version (time of change, ETag); `digest` its sha256, "" where it has not been read yet.
    """

    address: str
    name: str
    source: str
    size: int
    mark: str
    folder: str = ""
    chosen: bool = False
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file, or from byte `start` to `end` the lines of one, whose first has the number `first_line`."""

    input: int
    start: int = 0
    end: int | None = None
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """The files of a dataset, its parts, and what was passed over when it was searched."""

    inputs: tuple[Input, ...]
    parts: tuple[tuple[Piece, ...], ...]
    skipped: tuple[Skipped, ...] = field(default=())


def find(paths: Iterable[str]) -> tuple[list[Input], list[Skipped]]:
    """The files that paths, globs and addresses mean, in a fixed order, and what is no file to read."""
    inputs: list[Input] = []
    skipped: list[Skipped] = []
    ids = Ids()
    for path in paths:
        for found in _remote_files(path) if is_remote(path) else _local_files(str(local_path(path))):
            if isinstance(found, Skipped):
                skipped.append(found)
            else:
                inputs.append(_renamed(found, ids.given(found.name)))
    return inputs, skipped


def cut(inputs: list[Input], *, part_bytes: int = PART_BYTES, encoding: str | None = None) -> tuple[list[Input], Any]:
    """The inputs, with digests of those that were read for it, and the parts: tuples of pieces.

    Small files share a part; a local file of JSON lines in UTF-8 that is larger than two parts is cut between lines.
    Any other large file is a part by itself.
    """
    parts: list[tuple[Piece, ...]] = []
    waiting: list[Piece] = []
    size = 0
    known = list(inputs)
    for number, one in enumerate(inputs):
        if one.size > 2 * part_bytes and _is_cut(one, encoding):
            pieces, digest = _cut_lines(one, number, part_bytes)
            known[number] = _renamed(one, one.name, digest)
        else:
            pieces = [Piece(number)]
        alone = len(pieces) > 1
        if waiting and (alone or size + one.size > part_bytes or len(waiting) >= MOST_FILES):
            parts.append(tuple(waiting))
            waiting, size = [], 0
        if alone:
            parts += [(piece,) for piece in pieces]
        else:
            waiting += pieces
            size += one.size
    if waiting:
        parts.append(tuple(waiting))
    return known, tuple(parts)


def plan(paths: Iterable[str], *, part_bytes: int = PART_BYTES, encoding: str | None = None) -> Plan:
    """`find` and `cut`."""
    inputs, skipped = find(paths)
    known, parts = cut(inputs, part_bytes=part_bytes, encoding=encoding)
    return Plan(tuple(known), parts, tuple(skipped))


def _renamed(one: Input, name: str, digest: str = "") -> Input:
    return Input(one.address, name, one.source, one.size, one.mark, one.folder, one.chosen, digest)


def _is_cut(one: Input, encoding: str | None) -> bool:
    if is_remote(one.address) or kind_of(one.address) != ("jsonl", "") or encoding is not None:
        return False
    with local_path(one.address).open("rb") as stream:
        name = encoding_of_lines(stream.read(HEAD))
    return name in ("utf-8", "utf-8-sig") and splits_at_line_feeds("utf-8")


def _cut_lines(one: Input, number: int, part_bytes: int) -> tuple[list[Piece], str]:
    """Pieces of about `part_bytes` that end with a line, and the file's sha256, as it is read to count lines."""
    digest = hashlib.sha256()
    pieces: list[Piece] = []
    start, offset, line, first_line = 0, 0, 1, 1
    text = False  # blank lines alone are no piece: it would be a file without rows
    with local_path(one.address).open("rb") as stream:
        while block := stream.read(_BLOCK):  # never a whole line: it may be larger than the memory
            digest.update(block)
            done = 0
            while (end := block.find(b"\n", max(start + part_bytes - 1 - offset, done))) >= 0:
                text = text or bool(block[done : end + 1].strip())
                line += block.count(b"\n", done, end + 1)
                done = end + 1
                if text:
                    pieces.append(Piece(number, start, offset + done, first_line))
                    start, first_line, text = offset + done, line, False
            text = text or bool(block[done:].strip())
            line += block.count(b"\n", done)
            offset += len(block)
    if text:
        pieces.append(Piece(number, start, offset, first_line))
    elif pieces:
        pieces[-1] = Piece(number, pieces[-1].start, offset, pieces[-1].first_line)
    return pieces or [Piece(number)], digest.hexdigest()


def _local_files(path: str) -> Iterator[Input | Skipped]:
    if _MAGIC & set(path) and not os.path.lexists(path):
        root = Path(*_fixed(Path(path).parts))
        matches = sorted(Path(match) for match in glob.glob(path, recursive=True))  # noqa: PTH207  of an absolute or relative one
        found = [match for match in matches if match.is_file()]
        if not found:
            yield Skipped(shown(path), "matches no file", "check the pattern")
        for match in found:
            yield _local(match, shown(os.path.relpath(match, root)), shown(match), chosen=True)
        return
    for place in find_files(Path(path)):
        if isinstance(place, Skipped):
            yield place
        else:
            yield _local(place.path, place.name, place.source, folder=place.folder, chosen=place.chosen)


def _local(path: Path, name: str, source: str, *, folder: str = "", chosen: bool = False) -> Input | Skipped:
    try:
        facts = path.stat()
    except OSError as error:
        return Skipped(source, f"cannot be read ({(error.strerror or str(error)).lower()})")
    return Input(str(path.absolute()), name, source, facts.st_size, str(facts.st_mtime_ns), folder, chosen)


def _fixed(parts: tuple[str, ...]) -> list[str]:
    """The folders of a pattern before the first that is one."""
    fixed = []
    for part in parts[:-1]:
        if _MAGIC & set(part):
            break
        fixed.append(part)
    return fixed or ["."]


def _remote_files(address: str) -> Iterator[Input | Skipped]:
    system, path = remote(address)
    others: Counter[str] = Counter()
    system.invalidate_cache()
    try:
        if _MAGIC & set(path):
            found, root = patiently(lambda: system.glob(path, detail=True), address), "/".join(_fixed(Path(path).parts))
        else:
            found, root = patiently(lambda: system.find(path, detail=True), address), path
    except FileNotFoundError:
        found, root = {}, path
    files = {name: facts for name, facts in found.items() if facts["type"] == "file"}
    if not files:
        yield Skipped(address, "no such file or folder, or nothing in it", "check the address and the rights to it")
    for name, facts in sorted(files.items()):
        chosen = name == path
        own = name.rpartition("/")[2] if chosen else name.removeprefix(root).lstrip("/")
        if any(part.startswith((".", "_")) for part in own.split("/")):
            continue
        if not chosen and not kind_of(name)[0]:
            others[Path(name).suffix.lower() or "no extension"] += 1
            continue
        mark = str(facts.get("ETag") or facts.get("LastModified") or facts.get("mtime") or facts.get("created") or "")
        folder = own.rpartition("/")[0].rpartition("/")[2]
        full = str(system.unstrip_protocol(name))
        yield Input(full, shown(own), shown(full), int(facts["size"]), mark, shown(folder), chosen)
    if others:
        kinds = ", ".join(f"{kind} {count}" for kind, count in others.most_common(5))
        yield Skipped(address, f"{others.total()} files of other kinds left out ({kinds})", f"chude reads {FORMS}")
