"""How far probabilities can be trusted: reliability, calibration error, Brier score, accuracy against coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eval.scores.metrics import NAN, check_same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The articles with a probability in (low, high]: their mean probability and their accuracy, NaN without any."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """What a threshold buys: of all articles `coverage` keep their label, and of these `accuracy` are right."""

    threshold: float
    kept: int
    hits: int
    coverage: float
    accuracy: float


def bin_of(probability: ArrayLike, bins: int = BINS) -> NDArray[np.int64]:
    """The equal-width bin of each probability, shape (n,): bin i is (i / bins, (i + 1) / bins], 0 goes to the first."""
    inner = np.linspace(0.0, 1.0, bins + 1)[1:-1]
    return np.searchsorted(inner, np.asarray(probability, dtype=float), side="left").astype(np.int64)


def reliability(probability: ArrayLike, correct: ArrayLike, bins: int = BINS) -> list[Bin]:
    """The table behind a reliability diagram, one row a bin, empty bins included.

    `probability` (n,) is that of the predicted label, `correct` (n,) whether that label is the gold one.
    """
    p, right = _checked(probability, correct)
    where = bin_of(p, bins)
    counts = np.bincount(where, minlength=bins)
    p_sums = np.bincount(where, weights=p, minlength=bins)
    hits = np.bincount(where, weights=right, minlength=bins)
    return [
        Bin(i / bins, (i + 1) / bins, int(n), float(s / n) if n else NAN, float(h / n) if n else NAN)
        for i, (n, s, h) in enumerate(zip(counts, p_sums, hits, strict=True))
    ]


def expected_calibration_error(probability: ArrayLike, correct: ArrayLike, bins: int = BINS) -> float:
    """The mean distance between probability and accuracy, bins weighted by their articles; NaN without articles.

    Equal-width bins of the predicted label's probability (Guo et al. 2017, On Calibration of Modern Neural Networks,
    eq. 3). On a finite sample even a perfectly calibrated model does not show 0: `eval.scores.score_intervals` says so.
    """
    p, right = _checked(probability, correct)
    if not len(p):
        return NAN
    gaps = np.bincount(bin_of(p, bins), weights=p - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(p))


def brier_terms(gold: Sequence[str], distribution: ArrayLike, labels: Sequence[str]) -> NDArray[np.float64]:
    """Each article's squared distance between `distribution` (n, L) and the truth, shape (n,), in [0, 2].

    Brier 1950: summed over all labels. A gold label that is not among `labels` had no probability at all: the truth's 1
    stands alone, so the article costs 1 + the sum of the squared probabilities.
    """
    table = np.asarray(distribution, dtype=float).reshape(len(gold), len(labels))
    column = {label: i for i, label in enumerate(labels)}
    own = np.array([table[i, column[g]] if g in column else 0.0 for i, g in enumerate(gold)], dtype=float)
    return np.asarray((table**2).sum(axis=1) - 2 * own + 1.0)


def brier_top_terms(probability: ArrayLike, correct: ArrayLike) -> NDArray[np.float64]:
    """The same of the predicted label alone, in [0, 1], for predictions without the full distribution."""
    p, right = _checked(probability, correct)
    return np.asarray((p - right) ** 2)


def coverage_at(probability: ArrayLike, correct: ArrayLike, thresholds: Sequence[float]) -> list[CoveragePoint]:
    """For each threshold the articles with `probability >= threshold` and their accuracy (NaN where none is kept)."""
    p, right = _checked(probability, correct)
    points = []
    for threshold in thresholds:
        kept = p >= threshold
        n, hits = int(kept.sum()), int(right[kept].sum())
        points.append(CoveragePoint(threshold, n, hits, n / len(p) if len(p) else NAN, hits / n if n else NAN))
    return points


def coverage_curve(probability: ArrayLike, correct: ArrayLike) -> list[CoveragePoint]:
    """A point for each different probability as threshold, from the highest (least coverage) to the lowest (all)."""
    p, right = _checked(probability, correct)
    order = np.argsort(-p, kind="stable")
    p, hits = p[order], np.cumsum(right[order])
    ends = np.flatnonzero(np.append(p[1:] != p[:-1], True)) if len(p) else np.array([], dtype=int)
    return [
        CoveragePoint(float(p[i]), int(i) + 1, int(hits[i]), (int(i) + 1) / len(p), float(hits[i] / (i + 1)))
        for i in ends
    ]


def threshold_for(target: float, curve: Sequence[CoveragePoint]) -> CoveragePoint | None:
    """The point of a `coverage_curve` that keeps most articles at `target` accuracy or better; None where none does."""
    good = [point for point in curve if point.accuracy >= target]
    return max(good, key=lambda point: point.kept, default=None)


def _checked(probability: ArrayLike, correct: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    p, right = np.asarray(probability, dtype=float), np.asarray(correct, dtype=float)
    check_same_length(right, p)
    return p, right
