"""Which articles to train on and which to test on: folds that keep near-duplicates together, or past and future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eval.scores.metrics import check_same_length, encode, label_order

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class DateSplit:
    """Article numbers before `first_future` and from it on, in order; `undated` ones belong to neither side."""

    past: NDArray[np.int64]
    future: NDArray[np.int64]
    undated: NDArray[np.int64]
    first_future: str


def stratified_folds(
    labels: Sequence[str], groups: Sequence[Hashable] | None, k: int, seed: int = 0
) -> NDArray[np.int64]:
    """The fold of each article, numbers 0 to k - 1, shape (n,).

    Articles of the same group share a fold (None: each article is its own group); labels are spread over the folds as
    evenly as groups allow. Groups are dealt largest first, in an order that depends on `seed`, each to the fold that
    has least of its labels. Raises ValueError if there are fewer groups than folds. A label with fewer groups than
    folds is missing from some; see `untrainable` for one that then cannot be learned.
    """
    groups = range(len(labels)) if groups is None else groups
    check_same_length(labels, groups)
    members: dict[Hashable, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    if not 2 <= k <= len(members):
        raise ValueError(f"{k} folds from {len(members)} groups of articles; give a number from 2 to {len(members)}")
    codes, sizes = _label_codes(labels)
    dealt = list(members.values())
    order = np.random.default_rng(seed).permutation(len(dealt))
    folds = np.empty(len(labels), dtype=np.int64)
    load = np.zeros((k, len(sizes)))
    for articles in sorted((dealt[i] for i in order), key=len, reverse=True):
        counts = np.bincount(codes[articles], minlength=len(sizes))
        crowded = np.round(load @ (counts / sizes), 12)  # rounded, so that equal shares are equal
        fold = int(np.lexsort((load.sum(axis=1), crowded))[0])
        folds[articles] = fold
        load[fold] += counts
    return folds


def folds(
    labels: Sequence[str], k: int, *, groups: Sequence[Hashable] | None = None, seed: int = 0
) -> Iterator[tuple[Rows, Rows]]:
    """(rows to train on, rows to test on) of each of k folds, in ascending order; dealt as `stratified_folds` says.

    The one loop over folds: every row is tested once, by what was trained without it and without its group.
    """
    fold_of = stratified_folds(labels, groups, k, seed)
    for fold in range(k):
        yield np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)


def shrunk(
    labels: Sequence[str], splits: Iterable[tuple[Rows, Rows]], share: float, seed: int = 0
) -> Iterator[tuple[Rows, Rows]]:
    """The same splits with a part of each one's training rows; a larger `share` holds the rows of a smaller one."""
    for train, test in splits:
        order = nested_order([labels[row] for row in train.tolist()], seed)
        yield train[order[: round(share * len(train))]], test


def nested_order(labels: Sequence[str], seed: int = 0) -> NDArray[np.int64]:
    """An order of the articles, shape (n,), of which every beginning has the labels in about their shares."""
    codes, sizes = _label_codes(labels)
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    by_label = shuffled[np.argsort(codes[shuffled], kind="stable")]
    within = np.arange(len(labels)) - (np.cumsum(sizes) - sizes)[codes[by_label]]
    return by_label[np.lexsort((codes[by_label], (within + 0.5) / sizes[codes[by_label]]))]


def untrainable(labels: Sequence[str], splits: Iterable[tuple[Rows, Rows]]) -> list[str]:
    """Labels that some training part lacks: all their articles stand in one fold, and nothing is left to learn from."""
    every = set(labels)
    lacking = (every.difference(labels[row] for row in train.tolist()) for train, _ in splits)
    return label_order(label for labels_lacking in lacking for label in labels_lacking)


def date_split(dates: Sequence[str | None], fraction: float = 0.2) -> DateSplit:
    """Splits so that about `fraction` of the dated articles, the latest ones, are the future.

    `dates` are as `classifier.vietnamese.dates` gives them (YYYY-MM counts as the month's beginning, YYYY as the
    year's), None or "" where unknown. A day is never cut in two: of all days the one is taken that comes nearest to
    `fraction`. Raises ValueError if there are not two different dates.
    """
    dated = np.array([i for i, date in enumerate(dates) if date], dtype=np.int64)
    days, counts = np.unique(np.array([dates[i] for i in dated], dtype=str), return_counts=True)
    if len(days) < 2:
        raise ValueError(f"{len(days)} different dates; a split by date needs two")
    after = np.cumsum(counts[::-1])[::-1][1:]  # articles from the second, third, ... day on
    first = str(days[1 + int(np.argmin(np.abs(after - fraction * len(dated))))])
    late = np.array([str(dates[i]) >= first for i in dated], dtype=bool)
    undated = np.array([i for i, date in enumerate(dates) if not date], dtype=np.int64)
    return DateSplit(dated[~late], dated[late], undated, first)


def _label_codes(labels: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    names = label_order(labels)
    codes = encode(labels, names)
    return codes, np.bincount(codes, minlength=len(names))
