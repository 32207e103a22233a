"""Guards the comparison of two lists of predictions: the test, the intervals, the changes, the sentence."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.scores.compare import Change, changed, compare, mcnemar_exact
from eval.scores.metrics import accuracy, macro_f1


@given(st.integers(0, 80), st.integers(0, 80))
@settings(max_examples=200, deadline=None)
def test_exact_mcnemar_is_the_two_sided_binomial_test(only_a, only_b):
    """The p-value is scipy's exact binomial test of an even split."""
    from scipy.stats import binomtest

    expected = binomtest(only_a, only_a + only_b, 0.5).pvalue if only_a + only_b else 1.0
    assert mcnemar_exact(only_a, only_b) == pytest.approx(expected)


def test_exact_mcnemar_of_textbook_and_huge_counts():
    """Worked by hand, symmetric, and finite where floating-point binomials overflow."""
    assert mcnemar_exact(1, 5) == pytest.approx(2 * (1 + 6) / 64)
    assert mcnemar_exact(5, 1) == mcnemar_exact(1, 5)
    assert mcnemar_exact(0, 0) == 1.0
    assert 0 <= mcnemar_exact(4000, 5000) < 1e-20
    assert mcnemar_exact(2500, 2500) == 1.0


def _three(n, right_a, right_b, seed=0):
    rng = np.random.default_rng(seed)
    gold = rng.choice(["a", "b", "other"], n).tolist()
    wrong = {"a": "b", "b": "other", "other": "a"}
    a = [g if keep else wrong[g] for g, keep in zip(gold, rng.random(n) < right_a, strict=True)]
    b = [g if keep else wrong[g] for g, keep in zip(gold, rng.random(n) < right_b, strict=True)]
    return gold, a, b


def test_a_clear_difference_is_called_more_than_luck():
    """B ahead by many articles: the interval is above 0, p is small, and the sentence names B and says so."""
    gold, a, b = _three(400, 0.7, 0.85)
    found = compare(gold, a, b, names=("old", "new"))
    assert found.accuracy_difference.value == pytest.approx(accuracy(gold, b) - accuracy(gold, a))
    assert found.macro_f1_difference.value == pytest.approx(macro_f1(gold, b) - macro_f1(gold, a))
    assert 0 < found.accuracy_difference.low < found.accuracy_difference.high
    assert 0 < found.macro_f1_difference.low < found.macro_f1_difference.high
    assert found.p_value < 0.001
    assert found.sentence.startswith("That new is ahead of old by ")
    assert "is more than luck" in found.sentence
    assert "below 0.001" in found.sentence


def test_the_sentence_names_whichever_is_ahead():
    """Turned round, the difference changes its sign and the sentence its subject, not its figures."""
    gold, a, b = _three(400, 0.7, 0.85)
    there, back = compare(gold, a, b, names=("x", "y")), compare(gold, b, a, names=("y", "x"))
    assert back.accuracy_difference.value == pytest.approx(-there.accuracy_difference.value)
    assert back.sentence.startswith("That y is ahead of x by ")
    assert (back.only_a, back.only_b) == (there.only_b, there.only_a)
    assert back.p_value == there.p_value


def test_a_small_difference_is_called_possible_luck():
    """Three articles against two are no proof."""
    gold = ["a"] * 50
    a, b = ["b"] * 3 + ["a"] * 47, ["a"] * 3 + ["b"] * 2 + ["a"] * 45
    found = compare(gold, a, b)
    assert (found.only_a, found.only_b, found.p_value) == (2, 3, 1.0)
    assert found.accuracy_difference.low < 0 < found.accuracy_difference.high
    assert "may well be luck" in found.sentence


def test_equal_predictions_differ_in_nothing():
    """The same predictions twice: no difference, no change, p = 1; equal accuracy by different articles is said so."""
    gold, a, _ = _three(60, 0.7, 0.7)
    found = compare(gold, a, a)
    assert (found.accuracy_difference.value, found.macro_f1_difference.value, found.p_value) == (0.0, 0.0, 1.0)
    assert found.changes == ()
    assert "do not differ" in found.sentence
    assert "the same accuracy" in compare(["a", "a"], ["a", "b"], ["b", "a"]).sentence


def test_no_articles_cannot_be_compared():
    """Empty input is answered, not crashed on."""
    found = compare([], [], [])
    assert math.isnan(found.accuracy_difference.value)
    assert "no article" in found.sentence
    assert json.loads(json.dumps(found.as_json(), allow_nan=False))["accuracy_difference"]["value"] is None


def test_changes_say_what_became_of_each_article():
    """Fixed, broken, or another mistake; an article labelled alike is no change."""
    gold, a, b = ["x", "x", "x", "x"], ["x", "y", "x", "y"], ["x", "x", "z", "z"]
    assert changed(["1", "2", "3", "4"], gold, a, b) == [
        Change("2", "x", "y", "x", "fixed"),
        Change("3", "x", "x", "z", "broken"),
        Change("4", "x", "y", "z", "both wrong"),
    ]


def test_pairing_makes_the_interval_shorter_than_two_separate_ones():
    """Two models that fail on the same articles differ less by chance than two that fail on their own."""
    gold, a, _ = _three(500, 0.7, 0.7)
    b = [g if i % 50 == 0 else x for i, (g, x) in enumerate(zip(gold, a, strict=True))]
    found = compare(gold, a, b)
    separate = found.scores["accuracy"][0].high - found.scores["accuracy"][0].low
    assert found.accuracy_difference.high - found.accuracy_difference.low < separate / 2


@pytest.mark.slow
def test_the_paired_interval_holds_the_true_difference_as_often_as_it_says():
    """Predictions drawn with a known difference: about 95 of 100 intervals hold it, of accuracy and of macro-F1."""
    rng, held, runs = np.random.default_rng(5), np.zeros(2), 400
    for run in range(runs):
        gold = rng.choice(["a", "b", "other"], 200, p=[1 / 3] * 3).tolist()
        wrong = {"a": "b", "b": "other", "other": "a"}  # symmetric, so accuracy and macro-F1 differ by the same 0.08
        both = rng.random(200)
        a = [g if u < 0.80 else wrong[g] for g, u in zip(gold, both, strict=True)]
        b = [g if u < 0.70 or 0.80 <= u < 0.98 else wrong[g] for g, u in zip(gold, both, strict=True)]
        found = compare(gold, a, b, replicates=600, seed=run)
        for i, score in enumerate((found.accuracy_difference, found.macro_f1_difference)):
            held[i] += score.low <= 0.08 <= score.high
    assert (held / runs >= 0.92).all()
    assert (held / runs <= 0.985).all()
