"""Characters as units of terms: letters of the normalised syllables with a space before, between and after them.

Character n-grams tell what words cannot: parts of words, endings, spellings that nobody listed (Cavnar & Trenkle 1994).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.features.terms import Units, mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.features.tokens import Lexicon, Tokens


def characters(tokens: Tokens, lexicon: Lexicon) -> Units:
    """Each character of each zone's text; a term is written between ellipses, as the fragment that it is."""
    kinds, which = np.unique(tokens.syllables, return_inverse=True)
    # Written with a space on both sides; the one in front counts only where no other syllable's stands there.
    written = [f" {lexicon.strings[number]} " for number in kinds.tolist()]
    flat = np.frombuffer("".join(written).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    sizes = np.array([len(one) for one in written], dtype=np.int64)
    begin = (np.cumsum(sizes) - sizes)[which] + ~tokens.broken
    lengths = sizes[which] - ~tokens.broken
    ends = np.append(np.zeros(1, dtype=np.int64), np.cumsum(lengths))
    points = flat[np.repeat(begin - ends[:-1], lengths) + np.arange(ends[-1])]
    broken = np.zeros(points.size, dtype=bool)
    broken[ends[:-1][tokens.broken]] = True

    def write(first: int, last: int) -> str:
        return f"…{_text(points[first : last + 1])}…"

    return Units(mixed(points.astype(np.uint64) + np.uint64(1)), broken, ends[tokens.zone_ends], write)


def _text(points: NDArray[np.uint32]) -> str:
    return points.tobytes().decode("utf-32-le", "surrogatepass")
