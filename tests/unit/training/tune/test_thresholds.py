"""Thresholds of labels are those with the best F1, checked against trying them all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eval.scores.metrics import f1_of
from training.fit.calibrate import ENOUGH, further
from training.fit.spec import TrainingSpec
from training.fit.thresholds import best_threshold, best_thresholds


def f1_at(threshold, scores, target):
    named = scores >= threshold
    return float(f1_of((named & target).sum(), target.sum(), named.sum()))


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=1, max_size=20))
def test_no_other_threshold_is_better(rows):
    """Between any two articles, below all and above all."""
    scores, target = np.array([score for score, _ in rows], dtype=float), np.array([has for _, has in rows])
    if target.any():
        best = max(f1_at(threshold, scores, target) for threshold in np.arange(-6, 7, 0.5))
        assert f1_at(best_threshold(scores, target), scores, target) == best


def test_a_label_that_nobody_has_is_never_named():
    """Whatever its score."""
    assert best_thresholds(np.array([[1.0, 2.0]]), np.array([[True, False]])).tolist()[1] == float("inf")


def test_a_set_names_a_label_from_its_own_best_score_on():
    """Of a rare label whose probability seldom reaches a half; with too few articles it keeps its probability."""
    draw = np.random.default_rng(1)
    target = np.arange(400) < 40
    scores = np.where(target, 0.4, 0.0)[:, None] + draw.normal(0, 0.3, (400, 1))
    targets = target[:, None]
    (factor, offset), (plain_factor, plain_offset) = (
        further(scores, targets, TrainingSpec(), sets=sets)[0] for sets in (True, False)
    )
    assert f1_at(0, scores[:, 0] * factor + offset, target) > f1_at(
        0, scores[:, 0] * plain_factor + plain_offset, target
    )
    few = np.arange(400)[:, None] < ENOUGH - 1
    assert np.array_equal(*(further(scores, few, TrainingSpec(), sets=sets) for sets in (True, False)))
