"""Counts the figures of `classifier/background.npz` on large collections of real news; only numbers leave them.

python -m training.background COLLECTION… -o classifier/background.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.features.counts import TermTable, count_terms, tf_idf
from classifier.features.kinds import terms_of
from classifier.features.spec import FeatureSpec
from classifier.features.zones import ZONES
from classifier.reading import read_pages
from classifier.vietnamese.background import STEPS
from training.fit.linear import sparse
from training.fit.matrix import TokenisedCorpus, add_up, stack, term_strings, tokenise
from training.fit.prior import inverse_document_frequency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from classifier.features.tokens import Lexicon, Tokens

LEAST = {"w1": 10, "s1": 10, "s2": 60}
"""A term must stand in so many documents to be kept; rarer ones are about equally rare."""
WORDS, DIMENSIONS, SEED = 12_000, 96, 13


def document_frequencies(corpus: TokenisedCorpus, kind: str) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hashes of all terms of a kind, ascending, and in how many pages each stands."""
    keys, frequencies = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    for batch in corpus.batches:
        found, number = np.unique(_once_a_page(batch, corpus.lexicon, kind), return_counts=True)
        keys, frequencies = add_up(np.concatenate((keys, found)), np.concatenate((frequencies, number)))
    return keys, frequencies


def _once_a_page(batch: Tokens, lexicon: Lexicon, kind: str) -> NDArray[np.uint64]:
    (terms,) = terms_of(batch, lexicon, (kind,))
    page = terms.zones() // len(ZONES)
    order = np.lexsort((page, terms.hashes))
    ordered, page = terms.hashes[order], page[order]
    first = np.ones(ordered.size, dtype=bool)
    first[1:] = (ordered[1:] != ordered[:-1]) | (page[1:] != page[:-1])
    return ordered[first]


def word_vectors(
    corpus: TokenisedCorpus, words: NDArray[np.uint64], frequencies: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(W, DIMENSIONS) the right singular vectors of the collection's tf-idf matrix over `words`."""
    from sklearn.utils.extmath import randomized_svd

    spec = FeatureSpec(terms=("w1",))
    table, idf = TermTable(words), inverse_document_frequency(frequencies, corpus.pages)
    counts = stack([count_terms(batch, corpus.lexicon, table, spec) for batch in corpus.batches])
    matrix = sparse(tf_idf(counts, idf, spec), words.size)
    _, _, components = randomized_svd(matrix, DIMENSIONS, n_iter=4, random_state=SEED)
    vectors: NDArray[np.float32] = components.T.astype(np.float32)
    return vectors


def build(collections: Sequence[str], target: Path) -> None:
    """Counts everything and writes the file."""
    corpus = tokenise(read_pages(collections))
    found = {kind: document_frequencies(corpus, kind) for kind in LEAST}
    kept = [(keys[numbers >= LEAST[kind]], numbers[numbers >= LEAST[kind]]) for kind, (keys, numbers) in found.items()]
    keys = np.concatenate([part for part, _ in kept]) >> np.uint64(32)
    numbers = np.concatenate([part for _, part in kept])
    keys, first = np.unique(
        keys.astype(np.uint32), return_index=True
    )  # of two terms with one key the earlier kind stays
    word_hashes, word_numbers = found["w1"]
    top = np.sort(np.lexsort((word_hashes, -word_numbers))[:WORDS])
    words = term_strings(corpus, word_hashes[top], ("w1",))
    order = sorted(range(len(words)), key=words.__getitem__)
    vectors = word_vectors(corpus, word_hashes[top], word_numbers[top])[order]
    scale = np.abs(vectors).max(axis=0) / 127
    np.savez_compressed(
        target,
        documents=np.int64(corpus.pages),
        keys=keys,
        log_frequencies=np.round(STEPS * np.log2(numbers[first])).astype(np.uint16),
        words=np.frombuffer("\n".join(words[i] for i in order).encode(), dtype=np.uint8),
        vectors=np.round(vectors / scale).astype(np.int8),
        vector_scale=scale.astype(np.float32),
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    build(arguments.collections, arguments.output)


if __name__ == "__main__":
    main()
