"""Sets of topics that hold the right one so often: split conformal prediction (Vovk et al. 2005; Sadinle et al. 2019).

An article's set are the topics whose probability is at least t, and its likeliest. t is an order statistic of the
probabilities that held-out articles gave their own right topics: of n of them the k-th smallest, k = n + 1 - ceil((n +
1) P). If a new article is exchangeable with these, its set holds its topic with a probability of at least P, whatever
the model (the finite-sample statement of split conformal prediction).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MOST = 400
"""Order statistics that are kept; between two of them the smaller counts, which makes sets larger, never smaller."""


def kept(shares: NDArray[np.float64]) -> dict[str, Any]:
    """Return what is to be kept of the probabilities (n,) that held-out articles gave their right topics."""
    ordered = np.floor(np.sort(shares) * 1e6) / 1e6
    size = min(len(ordered), MOST)
    return {"articles": len(ordered), "shares": [float(ordered[place * len(ordered) // size]) for place in range(size)]}


def least_share(found: Mapping[str, Any], level: float) -> float:
    """Return the least probability with which a topic belongs to the set that holds the right one in `level` of cases.

    0 where fewer articles were held out than such a promise needs: then the set is all topics.
    """
    count, shares = found["articles"], found["shares"]
    rank = count + 1 - math.ceil((count + 1) * level - 1e-9)
    if rank < 1:
        return 0.0
    place = (rank - 1) * len(shares) // count  # the last that is kept with a rank of at most this
    while place and 1 + place * count // len(shares) > rank:
        place -= 1
    return float(shares[place])
