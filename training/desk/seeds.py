"""The first model, from the topics' words alone: which articles each topic's words point to.

A topic's words are a direction, in the tf-idf of the articles and in the latent space of the word vectors of real news;
there words that keep company point the same way, so that articles are found that use none of the words themselves. The
articles that point there most clearly are taken as if labelled, and a model learns from them as from any labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.desk.features import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.desk.features import Features
    from training.desk.topics import TopicWords

    Floats = NDArray[np.float32]

TAKEN = 60
"""Articles taken as if labelled, at most, for each topic."""
SHARE = 0.5
"""Of the articles that point to a topic most, so many are taken at most: in a small folder not all are sure."""
LATENT = 1.0
"""What the latent direction counts beside the words themselves (docs/desk.md)."""
UNKNOWN = -1
"""Stands for "other" where a topic's place stands."""


@dataclass(frozen=True)
class Pointed:
    """How clearly each article (n) points to each topic (L): `scores` (n, L); `named` (n, L): has a word of it."""

    scores: Floats
    named: NDArray[np.bool_]


def point(features: Features, topics: Sequence[TopicWords]) -> Pointed:
    """Where the articles point. A topic without words is looked for by its name."""
    scores = np.zeros((features.numbers.size, len(topics)), dtype=np.float32)
    named = np.zeros(scores.shape, dtype=bool)
    words = features.matrix[:, : features.terms]
    for place, topic in enumerate(topics):
        hits, direction = _direction(features, words, topic.words or (topic.name,))
        named[:, place] = hits > 0
        scores[:, place] = hits + LATENT * features.latent @ direction
        if topic.against:
            against, away = _direction(features, words, topic.against)
            scores[:, place] -= against + LATENT * np.maximum(features.latent @ away, 0.0)
            named[:, place] &= hits > against
    return Pointed(scores, named)


def _direction(features: Features, words: object, phrases: Sequence[str]) -> tuple[Floats, Floats]:
    """(n,) how far each article has the phrases, (d,) where they lie among the word vectors."""
    of_phrases = features.of_texts(phrases)
    hits = np.asarray((words @ of_phrases.T).sum(axis=1)).ravel().astype(np.float32)
    top = float(np.quantile(hits, 0.995)) if hits.size else 0.0
    hits = np.minimum(hits / (top if top > 0 else max(float(hits.max(initial=0.0)), 1e-6)), 1.0)
    smoothing = features.made.smoothing
    if smoothing is None:
        return hits, np.zeros(features.latent.shape[1], dtype=np.float32)
    middle = unit(np.asarray(of_phrases @ smoothing)).mean(axis=0, keepdims=True)
    return hits, unit(middle.astype(np.float32))[0]


def as_if_labelled(
    pointed: Pointed, *, most: int = TAKEN, other: bool = True
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that point to one topic clearly and the places of these topics, UNKNOWN for rows that point to none."""
    scores = pointed.scores
    count, topics = scores.shape
    if not topics:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    best = scores.argmax(axis=1)
    ordered = np.sort(scores, axis=1)
    clear = ordered[:, -1] - (ordered[:, -2] if topics > 1 else 0.0)
    rows, places = [], []
    for place in range(topics):
        mine = np.flatnonzero((best == place) & pointed.named[:, place])
        mine = mine[np.argsort(-(clear[mine] + scores[mine, place]), kind="stable")]
        mine = mine[: min(most, max(3, int(SHARE * mine.size)))]
        rows.append(mine)
        places.append(np.full(mine.size, place))
    if other:
        none = np.flatnonzero(~pointed.named.any(axis=1))
        share = none.size / count
        none = none[np.argsort(ordered[none, -1], kind="stable")]
        none = none[: int(sum(map(len, rows)) * share / max(1 - share, 0.1))]
        rows.append(none)
        places.append(np.full(none.size, UNKNOWN))
    return np.concatenate(rows), np.concatenate(places)
