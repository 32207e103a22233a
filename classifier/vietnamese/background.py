"""Figures counted once on real news, which no small corpus can know: how common a term is, and which words keep
company.

`background.npz` (made by `python -m training.background`) holds counts by term hash, and single words with their
vectors: no text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path(__file__).with_name("background.npz")
STEPS = 16.0
"""Document frequencies are kept as round(STEPS * log2(df)): within 2.2 %, in a byte."""


@dataclass(frozen=True, slots=True)
class Background:
    """Document frequencies and word vectors of real news.

    documents: how many were counted. keys (B,): the upper 32 bits of term hashes, ascending. frequencies (B,): their
    document frequencies. words (W), vectors (W, d): latent-semantic vectors of frequent words (Deerwester et al. 1990),
    rows of the right singular vectors of a tf-idf matrix, in which words of the same subjects point the same way.
    """

    documents: int
    keys: NDArray[np.uint32]
    frequencies: NDArray[np.float32]
    words: tuple[str, ...]
    vectors: NDArray[np.float32]

    def document_frequency(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """(n,) how many of `documents` hold each term; terms too rare to be listed count as 1."""
        at, found = _find(self.keys, hashes)
        return np.where(found, self.frequencies[at], np.float32(1.0)).astype(np.float32)

    def idf(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """(n,) ln((1 + documents) / (1 + df)) + 1."""
        frequency = self.document_frequency(hashes)
        return (np.log((1 + self.documents) / (1 + frequency)) + 1).astype(np.float32)


def _find(keys: NDArray[np.uint32], hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    wanted = (hashes >> np.uint64(32)).astype(np.uint32)
    at = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    return at, keys[at] == wanted


@lru_cache(maxsize=1)
def background() -> Background:
    """The figures that ship with chude (read once, about 20 ms)."""
    with np.load(FILE, allow_pickle=False) as stored:
        return Background(
            documents=int(stored["documents"]),
            keys=stored["keys"],
            frequencies=np.exp2(stored["log_frequencies"].astype(np.float32) / STEPS),
            words=tuple(stored["words"].tobytes().decode("utf-8").split("\n")),
            vectors=stored["vectors"].astype(np.float32) * stored["vector_scale"],
        )
