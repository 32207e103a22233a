"""Counts the pairs of words of `classifier/vietnamese/collocations.npz` in real news; only numbers leave it.

python -m training.collocations COLLECTION… -o classifier/vietnamese/collocations.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.features.kinds import terms_of
from classifier.reading import read_pages
from classifier.vietnamese.collocations import STEPS
from training.fit.matrix import TokenisedCorpus, tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAST, TIED = 15, 0.3
"""A pair must stand so often, and be so closely tied, to be kept."""


def count_pairs(corpus: TokenisedCorpus) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """The hashes of all pairs of neighbouring words that stand LEAST times, ascending, and their normalised pointwise
    mutual information (Bouma 2009).
    """
    words, pairs = [], []
    for batch in corpus.batches:
        (terms,) = terms_of(batch, corpus.lexicon, ("w2",))
        each = terms.units.hashes
        words.append(np.unique(each, return_counts=True))
        pair, at, number = np.unique(terms.hashes, return_index=True, return_counts=True)
        pairs.append((pair, each[terms.first[at]], each[terms.first[at] + 1], number))
    word, place = np.unique(np.concatenate([keys for keys, _ in words]), return_inverse=True)
    often = np.bincount(place, weights=np.concatenate([numbers for _, numbers in words]))
    pair, at, place = np.unique(np.concatenate([one[0] for one in pairs]), return_index=True, return_inverse=True)
    both = np.bincount(place, weights=np.concatenate([one[3] for one in pairs]))
    kept = np.flatnonzero(both >= LEAST)
    first, second = (np.concatenate([one[side] for one in pairs])[at[kept]] for side in (1, 2))
    total, both = often.sum(), both[kept]
    by_chance = often[np.searchsorted(word, first)] * often[np.searchsorted(word, second)] / total
    return pair[kept], np.log(both / by_chance) / -np.log(both / total)


def build(collections: Sequence[str], target: Path) -> None:
    """Counts everything and writes the file."""
    hashes, ties = count_pairs(tokenise(read_pages(collections)))
    kept = ties >= TIED
    keys, first = np.unique((hashes[kept] >> np.uint64(32)).astype(np.uint32), return_index=True)
    steps = np.round(STEPS * np.minimum(ties[kept][first], 1.0)).astype(np.uint8)
    np.savez_compressed(target, keys=keys, ties=steps)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    build(arguments.collections, arguments.output)


if __name__ == "__main__":
    main()
