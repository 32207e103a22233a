"""Headlines as points: TF-IDF with the document frequencies of real news, then latent semantic analysis, to unit
length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.background import background
from classifier.features import FeatureSpec, TermTable, Tokeniser, count_terms, page_batches, terms_of, tf_idf
from classifier.types import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

SPEC = FeatureSpec(terms=("w1", "s1", "s2"))
MOST_DIMENSIONS, HEADLINES_A_DIMENSION = 300, 4
"""Latent dimensions: one for every four headlines, at most 300. Too many keep the noise, too few blur small clusters
(docs/clusters.md).
"""
SEED = 13
EXACT_UP_TO, SAMPLE = 4_000, 25_000
"""Up to EXACT_UP_TO headlines the decomposition is exact (ARPACK); beyond, randomised (Halko, Martinsson & Tropp 2011),
its dimensions learned from no more than about SAMPLE headlines, evenly taken."""


def tf_idf_matrix(headlines: Sequence[str]) -> csr_matrix:
    """(n, V) unit rows over the words, syllables and syllable pairs that two or more headlines share."""
    from scipy.sparse import csr_matrix, vstack

    tokeniser = Tokeniser()
    pages = (Page(id="", title=headline) for headline in headlines)
    batches = [tokeniser.tokenise(batch) for batch in page_batches(pages)]
    hashes = tokeniser.lexicon.hashes
    found = [np.concatenate([terms.hashes for terms in terms_of(batch, hashes, SPEC.terms)]) for batch in batches]
    terms, occurrences = np.unique(np.concatenate(found), return_counts=True)
    terms = terms[occurrences >= min(2, len(headlines))]
    table, idf = TermTable(terms), background().idf(terms)
    rows = [tf_idf(count_terms(batch, hashes, table, SPEC), idf, SPEC) for batch in batches]
    return csr_matrix(
        vstack(
            [csr_matrix((row.values, row.columns, row.indptr), shape=(row.indptr.size - 1, terms.size)) for row in rows]
        )
    )


def latent_vectors(matrix: csr_matrix) -> NDArray[np.float32]:
    """(n, d) unit vectors of the rows in their first d latent dimensions (Deerwester et al. 1990).

    Rows without a shared term are zero vectors: they resemble nothing.
    """
    from sklearn.decomposition import TruncatedSVD
    from threadpoolctl import threadpool_limits

    count = matrix.shape[0]
    dimensions = min(MOST_DIMENSIONS, max(count // HEADLINES_A_DIMENSION, 2), min(matrix.shape) - 1)
    if dimensions < 2:
        points = matrix.toarray()
    elif count <= EXACT_UP_TO:
        with threadpool_limits(limits=1):  # sums in another order would end in other digits
            points = TruncatedSVD(dimensions, algorithm="arpack", random_state=SEED).fit_transform(
                matrix.astype(np.float64)
            )
    else:
        machine = TruncatedSVD(dimensions, n_iter=3, n_oversamples=20, random_state=SEED)
        with threadpool_limits(limits=1):
            machine.fit(matrix[:: -(-count // SAMPLE)])
            points = machine.transform(matrix)
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (points / np.where(lengths > 1e-6, lengths, 1.0)).astype(np.float32)
    unit[lengths[:, 0] <= 1e-6] = 0.0
    return unit
