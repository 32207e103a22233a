"""A tree over headlines of which many belong to nothing: alike ones first, by their average, then clusters, by Ward.

Where most headlines stand alone, Ward's tree and KMeans join whatever is left over: a cluster of strangers costs them
no more than several small ones. Average linkage (Sokal & Michener 1958) asks how alike the headlines are, and can stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.methods.tree import Tree, cut, numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

LEAST_ALIKE = 0.1
"""Clusters whose headlines have a mean cosine below this to each other's are about different things (docs/clusters.md
has the figures)."""


def scattered_tree(points: NDArray[np.float32]) -> tuple[Tree, int]:
    """The tree over unit vectors (n, d), and how many of its merges join like with like.

    Above those, where fewer clusters are wanted than there are things, Ward's criterion (1963) joins the clusters, so
    that they stay of like size.
    """
    from scipy.cluster.hierarchy import linkage

    count = len(points)
    if count < 2:
        return Tree(np.arange(count), np.zeros((0, 4))), 0
    part = points.astype(np.float64)
    apart = np.maximum(1 - part @ part.T, 0)[np.triu_indices(count, 1)]
    merges = linkage(apart, "average")
    alike = int(np.searchsorted(merges[:, 2], 1 - LEAST_ALIKE, side="right"))
    labels = cut(Tree(np.arange(count), merges), alike)
    upper = _ward_merges(part, labels, _nodes(merges[:alike], labels))
    return Tree(np.arange(count), np.vstack((merges[:alike], upper))), alike


def parted(matrix: csr_matrix, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The partition (n,) with each cluster cut where its parts are not alike, by the unit rows (n, V) of their terms.

    What latent dimensions bring together because it is like nothing else comes apart again.
    """
    from scipy.cluster.hierarchy import linkage

    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(np.bincount(labels))
    found, used = np.zeros(labels.size, dtype=np.int64), 0
    for begin, end in zip(np.concatenate(([0], ends[:-1])).tolist(), ends.tolist(), strict=True):
        members = order[begin:end]
        local = np.zeros(members.size, dtype=np.int64)
        if members.size > 1:
            part = matrix[members]
            apart = np.maximum(1 - (part @ part.T).toarray(), 0)[np.triu_indices(members.size, 1)]
            merges = linkage(apart.astype(np.float64), "average")
            alike = int(np.searchsorted(merges[:, 2], 1 - LEAST_ALIKE, side="right"))
            local = cut(Tree(members, merges), alike)
        found[members] = local + used
        used += int(local.max()) + 1
    return numbered(found)


def _nodes(merges: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """(k,) which node of the tree so far each cluster is."""
    count = labels.size
    nodes = np.zeros(int(labels.max()) + 1, dtype=np.int64)
    nodes[labels] = np.arange(count)
    leaf = np.concatenate((np.arange(count), np.zeros(len(merges), dtype=np.int64)))
    for step, left in enumerate(merges[:, 0].astype(np.int64).tolist()):
        leaf[count + step] = leaf[left]  # any of its leaves names its cluster
        nodes[labels[leaf[left]]] = count + step
    return nodes


def _ward_merges(
    points: NDArray[np.float64], labels: NDArray[np.int64], nodes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(k - 1, 4) merges of the k clusters, lowest first, as scipy's linkage writes them; heights begin above 1."""
    sizes = np.bincount(labels).astype(np.float64)
    pairs = _chain(_costs(points, labels, sizes), sizes.copy())
    pairs.sort(key=lambda pair: pair[2])
    parent = list(range(sizes.size))
    node, weight = nodes.tolist(), sizes.tolist()
    rows = []
    for step, (one, other, cost) in enumerate(pairs):
        first, second = _root(parent, one), _root(parent, other)
        parent[second] = first
        weight[first] += weight[second]
        rows.append((node[first], node[second], 1 + np.sqrt(cost), weight[first]))
        node[first] = 2 * labels.size - sizes.size + step
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        at = parent[at]
    return at


def _costs(points: NDArray[np.float64], labels: NDArray[np.int64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k, k) by how much each merge of two clusters raises the sum of squares, doubled; infinite on the diagonal."""
    means = np.zeros((sizes.size, points.shape[1]))
    np.add.at(means, labels, points)
    means /= sizes[:, None]
    squares = np.einsum("ij,ij->i", means, means)
    squares[squares == 0] = 1.0  # what shares no word is as far from everything as two headlines can be
    apart = np.maximum(squares[:, None] + squares - 2 * means @ means.T, 0)
    costs: NDArray[np.float64] = 2 * apart * (sizes[:, None] * sizes / (sizes[:, None] + sizes))
    np.fill_diagonal(costs, np.inf)
    return costs


def _chain(costs: NDArray[np.float64], sizes: NDArray[np.float64]) -> list[tuple[int, int, float]]:
    """All merges by chains of nearest neighbours (Murtagh 1983), updated by Lance & Williams' formula (1967).

    A merged cluster keeps the number of its first part.
    """
    pairs: list[tuple[int, int, float]] = []
    alive = np.ones(sizes.size, dtype=bool)
    chain: list[int] = []
    while len(pairs) < sizes.size - 1:
        if not chain:
            chain.append(int(np.argmax(alive)))
        at = chain[-1]
        nearest = int(np.argmin(costs[at]))
        if len(chain) > 1 and costs[at, chain[-2]] <= costs[at, nearest]:
            nearest = chain[-2]  # of equals the one before, or the chain would go round
        if len(chain) < 2 or nearest != chain[-2]:
            chain.append(nearest)
            continue
        cost = float(costs[at, nearest])
        del chain[-2:]
        one, other = min(at, nearest), max(at, nearest)
        pairs.append((one, other, cost))
        total = sizes[one] + sizes[other] + sizes
        merged = (sizes[one] + sizes) * costs[one] + (sizes[other] + sizes) * costs[other] - sizes * cost
        alive[other] = False
        sizes[one] += sizes[other]
        row = np.where(alive, merged / total, np.inf)
        row[one] = np.inf
        costs[one], costs[:, one] = row, row
        costs[other], costs[:, other] = np.inf, np.inf
    return pairs
