"""Headlines as points: TF-IDF with the document frequencies of real news; latent semantic analysis where it helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.english import comparable
from classifier.features.counts import TermTable, count_terms, tf_idf
from classifier.features.kinds import terms_of
from classifier.features.spec import FeatureSpec
from classifier.features.tokens import Tokeniser, page_batches
from classifier.types import Page
from classifier.vietnamese.background import background

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
FEW, SCATTERED_UP_TO = 500, 4_000
"""Up to FEW headlines, and up to SCATTERED_UP_TO where many have nothing like them, are compared term by term: too
little recurs for latent dimensions, in which whatever is left over would come to lie together."""
UNLIKE, MOST_UNLIKE = 0.16, 0.28
"""A headline has nothing like it if its cosine to every other is below UNLIKE; more than this share of such is many."""
EXACT_UP_TO, SAMPLE = 4_000, 25_000
"""Up to EXACT_UP_TO headlines the decomposition is exact (ARPACK); beyond, randomised (Halko, Martinsson & Tropp 2011),
its dimensions learned from no more than about SAMPLE headlines, evenly taken."""
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Points:
    """vectors (n, d): unit vectors of headlines, zero where nothing is shared. scattered: whether they keep all that
    each headline has to itself, so that cosines are those of its words, and small ones mean that two have nothing in
    common. matrix (n, V): their unit tf-idf rows.
    """

    vectors: NDArray[np.float32]
    scattered: bool
    matrix: csr_matrix


def place(headlines: Sequence[str]) -> Points:
    """Headlines as points, by the rule of FEW and MOST_UNLIKE."""
    matrix, uses = tf_idf_matrix(headlines)
    count = matrix.shape[0]
    if count <= FEW or (count <= SCATTERED_UP_TO and unlike(matrix) > MOST_UNLIKE):
        return Points(exact_vectors(matrix), True, matrix)
    return Points(latent_vectors(recurring(matrix, uses)), False, matrix)


def tf_idf_matrix(headlines: Sequence[str]) -> tuple[csr_matrix, NDArray[np.int64]]:
    """(n, V) unit rows over all words, syllables and syllable pairs, and (V,) how often each of these occurs; English
    headlines are taken without small words and endings.
    """
    from scipy.sparse import csr_matrix, vstack

    tokeniser = Tokeniser()
    pages = (Page(id="", title=comparable(headline)) for headline in headlines)
    batches = [tokeniser.tokenise(batch) for batch in page_batches(pages)]
    lexicon = tokeniser.lexicon
    found = [np.concatenate([terms.hashes for terms in terms_of(batch, lexicon, SPEC.terms)]) for batch in batches]
    terms, uses = np.unique(np.concatenate(found), return_counts=True)
    table, idf = TermTable(terms), background().idf(terms)
    rows = [tf_idf(count_terms(batch, lexicon, table, SPEC), idf, SPEC) for batch in batches]
    parts = [csr_matrix((row.values, row.columns, row.indptr), shape=(row.indptr.size - 1, terms.size)) for row in rows]
    return csr_matrix(vstack(parts)), uses


def recurring(matrix: csr_matrix, uses: NDArray[np.int64]) -> csr_matrix:
    """The columns of terms that occur more than once, rows to unit length again."""
    from scipy.sparse import csr_matrix, diags

    kept = matrix[:, np.flatnonzero(uses >= min(2, matrix.shape[0]))]
    lengths = np.sqrt(np.asarray(kept.multiply(kept).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.where(lengths > 0, lengths, 1.0)) @ kept)


def unlike(matrix: csr_matrix) -> float:
    """The share of rows (n, V) whose cosine to every other is below UNLIKE."""
    found = 0
    for start in range(0, matrix.shape[0], _BLOCK):
        cosines = (matrix[start : start + _BLOCK] @ matrix.T).toarray()
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = 0.0
        found += int((cosines.max(axis=1) < UNLIKE).sum())
    return found / int(matrix.shape[0])


def exact_vectors(matrix: csr_matrix) -> NDArray[np.float32]:
    """(n, n) vectors with the cosines of the unit rows (n, V): the Cholesky factor of their products.

    Costs n^3 / 3 multiplications and not a dimension for each of many terms.
    """
    from threadpoolctl import threadpool_limits

    products = (matrix @ matrix.T).toarray().astype(np.float64)
    empty = products.diagonal() < 0.5
    with threadpool_limits(limits=1):
        # Copies of a headline in other words would make it singular.
        factor = np.linalg.cholesky(products + 1e-5 * np.eye(len(products)))
    factor[empty] = 0.0
    return _to_unit_length(factor)


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
    return _to_unit_length(points)


def _to_unit_length(points: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (points / np.where(lengths > 1e-6, lengths, 1.0)).astype(np.float32)
    unit[lengths[:, 0] <= 1e-6] = 0.0
    return unit
