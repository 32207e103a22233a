"""Finds the files that an argument means: itself, or in a fixed order those in a folder that can hold pages."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from classifier.reading.saved.kinds import ENDINGS
from classifier.types import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KINDS = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".zip": "zip",
    **ENDINGS,
}
PACKINGS = (".gz", ".xz")
FORMS = " ".join((".txt .html .jsonl .csv .tsv .parquet .zip", *ENDINGS))

_OTHERS_SHOWN = 5
# Browsers put a page's pictures and scripts, and the frames of its advertisements as HTML, into NAME_files beside it.
_PARTS = "_files"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Place:
    """A file to read: `name` is or begins the ids of its pages, `source` is how messages call it.

    `folder` is the folder it lies in, below the argument ("" directly in it); `chosen` tells that the user named the
    file itself, so that it is read whatever its extension. `first_line`: the number of its first line, where it is a
    piece of a larger file of JSON lines.
    """

    path: Path
    name: str
    source: str
    folder: str = ""
    chosen: bool = False
    first_line: int = 1


def kind_of(name: str) -> tuple[str, str]:
    """Return what a file's name says it is (a value of KINDS, or "") and how it is packed (".gz", ".xz" or "")."""
    name = name.lower()
    packing = next((packing for packing in PACKINGS if name.endswith(packing)), "")
    stem, dot, ending = name.removesuffix(packing).rpartition(
        "."
    )  # five times as fast as a PurePath: asked of each file
    return KINDS.get(dot + ending, "") if stem else "", packing


def shown(path: Path | str) -> str:
    """Return a path as text that can be printed on a line: no bytes outside UTF-8, no control characters, NFC."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return unicodedata.normalize("NFC", _CONTROL.sub("\ufffd", text))


def why_unreadable(error: OSError | ValueError, path: Path) -> str:
    """Return in a few words what the system says against a path."""
    if isinstance(error, FileNotFoundError):
        return "is a link to nothing" if path.is_symlink() else "no such file or folder"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read ({error.strerror[0].lower()}{error.strerror[1:]})"
    return f"cannot be read ({error})"


def find_files(argument: Path) -> Iterator[Place | Skipped]:
    """Yield the file that `argument` is, or the files below it if it is a folder, sorted by name on each level.

    Hidden files and folders are passed over; links to folders are not followed, so nothing is read twice and no walk
    goes round; nor are links to files elsewhere: who may put a link into a folder could have any file of its reader's
    read and shown. Files of other kinds are counted in one Skipped at the end.
    """
    try:
        is_folder = stat.S_ISDIR(argument.stat().st_mode)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        yield Skipped(shown(argument), why_unreadable(error, argument), "check the path")
        return
    if is_folder:
        yield from _walk(argument)
    else:
        yield Place(argument, shown(argument.name), shown(argument), chosen=True)


def _walk(root: Path) -> Iterator[Place | Skipped]:
    others, found = Others(shown(root)), False
    # Each a path, its name below the root, the folder it lies in. They are made as they are needed: a million at once
    # would take a gigabyte.
    pending: list[Iterator[tuple[Path, str, str]]] = [iter([(root, "", "")])]
    while pending:
        path, name, folder = next(pending[-1], (None, "", ""))
        if path is None:
            pending.pop()
            continue
        mode = _mode(path)
        if not name or (stat.S_ISDIR(mode) and not path.is_symlink()):
            try:
                children = _children(path, others)
            except OSError as error:
                found = True
                yield Skipped(shown(path), why_unreadable(error, path))
                continue
            pending.append(_entries(path, name, children))
        elif stat.S_ISDIR(mode):
            yield Skipped(shown(path), "is a link to a folder, which is not followed", "name the folder itself")
        elif stat.S_ISREG(mode) and kind_of(path.name)[0] and _leads_out(path, root):
            yield Skipped(shown(path), "is a link out of the folder, which is not followed", "name the file itself")
        elif kind_of(path.name)[0] or not stat.S_ISREG(mode):
            found = True
            yield Place(path, shown(name), shown(path), shown(folder))
        else:
            others.add(path.name)
    yield from others.said()
    if not found:
        yield Skipped(shown(root), f"holds no page ({FORMS})", "name a folder that does")


def _entries(path: Path, name: str, children: list[str]) -> Iterator[tuple[Path, str, str]]:
    for child in children:
        yield path / child, f"{name}/{child}" if name else child, path.name if name else ""


def _children(folder: Path, others: Others) -> list[str]:
    """Return the names in a folder, sorted, without hidden ones and the parts of saved pages, which are counted."""
    names = sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208  names are wanted
    kept = {name for name in names if name.endswith(_PARTS)}
    parts = kept and kept.intersection(part[:-1] for part in parts_of_pages(names))
    for _ in parts:
        others.kinds[f"NAME{_PARTS}/"] += 1
    return [name for name in names if name not in parts]


def parts_of_pages(names: Iterable[str]) -> tuple[str, ...]:
    """Return the folders, with "/" at the end, that the saved pages among `names` keep their pictures and frames in."""
    return tuple(f"{name.rpartition('.')[0]}{_PARTS}/" for name in names if kind_of(name)[0] == "html")


class Others:
    """Counts the files of other kinds that lie among pages, to say so once."""

    def __init__(self, source: str) -> None:
        self.source, self.kinds = source, Counter[str]()

    def add(self, name: str) -> None:
        """Count a file by the end of its name."""
        self.kinds[PurePath(name).suffix.lower() or "no extension"] += 1

    def said(self) -> Iterator[Skipped]:
        """Yield what is to be said of them, if there are any."""
        if not self.kinds:
            return
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common(_OTHERS_SHOWN))
        more = ", …" if len(self.kinds) > _OTHERS_SHOWN else ""
        number = "1 file" if self.kinds.total() == 1 else f"{self.kinds.total()} files"
        yield Skipped(self.source, f"{number} of other kinds left out ({kinds}{more})", f"chude reads {FORMS}")


def _leads_out(path: Path, root: Path) -> bool:
    """Whether a file in a folder is a link to one that does not lie in it."""
    return path.is_symlink() and not path.resolve().is_relative_to(root.resolve())


def _mode(path: Path) -> int:
    """Return what a path, or the end of a link, is; 0 if the system does not say."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0
