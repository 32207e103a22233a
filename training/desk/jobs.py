"""What a desk works out beside the clicks: the next model with its orders, the estimate, doubts, clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.desk.estimate import FOLDS, Estimate, estimate
from training.desk.learn import OTHER_NUMBER, Labels, Opinion, fit_labels, opinion_of, softmax
from training.desk.queue import uncertain_first
from training.desk.seeds import Pointed, point
from training.desk.topics import TopicWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from classifier.desk.store import Topic
    from training.desk.features import Features

CLUSTER_SIZE, MOST_CLUSTERS = 40, 60
"""Articles of a cluster, about, and how many clusters at most."""
CLUSTER_WORDS = 4


@dataclass(frozen=True)
class Known:
    """What is known at a moment: topics, labels, and what a model that was named says of the articles, by topic."""

    revision: int
    topics: tuple[Topic, ...]
    labels: Labels
    told: Mapping[str, NDArray[np.float32]]
    factor: float

    @property
    def numbers(self) -> tuple[int, ...]:
        """The topics' numbers."""
        return tuple(topic.topic for topic in self.topics)

    @property
    def names(self) -> dict[int, str]:
        """The topics' names by number."""
        return {topic.topic: topic.name for topic in self.topics} | {OTHER_NUMBER: "other"}


@dataclass(frozen=True)
class Learned:
    """A model's opinion of all articles, and the order in which those that were open then are best labelled."""

    revision: int
    opinion: Opinion | None
    order: NDArray[np.int64]


@dataclass(frozen=True)
class Cluster:
    """Articles that are about the same: their rows, and the words by which they differ from the rest."""

    rows: NDArray[np.int64]
    words: tuple[str, ...]


class Pointing:
    """Where the topics' words point, worked out again only when words change."""

    def __init__(self, features: Features) -> None:
        self._features = features
        self._words: tuple[TopicWords, ...] | None = None
        self._pointed: Pointed | None = None

    def by(self, known: Known) -> Pointed | None:
        """Where words, or the model that was named, point; None where there are neither."""
        words = tuple(TopicWords(one.name, "", one.words, one.against) for one in known.topics)
        if words != self._words:
            self._pointed = point(self._features, words) if any(one.words for one in words) else None
            if known.told:
                self._pointed = _told(known, self._features.numbers.size, self._pointed)
            self._words = words
        return self._pointed


def _told(known: Known, size: int, pointed: Pointed | None) -> Pointed:
    """A model's probabilities in the place of words."""
    scores = np.zeros((size, len(known.topics)), dtype=np.float32) if pointed is None else pointed.scores
    named = np.zeros(scores.shape, dtype=bool) if pointed is None else pointed.named
    for place, topic in enumerate(known.topics):
        if topic.name in known.told:
            scores[:, place] = 2 * known.told[topic.name]
            named[:, place] = known.told[topic.name] >= 0.5
    return Pointed(scores, named)


def learn(features: Features, known: Known, pointing: Pointing, heads: NDArray[np.int64]) -> Learned:
    """The model of what is known, its opinion, and the order of the open `heads`."""
    open_rows = np.setdiff1d(heads, known.labels.rows)
    found = fit_labels(features, known.labels, pointing.by(known), known.numbers)
    if found is None:
        return Learned(known.revision, None, open_rows[:0])
    fitted, pointed = found
    size = known.labels.rows.size
    opinion = opinion_of(features, fitted, known.names, labels=size, pointed=pointed, factor=known.factor)
    return Learned(known.revision, opinion, uncertain_first(features, opinion, open_rows))


def judge(features: Features, known: Known, pointing: Pointing, seed: int) -> Estimate | None:
    """The estimate on the random draw."""
    return estimate(features, known.labels, pointing.by(known), known.numbers, seed=seed)


def doubts(features: Features, known: Known, seed: int) -> list[tuple[int, int, float]]:
    """(row, the topic that fits better, by how much it is likelier) of labels that a model doubts which has not seen
    them, the most doubtful first.
    """
    labels, found = known.labels, []
    folds = np.random.default_rng(seed).permutation(np.arange(labels.rows.size) % FOLDS)
    for fold in range(FOLDS):
        out = folds == fold
        made = fit_labels(features, labels.without(out), None, known.numbers)
        if made is None:
            continue
        columns = made[0].columns
        likely = softmax(made[0].scores(features, labels.rows[out]), known.factor)
        for place, shares in zip(np.flatnonzero(out).tolist(), likely, strict=True):
            given = labels.topics[place] or (OTHER_NUMBER,)
            best = int(shares.argmax())
            own = max((float(shares[columns.index(topic)]) for topic in given if topic in columns), default=1.0)
            if columns[best] not in given and own < 1.0:
                found.append((int(labels.rows[place]), columns[best], float(shares[best]) - own))
    return sorted(found, key=lambda one: (-one[2], one[0]))


def clusters(features: Features, heads: NDArray[np.int64], seed: int) -> list[Cluster]:
    """Groups of articles among the word vectors of real news, the largest first."""
    from sklearn.cluster import MiniBatchKMeans

    count = int(np.clip(heads.size // CLUSTER_SIZE, 2, MOST_CLUSTERS))
    if heads.size <= count:
        return []
    machine = MiniBatchKMeans(count, random_state=seed, n_init=3, batch_size=2048)
    of = machine.fit_predict(features.latent[heads])
    words = features.matrix[:, : features.terms]
    usual = np.asarray(words[heads].mean(axis=0)).ravel()
    found = [heads[of == number] for number in range(count)]
    return [
        Cluster(rows, _words(features, np.asarray(words[rows].mean(axis=0)).ravel() - usual))
        for rows in sorted(found, key=lambda rows: (-rows.size, rows[:1].tolist()))
        if rows.size
    ]


def _words(features: Features, excess: Sequence[float] | NDArray[np.float64]) -> tuple[str, ...]:
    best = np.argsort(-np.asarray(excess), kind="stable")[:CLUSTER_WORDS].tolist()
    return tuple(features.made.vocabulary.terms[place].replace("_", " ") for place in best)
