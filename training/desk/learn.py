"""The model of a desk, fitted between clicks on rows of its matrix: of labels, and of words where labels are few."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from classifier.model.calibration import Calibration
from classifier.model.model import Model
from training.desk.seeds import UNKNOWN, Pointed, as_if_labelled
from training.fit.forms import fit_form
from training.fit.linear import fit_linear
from training.fit.prior import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.desk.features import Features

OTHER_NUMBER = 0
NO_GUESS = -1
RETIRED = 4
"""Each label of a topic takes the place of so many articles that its words had pointed to."""
USUAL_FACTOR = 2.5
"""What margins are multiplied with before the softmax while too few articles are known to fit it on."""
ENOUGH = 30
"""Articles of the random draw from which the factor is fitted on them."""
_CHUNK = 4_000


@dataclass(frozen=True)
class Labels:
    """What is labelled: rows (m,) of the matrix and for each its topics' numbers, the primary one first, none for
    "other". sample (m,): whether it belongs to the random draw; turn (m,): its place in that; guessed (m,): the topic
    that the model named before the label was seen, NO_GUESS where there was none.
    """

    rows: NDArray[np.int64]
    topics: tuple[tuple[int, ...], ...]
    sample: NDArray[np.bool_]
    turn: NDArray[np.int64]
    guessed: NDArray[np.int64]

    def without(self, left_out: NDArray[np.bool_]) -> Labels:
        """All but these."""
        kept = np.flatnonzero(~left_out)
        topics = tuple(self.topics[place] for place in kept.tolist())
        return Labels(self.rows[kept], topics, self.sample[kept], self.turn[kept], self.guessed[kept])

    def counts(self) -> dict[int, int]:
        """How many have each topic, OTHER_NUMBER for those without any."""
        found: dict[int, int] = {}
        for topics in self.topics:
            for topic in topics or (OTHER_NUMBER,):
                found[topic] = found.get(topic, 0) + 1
        return found


@dataclass(frozen=True)
class Fitted:
    """Weights (V + d, L) and intercepts (L,) with the topic's number of each column."""

    columns: tuple[int, ...]
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    def scores(self, features: Features, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """(n, L) or (m, L) margins; in parts, so that a click is answered between them."""
        matrix = features.matrix if rows is None else features.matrix[rows]
        starts = range(0, matrix.shape[0], _CHUNK)
        parts = [matrix[start : start + _CHUNK] @ self.weights + self.intercepts for start in starts]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.columns)))


@dataclass(frozen=True)
class Opinion:
    """What the desk's model thinks of every article: probabilities (n, L) by column; `labels` it has learned from.

    `model`: the same as a model of chude's that explains itself. `factor`: what margins were multiplied with.
    """

    columns: tuple[int, ...]
    probabilities: NDArray[np.float32]
    model: Model
    labels: int
    pointed: int
    factor: float


def fit_labels(
    features: Features, labels: Labels, pointed: Pointed | None, topics: Sequence[int], *, other: bool = True
) -> tuple[Fitted, int] | None:
    """A model of what is labelled, and of what words point to where labels are few; how many articles of the second
    kind there were. None where there are not two topics to tell apart.

    topics: their numbers in the order of the columns of `pointed`.
    """
    rows, targets, columns, count = _examples(labels, pointed, topics, other=other)
    if len(columns) < 2:
        return None
    weights, intercepts = fit_linear(features.matrix[rows], targets, features.spec)
    return Fitted(columns, weights, intercepts), count


def _examples(
    labels: Labels, pointed: Pointed | None, topics: Sequence[int], *, other: bool
) -> tuple[NDArray[np.int64], NDArray[np.bool_], tuple[int, ...], int]:
    counts = labels.counts()
    taken, places = _still_pointed(labels, pointed, counts, topics, other=other)
    numbers = [OTHER_NUMBER if place == UNKNOWN else topics[place] for place in places.tolist()]
    seen = {*counts, *numbers}
    columns = tuple(number for number in (*topics, OTHER_NUMBER) if number in seen)
    place_of = {number: place for place, number in enumerate(columns)}
    targets = np.zeros((len(labels.topics) + len(numbers), len(columns)), dtype=bool)
    for row, several in enumerate([*labels.topics, *((number,) for number in numbers)]):
        targets[row, [place_of[number] for number in several or (OTHER_NUMBER,)]] = True
    return np.concatenate((labels.rows, taken)), targets, columns, len(numbers)


def _still_pointed(
    labels: Labels, pointed: Pointed | None, counts: Mapping[int, int], topics: Sequence[int], *, other: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that words point to, as many a topic as its labels have not taken the place of."""
    if pointed is None or not pointed.named.any():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    rows, places = as_if_labelled(pointed, other=other)
    kept = ~np.isin(rows, labels.rows)
    rows, places = rows[kept], places[kept]
    stays = np.zeros(rows.size, dtype=bool)
    for place in np.unique(places).tolist():
        mine = np.flatnonzero(places == place)
        number = OTHER_NUMBER if place == UNKNOWN else topics[place]
        stays[mine[: max(0, mine.size - RETIRED * counts.get(number, 0))]] = True
    return rows[stays], places[stays]


def softmax(scores: NDArray[np.float64], factor: float) -> NDArray[np.float32]:
    """(n, L) probabilities of margins."""
    logits = (scores * factor).astype(np.float32)
    logits -= logits.max(axis=1, keepdims=True)
    found = np.exp(logits)
    found /= found.sum(axis=1, keepdims=True)
    return found


def factor_of(scores: NDArray[np.float64], targets: NDArray[np.float64]) -> float:
    """The factor that makes the labels (n, L) of articles left out likeliest; the usual one while they are few."""
    if len(scores) < ENOUGH:
        return USUAL_FACTOR
    return float(fit_form("temperature", scores, targets)[0][0, 0])


def opinion_of(
    features: Features, fitted: Fitted, names: Mapping[int, str], *, labels: int, pointed: int, factor: float
) -> Opinion:
    """What a fitted model thinks of all articles. names: the topics' by number."""
    probabilities = softmax(fitted.scores(features), factor)
    size = len(fitted.columns)
    calibration = Calibration(
        np.eye(size, dtype=np.float32) * np.float32(factor),
        np.zeros(size, dtype=np.float32),
        np.stack([np.full(size, factor), np.zeros(size)], axis=1).astype(np.float32),
        0.0,
        2.0,
    )
    model = Model(
        labels=[names[number] for number in fitted.columns],
        features=features.spec.features,
        hashes=features.made.vocabulary.hashes,
        idf=features.made.idf,
        weights=folded(fitted.weights, features.made.smoothing).astype(np.float32),
        intercepts=fitted.intercepts.astype(np.float32),
        calibration=calibration,
    )
    return Opinion(fitted.columns, probabilities, model, labels, pointed, factor)


def subset(labels: Labels, kept: NDArray[np.int64]) -> Labels:
    """Only these."""
    inside = np.ones(labels.rows.size, dtype=bool)
    inside[kept] = False
    return replace(labels.without(inside))
