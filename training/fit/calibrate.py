"""Fits the calibration of a model on scores of articles that it did not see."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.model.calibration import Calibration
from classifier.types import OTHER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.corpus import Corpus
    from training.fit.spec import TrainingSpec


SURE = 0.9
"""From this probability on a reader of the card may call the model sure."""


def target_matrix(corpus: Corpus, labels: list[str]) -> NDArray[np.bool_]:
    """(n, L) which labels apply to which article: its primary topic and every further one."""
    place = {label: number for number, label in enumerate(labels)}
    targets = np.zeros((len(corpus.articles), len(labels)), dtype=bool)
    for row, article in enumerate(corpus.articles):
        targets[row, place[article.primary]] = True
        for topic in article.topics:
            targets[row, place[topic]] = True
    return targets


def calibrate(scores: NDArray[np.float64], corpus: Corpus, labels: list[str], spec: TrainingSpec) -> Calibration:
    """Fits both parts of the calibration on out-of-fold scores."""
    from sklearn.linear_model import LogisticRegression

    primary = np.array([labels.index(label) for label in corpus.primaries])
    size = len(labels)
    scale, offset = np.zeros((size, size)), np.zeros(size)
    machine = LogisticRegression(C=10.0, max_iter=2_000).fit(scores, primary)
    if machine.classes_.size == 2:  # scikit-learn keeps one row for two classes: the second against the first
        second = machine.classes_[1]
        scale[:, second], offset[second] = machine.coef_[0], machine.intercept_[0]
    else:
        scale[:, machine.classes_], offset[machine.classes_] = machine.coef_.T, machine.intercept_
    # A few articles, each judged by models that had one less of its label, can score lower on their own label than the
    # rest do. A calibration that learns this turns every label around; the scores as they are do not.
    others = (scale.sum(axis=1) - scale.diagonal()) / (size - 1)
    if (scale.diagonal() - others)[primary].mean() <= 0:
        scale, offset = np.eye(size), np.zeros(size)
    offset[np.setdiff1d(np.arange(size), machine.classes_)] = -30.0  # never primary in this corpus
    secondary = np.array([_platt(scores[:, at], target) for at, target in enumerate(target_matrix(corpus, labels).T)])
    return Calibration(
        scale.astype(np.float32),
        offset.astype(np.float32),
        secondary.astype(np.float32),
        spec.threshold,
        spec.secondary_threshold if corpus.multi_topic else 2.0,  # exclusive labels have no second topic
    )


def moved(calibration: Calibration, labels: list[str], spec: TrainingSpec) -> Calibration:
    """The calibration for the news the model will meet: less confident, with more articles that are "other"."""
    offset = calibration.offset * np.float32(spec.confidence)
    if OTHER in labels:
        offset[labels.index(OTHER)] += np.float32(spec.other_log_odds)
    return replace(calibration, scale=calibration.scale * np.float32(spec.confidence), offset=offset)


def evened(calibration: Calibration, primaries: list[str], labels: list[str]) -> Calibration:
    """The calibration for news in which no topic is likelier than another, beforehand: where items were chosen for
    labelling, how many fell to each topic says how they were chosen. A shift of the prior log-odds (Saerens et al.
    2002); the share of "other" stays.
    """
    offset = calibration.offset.copy()
    counts = {label: primaries.count(label) for label in labels if label != OTHER and label in primaries}
    for label, number in counts.items():
        offset[labels.index(label)] += np.float32(np.log(sum(counts.values()) / len(counts) / number))
    return replace(calibration, offset=offset)


def _platt(scores: NDArray[np.float64], target: NDArray[np.bool_]) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    if target.all() or not target.any():
        return 0.0, 30.0 if target.all() else -30.0
    machine: Any = LogisticRegression(C=1e3).fit(scores[:, None], target)
    return float(machine.coef_[0, 0]), float(machine.intercept_[0])
