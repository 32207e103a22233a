"""The parts of a report: each a function from judged predictions to plain JSON values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

import numpy as np

from classifier.types import OTHER
from eval.scores import calibration
from eval.scores.compare import compare
from eval.scores.intervals import mean_interval, plain, wilson
from eval.scores.label_curves import label_curve
from eval.scores.label_sets import compare_sets, set_intervals, set_table
from eval.scores.metrics import confusion, label_order, per_label
from eval.scores.multi_topic import beyond_primary, multi_topic, without_other
from eval.scores.registry import METRICS, PARTS
from eval.scores.score_intervals import calibration_error, label_intervals, pooled_intervals, repeated_intervals

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from eval.scores.gold import Judged
    from eval.scores.intervals import Score
    from eval.scores.score_intervals import LabelIntervals
    from eval.scores.shape import (
        Baseline,
        Bin,
        ConfusionTable,
        Coverage,
        CoveragePoint,
        LabelCurve,
        Labels,
        Leakage,
        Mistake,
        Part,
        Rates,
        Reliability,
        Scores,
        SeveralTopics,
        Slice,
        Term,
        TopicRow,
    )

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
TARGETS = (0.9, 0.95, 0.99)
MOST_MISTAKES = 20
CURVE_POINTS = 200  # more cannot be seen
LABEL_POINTS = 60  # likewise, where several curves stand in one picture
SMOOTH_REPLICATES = 1000  # scores that need every article in every replicate: half as many take half a minute less


def scores(judged: Judged, replicates: int) -> Scores:
    """The headline scores: those of the registry, of sets where gold is sets, Brier, and the topics without "other"
    pooled.

    With repeats those of the registry are means over them; their articles are the same, so n stays the number of
    articles.
    """
    smooth = min(replicates, SMOOTH_REPLICATES)
    intervals = intervals_of(judged, replicates)
    top = wilson(int(judged.correct.sum()), len(judged)).as_json() if judged.sets else None
    brier: Score | None = None
    if judged.distribution is not None and not judged.sets:
        terms = calibration.brier_terms(judged.gold, judged.distribution, judged.distribution_labels)
        brier = mean_interval(terms, replicates=smooth)
    elif judged.probability is not None:
        terms = calibration.brier_top_terms(judged.probability, judged.correct)
        brier = mean_interval(terms, replicates=smooth)
    found: dict[str, object] = {
        **{key: score.as_json() for key, score in intervals.scores.items()},
        "brier": None if brier is None else brier.as_json(),
        "brier_kind": None
        if brier is None
        else "all labels"
        if judged.distribution is not None and not judged.sets
        else "predicted label",
        "top_in_gold": top,
        "topics": None,
    }
    if not judged.sets and OTHER in {*judged.gold, *judged.predicted}:
        sets = [without_other([{label} for label in side]) for side in (judged.gold, judged.predicted)]
        found["topics"] = _as_json(pooled_intervals(*sets, replicates=replicates))
    return cast("Scores", found)  # the registry says which scores there are


def intervals_of(judged: Judged, replicates: int, *, first_run: bool = False) -> LabelIntervals:
    """The scores of the registry for what is judged, labels or sets: means over its runs, or those of the first."""
    if judged.gold_topics is not None and judged.predicted_topics is not None and judged.sets:
        sets = [judged.predicted_topics, *(() if first_run else judged.further_topics)]
        return set_intervals(judged.gold_topics, sets, replicates=replicates)
    runs = [judged.predicted, *(() if first_run else judged.further_runs)]
    return repeated_intervals(judged.gold, runs, replicates=replicates)


def per_topic(judged: Judged, replicates: int) -> list[TopicRow]:
    """A row for each label in gold or predictions: Wilson for precision and recall, bootstrap for F1. Where gold is
    sets, an article counts under each label of its set.
    """
    f1 = intervals_of(judged, replicates, first_run=True).f1
    if judged.gold_topics is not None and judged.predicted_topics is not None and judged.sets:
        rows = set_table(judged.gold_topics, judged.predicted_topics)
    else:
        rows = per_label(judged.gold, judged.predicted)
    return [
        {
            "label": row.label,
            "support": row.support,
            "predicted": row.predicted,
            "precision": wilson(round(row.precision * row.predicted), row.predicted).as_json(),
            "recall": wilson(round(row.recall * row.support), row.support).as_json(),
            "f1": f1[row.label].as_json(),
        }
        for row in rows
    ]


def confusion_table(judged: Judged) -> ConfusionTable:
    """Counts and shares of the row, rows by gold label."""
    table = confusion(judged.gold, judged.predicted)
    shares = [[plain(share) for share in row] for row in table.rows().tolist()]
    return {"labels": list(table.labels), "counts": table.counts.tolist(), "row_shares": shares}


def reliability(judged: Judged, replicates: int) -> Reliability | None:
    """The bins of the reliability diagram and the calibration error, beside what a perfect model would show."""
    if judged.probability is None:
        return None
    bins: list[Bin] = [
        {
            "low": plain(row.low),
            "high": plain(row.high),
            "articles": row.count,
            "probability": plain(row.confidence),
            "accuracy": wilson(round(row.accuracy * row.count) if row.count else 0, row.count).as_json(),
        }
        for row in calibration.reliability(judged.probability, judged.correct)
    ]
    error, ideal = calibration_error(judged.probability, judged.correct, replicates=replicates)
    return {"bins": bins, "calibration_error": error.as_json(), "calibration_error_if_perfect": plain(ideal)}


def label_curves(judged: Judged) -> list[LabelCurve] | None:
    """Each label that the gold has: precision against recall, and calibration, of its own probability."""
    if judged.distribution is None:
        return None
    found: list[LabelCurve] = []
    for column, label in enumerate(judged.distribution_labels):
        if judged.sets and judged.gold_topics is not None and label != OTHER:
            has = [label in topics for topics in judged.gold_topics]
        else:
            has = [label == gold for gold in judged.gold]
        if any(has):
            curve = label_curve(judged.distribution[:, column], np.array(has, dtype=bool))
            # Even steps of recall: by threshold most points would lie where every article is found already.
            steps = np.linspace(1 / LABEL_POINTS, 1, LABEL_POINTS) - 1e-9
            points = np.unique(np.searchsorted(curve.recall, steps))
            found.append(
                {
                    "label": label,
                    "support": curve.support,
                    "expected": plain(curve.expected),
                    "average_precision": curve.average_precision.as_json(),
                    "calibration_error": plain(curve.calibration_error),
                    "curve": [
                        {
                            "threshold": plain(curve.threshold[at]),
                            "precision": plain(curve.precision[at]),
                            "recall": plain(curve.recall[at]),
                        }
                        for at in points.tolist()
                    ],
                }
            )
    return found


def coverage(judged: Judged) -> Coverage | None:
    """What thresholds buy: at round ones, along the whole curve, and the one that reaches a wanted accuracy."""
    if judged.probability is None:
        return None
    curve = calibration.coverage_curve(judged.probability, judged.correct)
    targets = [(target, calibration.threshold_for(target, curve)) for target in TARGETS]
    step = max(1, len(curve) // CURVE_POINTS)
    thinned = [*curve[:-1:step], *curve[-1:]]
    return {
        "thresholds": [
            _point(point) for point in calibration.coverage_at(judged.probability, judged.correct, THRESHOLDS)
        ],
        "curve": [_point(point) for point in thinned],
        "targets": [
            {"accuracy": target, "point": None if found is None else _point(found)} for target, found in targets
        ],
    }


def _point(point: calibration.CoveragePoint) -> CoveragePoint:
    return {
        "threshold": plain(point.threshold),
        "articles": point.kept,
        "coverage": plain(point.coverage),
        "accuracy": wilson(point.hits, point.kept).as_json(),
    }


def several_topics(judged: Judged, replicates: int) -> SeveralTopics | None:
    """Topic sets: all pooled, those beyond the primary alone, and each topic."""
    if judged.gold_topics is None or judged.predicted_topics is None:
        return None
    gold, predicted = without_other(judged.gold_topics), without_other(judged.predicted_topics)
    found = multi_topic(gold, predicted)
    second = beyond_primary(gold, judged.gold), beyond_primary(predicted, judged.predicted)
    exact = sum(g == p for g, p in zip(gold, predicted, strict=True))
    return {
        "micro": _as_json(pooled_intervals(gold, predicted, replicates=replicates)),
        "macro_f1": plain(found.macro_f1),
        "exact": wilson(exact, len(judged)).as_json(),
        "secondary": _as_json(pooled_intervals(*second, replicates=replicates)),
        "secondary_in_gold": sum(map(len, second[0])),
        "secondary_predicted": sum(map(len, second[1])),
        "per_topic": [
            {
                "label": row.label,
                "support": row.support,
                "predicted": row.predicted,
                "precision": wilson(round(row.precision * row.predicted), row.predicted).as_json(),
                "recall": wilson(round(row.recall * row.support), row.support).as_json(),
                "f1": plain(row.f1),
            }
            for row in found.per_topic
        ],
    }


def slice_scores(judged: Judged, values: Sequence[str], replicates: int) -> list[Slice]:
    """A row for each value, most articles first: accuracy and macro-F1 of its articles alone."""
    members: dict[str, list[int]] = {}
    for i, value in enumerate(values):
        members.setdefault(value, []).append(i)
    order = sorted(members, key=lambda value: (-len(members[value]), value))
    return [cast("Slice", {"value": value, **_part(judged, members[value], replicates)}) for value in order]


def leakage(judged: Judged, leaked: Sequence[bool], replicates: int) -> Leakage:
    """How many articles stood in the training texts, and the scores of all, of these, and without them."""
    groups = {
        "all": list(range(len(judged))),
        "leaked": [i for i, one in enumerate(leaked) if one],
        "clean": [i for i, one in enumerate(leaked) if not one],
    }
    found = {name: _part(judged, articles, replicates) for name, articles in groups.items()}
    return {"all": found["all"], "leaked": found["leaked"], "clean": found["clean"]}


def _part(judged: Judged, articles: Sequence[int], replicates: int) -> Part:
    if judged.gold_topics is not None and judged.predicted_topics is not None and judged.sets:
        truth, given = [judged.gold_topics[i] for i in articles], [judged.predicted_topics[i] for i in articles]
        found = set_intervals(truth, [given], replicates=replicates).scores
    else:
        gold, predicted = [judged.gold[i] for i in articles], [judged.predicted[i] for i in articles]
        found = label_intervals(gold, predicted, replicates=replicates).scores
    part = {"articles": len(articles), **{metric.key: found[metric.key].as_json() for metric in PARTS}}
    return cast("Part", part)


def baseline(judged: Judged, name: str, labels_given: Sequence[str], replicates: int) -> Baseline:
    """A trivial way's scores on the same articles, and the paired comparison of the model with it."""
    names = f"the baseline “{name}”", "the model"
    if judged.gold_topics is not None and judged.predicted_topics is not None and judged.sets:
        given = [{label} for label in labels_given]
        compared = compare_sets(
            judged.gold_topics, given, judged.predicted_topics, ids=judged.ids, names=names, replicates=replicates
        )
    else:
        compared = compare(judged.gold, labels_given, judged.predicted, names=names, replicates=replicates)
    comparison = compared.as_json()
    told = (*(f"{metric.key}_difference" for metric in METRICS), "mcnemar", "sentence")
    found = {
        **{key: own.as_json() for key, (own, _) in compared.scores.items()},
        "comparison": {key: comparison[key] for key in told},
    }
    return cast("Baseline", found)


def labels(judged: Judged) -> Labels:
    """Each label's articles in gold and predictions, as primary or further topic, and the labels that only one side
    knows.
    """
    in_gold, given = _counted(judged.gold, judged.gold_topics), _counted(judged.predicted, judged.predicted_topics)
    if judged.sets and judged.gold_topics is not None:
        in_gold = _counted(
            [OTHER if not set(some) - {OTHER} else "" for some in judged.gold_topics], judged.gold_topics
        )
        del in_gold[""]
    names = label_order([*in_gold, *given, *judged.model_labels])
    return {
        "counts": [{"label": name, "gold": in_gold[name], "predicted": given[name]} for name in names],
        "unknown_to_model": judged.unknown_to_model,
        "absent_from_gold": judged.absent_from_gold,
        "look_alikes": [{"gold": label, "model": own} for label, own in judged.look_alikes],
    }


def _counted(primary: Sequence[str], topics: Sequence[Collection[str]] | None) -> Counter[str]:
    """Articles with each label."""
    if topics is None:
        return Counter(primary)
    return Counter(label for first, some in zip(primary, topics, strict=True) for label in {first, *some})


def mistakes(judged: Judged) -> list[Mistake]:
    """The wrong predictions, most confident first (in the order of the articles where there is no probability)."""
    wrong = np.flatnonzero(~judged.correct)
    if judged.probability is not None:
        wrong = wrong[np.argsort(-judged.probability[wrong], kind="stable")]
    return [
        {
            "id": judged.ids[i],
            "title": judged.title(i),
            "gold": judged.gold_shown(i),
            "predicted": judged.predicted[i],
            "probability": None if judged.probability is None else plain(judged.probability[i]),
            "reasons": [] if judged.reasons is None else terms(judged.reasons[i]),
        }
        for i in wrong[:MOST_MISTAKES].tolist()
    ]


def terms(weighted: Sequence[tuple[str, float]]) -> list[Term]:
    """Terms and weights as JSON values."""
    return [{"term": term, "weight": plain(weight)} for term, weight in weighted]


def _as_json(found: Mapping[str, Score]) -> Rates:
    return {"precision": found["precision"].as_json(), "recall": found["recall"].as_json(), "f1": found["f1"].as_json()}
