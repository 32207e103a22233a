"""Keeps a segmented corpus for the next training on it: plain arrays in the user's cache, safe to delete at any time.

The folder is CHUDE_CACHE, else `chude` in XDG_CACHE_HOME or ~/.cache; CHUDE_CACHE="" or "off" keeps nothing. Nothing in
it is ever unpickled, and a file that is damaged, of another form or of somebody else's is as good as none.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier import __version__
from classifier.disk.cache import cache_folder
from classifier.disk.own import is_own_folder, open_own
from classifier.disk.untrusted import read_stored
from classifier.features.tokens import Lexicon, Marks, Tokens
from classifier.features.zones import ZONES, zones
from classifier.vietnamese.pyvi_model import load_pyvi_model
from training.fit.matrix import TokenisedCorpus, tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from classifier.types import Page

FEWEST_PAGES = 2_000
"""A smaller corpus is segmented before its cache could be read."""
MAX_BYTES = 1 << 30
"""Past this many bytes in the folder the entries used least recently are deleted."""
_STALE_SECONDS = 24 * 3600
_ENTRY = re.compile(r"[0-9a-f]{64}\.npz")
_UNFINISHED = re.compile(r"unfinished-.*\.tmp")
_ARRAYS = {
    "syllables": "<i4",
    "joined": "|u1",
    "broken": "|u1",
    "zone_ends": "<i8",
    "marks": "<i4",
    "marks_broken": "|u1",
    "mark_ends": "<i8",
    "batch_pages": "<i8",
    "strings": "|u1",
}
_HERE = Path(__file__).resolve().parent
_CODE = (".py", ".c", ".so", ".pyd")


def tokenise_cached(pages: Sequence[Page], body_characters: int = 0, *, folder: Path | None = None) -> TokenisedCorpus:
    """As `training.fit.matrix.tokenise`, from `folder` (`cache_folder()`) if these texts were segmented before."""
    if len(pages) < FEWEST_PAGES:
        return tokenise(pages, body_characters)
    folder = folder or cache_folder()
    if folder is None or not _ours(folder):
        return tokenise(pages, body_characters)
    entry = folder / f"{corpus_key(pages, body_characters)}.npz"
    tokens = read_entry(entry, len(pages))
    if tokens is None:
        tokens = tokenise(pages, body_characters)
        write_entry(entry, tokens)
        prune(folder)
    return tokens


def corpus_key(pages: Sequence[Page], body_characters: int) -> str:
    """A digest of the zones of all pages in order and of all else that their segmentation depends on."""
    pyvi = load_pyvi_model().version
    digest = hashlib.sha256(f"chude {__version__} pyvi {pyvi} python {sys.version} {body_characters}".encode())
    digest.update(code_digest(_HERE.parent.parent))
    for page in pages:
        parts = [zone.encode("utf-8", "surrogatepass") for zone in zones(page, body_characters)]
        digest.update(struct.pack(f"<{len(parts)}Q", *map(len, parts)))
        digest.update(b"".join(parts))
    return digest.hexdigest()


def code_digest(root: Path) -> bytes:
    """The sha256 of all code between a page and the integers of an entry; `root` holds chude's packages.

    That is all of `classifier` and the two modules that make an entry, not a list of what matters today: an edited
    chude never reads what an older one wrote, and segmenting once too often is all that it costs.
    """
    own = [root / "training" / "fit" / name for name in ("cache.py", "matrix.py")]
    digest = hashlib.sha256()
    for file in sorted([*own, *(root / "classifier").rglob("*")]):
        if file.suffix in _CODE:
            digest.update(
                file.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest()
            )
    return digest.digest()


def write_entry(entry: Path, tokens: TokenisedCorpus) -> None:
    """Writes an entry whole or not at all; a full or read-only disk costs the cache, not the training."""
    batches, strings = tokens.batches, tokens.lexicon.strings
    joined, broken = (np.concatenate([getattr(batch, name) for batch in batches]) for name in ("joined", "broken"))
    marks = [batch.marks for batch in batches if batch.marks is not None]
    arrays: dict[str, NDArray[np.generic]] = {
        "syllables": np.concatenate([batch.syllables for batch in batches]),
        "joined": np.packbits(joined),
        "broken": np.packbits(broken),
        "zone_ends": np.concatenate([batch.zone_ends for batch in batches]),
        "marks": np.concatenate([one.ids for one in marks]),
        "marks_broken": np.packbits(np.concatenate([one.broken for one in marks])),
        "mark_ends": np.concatenate([one.ends for one in marks]),
        "batch_pages": np.array([batch.pages for batch in batches], dtype=np.int64),
        "strings": np.frombuffer("\n".join(strings).encode("utf-8", "surrogatepass"), dtype=np.uint8),
    }
    try:
        descriptor, name = tempfile.mkstemp(prefix="unfinished-", suffix=".tmp", dir=entry.parent)
    except OSError:
        return
    try:
        with os.fdopen(descriptor, "wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the arrays for its own option
        Path(name).replace(entry)
    except OSError:
        Path(name).unlink(missing_ok=True)


def read_entry(entry: Path, pages: int) -> TokenisedCorpus | None:
    """The entry of a corpus of so many pages, marked as used just now; None where there is none that can be used."""
    try:
        with os.fdopen(open_own(entry, os.O_RDONLY), "rb") as stream:
            tokens = _tokens(read_stored(stream, _ARRAYS), pages)
        os.utime(entry)
    except (OSError, ValueError):
        return None
    return tokens


def prune(folder: Path, limit: int = MAX_BYTES) -> None:
    """Deletes the entries used least recently until `limit` bytes are left, and what killed runs left behind."""
    found = []
    try:
        for path in folder.iterdir():
            if _UNFINISHED.fullmatch(path.name) and time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink(missing_ok=True)
            elif _ENTRY.fullmatch(path.name):
                facts = path.stat()
                found.append((facts.st_mtime_ns, facts.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= limit:
                break
            path.unlink(missing_ok=True)
            total -= size
    except OSError:  # another run tidies up too
        return


def _ours(folder: Path) -> bool:
    """Makes the folder if need be; False where somebody else could have written what is in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return is_own_folder(folder)


def _tokens(arrays: Mapping[str, NDArray[np.generic]], pages: int) -> TokenisedCorpus:
    """The corpus in the arrays; raises ValueError where they contradict each other."""
    if any(arrays[name].dtype != np.dtype(kind) or arrays[name].ndim != 1 for name, kind in _ARRAYS.items()):
        raise ValueError("arrays of another form")
    strings = arrays["strings"].tobytes().decode("utf-8", "surrogatepass").split("\n")
    lexicon = Lexicon(strings[1:])
    counts = np.asarray(arrays["batch_pages"], dtype=np.int64)
    if lexicon.strings != strings or counts.sum() != pages or (counts <= 0).any():
        raise ValueError("arrays that do not belong together")
    last_zones = len(ZONES) * np.cumsum(counts) - 1
    words = _streams(arrays, ("syllables", "zone_ends", "joined", "broken"), last_zones, len(strings))
    marks = _streams(arrays, ("marks", "mark_ends", "marks_broken"), last_zones, len(strings))
    batches = [
        Tokens(ids, joined, broken, ends, Marks(*of_marks))
        for (ids, joined, broken, ends), of_marks in zip(words, marks, strict=True)
    ]
    return TokenisedCorpus(batches, lexicon)


def _streams(
    arrays: Mapping[str, NDArray[np.generic]], names: Sequence[str], last_zones: NDArray[np.int64], most: int
) -> Iterator[tuple[NDArray[Any], ...]]:
    """For each batch the ids, flags and zone ends of a stream whose arrays have these names."""
    ids, ends = (np.asarray(arrays[name], dtype=kind) for name, kind in zip(names, ("<i4", "<i8"), strict=False))
    flags = [np.asarray(arrays[name], dtype=np.uint8) for name in names[2:]]
    if ends.size != last_zones[-1] + 1 or any(flag.size != -(-ids.size // 8) for flag in flags):
        raise ValueError("arrays that do not belong together")
    sizes = ends[last_zones]
    if sizes.sum() != ids.size or (ids.size and not 0 < ids.min() <= ids.max() < most):
        raise ValueError("units that are not in the lexicon")
    cuts = np.cumsum(sizes)[:-1]
    parts = [ids, *(np.unpackbits(flag, count=ids.size).astype(bool) for flag in flags)]
    of_batches = [np.split(part, cuts) for part in parts] + [np.split(ends, last_zones[:-1] + 1)]
    for batch in zip(*of_batches, strict=True):
        if (np.diff(batch[-1], prepend=0) < 0).any():
            raise ValueError("zones that end before they begin")
        yield batch
