"""Ward's tree over some points: made, cut at a number of clusters, and asked how many there are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.silhouette import silhouettes

if TYPE_CHECKING:
    from numpy.typing import NDArray

COARSER = 4
"""The number of clusters is judged in the whole space and in the first quarter of its dimensions. Alone, the whole
space
favours too many clusters, since each small one has a dimension nearly of its own, and the quarter is too noisy
(docs/clusters.md has the figures)."""
_LEAST_DIMENSIONS = 16
NOISE = 0.01
_CANDIDATES = 36


@dataclass(frozen=True, slots=True)
class Tree:
    """`members` (n,): indices of the points. `merges` (n - 1, 4): as scipy's linkage, lowest first."""

    members: NDArray[np.int64]
    merges: NDArray[np.float64]

    @property
    def heights(self) -> NDArray[np.float64]:
        """(n - 1,) ascending."""
        return self.merges[:, 2]

    @property
    def count(self) -> int:
        """How many points."""
        return self.members.size


def ward_tree(points: NDArray[np.float32], members: NDArray[np.int64]) -> Tree:
    """The tree (Ward 1963) over the unit vectors `points[members]`.

    A zero vector, which has no term in common with any other, is as far from everything, other zero vectors too, as two
    headlines can be.
    """
    from scipy.cluster.hierarchy import linkage

    if members.size < 2:
        return Tree(members, np.zeros((0, 4)))
    part = points[members].astype(np.float64)
    squares = np.maximum(2.0 - 2.0 * (part @ part.T), 0.0)
    distances = np.sqrt(squares[np.triu_indices(members.size, 1)])
    return Tree(members, linkage(distances, "ward"))


def cut(tree: Tree, merges: int) -> NDArray[np.int64]:
    """(n,) the partition after the first `merges` merges; by count and not by height, so that equal heights cannot
    lose a cluster.
    """
    count = tree.count
    parent = list(range(count + merges))
    for step, (left, right) in enumerate(tree.merges[:merges, :2].astype(np.int64).tolist()):
        parent[left] = parent[right] = count + step
    for node in range(count + merges - 1, -1, -1):  # parents have higher numbers than their children
        parent[node] = parent[parent[node]]
    return numbered(np.array(parent[:count], dtype=np.int64))


def numbered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same partition numbered 0 … without gaps, in the order of first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first)] = np.arange(first.size)
    found: NDArray[np.int64] = rank[inverse]
    return found


def natural_number(points: NDArray[np.float32], tree: Tree) -> int:
    """Into how many clusters the tree's points fall by themselves: where silhouettes are highest.

    The mean silhouette (Rousseeuw 1987) of a cut is taken in a fine and a coarse space (COARSER); in each it is divided
    by the best that any cut reaches there, and the two are added. Differences below NOISE mean nothing, so of the cuts
    that come so near to the best one the middle is taken.
    """
    count = tree.count
    if count < 3:
        return 1
    spaces = _spaces(points[tree.members])
    tried: dict[int, list[float]] = {}
    candidates = np.unique(np.geomspace(2, max(3, count * 0.8), _CANDIDATES).round().astype(int)).tolist()
    best = _best_of(spaces, tree, candidates, tried)
    below = max((k for k in tried if k < best[0]), default=best[0])
    above = min((k for k in tried if k > best[1]), default=best[1])
    finer = np.unique(np.geomspace(below, above, 16).round().astype(int)).tolist()
    lowest, highest = _best_of(spaces, tree, finer, tried)
    return round(math.sqrt(lowest * highest))


def _best_of(
    spaces: list[NDArray[np.float32]], tree: Tree, candidates: list[int], tried: dict[int, list[float]]
) -> tuple[int, int]:
    """The lowest and the highest number of clusters among those tried that are as good as the best."""
    for k in candidates:
        if k not in tried and 2 <= k < tree.count:
            labels = cut(tree, tree.count - k)
            tried[k] = [float(silhouettes(space, labels).mean()) for space in spaces]
    numbers = sorted(tried)
    table = np.array([tried[k] for k in numbers])
    highest = table.max(axis=0)
    sums = (table / np.where(highest > 1e-9, highest, 1.0)).sum(axis=1)
    good = np.flatnonzero(sums >= sums.max() - NOISE * abs(sums.max()) - 1e-9)
    return numbers[int(good[0])], numbers[int(good[-1])]


def _spaces(points: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The points as they are and in their first dimensions alone, to unit length again."""
    some = points[:, : max(points.shape[1] // COARSER, _LEAST_DIMENSIONS)]
    lengths = np.linalg.norm(some, axis=1, keepdims=True)
    return [points, (some / np.where(lengths > 1e-9, lengths, 1.0)).astype(np.float32)]
