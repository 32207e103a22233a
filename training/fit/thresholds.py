"""From which score on a label is named, where an article may have several: by the F1 of articles left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]


def best_thresholds(scores: Scores, targets: NDArray[np.bool_]) -> Scores:
    """(L,) the score from which on naming each label gives the best F1 of the articles (n, L); infinite without any."""
    return np.array([best_threshold(scores[:, at], targets[:, at]) for at in range(scores.shape[1])])


def best_threshold(scores: Scores, target: NDArray[np.bool_]) -> float:
    """Of one label, scores (n,): halfway between two articles, so that neither stands on the edge (Lipton et al. 2014,
    "Optimal Thresholding of Classifiers to Maximize F1 Measure").
    """
    support = int(target.sum())
    if not support:
        return float("inf")
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    named = np.arange(1, ranked.size + 1)
    f1 = 2 * np.cumsum(target[order]) / (named + support)
    f1[:-1][ranked[:-1] == ranked[1:]] = -1.0  # equal scores are named together
    best = int(f1.argmax())
    return float(ranked[best] - 1e-6 if best + 1 == ranked.size else (ranked[best] + ranked[best + 1]) / 2)
