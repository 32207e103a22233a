"""Scores of articles with any number of topics: sets of topics against sets of topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.types import OTHER
from eval.scores.metrics import NAN, LabelScore, Rates, check_same_length, rates

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    TopicSets = Sequence[Collection[str]]


@dataclass(frozen=True, slots=True)
class MultiTopic:
    """Topics of all articles pooled (`micro`), each topic alone, and the share of articles whose set is exactly right.

    `macro_f1` averages over topics that occur in gold, as everywhere; NaN where gold has no topic at all.
    """

    micro: Rates
    macro_f1: float
    per_topic: list[LabelScore]
    exact: float


def without_other(sets: TopicSets) -> list[frozenset[str]]:
    """The sets as sets, without "other": it says that there is no topic."""
    return [frozenset(topics) - {OTHER} for topics in sets]


def multi_topic(gold: TopicSets, predicted: TopicSets) -> MultiTopic:
    """Scores primary and secondary topics alike; 0 where a denominator is 0, micro and exact NaN without articles."""
    check_same_length(gold, predicted)
    truth, given = without_other(gold), without_other(predicted)
    topics = sorted({topic for one in (*truth, *given) for topic in one})
    table = [_topic_score(topic, truth, given) for topic in topics]
    f1s = [row.f1 for row in table if row.support]
    same = sum(t == g for t, g in zip(truth, given, strict=True))
    return MultiTopic(
        micro=_pooled(truth, given),
        macro_f1=sum(f1s) / len(f1s) if f1s else NAN,
        per_topic=table,
        exact=same / len(truth) if truth else NAN,
    )


def beyond_primary(sets: TopicSets, primary: Sequence[str]) -> list[frozenset[str]]:
    """Each article's topics without its primary one and without "other"."""
    check_same_length(sets, primary)
    return [topics - {first} for topics, first in zip(without_other(sets), primary, strict=True)]


def secondary(gold: TopicSets, gold_primary: Sequence[str], predicted: TopicSets, primary: Sequence[str]) -> Rates:
    """Precision, recall and F1 of the topics beyond the primary one, articles pooled.

    Each side's own primary topic is taken away first. So an article whose two topics were found in the wrong order
    scores nothing here: its primary was missed, and what was named second is not gold's second.
    """
    return _pooled(beyond_primary(gold, gold_primary), beyond_primary(predicted, primary))


def topic_counts(gold: TopicSets, predicted: TopicSets) -> NDArray[np.int64]:
    """Each article's number of right, predicted and gold topics, shape (n, 3): what the pooled scores are made of."""
    check_same_length(gold, predicted)
    pairs = zip(gold, predicted, strict=True)
    counts = [(len(frozenset(g) & frozenset(p)), len(frozenset(p)), len(frozenset(g))) for g, p in pairs]
    return np.array(counts, dtype=np.int64).reshape(-1, 3)


def _pooled(gold: Sequence[frozenset[str]], predicted: Sequence[frozenset[str]]) -> Rates:
    if not gold:
        return Rates(NAN, NAN, NAN)
    hits, given, support = (int(total) for total in topic_counts(gold, predicted).sum(axis=0))
    return rates(hits, given, support)


def _topic_score(topic: str, gold: Sequence[frozenset[str]], predicted: Sequence[frozenset[str]]) -> LabelScore:
    hits = sum(topic in g and topic in p for g, p in zip(gold, predicted, strict=True))
    support, given = sum(topic in g for g in gold), sum(topic in p for p in predicted)
    score = rates(hits, given, support)
    return LabelScore(topic, score.precision, score.recall, score.f1, support, given)
