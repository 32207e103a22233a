"""Guards the intervals: known values, seeds, degenerate input and (slow) that they hold the truth as often as said."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pytest

from eval.scores.calibration import bin_of, expected_calibration_error
from eval.scores.intervals import bootstrap, mean_interval, percentile, plain, replicate_sums, wilson
from eval.scores.metrics import accuracy, balanced_accuracy, macro_f1, per_label
from eval.scores.score_intervals import calibration_error, label_intervals, pooled_intervals, repeated_intervals


def _sample(n=300, seed=3):
    rng = np.random.default_rng(seed)
    gold = rng.choice(["a", "b", "c", "other"], n, p=[0.5, 0.3, 0.15, 0.05])
    predicted = np.where(rng.random(n) < 0.8, gold, rng.choice(["a", "b", "c", "other"], n))
    return [str(g) for g in gold], [str(p) for p in predicted]


def test_wilson_gives_the_published_values():
    """81 of 263 is the worked example of Newcombe 1998 (0.2553 to 0.3662); the ends are exact at 0 and n."""
    score = wilson(81, 263)
    assert (round(score.value, 4), round(score.low, 4), round(score.high, 4)) == (0.3080, 0.2553, 0.3662)
    assert (wilson(0, 20).low, round(wilson(0, 20).high, 4)) == (0.0, 0.1611)
    assert (round(wilson(20, 20).low, 4), wilson(20, 20).high) == (0.8389, 1.0)
    assert wilson(8, 10, level=0.5).low > wilson(8, 10).low
    assert math.isnan(wilson(0, 0).value)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_bootstrap_replicates_have_the_moments_of_drawing_articles():
    """Sums drawn as cell counts have the mean and the variance that drawing with replacement has by theory."""
    cells, sizes = np.array([[1, 0], [0, 3], [2, 2]]), np.array([50, 30, 20])
    drawn = replicate_sums(cells, sizes, replicates=20_000, seed=1)
    articles = np.repeat(cells, sizes, axis=0)
    assert drawn.mean(axis=0) == pytest.approx(articles.sum(axis=0), rel=0.01)
    assert drawn.var(axis=0) == pytest.approx(100 * articles.var(axis=0), rel=0.05)
    one_each = replicate_sums(articles, np.ones(100, dtype=int), replicates=20_000, seed=1)
    assert one_each.mean(axis=0) == pytest.approx(articles.sum(axis=0), rel=0.01)
    assert one_each.var(axis=0) == pytest.approx(100 * articles.var(axis=0), rel=0.05)


def test_label_intervals_agree_with_drawing_articles_one_by_one():
    """The fast way by counts and the plain way by articles give the same interval but for chance."""
    gold, predicted = _sample()
    fast = label_intervals(gold, predicted)
    slow = bootstrap(lambda at: macro_f1([gold[i] for i in at], [predicted[i] for i in at]), 300, replicates=1000)
    assert fast.macro_f1.value == pytest.approx(slow.value)
    assert fast.macro_f1.low == pytest.approx(slow.low, abs=0.015)
    assert fast.macro_f1.high == pytest.approx(slow.high, abs=0.015)
    assert fast.balanced_accuracy.value == pytest.approx(balanced_accuracy(gold, predicted))
    for row in per_label(gold, predicted):
        assert fast.f1[row.label].value == pytest.approx(row.f1)
        assert fast.f1[row.label].low <= row.f1 <= fast.f1[row.label].high


def test_the_seed_alone_decides_the_interval():
    """Equal input and seed give equal numbers, in whatever order the articles come; another seed gives others."""
    gold, predicted = _sample()
    order = np.random.default_rng(0).permutation(len(gold))
    shuffled = label_intervals([gold[i] for i in order], [predicted[i] for i in order])
    assert label_intervals(gold, predicted) == shuffled
    assert label_intervals(gold, predicted, seed=5) != shuffled


def test_repeats_on_the_same_articles_are_no_further_evidence():
    """The same run three times has the interval of one; runs that differ have the mean of their scores."""
    gold, predicted = _sample()
    once, thrice = label_intervals(gold, predicted), repeated_intervals(gold, [predicted] * 3)
    assert thrice.macro_f1.value == pytest.approx(once.macro_f1.value)
    assert (thrice.macro_f1.low, thrice.macro_f1.high) == pytest.approx((once.macro_f1.low, once.macro_f1.high))
    other = _sample(seed=9)[1]
    both = repeated_intervals(gold, [predicted, other])
    assert both.macro_f1.value == pytest.approx((macro_f1(gold, predicted) + macro_f1(gold, other)) / 2)
    assert both.balanced_accuracy.value == pytest.approx(
        (balanced_accuracy(gold, predicted) + balanced_accuracy(gold, other)) / 2
    )
    pooled = label_intervals(gold * 3, predicted * 3)
    width = thrice.macro_f1.high - thrice.macro_f1.low
    assert pooled.macro_f1.high - pooled.macro_f1.low < 0.7 * width  # what drawing 3 n articles would claim


def test_many_articles_take_no_time():
    """50,000 articles of ten labels and 2,000 replicates are a matter of counts, not of articles times replicates."""
    rng = np.random.default_rng(0)
    gold = [f"t{i}" for i in rng.integers(10, size=50_000)]
    predicted = [g if keep else "t0" for g, keep in zip(gold, rng.random(50_000) < 0.9, strict=True)]
    score = label_intervals(gold, predicted).macro_f1
    assert score.value == pytest.approx(macro_f1(gold, predicted))
    assert 0 < score.high - score.low < 0.01


def test_a_perfect_score_is_not_called_certain():
    """Without an error every replicate is perfect too; Wilson's interval stands in, wider for fewer articles."""
    few = label_intervals(["a", "b"] * 5, ["a", "b"] * 5)
    many = label_intervals(["a", "b"] * 50, ["a", "b"] * 50)
    assert few.macro_f1.value == many.macro_f1.value == 1.0
    assert few.macro_f1.low < many.macro_f1.low < 1.0
    assert few.macro_f1.low == pytest.approx(wilson(10, 10).low)  # balanced labels: as uncertain as the accuracy
    assert few.f1["a"].low == pytest.approx(wilson(5, 5).low)
    rare = label_intervals(["a"] * 98 + ["b"] * 2, ["a"] * 98 + ["b"] * 2)
    assert rare.macro_f1.low < 0.75  # half of the score rests on two articles


def test_nothing_to_measure_and_one_class_give_defined_results_without_warnings():
    """Empty input, one class, a label absent from gold: numbers or NaN, and null in JSON."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        empty = label_intervals([], [])
        assert math.isnan(empty.macro_f1.value)
        assert empty.f1 == {}
        assert math.isnan(mean_interval([]).value)
        assert math.isnan(calibration_error([], [])[0].value)
        assert math.isnan(bootstrap(lambda at: float(len(at)), 0).value)
        assert math.isnan(pooled_intervals([], [])["f1"].value)
        assert label_intervals(["a"], ["a"]).macro_f1.value == 1.0
        stray = label_intervals(["a", "a"], ["a", "x"])
        assert stray.f1["x"].value == 0.0
        assert math.isnan(stray.f1["x"].low)
        assert calibration_error([1.0], [True])[0].value == 0.0
        none = pooled_intervals([set()], [set()])
        assert none["f1"].value == 0.0
    assert json.dumps(empty.macro_f1.as_json()) == '{"value": null, "low": null, "high": null, "method": "undefined"}'


def test_replicates_without_a_value_are_left_out():
    """A resample that happens to hold none of a label's articles says nothing about it."""
    score = percentile(0.5, np.array([0.4, np.nan, 0.6, np.nan]))
    assert 0.4 <= score.low <= score.high <= 0.6


def test_numbers_for_json_are_rounded_and_never_negative_zero():
    """Reports of equal runs are equal byte by byte."""
    assert plain(0.123456789) == 0.123457
    assert plain(float("nan")) is None
    assert str(plain(-1e-9)) == "0.0"


def test_pooled_intervals_hold_the_pooled_scores():
    """Precision, recall and F1 of topic sets, worked by hand: 2 hits of 3 predicted and 4 in gold."""
    gold, predicted = [{"a", "b"}, {"a"}, {"b"}, set()], [{"a"}, {"a"}, set(), {"c"}]
    found = pooled_intervals(gold, predicted)
    assert found["precision"].value == pytest.approx(2 / 3)
    assert found["recall"].value == pytest.approx(2 / 4)
    assert found["f1"].value == pytest.approx(4 / 7)
    assert all(score.low <= score.value <= score.high for score in found.values())


def test_the_calibration_error_of_a_calibrated_model_may_be_zero():
    """Noise alone makes an error; the interval then begins at 0, and does not where the model is overconfident."""
    rng = np.random.default_rng(4)
    p = rng.beta(5, 2, 400)
    honest, ideal = calibration_error(p, rng.random(400) < p)
    assert honest.low == 0.0
    assert honest.value == pytest.approx(ideal, abs=0.03)
    boastful, _ = calibration_error(p, rng.random(400) < p - 0.3)
    assert boastful.low > 0.1


# ---------------------------------------------------------------------------------------------------------------------
# Coverage by simulation


def _population(shares, accuracies):
    """Joint probabilities of gold (row) and predicted label: errors fall on the other labels by their shares."""
    shares = np.array(shares, dtype=float) / np.sum(shares)
    table = np.zeros((len(shares), len(shares)))
    for i, right in enumerate(accuracies):
        others = np.where(np.arange(len(shares)) == i, 0, shares)
        table[i] = shares[i] * (1 - right) * others / others.sum()
        table[i, i] = shares[i] * right
    return table


def _macro_f1_of_population(table):
    f1 = 2 * np.diagonal(table) / (table.sum(axis=0) + table.sum(axis=1))
    return f1.mean()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shares", "accuracies", "n", "between"),
    [
        ([1, 1, 1, 1, 1], [0.85] * 5, 150, (0.92, 0.98)),
        ([1, 1, 1, 1, 1], [0.97] * 5, 60, (0.92, 1.0)),  # many samples without an error: careful rather than bold
        ([10, 4, 3, 2, 1], [0.85] * 5, 150, (0.92, 0.98)),
        ([10, 4, 3, 2, 1], [0.9, 0.8, 0.8, 0.7, 0.6], 759, (0.92, 0.98)),
        ([70, 15, 8, 5, 2], [0.95, 0.8, 0.7, 0.6, 0.5], 150, (0.90, 0.98)),  # three articles of the rarest label
    ],
)
def test_the_interval_of_macro_f1_holds_the_truth_as_often_as_it_says(shares, accuracies, n, between):
    """95 % intervals around macro-F1 hold the population's value in about 95 of 100 samples."""
    table = _population(shares, accuracies)
    truth, names = _macro_f1_of_population(table), np.array(list("abcde"))
    rng, held = np.random.default_rng(11), 0
    for run in range(600):
        drawn = rng.choice(table.size, size=n, p=table.ravel())
        gold, predicted = names[drawn // 5].tolist(), names[drawn % 5].tolist()
        score = label_intervals(gold, predicted, replicates=600, seed=run).macro_f1
        held += score.low <= truth <= score.high
    assert between[0] <= held / 600 <= between[1]


@pytest.mark.slow
def test_the_interval_over_repeats_holds_the_truth_and_pooling_them_would_not():
    """Three runs that agree on most articles: 95 of 100 intervals hold, but not if 3 n articles were drawn."""
    table = _population([10, 4, 3, 2, 1], [0.85] * 5)
    truth, names, shares = _macro_f1_of_population(table), np.array(list("abcde")), table / table.sum(axis=1)[:, None]
    rng, held, pooled = np.random.default_rng(4), 0, 0
    for seed in range(300):
        drawn = rng.choice(table.size, size=300, p=table.ravel())
        gold, runs = names[drawn // 5].tolist(), [names[drawn % 5].tolist()]
        for _ in range(2):
            again = rng.random(300) < 0.15
            runs.append(
                [
                    str(rng.choice(names, p=shares[row])) if other else label
                    for row, other, label in zip(drawn // 5, again, runs[0], strict=True)
                ]
            )
        score = repeated_intervals(gold, runs, replicates=600, seed=seed).macro_f1
        held += score.low <= truth <= score.high
        bold = label_intervals(gold * 3, [label for run in runs for label in run], replicates=600, seed=seed).macro_f1
        pooled += bold.low <= truth <= bold.high
    assert 0.92 <= held / 300 <= 0.98
    assert pooled / 300 < 0.88


@pytest.mark.slow
@pytest.mark.parametrize("truth", [0.5, 0.85, 0.97])
@pytest.mark.parametrize("n", [30, 150, 759])
def test_wilsons_interval_holds_the_truth_as_often_as_it_says(truth, n):
    """95 % intervals around a proportion hold it in about 95 of 100 samples, even close to 1."""
    hits = np.random.default_rng(n).binomial(n, truth, size=4000)
    ends = {h: wilson(h, n) for h in np.unique(hits).tolist()}
    held = np.mean([ends[h].low <= truth <= ends[h].high for h in hits.tolist()])
    assert 0.93 <= held <= 0.985


@pytest.mark.slow
@pytest.mark.parametrize(("boast", "at_least"), [(0.0, 0.93), (0.1, 0.86), (0.3, 0.89)])
def test_the_interval_of_the_calibration_error_mostly_holds_the_truth(boast, at_least):
    """Known to be a little too short for a small error that is not 0; never as blind as plain percentiles would be."""
    rng = np.random.default_rng(2)

    def draw(n):
        p = 0.2 + 0.8 * rng.beta(5, 1.5, n)
        return p, p - boast * (p - 0.4)

    p, true_p = draw(1_000_000)
    truth = np.abs(np.bincount(bin_of(p), weights=p - true_p)).sum() / len(p)
    held = 0
    for run in range(300):
        p, true_p = draw(400)
        score, _ = calibration_error(p, rng.random(400) < true_p, replicates=400, seed=run)
        held += score.low <= truth <= score.high
        assert score.value == pytest.approx(expected_calibration_error(p, p)) or score.value > 0
    assert held / 300 >= at_least


def test_bootstrap_takes_any_score():
    """The general form gives the interval of a function of article numbers, here the plain accuracy."""
    gold, predicted = _sample(200)
    score = bootstrap(lambda at: accuracy([gold[i] for i in at], [predicted[i] for i in at]), 200, replicates=800)
    near = wilson(sum(g == p for g, p in zip(gold, predicted, strict=True)), 200)
    assert score.value == pytest.approx(near.value)
    assert score.low == pytest.approx(near.low, abs=0.02)
    assert score.high == pytest.approx(near.high, abs=0.02)
