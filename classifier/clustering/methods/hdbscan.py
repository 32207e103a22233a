"""HDBSCAN (Campello, Moulavi & Sander 2013): clusters where headlines lie close, the rest is noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.methods.kmeans import cells
from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LEAST = 2
"""Headlines that a cluster has at least: two papers' on one event are enough."""


def hdbscan(
    points: NDArray[np.float32],
    k: int | None,
    *,
    scattered: bool = False,  # noqa: ARG001 (noise is its own answer to points that belong to nothing)
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.int64]:
    """(n,) cluster numbers 0 … of unit vectors (n, d), -1 for noise. Between unit vectors the distance grows as the
    cosine falls.

    Its cost is the square of the points, so many are put in cells first, as for KMeans: a cluster lies in one cell.
    Raises UsageError where k is not None: the density decides how many there are.
    """
    from sklearn.cluster import HDBSCAN
    from threadpoolctl import threadpool_limits

    if k is not None:
        raise UsageError("k", "hdbscan finds the number of clusters itself", "leave it out, or take the method kmeans")
    labels, used = np.full(len(points), -1, dtype=np.int64), 0
    tell = progress or (lambda _: None)
    with threadpool_limits(limits=1):
        found = cells(points) if len(points) else []
        for number, cell in enumerate(found, start=1):
            if cell.size > LEAST:  # scikit-learn refuses as many as a cluster needs
                machine = HDBSCAN(LEAST, min_samples=1, n_jobs=1, copy=True)
                part = machine.fit_predict(points[cell].astype(np.float64)).astype(np.int64)
                labels[cell] = np.where(part >= 0, part + used, -1)
                used += int(part.max(initial=-1)) + 1
            tell(number / len(found))
    return labels
