"""The table of known runs for the native core: as `SyllableTable`, over arrays that the core fills.

Letters and the signs around them are looked up apart: `nói`, `nói,` and `"nói` share one entry.
docs/core.md tells the arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.vietnamese import syllables as limits
from classifier.vietnamese.syllables import (
    BEFORE_FULL_STOP,
    COMMON,
    PAD,
    cut,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SPACE, _LETTER, _DIGIT, _CAPITAL, _STOP, _LINE, _SIGN, _ALONE = (1 << bit for bit in range(8))
_SIGNS = "-=>/"
"""May begin a syllable of several characters, or stand in an address."""
_JOINS = "@_"
"""With one of these a run is cut as a whole."""
_CLASSED = 0x3001
"""Past this character there is no white space; letters past it are cut by Python."""
_ENTRIES, _ARENA, _TEXT, _OFFSET, _FOUND, _NEED, _KEY = range(7)
_PARTS = 64
"""The core takes so many parts at once, and stops where there is no room for them."""


def classes() -> NDArray[np.uint8]:
    """What each character below _CLASSED is, as this Python sees it."""
    characters = [chr(code) for code in range(_CLASSED)]
    found = np.array(
        [each.isspace() * _SPACE | each.isalnum() * _LETTER | each.isdecimal() * _DIGIT for each in characters]
    )
    found[found == 0] = _ALONE
    for chosen, kind in ((_SIGNS, _SIGN), (_JOINS, 0), (".", _STOP), ("\n", _LINE)):
        found[[ord(character) for character in chosen]] = kind
    found[[ord(character) for character in BEFORE_FULL_STOP]] |= _CAPITAL
    return found.astype(np.uint8)


class NativeTable:
    """Maps runs to syllable ids in the core; `syllables`, `generation` and `kept` as in `SyllableTable`."""

    def __init__(self, core: Any) -> None:
        self._core = core
        self._classes = classes()
        self.generation = 0
        self.kept = np.zeros(1, dtype=np.int64)
        self.syllables: list[str] = [""]
        self._syllable_ids: dict[str, int] = {}
        # A key of its own, so that no text can be written to fall into one slot; it shows in no result.
        self._state = np.array([0, 0, 0, 0, 0, 0, hash("chude") | 1], dtype=np.int64)
        self._slots = np.full(4096, -1, dtype=np.int32)
        self._hashes = np.zeros(2048, dtype=np.uint64)
        self._at = np.zeros(2048, dtype=np.int64)
        self._lengths = np.zeros(2048, dtype=np.int32)
        self._uses = np.zeros(2048, dtype=np.uint8)
        self._pieces = np.zeros(2048, dtype=np.int32)
        self._arena = np.zeros(16_384, dtype=np.uint32)
        self._flat = np.zeros(1024, dtype=np.int32)
        self._flat_used = 0
        self._fresh: list[str] = []  # the last entries, not yet cut; after an interrupted batch the next one does it

    def __len__(self) -> int:
        return int(self._state[_ENTRIES])

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Syllable ids of NFC-normalised texts, one pad before each text and one at the end; where the pads stand."""
        many = list(texts)
        ends = np.zeros(len(many), dtype=np.int64)
        out = np.empty(max(256, sum(map(len, many)) // 3), dtype=np.int32)
        self._state[[_TEXT, _OFFSET, _FOUND]] = 0
        arrays = self._arrays()
        while not self._core.find(many, self._classes, *arrays, self._state, out, ends, self._fresh):
            out = self._make_room(out)
            arrays = self._arrays()
        self._cut_fresh()
        found = out[: int(self._state[_FOUND])]
        ids = np.empty(found.size + len(many) + 1, dtype=np.int32)
        pads = np.empty(len(many) + 1, dtype=np.int64)
        while (total := self._core.spread(found, ends, self._pieces, self._flat, ids, pads)) > ids.size:
            ids = np.empty(total, dtype=np.int32)
        return ids[:total], pads

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self._slots, self._hashes, self._at, self._lengths, self._uses, self._arena

    def _make_room(self, out: NDArray[np.int32]) -> NDArray[np.int32]:
        """Twice the room of whatever has too little for the run that the core stopped at."""
        state = self._state
        if state[_FOUND] + _PARTS > out.size:
            out = np.pad(out, (0, out.size))
        if state[_ENTRIES] + _PARTS > self._hashes.size:
            for name in ("_hashes", "_at", "_lengths", "_uses", "_pieces"):
                old = getattr(self, name)
                setattr(self, name, np.pad(old, (0, old.size)))
        if 2 * (state[_ENTRIES] + _PARTS) > self._slots.size:
            self._slots = np.empty(2 * self._slots.size, dtype=np.int32)
            self._core.enter(self._hashes[: len(self)], self._slots)
        if state[_ARENA] + state[_NEED] > self._arena.size:
            more = max(self._arena.size, int(state[_NEED]))
            self._arena = np.pad(self._arena, (0, more))
        return out

    def _cut_fresh(self) -> None:
        """Enters what the new parts are cut into: a syllable id, or ~ where a list of them stands in `_flat`."""
        ids, pieces = self._syllable_ids, []
        flat: list[int] = []
        for part in self._fresh:
            if part.isalnum():  # most parts: `cut` would leave them whole
                pieces.append(ids.get(part) or self._number(part))
                continue
            numbers = [ids.get(piece) or self._number(piece) for piece in cut(part)]
            if len(numbers) == 1:
                pieces.append(numbers[0])
            else:
                pieces.append(~(self._flat_used + len(flat)))
                flat += [len(numbers), *numbers]
        self._pieces[len(self) - len(pieces) : len(self)] = pieces
        if self._flat_used + len(flat) > self._flat.size:
            self._flat = np.pad(self._flat, (0, max(self._flat.size, len(flat))))
        self._flat[self._flat_used : self._flat_used + len(flat)] = flat
        self._flat_used += len(flat)
        self._fresh.clear()

    def _number(self, syllable: str) -> int:
        """The id of a syllable that is new."""
        number = self._syllable_ids[syllable] = len(self.syllables)
        self.syllables.append(syllable)
        return number

    def forget_if_full(self) -> None:
        """Forgets rare parts once a limit of `syllables` is passed; only where no ids of this table are in use."""
        entries, characters = len(self), int(self._state[_ARENA])
        if entries <= limits.MAX_RUNS and characters <= limits.MAX_CHARACTERS:
            return
        self._cut_fresh()
        (common,) = np.nonzero(self._uses[:entries] >= COMMON)
        kept_characters = int(self._lengths[common].sum(dtype=np.int64))
        if 2 * common.size > limits.MAX_RUNS or 2 * kept_characters > limits.MAX_CHARACTERS:
            common, kept_characters = common[:0], 0  # else it would be full again at once
        lists = self._lists(common)
        kept = np.array(sorted({number for numbers in lists for number in numbers}), dtype=np.int64)
        self.kept = np.concatenate(([PAD], kept))
        self.syllables = [self.syllables[number] for number in self.kept.tolist()]
        self._syllable_ids = {syllable: number for number, syllable in enumerate(self.syllables) if number != PAD}
        self._keep(common, kept_characters)
        renumbered = dict(zip(self.kept.tolist(), range(self.kept.size), strict=True))
        flat: list[int] = []
        for entry, numbers in enumerate(lists):
            new = [renumbered[number] for number in numbers]
            self._pieces[entry] = new[0] if len(new) == 1 else ~len(flat)
            if len(new) != 1:
                flat += [len(new), *new]
        self._flat = np.array([*flat, *[0] * 1024], dtype=np.int32)
        self._flat_used = len(flat)
        self.generation += 1

    def _lists(self, entries: NDArray[np.int64]) -> list[list[int]]:
        """The syllable ids of these entries."""
        flat = self._flat.tolist()
        return [
            [piece] if piece >= 0 else flat[~piece + 1 : ~piece + 1 + flat[~piece]]
            for piece in self._pieces[entries].tolist()
        ]

    def _keep(self, common: NDArray[np.int64], characters: int) -> None:
        """Moves these entries to the front of the arrays, which become as small as they can be."""
        lengths, size = self._lengths[common].astype(np.int64), max(2048, 1 << int(common.size + 1).bit_length())
        begins = np.cumsum(lengths) - lengths
        at = np.repeat(self._at[common] - begins, lengths) + np.arange(characters)
        arena = np.zeros(max(16_384, 2 * characters), dtype=np.uint32)
        arena[:characters] = self._arena[at]
        hashes = self._hashes[common]
        self._arena = arena
        self._hashes, self._at, self._lengths, self._uses, self._pieces = (
            np.zeros(size, dtype=old.dtype) for old in (self._hashes, self._at, self._lengths, self._uses, self._pieces)
        )
        self._hashes[: common.size], self._at[: common.size], self._lengths[: common.size] = hashes, begins, lengths
        self._slots = np.empty(2 * size, dtype=np.int32)
        self._core.enter(hashes, self._slots)
        self._state[[_ENTRIES, _ARENA]] = common.size, characters
