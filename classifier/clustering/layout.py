"""Points to the plane, for the map of headlines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SEED = 13
MOST = 5_000
"""Up to so many points are laid out by t-SNE; more by their two main directions, which costs next to nothing."""


def layout(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, 2) positions in which near headlines stay near (t-SNE, van der Maaten & Hinton 2008, from a PCA start)."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    count = len(points)
    with threadpool_limits(limits=1):
        plane = PCA(min(2, *points.shape), random_state=SEED).fit_transform(points.astype(np.float64))
        if plane.shape[1] < 2:
            plane = np.column_stack((plane, np.zeros(count)))
        if 10 <= count <= MOST and np.ptp(plane) > 0:
            machine = TSNE(init=plane * 1e-4 / plane[:, 0].std(), perplexity=min(20.0, count / 4), metric="cosine", random_state=SEED)
            plane = machine.fit_transform(points.astype(np.float64))
    flat: NDArray[np.float64] = np.asarray(plane, dtype=np.float64)
    return flat
