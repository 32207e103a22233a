"""Puts the accents back into Vietnamese that was typed without any, so that its words are known. For features only.

`accents.npz` (made by `python -m training.accents`) holds how often each syllable, and each pair of neighbouring ones,
stands in real news: counts, no text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.vietnamese.syllable import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

FILE = Path(__file__).with_name("accents.npz")
STEPS = 16.0
"""Counts are kept as round(STEPS * log2(count)): within 2.2 %, in a byte."""
SMOOTHING = 80.0
"""Weight of a syllable's own frequency against what its left neighbour says, in occurrences of that neighbour."""

MOST_MET = 20_000
"""Pairs of looks whose figures are kept: some 20 MB."""

_WORD = re.compile(r"[^\W\d_]+")
_GAP = " \t\xa0"


@dataclass(frozen=True, slots=True, eq=False)
class Accents:
    """Counts of S syllables of real news, in alphabetical order, and of P pairs of neighbours.

    syllables: in small letters. counts (S,). keys (P,): S * first + second, ascending; pairs (P,): their counts.
    written: the numbers of the syllables that look the same without accents, by that look. met: `log_odds` of the pairs
    of looks that were met last.
    """

    syllables: tuple[str, ...]
    counts: NDArray[np.float64]
    keys: NDArray[np.int64]
    pairs: NDArray[np.float64]
    written: dict[str, NDArray[np.int64]]
    met: dict[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)

    def restored(self, words: Sequence[str]) -> list[str]:
        """The likeliest accents of neighbouring words in small letters: a bigram model, smoothed by a Dirichlet prior
        (MacKay & Peto 1995), and Viterbi's path through it. A word that no syllable looks like stays.
        """
        found = list(words)
        start = 0
        for end, word in enumerate([*words, ""]):
            if word not in self.written:
                found[start:end] = self._path(words[start:end])
                start = end + 1
        return found

    def _path(self, words: Sequence[str]) -> list[str]:
        """The likeliest syllables for words that each have some."""
        if not words:
            return []
        best = np.log(self.counts[self.written[words[0]]])
        came_from = []
        for before, here in pairwise(words):
            total = best[:, None] + self.log_odds(before, here)
            came_from.append(total.argmax(axis=0).tolist())
            best = total.max(axis=0)
        at = int(best.argmax())
        path = [at]
        for back in reversed(came_from):
            at = back[at]
            path.append(at)
        return [self.syllables[self.written[word][at]] for word, at in zip(words, reversed(path), strict=True)]

    def log_odds(self, first: str, second: str) -> NDArray[np.float64]:
        """(b, h) log-probabilities of each syllable that looks like `second` after each that looks like `first`."""
        known = self.met.get((first, second))
        if known is None:
            if len(self.met) >= MOST_MET:
                self.met.clear()
            known = self.met[first, second] = self._log_odds(self.written[first], self.written[second])
        return known

    def _log_odds(self, before: NDArray[np.int64], here: NDArray[np.int64]) -> NDArray[np.float64]:
        wanted = before[:, None] * len(self.syllables) + here
        at = np.minimum(np.searchsorted(self.keys, wanted), self.keys.size - 1)
        together = np.where(self.keys[at] == wanted, self.pairs[at], 0.0)
        share = self.counts[here] / self.counts.sum()
        odds: NDArray[np.float64] = np.log((together + SMOOTHING * share) / (self.counts[before][:, None] + SMOOTHING))
        return odds


@lru_cache(maxsize=1)
def accents() -> Accents:
    """The counts that ship with chude, read at the first text without accents."""
    with np.load(FILE, allow_pickle=False) as stored:
        syllables = tuple(stored["syllables"].tobytes().decode("utf-8").split("\n"))
        first = np.repeat(np.arange(len(syllables)), stored["followers"])
        looks: dict[str, list[int]] = {}
        for number, syllable in enumerate(syllables):
            looks.setdefault(bare(syllable), []).append(number)
        return Accents(
            syllables=syllables,
            counts=np.exp2(stored["counts"] / STEPS),
            keys=first * len(syllables) + stored["second"],
            pairs=np.exp2(stored["pairs"] / STEPS),
            written={look: np.array(numbers) for look, numbers in looks.items()},
        )


def with_accents(text: str) -> str:
    """A text without accents as it would be written with them, in NFC; capitals that begin a word or fill it stay."""
    model = accents()
    parts, at = [], 0
    for run in _runs(text):
        words = model.restored([word[0].lower() for word in run])
        for match, word in zip(run, words, strict=True):
            parts += [text[at : match.start()], _like(match[0], word)]
            at = match.end()
    return "".join([*parts, text[at:]])


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """The words of a text, those in one list that only spaces part."""
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        if run and text[run[-1].end() : match.start()].strip(_GAP):
            yield run
            run = []
        run.append(match)
    if run:
        yield run


def _like(written: str, word: str) -> str:
    """The word in the capitals of what was written."""
    if written.islower():
        return word
    return word.upper() if written.isupper() and len(written) > 1 else word[0].upper() + word[1:]
