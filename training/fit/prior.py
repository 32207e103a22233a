"""What real news tells about terms: word vectors as a prior, and document frequencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.features.counts import TermTable
from classifier.features.kinds import word_hashes
from classifier.vietnamese.background import background
from training.fit.matrix import Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from training.fit.spec import TrainingSpec


def without_common(vocabulary: Vocabulary, share: float) -> Vocabulary:
    """The terms that stand in at most this share of real news: the rest are function words, which explain nothing."""
    figures = background()
    kept = np.flatnonzero(figures.document_frequency(vocabulary.hashes) <= share * figures.documents)
    return Vocabulary(
        [vocabulary.terms[i] for i in kept.tolist()], vocabulary.hashes[kept], vocabulary.document_frequency[kept]
    )


def smoothing_matrix(hashes: NDArray[np.uint64], spec: TrainingSpec) -> NDArray[np.float32] | None:
    """(V, d) the word vectors of the terms times `spec.prior`, zeros for terms without one; None without a prior.

    A linear model over [x, x @ E] is one over x with the weights w + E @ v: the same as a Gaussian prior with
    covariance I + E E^T on the weights, under which words that keep company in real news get like weights, also those
    the corpus never uses.
    """
    if not spec.prior:
        return None
    figures = background()
    sources = TermTable(word_hashes(figures.words)).columns(hashes)
    matrix = np.zeros((hashes.size, figures.vectors.shape[1]), dtype=np.float32)
    matrix[sources >= 0] = spec.prior * figures.vectors[sources[sources >= 0]]
    return matrix


def widened(matrix: csr_matrix, smoothing: NDArray[np.float32] | None) -> csr_matrix:
    """(n, V + d) the rows with their latent coordinates behind them."""
    if smoothing is None:
        return matrix
    from scipy.sparse import csr_matrix as as_csr
    from scipy.sparse import hstack

    return hstack([matrix, as_csr(matrix @ smoothing)]).tocsr()


def folded(weights: NDArray[np.float64], smoothing: NDArray[np.float32] | None) -> NDArray[np.float64]:
    """(V, L) the weights of terms that give the same scores as weights (V + d, L) of the widened rows."""
    if smoothing is None:
        return weights
    terms = len(smoothing)
    whole: NDArray[np.float64] = weights[:terms] + smoothing.astype(np.float64) @ weights[terms:]
    return whole


def inverse_document_frequency(document_frequency: NDArray[np.int64], documents: int) -> NDArray[np.float32]:
    """ln((1 + n) / (1 + df)) + 1, as scikit-learn's TfidfTransformer smooths it."""
    return (np.log((1 + documents) / (1 + document_frequency)) + 1).astype(np.float32)
