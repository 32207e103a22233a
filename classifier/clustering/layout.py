"""Points to the plane, for the map of headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 13
MOST = 3_000
"""Up to so many points are laid out by t-SNE; of more headlines the clusters are shown instead."""


def cluster_middles(
    points: NDArray[np.float32], labels: NDArray[np.int64], most: int = 1_000
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Unit vectors (m, d) of the `most` largest clusters' middles, their numbers (m,) and sizes (m,); labels below 0
    are none.
    """
    from classifier.clustering.silhouette import sums_of

    numbers, counts = np.unique(labels[labels >= 0], return_counts=True)
    order = np.sort(np.lexsort((numbers, -counts))[:most])
    place = np.full(int(labels.max(initial=0)) + 1, -1)
    place[numbers[order]] = np.arange(order.size)
    inside = np.where(labels >= 0, place[labels], -1)
    sums = sums_of(points[inside >= 0], inside[inside >= 0], order.size)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return (sums / np.where(lengths > 1e-9, lengths, 1)).astype(np.float32), numbers[order], counts[order]


def layout(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, 2) positions in which near headlines stay near (t-SNE, van der Maaten & Hinton 2008, from a PCA start)."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    count = len(points)
    with threadpool_limits(limits=1):
        with np.errstate(invalid="ignore"):  # points that are all one have shares of no variance
            plane = PCA(min(2, *points.shape), random_state=SEED).fit_transform(points.astype(np.float64))
        if plane.shape[1] < 2:
            plane = np.column_stack((plane, np.zeros(count)))
        if 10 <= count <= MOST and np.ptp(plane) > 0:
            machine = TSNE(
                init=plane * 1e-4 / plane[:, 0].std(),
                perplexity=min(20.0, count / 4),
                metric="cosine",
                random_state=SEED,
            )
            plane = machine.fit_transform(points.astype(np.float64))
    flat: NDArray[np.float64] = np.asarray(plane, dtype=np.float64)
    return flat
