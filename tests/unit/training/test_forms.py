"""Forms of calibration: what each can learn, and that a form is chosen which the articles can carry."""

from __future__ import annotations

import numpy as np
import pytest

from eval.scores.calibration import expected_calibration_error
from training.fit.forms import FORMS, choose_form, fit_form, probabilities


def drawn(articles: int, labels: int, seed: int, *, noise: float = 1.0):
    """Scores that are noisy in the same way for all labels, with their one-hot targets and a fold of each."""
    draw = np.random.default_rng(seed)
    gold = np.arange(articles) % labels
    scores = 2.0 * np.eye(labels)[gold] + noise * draw.normal(size=(articles, labels))
    return scores, np.eye(labels)[gold], draw.permutation(articles) % 5


@pytest.mark.parametrize("form", FORMS)
def test_each_form_calibrates_what_it_can_express(form):
    """Of scores ten times too large, every form makes probabilities that hold."""
    scores, targets, _ = drawn(4_000, 4, 1)
    scale, offset = fit_form(form, 10 * scores[:2_000], targets[:2_000])
    found = probabilities(10 * scores[2_000:], scale, offset)
    right = found.argmax(axis=1) == targets[2_000:].argmax(axis=1)
    assert expected_calibration_error(found.max(axis=1), right) < 0.04
    assert np.allclose(found.sum(axis=1), 1)


def test_few_articles_a_label_do_not_get_a_matrix():
    """Three of each of forty labels: the largest score is as good after the calibration as before it."""
    scores, targets, folds = drawn(120, 40, 2)
    form = choose_form(scores, targets, folds)
    assert form == FORMS[0]
    found = probabilities(scores, *fit_form(form, scores, targets))
    assert (found.argmax(axis=1) == scores.argmax(axis=1)).all()


def test_many_articles_whose_scores_depend_on_each_other_get_more():
    """Where one label's score speaks for another label, a matrix is found out to be better."""
    draw = np.random.default_rng(3)
    gold = np.arange(3_000) % 3
    scores = draw.normal(size=(3_000, 3))
    scores[:, 0] += np.where(gold == 1, 3.0, 0.0)
    scores[:, 1] += np.where(gold == 2, 3.0, 0.0)
    scores[:, 2] += np.where(gold == 0, 3.0, 0.0)
    targets = np.eye(3)[gold]
    assert choose_form(scores, targets, np.arange(3_000) % 5) == "matrix"


def test_a_label_that_is_nobodys_is_never_likeliest():
    """Also where its score is the largest."""
    scores, targets, _ = drawn(60, 3, 4)
    targets[:, 2] = 0
    targets[2::3, 0] = 1
    for form in FORMS:
        scale, offset = fit_form(form, scores, targets)
        assert probabilities(scores + np.array([0, 0, 5.0]), scale, offset)[:, 2].max() < 0.01
        assert offset[2] <= -20
