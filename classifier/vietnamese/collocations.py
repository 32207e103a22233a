"""Which neighbouring words belong together in real news (hạt nhân behind vũ khí), counted once.

`collocations.npz` (made by `python -m training.collocations`) holds hashes of pairs of words and how closely each is
tied: no text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path(__file__).with_name("collocations.npz")
STEPS = 255.0
"""Ties are kept as round(STEPS * tie), in a byte."""


@dataclass(frozen=True, slots=True)
class Collocations:
    """keys (C,): the upper 32 bits of the `w2` hashes of pairs, ascending. ties (C,): their normalised pointwise mutual
    information (Bouma 2009), 1 for two words that never stand apart.
    """

    keys: NDArray[np.uint32]
    ties: NDArray[np.float32]

    def tie(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """(n,) how closely the two words of each pair are tied; 0 for those that are not listed."""
        wanted = (hashes >> np.uint64(32)).astype(np.uint32)
        at = np.minimum(np.searchsorted(self.keys, wanted), self.keys.size - 1)
        return np.where(self.keys[at] == wanted, self.ties[at], np.float32(0.0)).astype(np.float32)


@lru_cache(maxsize=1)
def collocations() -> Collocations:
    """The pairs that ship with chude (read once)."""
    with np.load(FILE, allow_pickle=False) as stored:
        return Collocations(stored["keys"], stored["ties"].astype(np.float32) / np.float32(STEPS))
