"""Scores of label sets with their intervals: what stands in place of `score_intervals` where gold is a set.

The keys are those of the registry, and mean what scikit-learn's scores of multi-label targets mean: "accuracy" is the
share of articles whose whole set is right (subset accuracy), the F1s are made of each label's counts over all articles.
"other" is no label of a set: it says that the set is empty.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.scores.compare import Change, Comparison, mcnemar_exact, verdict
from eval.scores.intervals import REPLICATES, SEED, Score, percentile, replicate_sums, wilson
from eval.scores.metrics import NAN, LabelScore, check_same_length, f1_of, label_order, ratio
from eval.scores.multi_topic import without_other
from eval.scores.registry import METRICS
from eval.scores.score_intervals import LabelIntervals, effective_articles

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from eval.scores.multi_topic import TopicSets

EXACT = "accuracy"
"""The one score of the registry that is not made of each label's counts."""


def named_set(labels: Collection[str]) -> str:
    """A set as one cell of a table: its labels in alphabetical order, "other" where there is none."""
    return ", ".join(label_order(without_other([labels])[0])) or "other"


def set_table(gold: TopicSets, predicted: TopicSets) -> list[LabelScore]:
    """Precision, recall and F1 of each label in gold or predictions, an article counted under all its labels."""
    labels, rows, sizes = _cells(gold, [predicted])
    hits, support, given, _ = _parts((sizes @ rows)[None, :], len(labels))
    rates = ratio(hits, given)[0], ratio(hits, support)[0], f1_of(hits, support, given)[0]
    table = zip(labels, *rates, support[0], given[0], strict=True)
    return [LabelScore(name, float(p), float(r), float(f), int(s), int(g)) for name, p, r, f, s, g in table]


def set_value(key: str, gold: TopicSets, predicted: TopicSets) -> float:
    """One score of the registry, without its interval."""
    labels, rows, sizes = _cells(gold, [predicted])
    return float(_values((sizes @ rows)[None, :], len(labels), len(gold))[key][0])


def set_intervals(
    gold: TopicSets, runs: Sequence[TopicSets], *, replicates: int = REPLICATES, seed: int = SEED
) -> LabelIntervals:
    """The mean scores of one or several runs over the same articles, as `score_intervals.repeated_intervals`."""
    for predicted in runs:
        check_same_length(gold, predicted)
    if not gold or not runs:
        nothing = {"wilson": wilson(0, 0), "bootstrap": Score(NAN, NAN, NAN, "undefined")}
        return LabelIntervals({one.key: nothing[one.interval] for one in METRICS}, {})
    labels, rows, sizes = _cells(gold, runs)
    L, R, n = len(labels), len(runs), len(gold)
    whole = (sizes @ rows).reshape(R, -1)
    drawn = replicate_sums(rows, sizes, replicates=replicates, seed=seed).reshape(-1, R, 3 * L + 1)
    values, spread = _values(whole, L, n), _values(drawn, L, n)
    support = _parts(whole, L)[1][0]
    scores = {}
    for metric in METRICS:
        value = float(values[metric.key].mean())
        if metric.key == EXACT:
            scores[metric.key] = wilson(round(value * n, 9), n)
        else:
            trials = effective_articles(support) if metric.over_labels else n
            scores[metric.key] = percentile(value, spread[metric.key].mean(axis=1), trials=trials)
    hits, found, given, _ = _parts(drawn, L)
    f1s, drawn_f1s = f1_of(*_parts(whole, L)[:3]).mean(axis=0), f1_of(hits, found, given).mean(axis=1)
    drawn_f1s[found[:, 0] == 0] = NAN
    return LabelIntervals(
        scores,
        {label: percentile(float(f1s[i]), drawn_f1s[:, i], trials=float(support[i])) for i, label in enumerate(labels)},
    )


def compare_sets(
    gold: TopicSets,
    a: TopicSets,
    b: TopicSets,
    *,
    ids: Sequence[str],
    names: tuple[str, str] = ("A", "B"),
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Comparison:
    """B against A as `compare.compare` does it for single labels; "right" is an article whose whole set is right."""
    for side in (a, b, ids):
        check_same_length(gold, side)
    n = len(gold)
    first, second = (set_intervals(gold, [one], replicates=replicates, seed=seed).scores for one in (a, b))
    if n:
        labels, rows, sizes = _cells(gold, [a, b])
        L = len(labels)
        whole = _values((sizes @ rows).reshape(2, -1), L, n)
        drawn = replicate_sums(rows, sizes, replicates=replicates, seed=seed).reshape(-1, 2, 3 * L + 1)
        spread = _values(drawn, L, n)
        differences = {
            key: percentile(float(value[1] - value[0]), spread[key][:, 1] - spread[key][:, 0])
            for key, value in whole.items()
        }
    else:
        differences = {metric.key: Score(NAN, NAN, NAN, "undefined") for metric in METRICS}
    sides = zip(ids, *(map(named_set, side) for side in (gold, a, b)), strict=True)
    told = list(sides)
    hits = sum(g == x for _, g, x, _ in told), sum(g == y for _, g, _, y in told)
    both = sum(g == x == y for _, g, x, y in told)
    only = hits[0] - both, hits[1] - both
    changes = tuple(
        Change(one, g, x, y, "fixed" if y == g else "broken" if x == g else "both wrong")
        for one, g, x, y in told
        if x != y
    )
    return Comparison(
        names=names,
        articles=n,
        scores={metric.key: (first[metric.key], second[metric.key]) for metric in METRICS},
        differences=differences,
        only_a=only[0],
        only_b=only[1],
        p_value=mcnemar_exact(*only),
        changes=changes,
        sentence=verdict(names, n, hits, only, differences[EXACT], "subset accuracy"),
        sets=True,
    )


def _cells(gold: TopicSets, runs: Sequence[TopicSets]) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Labels, a row (R (3 L + 1)) for each kind of article, and how many there are of the kind.

    Of each run: which labels are hit, in gold, given, and whether the set is right.
    """
    sides = [without_other(side) for side in (gold, *runs)]
    kinds = Counter(zip(*sides, strict=True))
    labels = label_order(label for kind in kinds for one in kind for label in one)
    place, L = {label: i for i, label in enumerate(labels)}, len(labels)
    rows = np.zeros((len(kinds), len(runs), 3 * L + 1), dtype=np.int64)
    for row, (truth, *given) in zip(rows, kinds, strict=True):
        for part, one in zip(row, given, strict=True):
            for offset, some in ((0, truth & one), (L, truth), (2 * L, one)):
                part[[offset + place[label] for label in some]] = 1
            part[-1] = truth == one
    return labels, rows.reshape(len(kinds), -1), np.array(list(kinds.values()), dtype=np.int64)


def _parts(sums: NDArray[Any], L: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    return sums[..., :L], sums[..., L : 2 * L], sums[..., 2 * L : 3 * L], sums[..., -1]


def _values(sums: NDArray[Any], L: int, articles: int) -> dict[str, NDArray[np.float64]]:
    """Each score of the registry from summed rows (..., 3 L + 1) -> (...)."""
    hits, support, given, exact = _parts(sums, L)
    return {
        metric.key: exact / max(articles, 1) if metric.key == EXACT else metric.of_counts(hits, support, given)
        for metric in METRICS
    }
