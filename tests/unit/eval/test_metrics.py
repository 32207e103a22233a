"""Guards the scores: against scikit-learn's own on random input, and against cases worked by hand."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.scores.calibration import (
    brier_terms,
    brier_top_terms,
    coverage_at,
    coverage_curve,
    expected_calibration_error,
    reliability,
    threshold_for,
)
from eval.scores.clusters import adjusted_rand_index, stability
from eval.scores.label_curves import label_curve
from eval.scores.label_sets import compare_sets, set_value
from eval.scores.metrics import (
    LabelScore,
    accuracy,
    balanced_accuracy,
    confusion,
    label_order,
    macro_f1,
    per_label,
)
from eval.scores.multi_topic import multi_topic, secondary
from eval.scores.registry import METRICS, name_of
from eval.scores.score_intervals import label_intervals

LABELS = ["syria", "other", "alliances", "đàm phán", "arms_control"]
pairs = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60)
some_topics = st.frozensets(st.sampled_from(["a", "b", "c", "d"]))
set_pairs = st.lists(st.tuples(some_topics, some_topics), min_size=1, max_size=40)
judgements = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(pairs)
@settings(max_examples=50, deadline=None)
def test_label_scores_equal_scikit_learns(rows):
    """Whatever the labels, every score over single labels is scikit-learn's to the last digits."""
    from sklearn import metrics as sk

    gold, predicted = [g for g, _ in rows], [p for _, p in rows]
    in_gold, everything = label_order(gold), label_order([*gold, *predicted])
    assert accuracy(gold, predicted) == pytest.approx(sk.accuracy_score(gold, predicted))
    assert macro_f1(gold, predicted) == pytest.approx(
        sk.f1_score(gold, predicted, labels=in_gold, average="macro", zero_division=0)
    )
    assert balanced_accuracy(gold, predicted) == pytest.approx(
        sk.recall_score(gold, predicted, labels=in_gold, average="macro", zero_division=0)
    )
    of = {metric.key: metric.of(gold, predicted) for metric in METRICS}
    assert of["weighted_f1"] == pytest.approx(
        sk.f1_score(gold, predicted, labels=everything, average="weighted", zero_division=0)
    )
    assert of["micro_f1"] == pytest.approx(sk.f1_score(gold, predicted, labels=everything, average="micro"))
    assert (of["accuracy"], of["macro_f1"]) == (accuracy(gold, predicted), macro_f1(gold, predicted))
    assert of["balanced_accuracy"] == balanced_accuracy(gold, predicted)
    table = confusion(gold, predicted)
    assert list(table.labels) == everything
    assert (table.counts == sk.confusion_matrix(gold, predicted, labels=everything)).all()
    theirs = sk.precision_recall_fscore_support(gold, predicted, labels=everything, zero_division=0)
    for row, precision, recall, f1, support in zip(per_label(gold, predicted), *theirs, strict=True):
        assert (row.precision, row.recall, row.f1) == pytest.approx((precision, recall, f1))
        assert (row.support, row.predicted) == (support, predicted.count(row.label))


@given(set_pairs)
@settings(max_examples=40, deadline=None)
def test_multi_topic_scores_equal_scikit_learns(rows):
    """Pooled and per-topic scores of topic sets are those scikit-learn computes from indicator matrices."""
    from sklearn import metrics as sk

    gold, predicted = [g for g, _ in rows], [p for _, p in rows]
    topics = sorted(frozenset().union(*gold, *predicted))
    found = multi_topic(gold, predicted)
    assert found.exact == pytest.approx(sum(g == p for g, p in rows) / len(rows))
    assert [row.label for row in found.per_topic] == topics
    if not topics:
        assert (found.micro.precision, found.micro.recall, found.micro.f1) == (0, 0, 0)
        return
    as_matrix = [[[topic in one for topic in topics] for one in sets] for sets in (gold, predicted)]
    truth, given_ = (np.array(matrix, dtype=int) for matrix in as_matrix)
    pooled = sk.precision_recall_fscore_support(truth.ravel(), given_.ravel(), average="binary", zero_division=0)
    assert (found.micro.precision, found.micro.recall, found.micro.f1) == pytest.approx(pooled[:3])
    columns = [j for j in range(len(topics)) if truth[:, j].any()]
    theirs = [sk.f1_score(truth[:, j], given_[:, j], zero_division=0) for j in columns]
    assert found.macro_f1 == pytest.approx(sum(theirs) / len(theirs)) if theirs else math.isnan(found.macro_f1)
    for j, row in enumerate(found.per_topic):
        own = sk.precision_recall_fscore_support(truth[:, j], given_[:, j], average="binary", zero_division=0)
        assert (row.precision, row.recall, row.f1) == pytest.approx(own[:3])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_adjusted_rand_index_equals_scikit_learns(rows):
    """Whatever the clusters are called, one cluster and only clusters of one included."""
    from sklearn.metrics import adjusted_rand_score

    a, b = [a for a, _ in rows], [b for _, b in rows]
    assert adjusted_rand_index(a, b) == pytest.approx(adjusted_rand_score(a, b))


def test_adjusted_rand_index_of_a_case_worked_by_hand():
    """{1,2,3},{4,5} against {1,2},{3,4,5}: 2 pairs together in both, 4 in each, 1.6 expected: (2 - 1.6) / (4 - 1.6)."""
    assert adjusted_rand_index([0, 0, 0, 1, 1], [0, 0, 1, 1, 1]) == pytest.approx(0.4 / 2.4)
    assert adjusted_rand_index([0, 1], [5, 7]) == 1.0
    assert math.isnan(adjusted_rand_index([], []))
    with pytest.raises(ValueError, match="2 gold values but 1"):
        adjusted_rand_index([0, 1], [0])


def test_stability_is_1_for_clusters_that_stay_and_about_0_for_chance():
    """Overlapping samples, clustered by what they are or by dice; the same seed gives the same numbers."""
    assert stability(60, lambda rows: rows % 3) == [1.0] * 5
    rng = np.random.default_rng(1)
    dice = stability(200, lambda rows: rng.integers(0, 4, len(rows)))
    assert abs(float(np.mean(dice))) < 0.05
    assert stability(3, lambda rows: rows) == []


@given(judgements)
@settings(max_examples=100, deadline=None)
def test_brier_score_of_two_classes_equals_scikit_learns(rows):
    """The multiclass Brier score of two classes is twice the one-sided score that scikit-learn gives."""
    from sklearn.metrics import brier_score_loss

    p, truth = np.array([p for p, _ in rows]), [bool(t) for _, t in rows]
    theirs = brier_score_loss([*truth, True, False], [*p, 1.0, 0.0]) * (len(p) + 2) / len(p)
    gold = ["yes" if t else "no" for t in truth]
    assert brier_terms(gold, np.column_stack([p, 1 - p]), ["yes", "no"]).mean() == pytest.approx(2 * theirs)
    assert brier_top_terms(p, truth).mean() == pytest.approx(theirs)


@given(judgements)
@settings(max_examples=100, deadline=None)
def test_reliability_table_accounts_for_every_article_and_gives_the_calibration_error(rows):
    """No article falls between two bins, and the error is what the table's rows say."""
    p, right = [p for p, _ in rows], [r for _, r in rows]
    table = reliability(p, right)
    assert len(table) == 10
    assert sum(row.count for row in table) == len(rows)
    for row in table:
        inside = [x for x in p if row.low < x <= row.high or (x == 0 and row.low == 0)]
        assert row.count == len(inside)
        if inside:
            assert row.confidence == pytest.approx(sum(inside) / len(inside))
    by_hand = sum(row.count * abs(row.confidence - row.accuracy) for row in table if row.count) / len(rows)
    assert expected_calibration_error(p, right) == pytest.approx(by_hand)


@given(judgements)
@settings(max_examples=100, deadline=None)
def test_coverage_curve_and_thresholds_agree(rows):
    """Each point of the curve is what one gets by applying its threshold, and the last point keeps every article."""
    p, right = [p for p, _ in rows], [r for _, r in rows]
    curve = coverage_curve(p, right)
    assert coverage_at(p, right, [point.threshold for point in curve]) == curve
    assert curve[-1].coverage == 1
    assert curve[-1].accuracy == pytest.approx(sum(right) / len(right))
    assert [point.kept for point in curve] == sorted({point.kept for point in curve})


def test_scores_of_a_case_worked_by_hand():
    """Two topics and "other", four articles: the numbers on paper."""
    gold = ["a", "a", "b", "other"]
    predicted = ["a", "b", "b", "a"]
    assert accuracy(gold, predicted) == 0.5
    # a: 1 of 2 predictions, 1 of 2 articles; b: 1 of 2 predictions, 1 of 1 articles; other: nothing right
    assert per_label(gold, predicted) == [
        LabelScore("a", 0.5, 0.5, 0.5, 2, 2),
        LabelScore("b", 0.5, 1.0, 2 / 3, 1, 2),
        LabelScore("other", 0.0, 0.0, 0.0, 1, 0),
    ]
    assert macro_f1(gold, predicted) == pytest.approx((0.5 + 2 / 3 + 0) / 3)
    assert balanced_accuracy(gold, predicted) == pytest.approx((0.5 + 1 + 0) / 3)
    assert confusion(gold, predicted).rows().tolist() == [[0.5, 0.5, 0], [0, 1, 0], [1, 0, 0]]


def test_a_label_only_predicted_is_named_but_does_not_dilute_the_macro_average():
    """A stray label is listed with support 0; macro scores average over gold's labels alone."""
    gold, predicted = ["a", "a", "b", "b"], ["a", "stray", "b", "b"]
    assert [row.label for row in per_label(gold, predicted)] == ["a", "b", "stray"]
    assert per_label(gold, predicted)[2] == LabelScore("stray", 0.0, 0.0, 0.0, 0, 1)
    assert macro_f1(gold, predicted) == pytest.approx((2 / 3 + 1) / 2)


def test_labels_are_in_alphabetical_order_with_other_last():
    """ "other" is no topic and stands below them, wherever the alphabet would put it."""
    assert label_order(["syria", "other", "alliances", "zoo", "other"]) == ["alliances", "syria", "zoo", "other"]


def test_no_articles_and_one_single_class_have_defined_scores_and_no_warning():
    """Nothing to measure is NaN, one class alone is scored like any other; nothing warns or crashes."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for score in (accuracy, macro_f1, balanced_accuracy):
            assert math.isnan(score([], []))
            assert score(["a", "a"], ["a", "a"]) == 1.0
            assert score(["a", "a"], ["b", "b"]) == 0.0
        assert per_label([], []) == []
        assert confusion([], []).counts.shape == (0, 0)
        assert math.isnan(expected_calibration_error([], []))
        assert brier_terms([], np.zeros((0, 2)), ["a", "b"]).size == brier_top_terms([], []).size == 0
        assert coverage_curve([], []) == []
        assert coverage_at([], [], [0.5])[0].kept == 0
        assert [row.count for row in reliability([], [])] == [0] * 10
        assert math.isnan(multi_topic([], []).micro.f1)


def test_different_lengths_are_refused():
    """A prediction too few is an error, not a shorter evaluation."""
    for score in (accuracy, macro_f1, balanced_accuracy, per_label, confusion):
        with pytest.raises(ValueError, match="2 gold values but 1 predicted"):
            score(["a", "b"], ["a"])


def test_calibration_error_of_a_case_worked_by_hand():
    """Two bins: 0.95 said and 0.5 right, 0.55 said and all right."""
    p, right = [0.95, 0.95, 0.55, 0.55], [True, False, True, True]
    assert expected_calibration_error(p, right) == pytest.approx(0.5 * 0.45 + 0.5 * 0.45)
    row = reliability(p, right)[9]
    assert (row.low, row.high, row.count, row.accuracy) == (0.9, 1.0, 2, 0.5)
    assert row.confidence == pytest.approx(0.95)
    assert reliability([0.0, 0.1, 0.1000001], [1, 1, 1])[0].count == 2  # 0 and 0.1 in the first bin


def test_brier_score_of_a_case_worked_by_hand():
    """A gold label the model has no probability for costs the whole 1 and what was spent elsewhere."""
    table = np.array([[0.7, 0.3], [0.7, 0.3]])
    assert brier_terms(["a", "b"], table, ["a", "b"]) == pytest.approx([0.09 + 0.09, 0.49 + 0.49])
    assert brier_terms(["c", "c"], table, ["a", "b"]) == pytest.approx([1 + 0.49 + 0.09] * 2)


def test_a_threshold_buys_accuracy_with_coverage():
    """The most articles kept at the wanted accuracy, and None where no threshold reaches it."""
    curve = coverage_curve([0.9, 0.8, 0.7, 0.6], [True, True, False, True])
    best = threshold_for(0.99, curve)
    assert best is not None
    assert (best.threshold, best.kept, best.coverage) == (0.8, 2, 0.5)
    kept_all = threshold_for(0.75, curve)
    assert kept_all is not None
    assert kept_all.kept == 4
    assert threshold_for(0.9, coverage_curve([0.9], [False])) is None


def test_secondary_topics_are_scored_apart_from_the_primary():
    """Only labels beyond each side's own primary count; "other" is never one of them."""
    gold = [{"a", "b"}, {"a"}, {"b", "c"}, set()]
    predicted = [{"a", "b"}, {"a", "c"}, {"b"}, {"other"}]
    found = secondary(gold, ["a", "a", "b", "other"], predicted, ["a", "a", "b", "other"])
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    swapped = secondary([{"a", "b"}], ["a"], [{"a", "b"}], ["b"])
    assert (swapped.precision, swapped.recall) == (0.0, 0.0)


def test_other_in_a_topic_set_says_that_there_is_no_topic():
    """{"other"} and the empty set are the same judgement."""
    found = multi_topic([{"other"}, set(), {"a"}], [set(), {"other"}, {"a"}])
    assert found.exact == 1.0
    assert [row.label for row in found.per_topic] == ["a"]


def test_one_entry_of_the_registry_is_in_every_place():
    """Scores, baselines, repeats and differences have each entry by its key, with an interval where it has one."""
    from eval.report.report import build_report
    from eval.scores.compare import compare
    from eval.scores.gold import Judged

    gold, predicted, other = list("aabbbc") * 5, list("aabbcc") * 5, list("abbbbc") * 5
    judged = Judged([str(i) for i in range(30)], gold, predicted, further_runs=[other])
    report = build_report(judged, baselines={"all a": ["a"] * 30}, meta={}, replicates=200)
    compared = compare(gold, predicted, other, replicates=200).as_json()
    for metric in METRICS:
        score = report["scores"][metric.key]
        assert score["value"] == pytest.approx((metric.of(gold, predicted) + metric.of(gold, other)) / 2, abs=1e-6)
        assert score["low"] < score["value"] < score["high"]
        assert report["baselines"]["all a"][metric.key]["value"] == pytest.approx(metric.of(gold, ["a"] * 30), abs=1e-6)
        assert report["repeats"]["scores"][metric.key]["each"][1] == pytest.approx(metric.of(gold, other), abs=1e-6)
        difference = metric.of(gold, other) - metric.of(gold, predicted)
        assert compared[f"{metric.key}_difference"]["value"] == pytest.approx(difference, abs=1e-6)
        assert name_of(metric.key) == metric.name
    assert label_intervals([], []).scores["weighted_f1"].method == "undefined"


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_label_curves_equal_scikit_learns(pairs):
    """Average precision and every point, ties included; without an article of the label there is nothing to measure."""
    from sklearn import metrics as sk

    p, has = np.array([one for one, _ in pairs]), np.array([one for _, one in pairs])
    curve = label_curve(p, has)
    if not has.any():
        assert np.isnan(curve.average_precision.value)
        return
    area = curve.average_precision
    assert area.value == pytest.approx(sk.average_precision_score(has, p))
    assert 0 <= area.low <= area.value <= area.high <= 1
    precision, recall, threshold = sk.precision_recall_curve(has, p)
    assert curve.threshold.tolist() == threshold[::-1].tolist()
    assert curve.precision == pytest.approx(precision[:-1][::-1])
    assert curve.recall == pytest.approx(recall[:-1][::-1])
    assert (curve.support, curve.expected) == (has.sum(), pytest.approx(p.sum()))


@pytest.mark.parametrize("articles", range(1, 60))
def test_a_label_without_an_error_has_the_interval_of_a_perfect_one(articles):
    """Steps of recall add up to 1 but for a last digit, of which no logit may be taken."""
    p = np.linspace(0.9, 0.1, articles + 5)
    area = label_curve(p, np.arange(articles + 5) < articles).average_precision
    assert (area.value, area.method) == (1.0, "wilson (no article out of place)")


@given(
    st.lists(
        st.tuples(*[st.frozensets(st.sampled_from(["a", "b", "ễ", "other"]), max_size=3) for _ in range(3)]),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=40, deadline=None)
def test_scores_of_sets_equal_scikit_learns(rows):
    """F1s over labels that occur in gold and subset accuracy, alone, with intervals and as differences."""
    from sklearn import metrics as sk
    from sklearn.preprocessing import MultiLabelBinarizer

    gold, a, b = ([side - {"other"} for side in sides] for sides in zip(*rows, strict=True))
    labels = sorted(set().union(*gold))
    table = [MultiLabelBinarizer(classes=["a", "b", "ễ"]).fit_transform(side) for side in (gold, a, b)]
    in_gold = [["a", "b", "ễ"].index(label) for label in labels]
    found = compare_sets(gold, a, b, ids=[str(at) for at in range(len(rows))], replicates=50)
    for side, scores in ((1, [pair[0] for pair in found.scores.values()]), (2, [p[1] for p in found.scores.values()])):
        by_key = dict(zip(found.scores, scores, strict=True))
        assert by_key["accuracy"].value == pytest.approx(sk.accuracy_score(table[0], table[side]))
        if labels:
            for key, average in (("macro_f1", "macro"), ("weighted_f1", "weighted")):
                wanted = sk.f1_score(table[0], table[side], labels=in_gold, average=average, zero_division=0)
                assert by_key[key].value == pytest.approx(wanted), key
            wanted = sk.f1_score(table[0], table[side], average="micro", zero_division=0)
            assert by_key["micro_f1"].value == pytest.approx(wanted)
            assert set_value("micro_f1", gold, (a, b)[side - 1]) == pytest.approx(wanted)
    for key, (first, second) in found.scores.items():
        if not np.isnan(first.value):
            assert found.differences[key].value == pytest.approx(second.value - first.value)
