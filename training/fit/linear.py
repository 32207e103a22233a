"""The linear machine: one a label, and its scores of articles left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.isolation import strangers_modules_out
from training.fit.solvers import SOLVERS
from training.folds import folds

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from classifier.features.counts import Counts
    from training.fit.spec import TrainingSpec


PARALLEL_FROM = 20_000_000
"""From so many entries of the matrix on, the labels are fitted in several processes."""


def sparse(rows: Counts, terms: int) -> csr_matrix:
    """The rows as a scipy matrix (n, terms)."""
    from scipy.sparse import csr_matrix

    return csr_matrix((rows.values, rows.columns, rows.indptr), shape=(rows.indptr.size - 1, terms))


def fit_linear(
    matrix: csr_matrix, targets: NDArray[np.bool_], spec: TrainingSpec, own: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One linear machine a label, by `spec.solver`: weights (V, L) and intercepts (L,). own (n,): articles' weights."""
    from joblib import Parallel, delayed

    # Not threads: LIBLINEAR draws from one random state a process, so that threads would race for it. Processes only
    # pay for large corpora.
    with strangers_modules_out():
        columns = Parallel(n_jobs=-1 if matrix.nnz >= PARALLEL_FROM else 1)(
            delayed(_fit_one)(matrix, targets[:, label], spec, own) for label in range(targets.shape[1])
        )
    return np.stack([column[:-1] for column in columns], axis=1), np.array([column[-1] for column in columns])


def _fit_one(
    matrix: csr_matrix, target: NDArray[np.bool_], spec: TrainingSpec, own: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    if target.all() or not target.any():  # in a fold a rare label may be missing: its score says "no" (or "yes") always
        return np.append(np.zeros(matrix.shape[1]), 1.0 if target.all() else -1.0)
    return SOLVERS[spec.solver].learn(matrix, target, spec, own)


def out_of_fold_scores(
    matrix: csr_matrix,
    targets: NDArray[np.bool_],
    primaries: list[str],
    spec: TrainingSpec,
    groups: Sequence[Hashable] | None = None,
    own: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """(n, L) scores of each article by a model that saw neither it nor others of its group."""
    scores = np.zeros(targets.shape)
    for train, test in inner_folds(primaries, spec, groups):
        weights, intercepts = fit_linear(matrix[train], targets[train], spec, None if own is None else own[train])
        scores[test] = matrix[test] @ weights + intercepts
    return scores


def inner_folds(
    primaries: list[str], spec: TrainingSpec, groups: Sequence[Hashable] | None = None
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(rows to fit on, rows left out) of each fold of the specification; a group is never parted."""
    most = len(primaries) if groups is None else len(set(groups))
    return folds(primaries, max(2, min(spec.folds, most)), groups=groups, seed=spec.seed)
