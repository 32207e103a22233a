"""Fits the calibration of a model on scores of articles that it did not see."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.model.calibration import Calibration
from classifier.types import OTHER
from training.fit.forms import choose_form, fit_form, parameters, probabilities
from training.fit.linear import inner_folds
from training.fit.thresholds import best_thresholds

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from training.corpus import Corpus
    from training.fit.spec import TrainingSpec


SAFE = 100
"""Articles a parameter of a calibration that make it safe to judge on those it was fitted on."""
ENOUGH = 10
"""Articles with a label from which on its own threshold is chosen."""
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


def with_form(
    scores: NDArray[np.float64],
    corpus: Corpus,
    labels: list[str],
    spec: TrainingSpec,
    groups: Sequence[Hashable] | None = None,
) -> TrainingSpec:
    """The specification with the form of the calibration decided, by out-of-fold scores; `groups` of articles are kept
    in one fold.
    """
    if spec.calibration:
        return spec
    form = choose_form(scores, primary_matrix(corpus, labels), fold_numbers(corpus.primaries, spec, groups))
    return replace(spec, calibration=form)


def calibrate(
    scores: NDArray[np.float64],
    corpus: Corpus,
    labels: list[str],
    spec: TrainingSpec,
    groups: Sequence[Hashable] | None = None,
) -> Calibration:
    """Fits both parts of the calibration on out-of-fold scores; `groups` of articles are kept in one fold where a form
    is chosen.
    """
    form = with_form(scores, corpus, labels, spec, groups).calibration
    return _calibration(form, scores, primary_matrix(corpus, labels), corpus, labels, spec)


def calibrated_apart(
    scores: NDArray[np.float64],
    corpus: Corpus,
    labels: list[str],
    spec: TrainingSpec,
    groups: Sequence[Hashable] | None = None,
    *,
    even: bool = False,
) -> NDArray[np.float64]:
    """(n, L) probabilities of the primary topics, by a calibration that did not see the article nor its group.

    Where so many articles stand behind each of its parameters that it learns none by heart, by one for all. even:
    topics count alike (`evened`).
    """
    targets, folds = primary_matrix(corpus, labels), fold_numbers(corpus.primaries, spec, groups)
    form = with_form(scores, corpus, labels, spec, groups).calibration

    def fitted_on(rows: NDArray[np.bool_], judged: NDArray[np.bool_]) -> NDArray[np.float64]:
        scale, offset = fit_form(form, scores[rows], targets[rows])
        known = [corpus.articles[row].primary for row in np.flatnonzero(rows).tolist()]
        shift = evening(known, labels) if even else balancing(known, labels, spec)
        return probabilities(scores[judged], scale, offset + shift)

    every = np.ones(len(scores), dtype=bool)
    if len(scores) >= SAFE * parameters(form, len(labels)):
        return fitted_on(every, every)
    found = np.zeros(scores.shape)
    for fold in np.unique(folds).tolist():
        found[folds == fold] = fitted_on(folds != fold, folds == fold)
    return found


def primary_matrix(corpus: Corpus, labels: list[str]) -> NDArray[np.float64]:
    """(n, L) 1 where the label is the article's primary topic."""
    targets = np.zeros((len(corpus.articles), len(labels)))
    targets[np.arange(len(targets)), [labels.index(primary) for primary in corpus.primaries]] = 1.0
    return targets


def fold_numbers(primaries: list[str], spec: TrainingSpec, groups: Sequence[Hashable] | None) -> NDArray[np.int64]:
    """(n,) the fold of each article in the specification's cross-validation."""
    found = np.zeros(len(primaries), dtype=np.int64)
    for number, (_, test) in enumerate(inner_folds(primaries, spec, groups)):
        found[test] = number
    return found


def _calibration(
    form: str,
    scores: NDArray[np.float64],
    targets: NDArray[np.float64],
    corpus: Corpus,
    labels: list[str],
    spec: TrainingSpec,
) -> Calibration:
    scale, offset = fit_form(form, scores, targets)
    offset += balancing(corpus.primaries, labels, spec)
    secondary = further(scores, target_matrix(corpus, labels), spec, sets=corpus.of_sets)
    return Calibration(
        scale.astype(np.float32),
        offset.astype(np.float32),
        secondary.astype(np.float32),
        spec.threshold,
        spec.secondary_threshold if corpus.multi_topic else 2.0,  # exclusive labels have no second topic
    )


def further(
    scores: NDArray[np.float64], targets: NDArray[np.bool_], spec: TrainingSpec, *, sets: bool
) -> NDArray[np.float64]:
    """(L, 2) factor and offset of each label's score, whose sigmoid says whether it applies (Platt 1999).

    sets: moved so that it reaches `spec.secondary_threshold` where naming the label gives the best F1 of these articles
    (n, L), for labels with enough of them: half of the probability is not half of a set.
    """
    found = np.array([_platt(scores[:, at], target) for at, target in enumerate(targets.T)])
    if sets:
        moves = (targets.sum(axis=0) >= ENOUGH) & (found[:, 0] > 0)
        even = np.log(spec.secondary_threshold / (1 - spec.secondary_threshold))
        at_best = even - found[:, 0] * np.where(moves, best_thresholds(scores, targets), 0.0)
        found[:, 1] = np.where(moves, at_best, found[:, 1])
    return found


def named_apart(
    scores: NDArray[np.float64],
    corpus: Corpus,
    labels: list[str],
    spec: TrainingSpec,
    groups: Sequence[Hashable] | None = None,
) -> NDArray[np.bool_]:
    """(n, L) which labels apply to each article, by what saw neither it nor its group."""
    targets, folds = target_matrix(corpus, labels), fold_numbers(corpus.primaries, spec, groups)
    found = np.zeros(scores.shape, dtype=bool)
    for fold in np.unique(folds).tolist():
        learned, judged = folds != fold, folds == fold
        factor, offset = further(scores[learned], targets[learned], spec, sets=corpus.of_sets).T
        odds = scores[judged] * factor + offset
        found[judged] = odds >= np.log(spec.secondary_threshold / (1 - spec.secondary_threshold))
    return found


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
    return replace(calibration, offset=calibration.offset + evening(primaries, labels).astype(np.float32))


def evening(primaries: list[str], labels: list[str]) -> NDArray[np.float64]:
    """(L,) what `evened` adds to the offsets."""
    shift = np.zeros(len(labels))
    counts = {label: primaries.count(label) for label in labels if label != OTHER and label in primaries}
    for label, number in counts.items():
        shift[labels.index(label)] = np.log(sum(counts.values()) / len(counts) / number)
    return shift


def balancing(primaries: list[str], labels: list[str], spec: TrainingSpec) -> NDArray[np.float64]:
    """(L,) what class weights add to the offsets: as if each label had as many articles, by `spec.balance`.

    Without it a calibration would undo them: it learns that rare labels are rare.
    """
    counts = np.array([primaries.count(label) for label in labels], dtype=np.float64)
    mean = len(primaries) / len(set(primaries))
    return spec.balance * np.log(np.where(counts > 0, mean / np.maximum(counts, 1), 1.0))


def _platt(scores: NDArray[np.float64], target: NDArray[np.bool_]) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    if target.all() or not target.any():
        return 0.0, 30.0 if target.all() else -30.0
    machine: Any = LogisticRegression(C=1e3).fit(scores[:, None], target)
    return float(machine.coef_[0, 0]), float(machine.intercept_[0])
