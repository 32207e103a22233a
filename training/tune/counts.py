"""A corpus segmented once, and counted once for each kind of term: where all trials of a search get their features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.features.counts import Counts, tf_idf
from classifier.features.kinds import word_hashes
from classifier.vietnamese.background import background
from training.fit.choose import KNOWN, known_share
from training.fit.fitting import Design
from training.fit.linear import sparse
from training.fit.matrix import TokenisedCorpus, Vocabulary, count, frequent, tokenise
from training.fit.prior import inverse_document_frequency, smoothing_matrix, widened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from classifier.features.spec import FeatureSpec
    from classifier.types import Page
    from training.fit.spec import TrainingSpec

    Block = tuple[NDArray[np.uint64], csr_matrix]
    Rows = NDArray[np.int64]


class Counted:
    """How often each term stands in each of n pages, a block of columns for each kind of term and weight of zones.

    least: in how many articles a term must stand for any trial, at least; rarer ones are not counted at all.
    """

    def __init__(self, pages: Sequence[Page], least: int = 1) -> None:
        self.pages = pages
        self.least = least
        self._tokens: dict[int, TokenisedCorpus] = {}
        self._blocks: dict[tuple[object, ...], Block] = {}
        self._words_with_vectors = np.sort(word_hashes(background().words))

    def vectors_are_of_use(self) -> bool:
        """Whether real news has vectors for enough of the corpus's words."""
        return known_share(self.tokens(0)) >= KNOWN

    def tokens(self, body_characters: int) -> TokenisedCorpus:
        """The pages as integers, the opening cut after so many characters."""
        if body_characters not in self._tokens:
            self._tokens[body_characters] = tokenise(self.pages, body_characters)
        return self._tokens[body_characters]

    def block(self, kind: str, features: FeatureSpec) -> Block:
        """The hashes (V,) of a kind's terms and how often they stand in each page (n, V), by the weights of zones."""
        key = (kind, features.body_characters, features.zone_weights)
        if key not in self._blocks:
            alone = type(features)((kind,), features.zone_weights, features.body_characters)
            tokens = self.tokens(features.body_characters)
            hashes = frequent(tokens, alone, self.least)
            if kind == "w1":  # of use in articles a trial does not learn from, however rare they are
                hashes = np.union1d(hashes, self._words_with_vectors)
            counts = sparse(count(tokens, hashes, alone), hashes.size)
            counts.eliminate_zeros()  # of zones without weight
            standing = np.flatnonzero(counts.getnnz(axis=0))
            self._blocks[key] = hashes[standing], counts[:, standing]
        return self._blocks[key]

    def design(self, spec: TrainingSpec, rows: Rows) -> Design:
        """What `training.fit.fitting.design` gives of the articles `rows`, but for the order of the columns and the
        terms' strings, which a trial has no need of.
        """
        parts = [self.block(kind, spec.features) for kind in spec.features.terms]
        some = [counts[rows] for _, counts in parts]
        hashes = np.concatenate([hashes for hashes, _ in parts])
        frequency = np.concatenate([counts.getnnz(axis=0) for counts in some]).astype(np.int64)
        often = _kept(hashes, frequency, spec)
        known = np.isin(hashes, self._words_with_vectors) if spec.prior else np.zeros(hashes.size, dtype=bool)
        kept = np.flatnonzero(often | known)
        frequency = np.where(often, frequency, 0)[kept]
        idf = inverse_document_frequency(frequency, rows.size)
        vocabulary = Vocabulary([], hashes[kept], frequency)
        smoothing = smoothing_matrix(vocabulary.hashes, spec)
        return Design(vocabulary, idf, widened(_weighted(some, kept, idf, spec), smoothing), smoothing)


def _kept(hashes: NDArray[np.uint64], frequency: NDArray[np.int64], spec: TrainingSpec) -> NDArray[np.bool_]:
    """(V,) which terms stand in enough articles, and are among the most frequent where those alone are wanted."""
    often = frequency >= spec.min_df
    if spec.max_terms and int(often.sum()) > spec.max_terms:
        order = np.lexsort((hashes, -np.where(often, frequency, 0)))
        often = np.zeros(hashes.size, dtype=bool)
        often[order[: spec.max_terms]] = True
    return often


def _weighted(
    blocks: list[csr_matrix], kept: NDArray[np.int64], idf: NDArray[np.float32], spec: TrainingSpec
) -> csr_matrix:
    from scipy.sparse import hstack

    counts = hstack(blocks, format="csr")[:, kept] if len(blocks) > 1 else blocks[0][:, kept]
    rows = Counts(counts.indptr.astype(np.int64), counts.indices.astype(np.int32), counts.data.astype(np.float32))
    return sparse(tf_idf(rows, idf, spec.features), kept.size)
