"""KMeans made good for short texts: seeded by a Ward tree, in cells where there are many, k from the silhouette.

KMeans from random seeds tears small, tight groups of headlines apart and depends on the order of its input. Ward's tree (Ward 1963)
minimises the same squared distances from below; cut at k it gives centroids from which KMeans (Lloyd 1982) only has to settle.
A tree costs the square of its points, so past CELL points a coarse KMeans first makes cells, and the trees of all cells are cut at one
height: linear in the number of headlines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CELL = 2_500
SEED = 13
_CANDIDATES = 28
_SAMPLED_CELLS = 5


@dataclass(frozen=True, slots=True)
class _Tree:
    """A cell's points and its Ward tree: `merges` as scipy's linkage, `heights` ascending."""

    members: NDArray[np.int64]
    merges: NDArray[np.float64]

    @property
    def heights(self) -> NDArray[np.float64]:
        return self.merges[:, 2]


def kmeans(points: NDArray[np.float32], k: int | None) -> NDArray[np.int64]:
    """(n,) cluster numbers 0 … of unit vectors (n, d); k None chooses their number by the mean silhouette.

    The result depends on the points alone: give them in a fixed order. Runs single-threaded, so that it does not depend on threads.
    """
    from threadpoolctl import threadpool_limits

    count = len(points)
    if count <= 2 or k == 1:
        return np.zeros(count, dtype=np.int64) if k == 1 or count < 2 or k is None else np.arange(count) % k
    with threadpool_limits(limits=1):
        cells = _cells(points)
        if k is not None and k < len(cells):
            return _numbered(_lloyd(points, k))
        trees = [_Tree(cell, _ward(points[cell])) for cell in cells]
        merges = _merges_for(trees, min(k, count)) if k is not None else _natural_merges(points, trees)
        labels = np.zeros(count, dtype=np.int64)
        used = 0
        for tree, number in zip(trees, merges, strict=True):
            local = _settle(points[tree.members], _cut(tree, number))
            labels[tree.members] = local + used
            used += int(local.max()) + 1
    return _numbered(labels)


def silhouettes(points: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) silhouette of each point (Rousseeuw 1987), with cosine distances of unit vectors; 0 in clusters of one.

    Against mean vectors rather than all pairs: for unit vectors the mean cosine distance to a cluster is one minus the cosine to its
    mean, so this is exact and linear in n for a given k.
    """
    number = int(labels.max()) + 1
    sizes = np.bincount(labels, minlength=number)
    if number < 2:
        return np.zeros(len(points))
    sums = np.zeros((number, points.shape[1]))
    np.add.at(sums, labels, points)
    result = np.zeros(len(points))
    for start in range(0, len(points), 4_096):
        part, own = points[start : start + 4_096].astype(np.float64), labels[start : start + 4_096]
        rows = np.arange(len(part))
        similarity = part @ sums.T
        inside = (similarity[rows, own] - np.einsum("ij,ij->i", part, part)) / np.maximum(sizes[own] - 1, 1)
        similarity /= sizes
        similarity[rows, own] = -np.inf
        a, b = 1 - inside, 1 - similarity.max(axis=1)
        widest = np.maximum(a, b)
        result[start : start + 4_096] = np.where((sizes[own] > 1) & (widest > 0), (b - a) / np.where(widest > 0, widest, 1), 0)
    return result


def _cells(points: NDArray[np.float32]) -> list[NDArray[np.int64]]:
    """Disjoint index sets of at most CELL points each, near ones together."""
    waiting, done = [np.arange(len(points))], []
    while waiting:
        cell = waiting.pop()
        if cell.size <= CELL:
            done.append(cell)
            continue
        parts = _lloyd(points[cell], int(np.ceil(cell.size / (CELL / 2))), passes=1)
        pieces = [cell[parts == part] for part in range(int(parts.max()) + 1)]
        pieces = [piece for piece in pieces if piece.size]
        if len(pieces) == 1:  # identical points: any cut is as good
            pieces = np.array_split(cell, 2)
        waiting += pieces
    return sorted(done, key=lambda cell: int(cell[0]))


def _lloyd(points: NDArray[np.float32], k: int, passes: int = 4) -> NDArray[np.int64]:
    from sklearn.cluster import KMeans

    machine = KMeans(k, n_init=passes, random_state=SEED, max_iter=100)
    labels: NDArray[np.int64] = machine.fit_predict(points).astype(np.int64)
    return labels


def _ward(points: NDArray[np.float32]) -> NDArray[np.float64]:
    from scipy.cluster.hierarchy import linkage

    if len(points) < 2:
        return np.zeros((0, 4))
    merges: NDArray[np.float64] = linkage(points.astype(np.float64), "ward")
    return merges


def _cut(tree: _Tree, merges: int) -> NDArray[np.int64]:
    """The partition after the first `merges` merges; by count and not by height, so that equal heights cannot lose a cluster."""
    count = tree.members.size
    parent = list(range(count + merges))
    for step, (left, right) in enumerate(tree.merges[:merges, :2].astype(np.int64).tolist()):
        parent[left] = parent[right] = count + step
    for node in range(count + merges - 1, -1, -1):  # parents have higher numbers than their children
        parent[node] = parent[parent[node]]
    return _numbered(np.array(parent[:count], dtype=np.int64))


def _merges_for(trees: list[_Tree], k: int) -> list[int]:
    """How many merges of each tree leave k clusters in all: the lowest ones, wherever they are."""
    owner = np.repeat(np.arange(len(trees)), [tree.heights.size for tree in trees])
    heights = np.concatenate([tree.heights for tree in trees])
    lowest = np.lexsort((owner, heights))[: max(sum(tree.members.size for tree in trees) - k, 0)]
    return np.bincount(owner[lowest], minlength=len(trees)).tolist()


def _natural_merges(points: NDArray[np.float32], trees: list[_Tree]) -> list[int]:
    """How many merges of each tree give the best mean silhouette; of many cells a few decide on one height for all."""
    by_size = sorted((i for i in range(len(trees)) if trees[i].members.size > 2), key=lambda i: (trees[i].members.size, i))
    if not by_size:
        return [0] * len(trees)
    places = np.unique(np.linspace(0, len(by_size) - 1, _SAMPLED_CELLS).round().astype(int)).tolist()
    heights = []
    for tree in (trees[by_size[place]] for place in places):
        merges = tree.members.size - _best_k(points[tree.members], tree)
        if len(trees) == 1:
            return [merges]
        heights.append(float(tree.heights[merges - 1]) if merges else 0.0)
    return [int(np.searchsorted(tree.heights, np.median(heights), side="right")) for tree in trees]


def _best_k(points: NDArray[np.float32], tree: _Tree) -> int:
    count = tree.members.size
    candidates = np.unique(np.geomspace(2, max(3, count * 0.7), _CANDIDATES).round().astype(int))
    best, tried = _best_of(points, tree, candidates.tolist(), {})
    # once more, finer, around the best
    below = max((c for c in tried if c < best), default=best)
    above = min((c for c in tried if c > best), default=best)
    best, _ = _best_of(points, tree, np.unique(np.linspace(below, above, 13).round().astype(int)).tolist(), tried)
    return best


def _best_of(
    points: NDArray[np.float32], tree: _Tree, candidates: list[int], tried: dict[int, float]
) -> tuple[int, dict[int, float]]:
    for k in candidates:
        if k not in tried and 2 <= k < tree.members.size:
            tried[k] = float(silhouettes(points, _cut(tree, tree.members.size - k)).mean())
    if not tried:
        return 2, tried
    return max(tried, key=lambda k: (tried[k], -k)), tried


def _settle(points: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lloyd's iterations from the means of a partition."""
    from sklearn.cluster import KMeans

    number = int(labels.max()) + 1 if labels.size else 0
    if number < 2 or number >= len(points):
        return labels
    sums = np.zeros((number, points.shape[1]))
    np.add.at(sums, labels, points)
    means = sums / np.bincount(labels, minlength=number)[:, None]
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    start = means / np.where(lengths > 1e-9, lengths, 1.0)
    settled: NDArray[np.int64] = KMeans(number, init=start, n_init=1, max_iter=100).fit_predict(points.astype(np.float64))
    return settled.astype(np.int64)


def _numbered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same partition numbered 0 … without gaps, in the order of first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first)] = np.arange(first.size)
    return rank[inverse]
