"""Tokens to terms: n-grams of a stream of units as 64-bit hashes, without making a string.

A unit is a word, a syllable, a character or a mark; each kind of unit has a file of its own that turns tokens into
`Units` (`words.py`, `characters.py`, `marks.py`), and `kinds.py` lists the kinds of terms made of them. A term's hash
is computed from its units' hashes by array operations; a vocabulary is a table from hashes to columns. Strings exist
only for explanations and when a vocabulary is written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from classifier.features.tokens import Lexicon, Tokens

POWERS = np.array([pow(0xD1342543DE82EF95, n, 1 << 64) for n in range(1, 65)], dtype=np.uint64)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): spreads close sums over all 64 bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Units:
    """A stream of n units that terms are n-grams of: `hashes` (n,), `broken` (n,) whether a term may not reach over to
    it from the left, `ends` (4 x pages,) where each zone ends in the stream, and `write(first, last)`, the term from
    one unit to another as the vocabulary writes it.
    """

    hashes: NDArray[np.uint64]
    broken: NDArray[np.bool_]
    ends: NDArray[np.int64]
    write: Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one kind in some pages, one entry an occurrence: `hashes` (m,) and the unit each begins with,
    `first` (m,).
    """

    kind: Kind
    units: Units
    hashes: NDArray[np.uint64]
    first: NDArray[np.int64]

    def zones(self) -> NDArray[np.int64]:
        """(m,) the zone that each stands in, counted through all pages: page number times 4 and the zone's number."""
        zone: NDArray[np.int64] = np.searchsorted(self.units.ends, self.first, side="right")
        return zone

    def string(self, occurrence: int) -> str:
        """The term as the vocabulary writes it."""
        first = int(self.first[occurrence])
        return self.units.write(first, first + self.kind.size - 1)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of term: `size` units in a row. `units` makes the stream out of tokens and their lexicon; `marks`: whether
    it needs the tokens' marks. The name goes into every hash: another name makes other terms.
    """

    name: str
    units: Callable[[Tokens, Lexicon], Units]
    size: int
    marks: bool = False

    @property
    def salt(self) -> np.uint64:
        """What its hashes are multiplied with."""
        return _salt(self.name)

    def terms(self, units: Units) -> Terms:
        """All its occurrences in a stream that `units` made."""
        count = max(units.hashes.size - self.size + 1, 0)
        total = units.hashes[:count] * POWERS[0]
        whole = np.ones(count, dtype=bool)
        for offset in range(1, self.size):
            total = total + units.hashes[offset : offset + count] * POWERS[offset]
            whole &= ~units.broken[offset : offset + count]
        (at,) = np.nonzero(whole)
        return Terms(self, units, mixed(total[at] * self.salt), at)


@lru_cache(maxsize=64)
def _salt(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") | 1)
