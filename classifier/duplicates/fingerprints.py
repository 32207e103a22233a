"""A 76-byte fingerprint of a text, by which copies and near-copies of it are recognised without the text.

A sketch is a MinHash of the text's 5-syllable shingles by one-permutation hashing (Li, Owen, Zhang 2012): a shingle's
hash names one of 64 bins, and each bin keeps its smallest hash. Empty bins borrow from others in an order of their own
(Shrivastava 2017), and of each bin one byte is kept (Li, König 2010). The share of equal bytes estimates the Jaccard
similarity of two texts' shingles.

Syllables are hashed straight from the characters, without a lexicon: several times faster, and what was stored with a
model stays valid when spellings are added to `normalise`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from classifier.vietnamese.segmenter import batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from classifier.types import Page

BINS = 64
SHINGLE = 5
MAX_CHARACTERS = 1_000_000
"""So much of a text is looked at: no article is longer, and a file that is none cannot fill the memory."""
_CHARACTERS = 0x10000
_MULTIPLIER = 0xD1342543DE82EF95
_NOTHING = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """What is kept of n texts: `sizes` (n,) in syllables, `keys` (n,), `sketches` (n, 64).

    Equal texts have equal keys; a text without words has key 0 and a sketch of zeros. All of it depends on the texts
    alone and is the same on every machine, so the three arrays may be stored.
    """

    sizes: NDArray[np.int32]
    keys: NDArray[np.uint64]
    sketches: NDArray[np.uint8]

    def __len__(self) -> int:
        return int(self.keys.size)


def fingerprint(pages: Iterable[Page]) -> Fingerprints:
    """Fingerprints of the pages' texts (title, lead and body), in order.

    What counts is letters and digits without case; punctuation, spacing and Unicode normal forms do not.
    """
    letters = _letters()
    parts = [_of_syllables(*_syllables([], letters))]  # so that no pages at all give arrays too
    parts += [
        _of_syllables(*_syllables(texts, letters))
        for texts in batches((page.text[:MAX_CHARACTERS] for page in pages), size=len)
    ]
    return Fingerprints(
        np.concatenate([part.sizes for part in parts]),
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.sketches for part in parts]),
    )


@lru_cache(maxsize=1)
def _letters() -> NDArray[np.uint64]:
    """(65536,) a random number for each letter and digit, the same for both cases; 0 for every other character."""
    # Another seed, another fingerprint: what models have stored would match nothing.
    random = np.frombuffer(hashlib.shake_256(b"chude fingerprint 1").digest(8 * _CHARACTERS), dtype="<u8")
    lower = [ord(chr(code).lower()[0]) if chr(code).isalnum() else -1 for code in range(_CHARACTERS)]
    letters = np.where(np.array(lower) >= 0, random[lower], 0).astype(np.uint64)
    letters.flags.writeable = False
    return letters


def _syllables(texts: Sequence[str], letters: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hashes (s,) of all syllables, text after text, and how many each text has (n,)."""
    texts = [unicodedata.normalize("NFC", text) for text in texts]
    codes = np.frombuffer("\n".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    values = letters[np.where(codes < _CHARACTERS, codes, 0)]
    starts = np.flatnonzero((values != 0) & (np.concatenate(([0], values))[:-1] == 0))
    text_ends = np.cumsum([len(text) + 1 for text in texts], dtype=np.int64)
    sizes = np.diff(np.searchsorted(starts, text_ends), prepend=0)
    if starts.size == 0:
        return np.zeros(0, dtype=np.uint64), sizes
    first = starts[0]
    lengths = np.diff(starts, append=codes.size)  # each with the separators behind it, which add 0
    within = np.arange(first, codes.size) - np.repeat(starts, lengths)
    return np.add.reduceat(values[first:] * _powers(int(lengths.max()))[within], starts - first), sizes


def _of_syllables(hashes: NDArray[np.uint64], sizes: NDArray[np.int64]) -> Fingerprints:
    """From the hashes (s,) of the syllables of n texts, which have `sizes` (n,) of them."""
    begins = np.cumsum(sizes) - sizes
    powers = _powers(max(int(sizes.max(initial=0)), BINS) + 1)
    text_of = np.repeat(np.arange(sizes.size), sizes)
    position = np.arange(hashes.size) - begins[text_of]
    keys = np.zeros(sizes.size, dtype=np.uint64)
    (filled,) = np.nonzero(sizes)
    if filled.size:
        keys[filled] = np.add.reduceat(hashes * powers[position], begins[filled])
    # The letters' numbers are random and the powers odd: sums of them are as good as simple tabulation, which is good
    # enough for one-permutation hashing (Dahlgaard, Knudsen, Rotenberg, Thorup 2015).
    count = max(hashes.size - SHINGLE + 1, 0)
    shingles = np.zeros(count, dtype=np.uint64)
    for offset in range(SHINGLE):
        shingles += hashes[offset : offset + count] * powers[offset]
    whole = position[:count] <= sizes[text_of[:count]] - SHINGLE
    (short,) = np.nonzero((sizes > 0) & (sizes < SHINGLE))  # such a text is its own only shingle
    values = np.concatenate((shingles[whole], keys[short]))
    rows = np.concatenate((text_of[:count][whole], short))
    smallest = np.full((sizes.size, BINS), _NOTHING)
    np.minimum.at(smallest.reshape(-1), rows * BINS + (values >> np.uint64(58)).astype(np.int64), values)
    return Fingerprints(sizes.astype(np.int32), keys, _bytes(smallest, powers[1 : BINS + 1]))


def _powers(count: int) -> NDArray[np.uint64]:
    """(count,) powers of an odd number, modulo 2^64."""
    return np.cumprod(np.full(count, _MULTIPLIER, dtype=np.uint64), dtype=np.uint64)


def _bytes(smallest: NDArray[np.uint64], multipliers: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """(n, 64) a byte of each bin's smallest hash; a text without shingles has zeros.

    The hash is multiplied by the bin's own odd number first, so that one lent to two bins gives two unrelated bytes.
    """
    filled = smallest != _NOTHING
    lenders = np.argsort(np.arange(1, BINS * BINS + 1, dtype=np.uint64).reshape(BINS, BINS) * multipliers, axis=1)
    text, empty = np.nonzero(~filled & filled.any(axis=1, keepdims=True))
    for attempt in range(BINS):
        if text.size == 0:
            break
        lender = lenders[empty, attempt]
        lends = filled[text, lender]
        smallest[text[lends], empty[lends]] = smallest[text[lends], lender[lends]]
        text, empty = text[~lends], empty[~lends]
    sketches = (smallest * multipliers >> np.uint64(56)).astype(np.uint8)
    sketches[~filled.any(axis=1)] = 0
    return sketches
