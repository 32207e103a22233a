"""Which story a headline belongs to: average linkage of one day's headlines with the stories that live then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.vectors import tf_idf_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

JOIN = 0.12
"""Least mean cosine of a headline to those of its story (docs/stories.md has the measurements of all numbers here)."""
MERGE = 1.5 * JOIN
"""Two stories that both have a name already become one only where they are more alike than that."""
SPLIT = 0.75 * JOIN
"""A story whose two parts are less alike than this comes apart."""
LEAST_PART = 3
"""Headlines that each part of a split has at least."""
SPLIT_UP_TO = 2_000
"""A story of more headlines than this is not asked whether it comes apart, which costs the square of their number."""
HALF_LIFE = 3.0
"""Days of silence after which a story counts half as alike: news cools within days."""
WINDOW = 10
"""Days after which a story is over: nothing joins it any more."""
BLURB = 0.7
"""What a blurb weighs beside its headline."""
MOST = 1_000
"""Headlines of a day that are joined at once; the cost of a step grows with the square of it."""


def placed(headlines: Sequence[str], blurbs: Sequence[str]) -> csr_matrix:
    """(n, V) unit rows: tf-idf of words, syllables and pairs of the headline plus BLURB times those of its blurb.

    Document frequencies are those of real news, so that a headline's row does not depend on the others.
    """
    from scipy.sparse import csr_matrix, diags

    count = len(headlines)
    matrix, _ = tf_idf_matrix([*headlines, *blurbs])
    both = csr_matrix(matrix[:count] + BLURB * matrix[count:])
    lengths = np.sqrt(np.asarray(both.multiply(both).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.where(lengths > 0, lengths, 1.0)) @ both)


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of a day's headlines. groups (n,): the story each belongs to, numbers of old stories first, then of
    new ones in the order of their first headline; merges: (kept, given up) pairs of old stories.
    """

    groups: NDArray[np.int64]
    merges: tuple[tuple[int, int], ...]


def join(
    new: csr_matrix, stories: csr_matrix, sizes: NDArray[np.int64], silence: NDArray[np.float64], rank: Sequence[int]
) -> Joined:
    """Joins the rows `new` (n, V) with each other and with `stories` (s, V), sums of the unit rows of `sizes` (s,)
    headlines that were last seen `silence` (s,) days before or after.

    The two most alike are joined again and again (average linkage, Sokal & Michener 1958), until none is left with a
    mean cosine of JOIN, or MERGE for two old stories; each day of silence lowers it, by half in HALF_LIFE days. rank
    (s,): of two old stories the one of lower rank is kept.
    """
    count = new.shape[0]
    warmth = 0.5 ** (silence / HALF_LIFE)
    across = np.asarray((new @ stories.T).todense()) if sizes.size else np.zeros((count, 0))
    near = np.flatnonzero((across / np.maximum(sizes, 1) * warmth >= JOIN / 2).any(axis=0)) if sizes.size else sizes
    linkage = _Linkage(new, stories[near], across[:, near], sizes[near], warmth[near])
    merges = []
    owner = np.concatenate((np.full(count, -1), near)).astype(np.int64)
    member = [[row] if row < count else [] for row in range(count + near.size)]
    while (pair := linkage.closest()) is not None:
        kept, given = pair
        if owner[given] >= 0 and (owner[kept] < 0 or rank[owner[given]] < rank[owner[kept]]):
            kept, given = given, kept
        if owner[given] >= 0:
            merges.append((int(owner[kept]), int(owner[given])))
        member[kept] += member[given]
        member[given] = []
        linkage.merge(kept, given)
    groups = np.zeros(count, dtype=np.int64)
    fresh = sizes.size
    for place in sorted((place for place in range(len(member)) if member[place]), key=lambda at: min(member[at])):
        number = int(owner[place])
        if number < 0:
            number, fresh = fresh, fresh + 1
        groups[member[place]] = number
    return Joined(groups, tuple(merges))


class _Linkage:
    """Mean cosines between all groups, the closest pair of them, and what a merge makes of them."""

    def __init__(
        self,
        new: csr_matrix,
        stories: csr_matrix,
        across: NDArray[np.float64],
        sizes: NDArray[np.int64],
        warmth: NDArray[np.float64],
    ) -> None:
        count, old = across.shape
        self.products = np.zeros((count + old, count + old))
        self.products[:count, :count] = (new @ new.T).todense()
        self.products[:count, count:] = across
        self.products[count:, :count] = across.T
        if old:
            self.products[count:, count:] = (stories @ stories.T).todense()
        self.sizes = np.concatenate((np.ones(count), sizes.astype(np.float64)))
        self.warmth = np.concatenate((np.ones(count), warmth))
        self.old = np.arange(count + old) >= count
        self.gone = np.zeros(count + old, dtype=bool)
        self.alike = np.stack([self._row(at) for at in range(count + old)]) if count + old else self.products
        self.best = self.alike.argmax(axis=1) if count + old else np.zeros(0, dtype=np.int64)

    def _row(self, at: int) -> NDArray[np.float64]:
        """How alike a group is to every other, JOIN being enough; -1 for itself and what is gone."""
        row: NDArray[np.float64] = self.products[at] / (self.sizes[at] * self.sizes)
        row *= np.minimum(self.warmth[at], self.warmth)
        if self.old[at]:
            row[self.old] *= JOIN / MERGE
        row[self.gone] = -1.0
        row[at] = -1.0
        return row

    def closest(self) -> tuple[int, int] | None:
        """The most alike pair that may be joined."""
        if not self.best.size:
            return None
        values = self.alike[np.arange(self.best.size), self.best]
        first = int(values.argmax())
        return (first, int(self.best[first])) if values[first] >= JOIN else None

    def merge(self, kept: int, given: int) -> None:
        """Makes one of two groups."""
        self.products[kept] += self.products[given]
        self.products[:, kept] += self.products[:, given]
        self.sizes[kept] += self.sizes[given]
        self.warmth[kept] = max(self.warmth[kept], self.warmth[given])
        self.old[kept] |= self.old[given]
        self.gone[given] = True
        row = self._row(kept)
        self.alike[kept], self.alike[:, kept] = row, row
        self.alike[given], self.alike[:, given] = -1.0, -1.0
        again = (self.best == kept) | (self.best == given)
        again[kept] = True
        self.best[again] = self.alike[again].argmax(axis=1)
        better = row > self.alike[np.arange(self.best.size), self.best]
        self.best[better] = kept


def parts(rows: csr_matrix) -> NDArray[np.bool_] | None:
    """(n,) which rows are the second of two parts that are less alike than SPLIT; None where the story holds together,
    or has more than SPLIT_UP_TO.

    The second part is the one without the first row.
    """
    from scipy.cluster.hierarchy import linkage

    count = rows.shape[0]
    if count < 2 * LEAST_PART or count > SPLIT_UP_TO:
        return None
    products = np.asarray((rows @ rows.T).todense())
    apart = np.maximum(1 - products, 0)[np.triu_indices(count, 1)]
    merges = linkage(apart, "average")
    if merges[-1, 2] <= 1 - SPLIT:
        return None
    second = np.zeros(count, dtype=bool)
    second[_leaves(merges, int(merges[-1, 1]), count)] = True
    if second[0]:
        second = ~second
    return second if min(second.sum(), count - second.sum()) >= LEAST_PART else None


def _leaves(merges: NDArray[np.float64], node: int, count: int) -> list[int]:
    found, todo = [], [node]
    while todo:
        at = todo.pop()
        if at < count:
            found.append(at)
        else:
            todo += [int(merges[at - count, 0]), int(merges[at - count, 1])]
    return found
