"""The scores that a model is written with: of its own corpus, of real news, each with its interval."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.model import conformal
from classifier.types import OTHER
from eval.scores.calibration import expected_calibration_error
from eval.scores.gold import topic_sets
from eval.scores.intervals import plain, wilson
from eval.scores.label_sets import set_intervals, set_table
from eval.scores.metrics import accuracy, macro_f1, per_label
from eval.scores.score_intervals import label_intervals
from training.fit.calibrate import SURE, calibrated_apart, named_apart
from training.real_news import real_news

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from classifier.model.model import Model
    from eval.scores.intervals import Score
    from eval.scores.metrics import LabelScore
    from training.corpus import Corpus
    from training.fit.fitting import Fitted
    from training.fit.spec import TrainingSpec
    from training.tune.nested import Tuned

WORST = 5
"""Mistakes of a kind that the model card names."""


def cross_validated(corpus: Corpus, fitted: Fitted) -> dict[str, Any]:
    """Scores of the out-of-fold predictions on the corpus as it is.

    Near-duplicates share a fold, and what calibrates an article, or says from which score on its further labels are
    named, has not seen it.
    """
    labels, spec, groups = list(fitted.model.labels), fitted.spec, fitted.groups
    probabilities = calibrated_apart(fitted.out_of_fold, corpus, labels, spec, groups)
    predicted = _predicted(fitted.model, probabilities)
    if not corpus.of_sets:
        # Where the model learned from real news, its sets stand on that.
        sets = {} if fitted.of_real_news is not None else _conformal(labels, probabilities, corpus.primaries)
        return _scored(corpus.primaries, predicted) | sets
    named = named_apart(fitted.out_of_fold, corpus, labels, spec, groups)
    further = [{labels[at] for at in np.flatnonzero(row).tolist()} for row in named]
    return of_sets(corpus, [{first, *some} for first, some in zip(predicted, further, strict=True)])


def of_outer_folds(corpus: Corpus, tuned: Tuned) -> dict[str, Any]:
    """The same scores of a tuned model: of each outer fold, by what was chosen without it."""
    if corpus.of_sets:
        return of_sets(corpus, topic_sets(tuned.predictions))
    return _scored(corpus.primaries, [one.topic for one in tuned.predictions])


def of_sets(corpus: Corpus, predicted: Sequence[set[str]]) -> dict[str, Any]:
    """Scores of label sets: accuracy is the share of articles whose whole set is right."""
    gold = [set(article.topics) for article in corpus.articles]
    found = set_intervals(gold, [predicted])
    table = set_table(gold, predicted)
    return {
        "judged_as": "sets",
        **{key: round(found.scores[key].value, 4) for key in ("accuracy", "macro_f1", "micro_f1")},
        "per_topic": _rates(table),
        "intervals": {
            **{key: _ends(found.scores[key]) for key in ("accuracy", "macro_f1", "micro_f1")},
            "per_topic": {row.label: _of_rates(row, row.recall * row.support, found.f1[row.label]) for row in table},
        },
        "confusions": [],
    }


def on_real_news(spec: TrainingSpec, model: Model, scores: NDArray[np.float64]) -> dict[str, Any]:
    """The same scores over the counted real news, whose `scores` (m, L) are out of fold: a month of a collection, and
    near-duplicates, are never parted, and what calibrates an item has not seen its month either.
    """
    news = real_news()
    items = news.as_corpus()
    probabilities = calibrated_apart(scores, items, list(model.labels), spec, news.fold_groups(), even=True)
    predicted = _predicted(model, probabilities)
    gold, clear = items.primaries, np.flatnonzero(~news.hard).tolist()
    sure = np.flatnonzero(probabilities.max(axis=1) >= SURE).tolist()
    right = [g == p for g, p in zip(gold, predicted, strict=True)]
    return {
        "articles": len(news),
        "articles_by_topic": items.counts(),
        "undecidable": len(news) - len(clear),
        "clear_macro_f1": round(macro_f1([gold[row] for row in clear], [predicted[row] for row in clear]), 4),
        "false_topics": round(
            sum(p != OTHER for g, p in zip(gold, predicted, strict=True) if g == OTHER) / max(1, gold.count(OTHER)), 4
        ),
        "calibration_error": round(expected_calibration_error(probabilities.max(axis=1).tolist(), right), 4),
        "right_where_sure": round(sum(right[row] for row in sure) / max(1, len(sure)), 4),
        **_scored(gold, predicted),
        **_conformal(list(model.labels), probabilities, gold),
    }


def _conformal(labels: list[str], probabilities: NDArray[np.float64], gold: list[str]) -> dict[str, Any]:
    """What sets of topics stand on: how likely (n, L) each article left out held its own topic."""
    columns = [labels.index(label) for label in gold]
    return {"conformal": conformal.kept(probabilities[np.arange(len(gold)), columns])}


def _predicted(model: Model, probabilities: NDArray[np.float64]) -> list[str]:
    """The label of each row (n, L) of probabilities, as the model's threshold has it."""
    chosen = probabilities.argmax(axis=1)
    named = probabilities[np.arange(len(chosen)), chosen] >= model.calibration.threshold
    return [model.labels[i] if ok else OTHER for i, ok in zip(chosen.tolist(), named.tolist(), strict=True)]


def _scored(gold: list[str], predicted: list[str]) -> dict[str, Any]:
    wrong = Counter((g, p) for g, p in zip(gold, predicted, strict=True) if g != p)
    worst = sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:WORST]
    return {
        "accuracy": round(accuracy(gold, predicted), 4),
        "macro_f1": round(macro_f1(gold, predicted), 4),
        "per_topic": _rates(per_label(gold, predicted)),
        "intervals": intervals(gold, predicted),
        "confusions": [{"gold": g, "predicted": p, "articles": count} for (g, p), count in worst],
    }


def intervals(gold: list[str], predicted: list[str]) -> dict[str, Any]:
    """The 95 % intervals of the same scores, [low, high] each: Wilson's for proportions, else bootstrap."""
    found = label_intervals(gold, predicted)
    hits = Counter(g for g, p in zip(gold, predicted, strict=True) if g == p)
    return {
        "accuracy": _ends(wilson(hits.total(), len(gold))),
        "macro_f1": _ends(found.macro_f1),
        "per_topic": {
            row.label: _of_rates(row, hits[row.label], found.f1[row.label]) for row in per_label(gold, predicted)
        },
    }


def _rates(table: Sequence[LabelScore]) -> dict[str, dict[str, float]]:
    return {
        row.label: {"precision": round(row.precision, 4), "recall": round(row.recall, 4), "f1": round(row.f1, 4)}
        for row in table
    }


def _of_rates(row: LabelScore, hits: float, f1: Score) -> dict[str, list[float | None]]:
    """The ends of a label's intervals."""
    return {
        "precision": _ends(wilson(hits, row.predicted)),
        "recall": _ends(wilson(hits, row.support)),
        "f1": _ends(f1),
    }


def _ends(score: Score) -> list[float | None]:
    return [plain(score.low, 4), plain(score.high, 4)]
