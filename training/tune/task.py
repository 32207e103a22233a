"""What a search is about: a corpus as matrices, and how good out-of-fold scores are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from classifier.types import OTHER
from eval.scores.registry import METRICS
from training.crossval import subset
from training.fit.calibrate import calibrated_apart, primary_matrix, target_matrix
from training.fit.choose import MOST_CALIBRATED
from training.fit.linear import out_of_fold_scores
from training.fit.thresholds import best_thresholds

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from training.corpus import Corpus
    from training.fit.spec import TrainingSpec
    from training.tune.counts import Counted

    Rows = NDArray[np.int64]
    Scores = NDArray[np.float64]

FOLDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A corpus that is searched for the specification that learns it best.

    targets (n, L): which labels apply; primary (n, L): which one is the article's own. groups (n,): near-duplicates
    share one. metric: by what score, of the registry's keys, specifications are told apart.
    """

    corpus: Corpus
    counted: Counted
    labels: list[str]
    targets: NDArray[np.bool_]
    primary: NDArray[np.bool_]
    groups: Sequence[Hashable]
    metric: str

    @classmethod
    def of(cls, corpus: Corpus, counted: Counted, groups: Sequence[Hashable], metric: str = "") -> Task:
        """The task of a corpus; by default judged by accuracy, or the micro-F1 of its label sets."""
        labels = corpus.labels
        targets, primary = target_matrix(corpus, labels), primary_matrix(corpus, labels) > 0
        metric = metric or ("micro_f1" if corpus.of_sets else "accuracy")
        return cls(corpus, counted, labels, targets, primary, groups, metric)

    def primaries(self, rows: Rows) -> list[str]:
        """The primary labels of some articles."""
        return [self.corpus.articles[row].primary for row in rows.tolist()]

    def scores(self, spec: TrainingSpec, rows: Rows) -> Scores:
        """(len(rows), L) the scores of some articles, each by a machine that saw neither it nor its near-duplicates."""
        features = self.counted.design(spec, rows).features
        groups = [self.groups[row] for row in rows.tolist()]
        if len(set(groups)) < FOLDS:
            groups = list(range(len(groups)))
        folds = replace(spec, folds=FOLDS)
        return out_of_fold_scores(features, self.targets[rows], self.primaries(rows), folds, groups)

    def calibrated(self, scores: Scores, spec: TrainingSpec, rows: Rows) -> Scores:
        """(len(rows), L) what the model would go by: probabilities by a calibration that saw neither the article nor
        its near-duplicates. A calibration can undo what a specification is ahead by, or add to it. The scores as they
        are where labels are sets, which have thresholds of their own, and where labels are many.
        """
        if self.corpus.of_sets or len(self.labels) > MOST_CALIBRATED:
            return scores
        part, groups = subset(self.corpus, rows), [self.groups[row] for row in rows.tolist()]
        if len(set(groups)) < FOLDS:
            groups = list(range(len(groups)))
        return calibrated_apart(scores, part, self.labels, replace(spec, folds=FOLDS), groups)

    def hits(self, scores: Scores, rows: Rows) -> NDArray[np.bool_]:
        """(len(rows),) whether the largest score is that of a topic of the article."""
        found: NDArray[np.bool_] = self.targets[rows, scores.argmax(axis=1)]
        return found

    def quality(self, scores: Scores, rows: Rows) -> float:
        """The score of the metric, by the labels that out-of-fold scores would name."""
        metric = next(one for one in METRICS if one.key == self.metric)
        given = np.zeros(scores.shape, dtype=bool)
        given[np.arange(len(scores)), scores.argmax(axis=1)] = True
        gold = self.primary[rows]
        if self.corpus.of_sets:
            gold, given = self.targets[rows], given | (scores >= best_thresholds(scores, self.targets[rows]))
            named = np.array([label != OTHER for label in self.labels])
            gold, given = gold[:, named], given[:, named]
        return float(metric.of_counts((gold & given).sum(axis=0), gold.sum(axis=0), given.sum(axis=0)))
