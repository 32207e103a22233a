"""KMeans made good for short texts: seeded by a Ward tree, in cells where there are many, k from silhouettes.

KMeans from random seeds tears small, tight groups of headlines apart and depends on the order of its input. Ward's
tree (Ward 1963)
minimises the same squared distances from below; cut at k it gives centroids from which KMeans (Lloyd 1982) only has to
settle. A tree costs the square of its points, so past CELL points a coarse KMeans first makes cells, and the trees of
all cells are cut at one height: linear in the number of headlines.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.methods.scattered import scattered_tree
from classifier.clustering.methods.tree import Tree, cut, natural_number, numbered, ward_tree
from classifier.clustering.silhouette import silhouettes, sums_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["kmeans", "silhouettes"]

CELL = 2_500
SEED = 13
SAMPLE = 20_000
"""The coarse KMeans looks at no more points than this, evenly taken."""
_SAMPLED_CELLS = 5


def kmeans(
    points: NDArray[np.float32],
    k: int | None,
    *,
    scattered: bool = False,
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.int64]:
    """(n,) cluster numbers 0 … of unit vectors (n, d): exactly k, at most n; k None chooses their number
    (`natural_number`). scattered: many points belong to nothing (`scattered_tree`).

    The result depends on the points alone: give them in a fixed order. Runs single-threaded, so that it does not depend
    on threads. progress: called with the share done.
    """
    from threadpoolctl import threadpool_limits

    count = len(points)
    if count == 0 or k == 1 or (k is None and count < 3 and not scattered):
        return np.zeros(count, dtype=np.int64)
    if k is not None and k >= count:
        return np.arange(count)
    tell = progress or (lambda _: None)
    with threadpool_limits(limits=1):
        if scattered:
            tree, alike = scattered_tree(points)
            return cut(tree, alike if k is None else count - k)
        found = cells(points)
        if k is not None and k < len(found):
            return _exactly(_lloyd(points, k, passes=4 if count <= SAMPLE else 1), k)
        trees = []
        for cell in found:
            trees.append(ward_tree(points, cell))
            tell(0.5 * len(trees) / len(found))
        merges = _merges_for(trees, k) if k is not None else _natural_merges(points, trees)
        labels = np.zeros(count, dtype=np.int64)
        used = 0
        for place, (tree, number) in enumerate(zip(trees, merges, strict=True)):
            local = _settle(points[tree.members], cut(tree, number))
            labels[tree.members] = local + used
            used += int(local.max()) + 1
            tell(0.5 + 0.5 * (place + 1) / len(found))
    return numbered(labels)


def cells(points: NDArray[np.float32]) -> list[NDArray[np.int64]]:
    """Disjoint index sets of at most CELL points each, near ones together."""
    waiting, done = [np.arange(len(points))], []
    while waiting:
        cell = waiting.pop()
        if cell.size <= CELL:
            done.append(cell)
            continue
        parts = _lloyd(points[cell], int(np.ceil(cell.size / (CELL / 2))))
        pieces = [cell[parts == part] for part in np.unique(parts)]
        if max(piece.size for piece in pieces) > 0.95 * cell.size:  # nearly all alike: any cut is as good
            pieces = np.array_split(cell, int(np.ceil(cell.size / CELL)))
        waiting += pieces
    return sorted(done, key=lambda cell: int(cell[0]))


def _lloyd(points: NDArray[np.float32], k: int, passes: int = 1) -> NDArray[np.int64]:
    """A plain KMeans of unit vectors, fitted on an even sample where there are many."""
    from sklearn.cluster import KMeans

    step = -(-len(points) // max(SAMPLE, 20 * k))
    machine = KMeans(k, n_init=passes, random_state=SEED, max_iter=100 if step == 1 else 30)
    with warnings.catch_warnings():
        # Fewer different points than clusters: the cells are smaller in number, and `_exactly` sees to k.
        warnings.filterwarnings("ignore", "Number of distinct clusters", UserWarning)
        machine.fit(points[::step])
    labels: NDArray[np.int64] = machine.predict(points).astype(np.int64)
    return labels


def _exactly(labels: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """The partition with k clusters where equal points left fewer: members of the largest ones stand alone."""
    labels = numbered(labels)
    used = int(labels.max()) + 1
    while used < k:
        largest = int(np.argmax(np.bincount(labels)))
        labels[np.flatnonzero(labels == largest)[-1]] = used
        used += 1
    return numbered(labels)


def _merges_for(trees: list[Tree], k: int) -> list[int]:
    """How many merges of each tree leave k clusters in all: the lowest ones, wherever they are."""
    owner = np.repeat(np.arange(len(trees)), [tree.heights.size for tree in trees])
    heights = np.concatenate([tree.heights for tree in trees])
    lowest = np.lexsort((owner, heights))[: sum(tree.count for tree in trees) - k]
    merges: list[int] = np.bincount(owner[lowest], minlength=len(trees)).tolist()
    return merges


def _natural_merges(points: NDArray[np.float32], trees: list[Tree]) -> list[int]:
    """How many merges of each tree leave its natural clusters; of many cells a few decide on one height for all."""
    by_size = sorted((i for i in range(len(trees)) if trees[i].count > 2), key=lambda i: (trees[i].count, i))
    if not by_size:
        return [0] * len(trees)
    places = np.unique(np.linspace(0, len(by_size) - 1, _SAMPLED_CELLS).round().astype(int)).tolist()
    heights = []
    for tree in (trees[by_size[place]] for place in places):
        merges = tree.count - natural_number(points, tree)
        if len(trees) == 1:
            return [merges]
        heights.append(float(tree.heights[merges - 1]) if merges else 0.0)
    return [int(np.searchsorted(tree.heights, np.median(heights), side="right")) for tree in trees]


def _settle(points: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lloyd's iterations from the means of a partition, which keep its number of clusters."""
    from sklearn.cluster import KMeans

    number = int(labels.max()) + 1
    if number < 2 or number >= len(points):
        return labels
    means = sums_of(points, labels, number)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    start = means / np.where(lengths > 1e-9, lengths, 1.0)
    if len(np.unique(start, axis=0)) < number:  # equal points in several clusters: nothing to settle between them
        return labels
    settled = KMeans(number, init=start, n_init=1, max_iter=100).fit_predict(points.astype(np.float64)).astype(np.int64)
    nothing = ~points.any(axis=1)  # as near to every centre: stays where the tree put it
    settled[nothing] = labels[nothing]
    return settled if np.unique(settled).size == number else labels
