"""How much of a text a model can know, and what is left of its certainty where that is little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.core import native
from classifier.features.counts import TermTable
from classifier.features.kinds import terms_of
from classifier.features.tokens import Lexicon, Tokens
from classifier.features.zones import ZONES
from classifier.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

ENOUGH = 0.8
"""Share of known syllables from which a probability stands as it is: articles as papers print them have 0.9 or more."""
SELDOM = 0.05
"""A model whose own articles have less, as in another language, takes what this share of them falls short of."""


class Known:
    """Which syllables are known: those that are spelled as Vietnamese, and words of one that stand in the vocabulary.

    table: the model's vocabulary. What has been looked up is kept by lexicon id, and forgotten with the lexicon.
    """

    def __init__(self, table: TermTable) -> None:
        self._table = table
        self._lexicon: Lexicon | None = None
        self._flags = np.zeros(0, dtype=bool)

    def shares(self, tokens: Tokens, lexicon: Lexicon) -> NDArray[np.float64]:
        """(pages,) known syllables of all syllables; 1 for a page without any."""
        if lexicon is not self._lexicon:
            self._lexicon, self._flags = lexicon, np.zeros(0, dtype=bool)
        if self._flags.size < len(lexicon.strings):
            self._flags = np.concatenate((self._flags, self._look_up(lexicon, self._flags.size)))
        ends = tokens.zone_ends[len(ZONES) - 1 :: len(ZONES)]
        all_of_page = np.diff(ends, prepend=0)
        core = native()
        if core is None:
            sums = np.concatenate(([0], np.cumsum(self._flags[tokens.syllables])))
            found = np.diff(sums[ends], prepend=0)
        else:
            found = np.zeros(ends.size, dtype=np.int64)
            core.tally(self._flags, np.ascontiguousarray(tokens.syllables), np.ascontiguousarray(ends), found)
        return np.where(all_of_page > 0, found / np.maximum(all_of_page, 1), 1.0)

    def _look_up(self, lexicon: Lexicon, first: int) -> NDArray[np.bool_]:
        new = lexicon.strings[first:]
        ids = np.arange(first, first + len(new), dtype=np.int32)
        alone = Tokens(ids, np.zeros(ids.size, bool), np.ones(ids.size, bool), np.array([ids.size], dtype=np.int64))
        known = np.array([bool(text) and is_syllable(text) for text in new], dtype=bool)
        for terms in terms_of(alone, lexicon, ("w1", "s1")):
            known |= self._table.columns(terms.hashes) >= 0
        return known


def usual_share(hashes: NDArray[np.uint64], batches: Iterable[Tokens], lexicon: Lexicon) -> float:
    """From which share of known syllables on the texts of a corpus are like its own, at most ENOUGH.

    hashes: the vocabulary made of it. A word that stands in too few articles to be in there is as unknown as one that
    the next article brings: there are about as many of them (Good 1953).
    """
    known = Known(TermTable(hashes))
    shares = np.concatenate([known.shares(batch, lexicon) for batch in batches])
    return round(min(ENOUGH, float(np.quantile(shares, SELDOM))), 4)


def certainty(known: NDArray[np.float64], enough: float = ENOUGH) -> NDArray[np.float64]:
    """(n,) how much of its probabilities a text keeps, by its share of known syllables: all of them from `enough` on.

    On texts of which so many words were made unknown the accuracy falls as these do (docs/model.md).
    """
    return np.minimum(1.0, known / enough) if enough > 0 else np.ones(known.shape)


def shares_of_labels(labels: Sequence[str], articles: Mapping[str, int]) -> NDArray[np.float64]:
    """(L,) how often a model met each label in training: what it can say of a text of which it knows nothing."""
    counts = np.array([float(articles.get(label, 0)) for label in labels])
    return counts / counts.sum() if counts.sum() > 0 else np.full(len(labels), 1 / len(labels))
