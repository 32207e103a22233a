"""Parts of speech of segmented texts: pyvi's tagger (a CRF of 19 labels), over many texts at once.

Its labels are those of the Vietnamese treebank (Nguyen et al. 2009): N noun, Np name, Nc classifier, Nu unit, Ny
abbreviation, V verb, A adjective, P pronoun, R adverb, L determiner, M number, E preposition, C conjunction …, F
punctuation.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import numpy as np

from classifier.vietnamese.pyvi_model import Crf, load_tagger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_PUNCTUATION = frozenset([*string.punctuation, "…", "”", "“", "’", "..."])
_AT_ONCE = 512


def _attributes(word: str) -> tuple[list[str], ...]:
    """What pyvi's tagger asks of a word where it stands, and of it as the first, second before and behind another."""
    lower = f"word.lower():{word.lower()}"
    title = ["word.istitle()"] if word.istitle() else []
    digit = ["word[:1].isdigit()"] if word[:1].isdigit() else []
    upper = ["word.isupper()"] if word.isupper() else []
    begins_upper = ["word[:3].isupper()"] if word[:3].isupper() else []
    here = ["bias", lower, *title, *digit, *begins_upper]
    here += ["word.isdigit()"] if word.isdigit() else []
    here += ["word.isfiltered"] if word in _PUNCTUATION else []
    far = [lower, *title, *upper]
    return here, [lower, *title, *digit, *begins_upper], far, [lower, *title, *digit, *upper], far


_SIDES = ("", "-1:", "-2:", "+1:", "+2:")
_PLACES = (0, -1, -2, 1, 2)


class Tagger:
    """Tags segmented texts exactly as `pyvi.ViPosTagger` does, a few hundred at once. Not thread-safe."""

    def __init__(self, crf: Crf | None = None) -> None:
        self._crf = crf or load_tagger()
        self._number: dict[str, int] = {}
        self._gains = np.zeros((1024, len(_SIDES), len(self._crf.labels)))

    def tag(self, texts: Sequence[Sequence[str]]) -> list[list[str]]:
        """The tag of each word of each text; a word is its syllables joined by `_`."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        found: list[list[str]] = [[] for _ in texts]
        for begin in range(0, len(order), _AT_ONCE):
            block = [at for at in order[begin : begin + _AT_ONCE] if texts[at]]
            if block:
                for at, tags in zip(block, self._tag([texts[at] for at in block]), strict=True):
                    found[at] = tags
        return found

    def _of(self, word: str) -> int:
        number = self._number.get(word)
        if number is None:
            number = self._number[word] = len(self._number)
            if number == len(self._gains):
                self._gains = np.concatenate((self._gains, np.zeros_like(self._gains)))
            for at, (side, names) in enumerate(zip(_SIDES, _attributes(word), strict=True)):
                self._gains[number, at] = self._sum([side + name for name in names])
        return number

    def _sum(self, names: Sequence[str]) -> NDArray[np.float64]:
        rows = [row for name in names if (row := self._crf.attributes.get(name)) is not None]
        total: NDArray[np.float64] = self._crf.state[rows].sum(axis=0)
        return total

    def _tag(self, texts: Sequence[Sequence[str]]) -> list[list[str]]:
        sizes = np.array([len(text) for text in texts])
        count, longest = sizes.size, int(sizes.max())
        ids = np.full((count, longest), -1)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = [self._of(word) for word in text]
        scores = np.zeros((count, longest, len(self._crf.labels)))
        for at, place in enumerate(_PLACES):
            seen = ids[:, max(place, 0) : longest + min(place, 0)]
            gains = np.where((seen >= 0)[:, :, None], self._gains[seen, at], 0.0)
            scores[:, max(-place, 0) : longest + min(-place, 0)] += gains
        scores[:, 0] += self._sum(["BOS"])
        scores[np.arange(count), sizes - 1] += self._sum(["EOS"])
        return self._best(scores, sizes)

    def _best(self, scores: NDArray[np.float64], sizes: NDArray[np.int64]) -> list[list[str]]:
        """The Viterbi paths (Forney 1973) of `scores` (texts, words, labels)."""
        count, longest, labels = scores.shape
        back = np.zeros((count, longest, labels), dtype=np.int64)
        best = scores[:, 0]
        ends = [best]
        for at in range(1, longest):
            through = best[:, :, None] + self._crf.transition
            back[:, at] = through.argmax(axis=1)
            best = through.max(axis=1) + scores[:, at]
            ends.append(best)
        label = np.stack(ends, axis=1)[np.arange(count), sizes - 1].argmax(axis=1)
        path = np.zeros((count, longest), dtype=np.int64)
        for at in range(longest - 1, -1, -1):
            path[:, at] = label
            inside = at < sizes  # behind its last word a text waits there for the others
            label = np.where(inside, back[np.arange(count), at, label], label)
        names = self._crf.labels
        return [[names[one] for one in row[:size]] for row, size in zip(path.tolist(), sizes.tolist(), strict=True)]
