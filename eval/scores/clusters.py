"""How far a clustering can be trusted: how alike two clusterings are, and what changes with other headlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eval.scores.intervals import mean_interval, plain
from eval.scores.metrics import NAN, check_same_length

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from eval.scores.intervals import Score
    from eval.scores.shape import Clusters

PAIRS = 5
SHARE = 0.8
LARGEST = 10
SEED = 20260101


@dataclass(frozen=True, slots=True)
class Group:
    """One cluster for a report: what names it, how many headlines it has, their mean silhouette."""

    name: str
    size: int
    silhouette: float


@dataclass(frozen=True, slots=True, eq=False)
class Clustered:
    """A clustering to be judged: each headline's silhouette (n,), the groups, and the Rand indices of `stability`.

    `apart` headlines were set apart before (service items); `sampled` of the n were used for the stability.
    """

    silhouettes: NDArray[np.float64]
    groups: Sequence[Group]
    stability: Sequence[float]
    apart: int = 0
    sampled: int = 0


def adjusted_rand_index(a: ArrayLike, b: ArrayLike) -> float:
    """The agreement of two clusterings of the same n items, (n,) each: 1 for the same, about 0 by chance.

    Hubert & Arabie 1985, "Comparing partitions", eq. 5. Where both have but one cluster, or only clusters of one, they
    are the same, and it is 1. NaN without items.
    """
    first, second = np.asarray(a), np.asarray(b)
    check_same_length(first, second)
    if not len(first):
        return NAN
    left, right = (np.unique(side, return_inverse=True)[1].reshape(-1) for side in (first, second))
    cells = np.unique(left * (right.max() + 1) + right, return_counts=True)[1]
    together = _pairs(cells)
    rows, columns, every = _pairs(np.bincount(left)), _pairs(np.bincount(right)), _pairs(np.array([len(left)]))
    expected = rows * columns / every if every else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def stability(
    items: int,
    cluster: Callable[[NDArray[np.int64]], NDArray[np.int64]],
    *,
    pairs: int = PAIRS,
    share: float = SHARE,
    seed: int = SEED,
) -> list[float]:
    """How alike the clusterings of overlapping samples are: a Rand index for each of `pairs` pairs of samples.

    Each sample holds `share` of the items, drawn without replacement; `cluster` gives the cluster numbers of the items
    (m,) it is handed; the two are compared on the items that both hold (Ben-Hur, Elisseeff & Guyon 2002). [] for fewer
    than four items.
    """
    size = round(share * items)
    if items < 4 or size < 2:
        return []
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(pairs):
        one, other = (np.sort(rng.permutation(items)[:size]) for _ in range(2))
        _, at_one, at_other = np.intersect1d(one, other, assume_unique=True, return_indices=True)
        found.append(adjusted_rand_index(cluster(one)[at_one], cluster(other)[at_other]))
    return found


def clusters_as_json(found: Clustered, replicates: int) -> Clusters:
    """The fields for a report: size, mean silhouette with its interval over headlines, stability, largest clusters."""
    silhouette: Score = mean_interval(found.silhouettes, replicates=replicates)
    largest = sorted(found.groups, key=lambda group: (-group.size, group.name))[:LARGEST]
    return {
        "headlines": len(found.silhouettes),
        "apart": found.apart,
        "clusters": len(found.groups),
        "silhouette": silhouette.as_json(),
        "stability": None
        if not len(found.stability)
        else {
            "mean": plain(float(np.mean(found.stability))),
            "lowest": plain(min(found.stability)),
            "highest": plain(max(found.stability)),
            "pairs": len(found.stability),
            "share": SHARE,
            "headlines": found.sampled,
        },
        "largest": [
            {"name": group.name, "size": group.size, "silhouette": plain(group.silhouette)} for group in largest
        ],
    }


def _pairs(sizes: NDArray[np.int64]) -> float:
    wide = sizes.astype(float)
    return float((wide * (wide - 1) / 2).sum())
