"""Two lists of predictions on the same gold: how far apart they are, and whether that is more than luck."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.scores.intervals import LEVEL, REPLICATES, SEED, Score, percentile, plain, replicate_sums
from eval.scores.metrics import NAN, check_same_length, encode, label_order
from eval.scores.registry import METRICS
from eval.scores.score_intervals import label_intervals, label_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_PREDICTION = "(no prediction)"
"""Stands for an article that a prediction file does not mention: it counts as a miss."""


@dataclass(frozen=True, slots=True)
class Change:
    """An article with two labels; `kind` is "fixed" (only B is right), "broken" (only A is right) or "both wrong"."""

    id: str
    gold: str
    a: str
    b: str
    kind: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A on the same articles; differences are B minus A, so above 0 means that B is better.

    `scores` (A's and B's) and `differences` are by the keys of the registry. `only_a` and `only_b` count the articles
    that one alone got right; `p_value` is McNemar's exact one for them. `sets`: labels are sets, and an
    article is right where its whole set is.
    """

    names: tuple[str, str]
    articles: int
    scores: dict[str, tuple[Score, Score]]
    differences: dict[str, Score]
    only_a: int
    only_b: int
    p_value: float
    changes: tuple[Change, ...]
    sentence: str
    sets: bool = False

    @property
    def accuracy_difference(self) -> Score:
        """By how much B is right more often."""
        return self.differences["accuracy"]

    @property
    def macro_f1_difference(self) -> Score:
        """By how much the mean F1 of the labels is higher for B."""
        return self.differences["macro_f1"]

    def as_json(self) -> dict[str, Any]:
        """The fields as plain JSON values, the same names."""
        a, b = self.names
        scores: dict[str, Any] = {}
        for key, (first, second) in self.scores.items():
            scores[key] = {"a": first.as_json(), "b": second.as_json()}
            scores[f"{key}_difference"] = self.differences[key].as_json()
        return {
            "names": {"a": a, "b": b},
            "articles": self.articles,
            **scores,
            "mcnemar": {"only_a": self.only_a, "only_b": self.only_b, "p_value": plain(self.p_value, 9)},
            "changes": [asdict(change) for change in self.changes],
            "sentence": self.sentence,
        }


def compare(
    gold: Sequence[str],
    a: Sequence[str],
    b: Sequence[str],
    *,
    ids: Sequence[str] | None = None,
    names: tuple[str, str] = ("A", "B"),
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Comparison:
    """Compares two predictions of each article. Raises ValueError unless all lists have the same length."""
    check_same_length(gold, a)
    check_same_length(gold, b)
    ids = ids if ids is not None else [str(i) for i in range(len(gold))]
    check_same_length(gold, ids)
    hits_a = sum(g == x for g, x in zip(gold, a, strict=True))
    hits_b = sum(g == y for g, y in zip(gold, b, strict=True))
    both = sum(g == x == y for g, x, y in zip(gold, a, b, strict=True))
    only_a, only_b = hits_a - both, hits_b - both
    differences = _differences(gold, a, b, replicates, seed)
    first, second = (label_intervals(gold, one, replicates=replicates, seed=seed).scores for one in (a, b))
    return Comparison(
        names=names,
        articles=len(gold),
        scores={metric.key: (first[metric.key], second[metric.key]) for metric in METRICS},
        differences=differences,
        only_a=only_a,
        only_b=only_b,
        p_value=mcnemar_exact(only_a, only_b),
        changes=tuple(changed(ids, gold, a, b)),
        sentence=verdict(names, len(gold), (hits_a, hits_b), (only_a, only_b), differences["accuracy"]),
    )


def mcnemar_exact(only_a: int, only_b: int) -> float:
    """The two-sided p-value of McNemar's test: the chance of a split at least so uneven if either side were as likely.

    Exact: twice the binomial tail (n = only_a + only_b, p = 1/2), at most 1. Whole numbers until the last division, so
    it holds for any n.
    """
    n = only_a + only_b
    term, tail = 1, 0
    for i in range(min(only_a, only_b) + 1):
        tail += term
        term = term * (n - i) // (i + 1)
    p_value: float = 2 * tail / 2**n
    return min(1.0, p_value)


def changed(ids: Sequence[str], gold: Sequence[str], a: Sequence[str], b: Sequence[str]) -> list[Change]:
    """The articles that A and B label differently, in order."""
    rows = zip(ids, gold, a, b, strict=True)
    return [
        Change(one, g, x, y, "fixed" if y == g else "broken" if x == g else "both wrong")
        for one, g, x, y in rows
        if x != y
    ]


def _differences(
    gold: Sequence[str], a: Sequence[str], b: Sequence[str], replicates: int, seed: int
) -> dict[str, Score]:
    """The difference of each score; in each replicate A and B are scored on the same drawn articles."""
    n, labels = len(gold), label_order([*gold, *a, *b])
    if not n:
        return {metric.key: Score(NAN, NAN, NAN, "undefined") for metric in METRICS}
    L = len(labels)
    codes = (encode(gold, labels) * L + encode(a, labels)) * L + encode(b, labels)
    cells, sizes = np.unique(codes, return_counts=True)
    g, x, y = cells // (L * L), cells // L % L, cells % L
    rows = np.hstack([label_rows(g, x, L), label_rows(g, y, L)])
    drawn = replicate_sums(rows, sizes, replicates=replicates, seed=seed).reshape(replicates, 2, 3, L)
    whole = (sizes @ rows).reshape(2, 3, L)
    found = {}
    for metric in METRICS:
        value = metric.of_counts(whole[:, 0], whole[:, 1], whole[:, 2])
        values = metric.of_counts(drawn[:, :, 0], drawn[:, :, 1], drawn[:, :, 2])
        found[metric.key] = percentile(float(value[1] - value[0]), values[:, 1] - values[:, 0])
    return found


def verdict(
    names: tuple[str, str],
    n: int,
    hits: tuple[int, int],
    only: tuple[int, int],
    difference: Score,
    score: str = "accuracy",
) -> str:
    """The comparison in one sentence; hits and only are articles right in A and B, and in one of them alone."""
    a, b = names
    if not n:
        return f"{a} and {b} cannot be compared: there is no article."
    if not sum(only):
        return f"{a} and {b} are right on the same {hits[0]} of {n} articles: in {score} they do not differ."
    p_value = mcnemar_exact(*only)
    counts = (
        f"{b} alone is right on {only[1]} articles, {a} alone on {only[0]}, "
        f"exact McNemar p {'below 0.001' if p_value < 0.001 else f'= {p_value:.3f}'}"
    )
    if hits[0] == hits[1]:
        return f"{a} and {b} have the same {score}, {hits[0] / n:.1%} ({counts})."
    better, worse = (b, a) if hits[1] > hits[0] else (a, b)
    sign = 100 if better == b else -100
    low, high = sorted((sign * difference.low, sign * difference.high))
    judgement = "is more than luck" if p_value < 1 - LEVEL else "may well be luck"
    return (
        f"That {better} is ahead of {worse} by {sign * difference.value:.1f} points of {score} "
        f"(95% interval {low:.1f} to {high:.1f}) {judgement}: {counts}."
    )
