"""Ward's tree over some points: made, cut at a number of clusters, and asked how many there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.clustering.silhouette import silhouettes

COARSER = (1, 4, 16)
"""The number of clusters is judged in the whole space and in a quarter and a sixteenth of its dimensions. Alone, the whole space
favours too many clusters (each small one has a dimension of its own) and a coarse one too few or far too many (docs/clusters.md)."""
_CANDIDATES = 28


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

    A zero vector, which has no term in common with any other, is as far from everything, other zero vectors too, as two headlines can be.
    """
    from scipy.cluster.hierarchy import linkage

    if members.size < 2:
        return Tree(members, np.zeros((0, 4)))
    part = points[members].astype(np.float64)
    squares = np.maximum(2.0 - 2.0 * (part @ part.T), 0.0)
    distances = np.sqrt(squares[np.triu_indices(members.size, 1)])
    return Tree(members, linkage(distances, "ward"))


def cut(tree: Tree, merges: int) -> NDArray[np.int64]:
    """(n,) the partition after the first `merges` merges; by count and not by height, so that equal heights cannot lose a cluster."""
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

    The mean silhouette (Rousseeuw 1987) of a cut is taken in several spaces, from fine to coarse (COARSER); in each it is divided by
    the best that any cut reaches there, and the cut with the highest sum wins; of equals the one with fewer clusters.
    """
    count = tree.count
    if count < 3:
        return 1
    spaces = _spaces(points[tree.members])
    tried: dict[int, list[float]] = {}
    candidates = np.unique(np.geomspace(2, max(3, count * 0.8), _CANDIDATES).round().astype(int)).tolist()
    best = _best_of(spaces, tree, candidates, tried)
    below = max((k for k in tried if k < best), default=best)
    above = min((k for k in tried if k > best), default=best)
    finer = np.unique(np.linspace(below, above, 13).round().astype(int)).tolist()
    return _best_of(spaces, tree, finer, tried)


def _best_of(
    spaces: list[NDArray[np.float32]], tree: Tree, candidates: list[int], tried: dict[int, list[float]]
) -> int:
    for k in candidates:
        if k not in tried and 2 <= k < tree.count:
            labels = cut(tree, tree.count - k)
            tried[k] = [float(silhouettes(space, labels).mean()) for space in spaces]
    numbers = sorted(tried)
    table = np.array([tried[k] for k in numbers])
    highest = table.max(axis=0)
    sums = (table / np.where(highest > 1e-9, highest, 1.0)).sum(axis=1)
    return numbers[int(np.argmax(np.round(sums, 9)))]


def _spaces(points: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The points in all and in the first few of their own main directions, to unit length again."""
    exact = points.astype(np.float64)
    _, directions = np.linalg.eigh(exact.T @ exact)
    turned = exact @ directions[:, ::-1]
    spaces = []
    for part in COARSER:
        some = turned[:, : max(points.shape[1] // part, min(2, points.shape[1]))]
        lengths = np.linalg.norm(some, axis=1, keepdims=True)
        spaces.append((some / np.where(lengths > 1e-9, lengths, 1.0)).astype(np.float32))
    return spaces
