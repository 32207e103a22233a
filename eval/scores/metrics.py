"""Scores of predicted labels against gold labels: plain functions on sequences of strings.

How labels that stand on one side only are treated, everywhere in this package:

- A label absent from gold and from predictions does not count.
- A label predicted but absent from gold is listed by name in `per_label` and `confusion` (support 0, recall 0); its
  predictions are errors of the labels they were taken from. It has no term of its own in a macro average: macro scores
  average over the labels that occur in gold, so that one stray prediction cannot cost a whole label's share.
- A label in gold that is never predicted counts: its precision and F1 are 0.
- No articles at all: scores are NaN (there is nothing to measure), tables are empty. Nothing warns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.types import OTHER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Sized

    from numpy.typing import NDArray

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label's precision, recall and F1 in [0, 1]; `support` is its articles in gold, `predicted` those given it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Precision, recall and their harmonic mean, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """Articles by gold label (row) and predicted label (column): `counts` is (L, L), both in the order of `labels`."""

    labels: tuple[str, ...]
    counts: NDArray[np.int64]

    def rows(self) -> NDArray[np.float64]:
        """Each row as shares of its gold label's articles, (L, L); a label absent from gold has a row of zeros."""
        return ratio(self.counts, self.counts.sum(axis=1, keepdims=True))


def label_order(labels: Iterable[str]) -> list[str]:
    """The different labels in alphabetical order, "other" last."""
    return sorted(set(labels), key=lambda label: (label == OTHER, label))


def encode(values: Sequence[str], labels: Sequence[str]) -> NDArray[np.int64]:
    """The position of each value in `labels`, shape (n,). Raises KeyError for a value that is not there."""
    position = {label: i for i, label in enumerate(labels)}
    return np.fromiter((position[value] for value in values), dtype=np.int64, count=len(values))


def ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> NDArray[np.float64]:
    """Element by element `numerator / denominator`, 0 where the denominator is 0."""
    top, bottom = np.broadcast_arrays(np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float))
    result: NDArray[np.float64] = np.divide(top, bottom, out=np.zeros(top.shape), where=bottom != 0)
    return result


def confusion(gold: Sequence[str], predicted: Sequence[str]) -> Confusion:
    """The confusion matrix over all labels that occur in gold or predictions."""
    check_same_length(gold, predicted)
    labels = label_order([*gold, *predicted])
    size = len(labels)
    cells = encode(gold, labels) * size + encode(predicted, labels)
    counts = np.bincount(cells, minlength=size * size).astype(np.int64).reshape(size, size)
    return Confusion(tuple(labels), counts)


def accuracy(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """The share of articles whose predicted label is the gold one; NaN without articles."""
    check_same_length(gold, predicted)
    hits = sum(g == p for g, p in zip(gold, predicted, strict=True))
    return hits / len(gold) if len(gold) else NAN


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean F1 of the labels that occur in gold, each label counted the same; NaN without articles."""
    counts = confusion(gold, predicted).counts
    return float(macro_f1_of(np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)))


def balanced_accuracy(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean recall of the labels that occur in gold; NaN without articles."""
    counts = confusion(gold, predicted).counts
    return float(balanced_accuracy_of(np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)))


def per_label(gold: Sequence[str], predicted: Sequence[str]) -> list[LabelScore]:
    """Precision, recall and F1 of every label in gold or predictions, in label order ("other" last)."""
    table = confusion(gold, predicted)
    hits, support, given = np.diagonal(table.counts), table.counts.sum(axis=1), table.counts.sum(axis=0)
    columns = zip(
        table.labels, ratio(hits, given), ratio(hits, support), f1_of(hits, support, given), support, given, strict=True
    )
    return [LabelScore(name, float(p), float(r), float(f), int(s), int(g)) for name, p, r, f, s, g in columns]


def rates(hits: int, predicted: int, support: int) -> Rates:
    """Precision, recall and F1 from counts, 0 where a denominator is 0."""
    return Rates(
        hits / predicted if predicted else 0.0,
        hits / support if support else 0.0,
        2 * hits / (predicted + support) if predicted + support else 0.0,
    )


def f1_of(hits: NDArray[Any], support: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:
    """F1 = 2 hits / (support + predicted), element by element, 0 where both are 0."""
    return ratio(2 * np.asarray(hits), np.asarray(support) + np.asarray(predicted))


def macro_f1_of(hits: NDArray[Any], support: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:
    """Macro-F1 from counts by label, shapes (..., L) -> (...): the mean over labels with support; NaN without any."""
    return _mean_where(f1_of(hits, support, predicted), np.asarray(support) > 0)


def weighted_f1_of(hits: NDArray[Any], support: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:
    """F1 from counts by label, shapes (..., L) -> (...): the mean over labels weighted by their support, as public data
    sets often report it (scikit-learn's `average="weighted"`).
    """
    articles = np.asarray(support).sum(axis=-1)
    mean = ratio((f1_of(hits, support, predicted) * support).sum(axis=-1), articles)
    return np.where(articles > 0, mean, NAN)


def micro_f1_of(hits: NDArray[Any], support: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:
    """F1 from counts by label, all labels pooled, shapes (..., L) -> (...)."""
    articles = np.asarray(support).sum(axis=-1)
    pooled = f1_of(np.asarray(hits).sum(axis=-1), articles, np.asarray(predicted).sum(axis=-1))
    return np.where(articles > 0, pooled, NAN)


def accuracy_of(hits: NDArray[Any], support: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:  # noqa: ARG001 (as every score of counts)
    """Accuracy from counts by label, shapes (..., L) -> (...)."""
    articles = np.asarray(support).sum(axis=-1)
    return np.where(articles > 0, ratio(np.asarray(hits).sum(axis=-1), articles), NAN)


def balanced_accuracy_of(hits: NDArray[Any], support: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:  # noqa: ARG001 (as every score of counts)
    """Balanced accuracy from counts by label, shapes (..., L) -> (...): the mean recall of labels with support."""
    return _mean_where(ratio(hits, support), np.asarray(support) > 0)


def check_same_length(gold: Sized, predicted: Sized) -> None:
    """Raises ValueError unless both have a value for every article."""
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold values but {len(predicted)} predicted ones; give one of each per article")


def _mean_where(values: NDArray[np.float64], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    number = counted.sum(axis=-1)
    mean = ratio((values * counted).sum(axis=-1), number)
    return np.where(number > 0, mean, NAN)
