"""How well each point sits in its cluster: silhouettes from mean vectors, exact for few clusters, from near ones for
many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

EXACT = 100_000_000
"""Up to so many pairs of point and cluster all are compared; beyond, each cluster's points with its NEAR nearest
clusters.
"""
NEAR = 32
_BLOCK = 1_024


def silhouettes(points: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) silhouette of each point (Rousseeuw 1987), with cosine distances of unit vectors (n, d); 0 in clusters of
    one.

    labels (n,): 0 … k - 1, each used.
    """
    return fits(points, labels)[0]


def fits(points: NDArray[np.float32], labels: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Silhouettes (n,), and for each point its distance (n,) to the cluster nearest to it, be it its own or the next.

    Against mean vectors rather than all pairs: for unit vectors the mean cosine distance to a cluster is one minus the
    cosine to its mean, so this is exact and linear in n for a given k. Past EXACT pairs the next cluster is sought
    among those whose means are nearest. With one cluster, silhouettes are 0 and distances those to all others.
    """
    count, number = len(points), int(labels.max(initial=-1)) + 1
    result, nearest = np.zeros(count), np.ones(count)
    if number < 1:
        return result, nearest
    sizes = np.bincount(labels, minlength=number)
    sums = sums_of(points, labels, number)
    if count * number <= EXACT:
        every = np.arange(number)
        for start in range(0, count, 4 * _BLOCK):
            rows = np.arange(start, min(start + 4 * _BLOCK, count))
            result[rows], nearest[rows] = _of(points[rows], labels[rows], every, sums, sizes)
        return result, nearest
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(sizes)
    for cluster, near in enumerate(_near(sums, sizes)):
        rows = order[ends[cluster] - sizes[cluster] : ends[cluster]]
        own = np.full(rows.size, int(np.searchsorted(near, cluster)))
        result[rows], nearest[rows] = _of(points[rows], own, near, sums[near], sizes[near])
    return result, nearest


def sums_of(points: NDArray[np.float32], labels: NDArray[np.int64], number: int) -> NDArray[np.float64]:
    """(number, d) sum of the points of each cluster."""
    from scipy.sparse import csr_matrix

    count = len(points)
    member = csr_matrix((np.ones(count), (labels, np.arange(count))), shape=(number, count))
    sums: NDArray[np.float64] = member @ points.astype(np.float64)
    return sums


def _of(
    points: NDArray[np.float32],
    own: NDArray[np.int64],
    clusters: NDArray[np.int64],
    sums: NDArray[np.float64],
    sizes: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`fits` of some points among `clusters`, whose sums and sizes are given; `own` says which is each point's."""
    part, rows = points.astype(np.float64), np.arange(len(points))
    similarity = part @ sums.T
    lengths = np.einsum("ij,ij->i", part, part)
    others = sizes[own] - 1
    inside = (similarity[rows, own] - lengths) / np.maximum(others, 1)
    similarity /= sizes[: clusters.size]
    similarity[rows, own] = -np.inf
    a, b = np.where(others > 0, 1 - inside, np.inf), 1 - similarity.max(axis=1)
    widest = np.where(others > 0, np.maximum(a, b), 0)
    usable = (widest > 1e-12) & np.isfinite(widest)
    found = np.zeros(len(part))
    found[usable] = (b[usable] - a[usable]) / widest[usable]
    return found, np.minimum(a, b)


def _near(sums: NDArray[np.float64], sizes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """For each cluster the ascending numbers of itself and of the NEAR others whose means point most nearly its way.

    Others of a single point are left out: of 100,000 headlines half may be alone, and comparing them all would cost the
    square of that.
    """
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    ways = (sums / np.where(lengths > 1e-9, lengths, 1)).astype(np.float32)
    several = np.flatnonzero(sizes > 1)
    others = several if several.size > NEAR + 1 else np.arange(sizes.size)
    for start in range(0, len(ways), _BLOCK):
        similarity = ways[start : start + _BLOCK] @ ways[others].T
        nearest = others[np.argpartition(-similarity, NEAR, axis=1)[:, : NEAR + 1]]
        for row, found in enumerate(nearest):
            yield np.union1d(found, [start + row])
