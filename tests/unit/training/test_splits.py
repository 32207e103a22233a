"""Guards the folds and the split by date."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.folds import date_split, folds, nested_order, shrunk, stratified_folds, untrainable

grouped = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 15)), min_size=20, max_size=80)


@given(grouped, st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_groups_are_never_cut_and_every_fold_is_used(rows, seed):
    """Near-duplicates stay together, every article has a fold, equal input and seed give equal folds."""
    labels, groups = [label for label, _ in rows], [group for _, group in rows]
    k = min(5, len(set(groups)))
    if k < 2:
        return
    fold_of = stratified_folds(labels, groups, k, seed)
    assert set(fold_of.tolist()) == set(range(k))
    assert all(len({f for f, g in zip(fold_of, groups, strict=True) if g == group}) == 1 for group in groups)
    assert fold_of.tolist() == stratified_folds(labels, groups, k, seed).tolist()


@given(st.lists(st.sampled_from("abcd"), min_size=5, max_size=120), st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_without_groups_each_label_is_spread_evenly(labels, seed):
    """No fold has two articles of a label more than another, and folds are about equally large."""
    fold_of = stratified_folds(labels, None, 5, seed)
    for label in set(labels):
        counts = Counter(f for f, own in zip(fold_of.tolist(), labels, strict=True) if own == label)
        spread = [counts.get(f, 0) for f in range(5)]
        assert max(spread) - min(spread) <= 1
    sizes = np.bincount(fold_of, minlength=5)
    assert sizes.max() - sizes.min() <= len(set(labels))


def test_another_seed_gives_other_folds():
    """Repeated cross-validation needs folds that differ."""
    labels = ["a"] * 30 + ["b"] * 30
    assert stratified_folds(labels, None, 5, 1).tolist() != stratified_folds(labels, None, 5, 2).tolist()


def test_a_label_rarer_than_the_folds_is_dealt_out_and_named_if_it_cannot_be_learned():
    """Two articles go to two folds; a label whose articles all stand in one fold is reported."""
    labels = ["a"] * 20 + ["rare"] * 2 + ["single"]
    fold_of = stratified_folds(labels, None, 5, 0)
    assert fold_of[20] != fold_of[21]
    assert untrainable(labels, folds(labels, 5)) == ["single"]
    assert untrainable(labels, folds(labels, 5, groups=[*range(20), 99, 99, 100])) == ["rare", "single"]


def test_every_row_is_tested_once_by_what_its_group_was_not_in():
    """The one loop over folds: train and test rows are apart, ascending, and a group is never on both sides."""
    labels, groups = list("aab" * 12), [row // 2 for row in range(36)]
    splits = list(folds(labels, 4, groups=groups, seed=3))
    assert sorted(row for _, test in splits for row in test.tolist()) == list(range(36))
    for train, test in splits:
        assert sorted([*train.tolist(), *test.tolist()]) == list(range(36))
        assert train.tolist() == sorted(train.tolist())
        assert not {groups[row] for row in train} & {groups[row] for row in test}


def test_a_larger_part_holds_the_smaller_one_and_the_test_rows_stay():
    """What a learning curve trains on."""
    labels = list("ab" * 20)
    splits = list(folds(labels, 4))
    half, quarter = (list(shrunk(labels, splits, share)) for share in (0.5, 0.25))
    for (train, test), (large, same), (small, _) in zip(splits, half, quarter, strict=True):
        assert set(small.tolist()) < set(large.tolist()) < set(train.tolist())
        assert (len(large), len(small)) == (15, 8)
        assert same.tolist() == test.tolist()


def test_more_folds_than_groups_are_refused():
    """The message says how many there are."""
    with pytest.raises(ValueError, match="5 folds from 2 groups"):
        stratified_folds(["a"] * 8, [0] * 4 + [1] * 4, 5)
    with pytest.raises(ValueError, match="1 folds"):
        stratified_folds(["a"] * 8, None, 1)


@given(st.lists(st.sampled_from("aab"), min_size=1, max_size=60), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_every_beginning_of_the_nested_order_has_the_labels_in_their_shares(labels, seed):
    """A permutation, the same for the same seed, never more than one article off a label's share."""
    order = nested_order(labels, seed)
    assert sorted(order.tolist()) == list(range(len(labels)))
    assert order.tolist() == nested_order(labels, seed).tolist()
    for size in range(1, len(labels) + 1):
        for label in set(labels):
            found = sum(labels[row] == label for row in order[:size].tolist())
            assert abs(found - size * labels.count(label) / len(labels)) <= 1


def test_a_split_by_date_never_cuts_a_day_and_keeps_the_undated_apart():
    """Everything of the future is later than everything of the past."""
    dates = ["2020-01-03", None, "2020-01-01", "2020-01-03", "2020-01-02", "", "2020-01-01"]
    split = date_split(dates, 0.4)
    assert split.first_future == "2020-01-03"
    assert split.past.tolist() == [2, 4, 6]
    assert split.future.tolist() == [0, 3]
    assert split.undated.tolist() == [1, 5]


def test_a_split_by_date_takes_the_share_that_comes_nearest():
    """Ten days with an article each: a fifth is two of them."""
    split = date_split([f"2021-05-{day:02d}" for day in range(1, 11)], 0.2)
    assert split.future.tolist() == [8, 9]


def test_a_split_by_date_needs_two_dates():
    """One day has no past; no date at all has neither."""
    for dates in (["2020-01-01"] * 3, [None, ""], []):
        with pytest.raises(ValueError, match="different dates"):
            date_split(dates)
