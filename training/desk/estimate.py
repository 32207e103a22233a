"""How good the desk's model is by now, on the random draw alone, and what further labels are worth.

The draw is a random order of all articles; its articles were labelled whoever chose them, so it is a fair sample of the
desk. What the model named before each was labelled is counted, for the newer half of the draw: guesses made then owe
nothing to the label. (Leaving labelled articles out afterwards does not do: the queue asks nothing that resembles a
labelled article, so a model without it has a hole there that no new article meets; docs/desk.md has the measurement.)
The scores are those of a somewhat younger model, and so a little low.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eval.scores.intervals import Score, wilson
from eval.scores.score_intervals import label_intervals
from training.desk.learn import NO_GUESS, OTHER_NUMBER, Labels, factor_of, fit_labels, subset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.desk.features import Features
    from training.desk.seeds import Pointed

FOLDS = 5
FEW = 20
"""Guesses that are counted where the newer half of the draw has fewer."""
LEAST = 10
"""Articles of the draw below which nothing is said."""
STEP = 50
"""Labels whose worth is told."""
SMALL = 0.005
"""A gain of less is none worth the time."""


@dataclass(frozen=True)
class Estimate:
    """Scores of the model of `labels` labels on the `judged` articles of the draw; `gain`: what STEP more labels are
    worth in accuracy, with its interval (None while there is too little to say). `factor`: fitted on the same articles.
    """

    labels: int
    judged: int
    accuracy: Score
    macro_f1: Score
    gain: Score | None
    factor: float


def estimate(
    features: Features, labels: Labels, pointed: Pointed | None, topics: Sequence[int], *, seed: int
) -> Estimate | None:
    """The scores by now; None while fewer than LEAST articles of the draw were guessed."""
    places = np.flatnonzero(labels.sample)
    newest = _newest(labels, places)
    if newest.size < LEAST:
        return None
    gold = _primary(labels, places)
    rng = np.random.default_rng(seed)
    folds = rng.permutation(np.arange(places.size) % FOLDS)
    full = _left_out(features, labels, pointed, topics, places, folds)
    if full is None:
        return None
    predicted, scores, columns = full
    targets = (np.array(columns)[None, :] == gold[:, None]).astype(float)
    known = targets.any(axis=1)
    given, guessed = _primary(labels, newest), labels.guessed[newest]
    names = [str(number) for number in given.tolist()], [str(number) for number in guessed.tolist()]
    return Estimate(
        labels.rows.size,
        newest.size,
        wilson(int((guessed == given).sum()), newest.size),
        label_intervals(*names).macro_f1,
        _gain(features, labels, pointed, topics, places, folds, predicted == gold, rng),
        factor_of(scores[known], targets[known]),
    )


def _newest(labels: Labels, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of the draw's articles that were guessed those that stand in its newer half, and at least FEW."""
    guessed = places[labels.guessed[places] != NO_GUESS]
    ordered = guessed[np.argsort(labels.turn[guessed], kind="stable")]
    newest: NDArray[np.int64] = ordered[-max(FEW, ordered.size - ordered.size // 2) :]
    return newest


def _primary(labels: Labels, places: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.array([(labels.topics[place] or (OTHER_NUMBER,))[0] for place in places.tolist()], dtype=np.int64)


def _left_out(
    features: Features,
    labels: Labels,
    pointed: Pointed | None,
    topics: Sequence[int],
    places: NDArray[np.int64],
    folds: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], tuple[int, ...]] | None:
    """Topic and scores of each article of the draw by a model that has not seen its fold; the scores' columns."""
    every = tuple(number for number in (*topics, OTHER_NUMBER))
    predicted = np.zeros(places.size, dtype=np.int64)
    scores = np.full((places.size, len(every)), -2.0)
    for fold in range(FOLDS):
        mine = np.flatnonzero(folds == fold)
        left_out = np.zeros(labels.rows.size, dtype=bool)
        left_out[places[mine]] = True
        found = fit_labels(features, labels.without(left_out), pointed, topics)
        if found is None:
            return None
        fitted, _ = found
        theirs = fitted.scores(features, labels.rows[places[mine]])
        predicted[mine] = np.array(fitted.columns)[theirs.argmax(axis=1)]
        place = np.array([every.index(number) for number in fitted.columns])
        scores[mine[:, None], place[None, :]] = theirs
    return predicted, scores, every


def _gain(
    features: Features,
    labels: Labels,
    pointed: Pointed | None,
    topics: Sequence[int],
    places: NDArray[np.int64],
    folds: NDArray[np.int64],
    right: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Score | None:
    """What STEP more labels are worth: accuracy grows about evenly with the logarithm of the labels, so what the second
    half of them brought tells it. Half of the labels are left out at random, the judged article's fold always.
    """
    count = labels.rows.size
    if count < 2 * LEAST:
        return None
    half = _halved(features, labels, pointed, topics, places, folds, rng.permutation(count)[: count // 2])
    if half is None:
        return None
    difference = right.astype(float) - half
    share = float(np.log2((count + STEP) / count))
    mean, error = float(difference.mean()), float(difference.std(ddof=1)) / np.sqrt(difference.size)
    low, high = share * (mean - 1.96 * error), share * (mean + 1.96 * error)
    return Score(share * mean, low, high, "logarithmic, from half of the labels")


def _halved(
    features: Features,
    labels: Labels,
    pointed: Pointed | None,
    topics: Sequence[int],
    places: NDArray[np.int64],
    folds: NDArray[np.int64],
    kept: NDArray[np.int64],
) -> NDArray[np.float64] | None:
    """(m,) whether models of half of the labels have each article of the draw right."""
    right = np.zeros(places.size)
    for fold in range(FOLDS):
        mine = np.flatnonzero(folds == fold)
        inside = np.setdiff1d(kept, places[mine])
        found = fit_labels(features, subset(labels, inside), pointed, topics)
        if found is None:
            return None
        theirs = found[0].scores(features, labels.rows[places[mine]])
        predicted = np.array(found[0].columns)[theirs.argmax(axis=1)]
        right[mine] = [
            float(number == (labels.topics[place] or (OTHER_NUMBER,))[0])
            for number, place in zip(predicted.tolist(), places[mine].tolist(), strict=True)
        ]
    return right
