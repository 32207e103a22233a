"""Words and syllables as units of terms."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.core import native
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

    @cache
    def bounds() -> NDArray[np.int64]:  # strings are rarely asked for
        return np.append(np.flatnonzero(~tokens.joined), tokens.syllables.size)

    def write(first: int, last: int) -> str:
        found = []
        for begin, end in pairwise(bounds()[first : last + 2].tolist()):
            found.append("_".join(lexicon.strings[number] for number in tokens.syllables[begin:end].tolist()))
        return " ".join(found)

    core = native()
    if core is not None:
        return Units(*_by_core(core, tokens, lexicon), write)
    starts = bounds()[:-1]
    hashes = _hashes(lexicon.hashes[tokens.syllables], starts)
    return Units(hashes, tokens.broken[starts], np.searchsorted(starts, tokens.zone_ends), write)


def _by_core(
    core: Any, tokens: Tokens, lexicon: Lexicon
) -> tuple[NDArray[np.uint64], NDArray[np.bool_], NDArray[np.int64]]:
    size = tokens.syllables.size
    hashes, broken = np.empty(size, dtype=np.uint64), np.empty(size, dtype=bool)
    ends = np.empty(tokens.zone_ends.size, dtype=np.int64)
    stream = tokens.syllables, tokens.joined, tokens.broken, tokens.zone_ends
    count = core.words(lexicon.hashes, *map(np.ascontiguousarray, stream), POWERS, hashes, broken, ends)
    return hashes[:count], broken[:count], ends


def _hashes(of_syllables: NDArray[np.uint64], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    if starts.size == 0:
        return np.zeros(0, dtype=np.uint64)
    lengths = np.diff(np.append(starts, of_syllables.size))
    within = np.arange(of_syllables.size) - np.repeat(starts, lengths)
    return mixed(np.add.reduceat(of_syllables * POWERS[within % POWERS.size], starts))
