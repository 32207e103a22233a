"""Intervals of the scores that are no proportions: F1s, balanced accuracy, pooled topics, the calibration error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.scores.calibration import BINS, bin_of, expected_calibration_error
from eval.scores.intervals import LEVEL, REPLICATES, SEED, Score, percentile, replicate_sums, wilson
from eval.scores.metrics import (
    NAN,
    check_same_length,
    encode,
    f1_of,
    label_order,
    ratio,
)
from eval.scores.multi_topic import topic_counts
from eval.scores.registry import METRICS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class LabelIntervals:
    """Every score of the registry by key and each label's F1, all from the same replicates."""

    scores: dict[str, Score]
    f1: dict[str, Score]

    @property
    def macro_f1(self) -> Score:
        """The mean F1 of the labels in gold."""
        return self.scores["macro_f1"]

    @property
    def balanced_accuracy(self) -> Score:
        """The mean recall of the labels in gold."""
        return self.scores["balanced_accuracy"]


def label_intervals(
    gold: Sequence[str], predicted: Sequence[str], *, replicates: int = REPLICATES, seed: int = SEED
) -> LabelIntervals:
    """Intervals of the scores that are no proportions; a label absent from gold has an F1 of 0 without interval."""
    return repeated_intervals(gold, [predicted], replicates=replicates, seed=seed)


def repeated_intervals(
    gold: Sequence[str], runs: Sequence[Sequence[str]], *, replicates: int = REPLICATES, seed: int = SEED
) -> LabelIntervals:
    """The mean scores of several runs that labelled the same articles, such as repeats of a cross-validation.

    Runs on the same articles are no further evidence, so articles are drawn, not runs: a replicate takes the same drawn
    articles from each run and averages the runs' scores. The interval is as wide as that of one run, but for what the
    runs disagree in.
    """
    for predicted in runs:
        check_same_length(gold, predicted)
    labels = label_order([*gold, *(label for predicted in runs for label in predicted)])
    L, R = len(labels), len(runs)
    if not gold or not R:
        nothing = {"wilson": wilson(0, 0), "bootstrap": Score(NAN, NAN, NAN, "undefined")}
        return LabelIntervals({metric.key: nothing[metric.interval] for metric in METRICS}, {})
    columns = np.stack([encode(side, labels) for side in (gold, *runs)], axis=1)
    kinds = np.zeros(len(gold), dtype=np.int64)
    for column in columns.T:  # a code for each kind of article; rows as such would take much longer to sort
        kinds = np.unique(kinds * L + column, return_inverse=True)[1].reshape(-1)
    _, first, sizes = np.unique(kinds, return_index=True, return_counts=True)
    cells = columns[first]
    rows = np.hstack([label_rows(cells[:, 0], cells[:, run], L) for run in range(1, R + 1)])
    whole = (sizes @ rows).reshape(R, 3 * L)
    drawn = replicate_sums(rows, sizes, replicates=replicates, seed=seed).reshape(-1, R, 3 * L)
    support = whole[0, L : 2 * L]
    effective = effective_articles(support)
    f1s, drawn_f1s = f1_of(*_thirds(whole)).mean(axis=0), f1_of(*_thirds(drawn)).mean(axis=1)
    drawn_f1s[drawn[:, 0, L : 2 * L] == 0] = NAN  # without gold articles a replicate says nothing about the label
    scores = {}
    for metric in METRICS:
        value = float(metric.of_counts(*_thirds(whole)).mean())
        if metric.interval == "wilson":
            scores[metric.key] = wilson(round(value * len(gold), 9), len(gold))
        else:
            trials = effective if metric.over_labels else len(gold)
            scores[metric.key] = percentile(value, metric.of_counts(*_thirds(drawn)).mean(axis=1), trials=trials)
    return LabelIntervals(
        scores,
        {label: percentile(float(f1s[i]), drawn_f1s[:, i], trials=float(support[i])) for i, label in enumerate(labels)},
    )


def label_rows(gold: NDArray[np.int64], predicted: NDArray[np.int64], L: int) -> NDArray[np.int64]:
    """What one article adds to each label's hits, support and predictions: label numbers (u,) -> (u, 3 L)."""
    identity = np.eye(L, dtype=np.int64)
    hits = identity[gold] * (gold == predicted)[:, None]
    return np.hstack([hits, identity[gold], identity[predicted]])


def pooled_intervals(
    gold: Sequence[Collection[str]],
    predicted: Sequence[Collection[str]],
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> dict[str, Score]:
    """Precision, recall and F1 of topic sets, articles pooled but resampled whole: their topics are not independent."""
    counts = topic_counts(gold, predicted)
    if not len(counts):
        return {name: Score(NAN, NAN, NAN, "undefined") for name in ("precision", "recall", "f1")}
    cells, sizes = np.unique(counts, axis=0, return_counts=True)
    drawn = replicate_sums(cells, sizes, replicates=replicates, seed=seed)
    hits, given, support = counts.sum(axis=0)
    ends = {
        "precision": (ratio(hits, given), ratio(drawn[:, 0], drawn[:, 1]), given),
        "recall": (ratio(hits, support), ratio(drawn[:, 0], drawn[:, 2]), support),
        "f1": (f1_of(hits, support, given), f1_of(drawn[:, 0], drawn[:, 2], drawn[:, 1]), max(given, support)),
    }
    return {name: percentile(float(v), reps, trials=float(n)) for name, (v, reps, n) in ends.items()}


def calibration_error(
    probability: ArrayLike, correct: ArrayLike, *, bins: int = BINS, replicates: int = REPLICATES, seed: int = SEED
) -> tuple[Score, float]:
    """The expected calibration error with its interval, and what a perfectly calibrated model would show on average.

    A sum of absolute gaps grows with noise: a resample shows more of it than the sample, as the sample does than the
    truth. So the replicates are mirrored at the value (the basic bootstrap, cut at 0), which takes that excess away;
    the percentile interval missed a small true error nearly always in simulations. The low end is 0 where the value is
    no more than what 97.5 % of perfectly calibrated models would show with these probabilities.
    """
    p, right = np.asarray(probability, dtype=float), np.asarray(correct, dtype=float)
    if not len(p):
        return Score(NAN, NAN, NAN, "undefined"), NAN
    value, where = expected_calibration_error(p, right, bins), bin_of(p, bins)
    gaps = np.eye(bins)[where] * (p - right)[:, None]
    sums = replicate_sums(gaps, np.ones(len(p), dtype=np.int64), replicates=replicates, seed=seed)
    low, high = np.quantile(np.abs(sums).sum(axis=1) / len(p), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    ideal = _ideal_errors(p, where, bins, replicates, seed)
    mirrored_low = 0.0 if value <= np.quantile(ideal, (1 + LEVEL) / 2) else max(0.0, 2 * value - float(high))
    return (
        Score(value, mirrored_low, min(1.0, max(value, 2 * value - float(low))), f"basic bootstrap ({replicates})"),
        float(ideal.mean()),
    )


def _ideal_errors(
    p: NDArray[np.float64], where: NDArray[np.int64], bins: int, replicates: int, seed: int
) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed + 1)
    errors = np.empty(replicates)
    for i in range(replicates):
        gaps = np.bincount(where, weights=p - (rng.random(len(p)) < p), minlength=bins)
        errors[i] = np.abs(gaps).sum() / len(p)
    return errors


def _thirds(sums: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    L = sums.shape[-1] // 3
    return sums[..., :L], sums[..., L : 2 * L], sums[..., 2 * L :]


def effective_articles(support: NDArray[Any]) -> float:
    """The number of articles whose accuracy would be as uncertain as a mean over labels: L² / sum of 1 / support."""
    present = support[support > 0]
    return float(len(present) ** 2 / (1 / present).sum()) if len(present) else 0.0
