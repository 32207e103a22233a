"""Which article is shown next: orders of all articles by what a label of each would teach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.desk.features import Features
    from training.desk.learn import Opinion

CRITERIA = ("spread", "margin", "entropy")
"""Ways to say how much a label would teach; the first is the desk's (docs/desk.md has the measurement)."""
RANDOM_EVERY = 5
"""Each so-manieth article comes from the random draw."""
AHEAD = 300
"""Articles that are ordered finely before the model is fitted anew."""
PICKED = 60
"""How many of these are spread."""


def random_order(numbers: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """(n,) the rows in the order of the random draw. An article's place among others depends on its number and the
    seed alone, so that it stays when articles are added.
    """
    mixed = np.array([_mixed(int(number), seed) for number in numbers.tolist()], dtype=np.uint64)
    return np.argsort(mixed, kind="stable")


def _mixed(number: int, seed: int) -> int:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    mask = (1 << 64) - 1
    value = (number * 0x9E3779B97F4A7C15 + seed * 0xD1342543DE82EF95 + 1) & mask
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & mask
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & mask
    return value ^ (value >> 31)


def uncertainty(opinion: Opinion, criterion: str) -> NDArray[np.float32]:
    """(n,) how little the model knows of each article: its entropy, or how close the two likeliest topics are."""
    likely = opinion.probabilities
    if criterion == "entropy":
        found: NDArray[np.float32] = -(likely * np.log(np.maximum(likely, 1e-12))).sum(axis=1)
        return found
    top = np.partition(likely, -2, axis=1)[:, -2:]
    return 1.0 - (top[:, 1] - top[:, 0])


def uncertain_first(
    features: Features, opinion: Opinion, open_rows: NDArray[np.int64], criterion: str = CRITERIA[0]
) -> NDArray[np.int64]:
    """The open rows, those that teach most first."""
    doubt = uncertainty(opinion, criterion)[open_rows]
    order = open_rows[np.argsort(-doubt, kind="stable")]
    if criterion != "spread":
        return order
    head = order[:AHEAD]
    picked = _spread(features.latent[head], np.sort(doubt)[::-1][:AHEAD])
    rest = np.setdiff1d(np.arange(head.size), picked)
    return np.concatenate((head[picked], head[rest], order[AHEAD:]))


def _spread(points: NDArray[np.float32], doubt: NDArray[np.float32]) -> NDArray[np.int64]:
    """Doubtful ones that are unlike each other: each next has the most doubt times distance from those before it."""
    distance = np.ones(len(points), dtype=np.float32)
    worth = np.maximum(doubt, 1e-6).astype(np.float32)
    picked: list[int] = []
    while len(picked) < min(PICKED, len(points)):
        value = worth * distance
        value[picked] = -1.0
        best = int(value.argmax())
        picked.append(best)
        distance = np.minimum(distance, np.maximum(1.0 - points @ points[best], 1e-3))
    return np.array(picked, dtype=np.int64)
