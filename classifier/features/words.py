"""Words and syllables as units of terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.features.terms import POWERS, Units, mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.features.tokens import Lexicon, Tokens


def syllables(tokens: Tokens, lexicon: Lexicon) -> Units:
    """Each syllable; syllables of a term are written with `+` between them."""

    def write(first: int, last: int) -> str:
        return "+".join(lexicon.strings[number] for number in tokens.syllables[first : last + 1].tolist())

    return Units(lexicon.hashes[tokens.syllables], tokens.broken, tokens.zone_ends, write)


def words(tokens: Tokens, lexicon: Lexicon) -> Units:
    """Each word; its syllables are written with `_` between them, words of a term with a space."""
    starts = np.flatnonzero(~tokens.joined)
    ends = np.append(starts[1:], tokens.syllables.size)

    def write(first: int, last: int) -> str:
        found = []
        for begin, end in zip(starts[first : last + 1].tolist(), ends[first : last + 1].tolist(), strict=True):
            found.append("_".join(lexicon.strings[number] for number in tokens.syllables[begin:end].tolist()))
        return " ".join(found)

    hashes = _hashes(lexicon.hashes[tokens.syllables], starts)
    return Units(hashes, tokens.broken[starts], np.searchsorted(starts, tokens.zone_ends), write)


def _hashes(of_syllables: NDArray[np.uint64], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    if starts.size == 0:
        return np.zeros(0, dtype=np.uint64)
    lengths = np.diff(np.append(starts, of_syllables.size))
    within = np.arange(of_syllables.size) - np.repeat(starts, lengths)
    return mixed(np.add.reduceat(of_syllables * POWERS[within % POWERS.size], starts))
