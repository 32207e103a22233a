"""The kinds of terms there are, by name; all their occurrences in some pages."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from classifier.features.characters import characters
from classifier.features.marks import marks
from classifier.features.terms import Kind, Terms, Units
from classifier.features.tokens import Lexicon, Tokens
from classifier.features.words import syllables, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *(Kind(f"w{size}", words, size) for size in (1, 2, 3)),
        *(Kind(f"s{size}", syllables, size) for size in (1, 2, 3)),
        *(Kind(f"c{size}", characters, size) for size in (2, 3, 4, 5)),
        *(Kind(f"m{size}", marks, size, marks=True) for size in (1, 2, 3)),
    )
}
TERM_KINDS = tuple(KINDS)


def need_marks(kinds: Iterable[str]) -> bool:
    """Whether pages must be tokenised with their marks for these kinds of terms."""
    return any(KINDS[kind].marks for kind in kinds)


def units_of(tokens: Tokens, lexicon: Lexicon, kinds: Iterable[str]) -> Iterator[tuple[Kind, Units]]:
    """Each kind with its stream of units, in that order; neighbours of one unit share its stream."""
    for made_by, group in groupby((KINDS[kind] for kind in kinds), key=lambda kind: kind.units):
        units = made_by(tokens, lexicon)
        for kind in group:
            yield kind, units


def terms_of(tokens: Tokens, lexicon: Lexicon, kinds: Iterable[str]) -> Iterator[Terms]:
    """All term occurrences of each kind, in that order."""
    for kind, units in units_of(tokens, lexicon, kinds):
        yield kind.terms(units)


def word_hashes(written: Sequence[str]) -> NDArray[np.uint64]:
    """The `w1` hashes of words as the vocabulary writes them."""
    return _hashes([(word,) for word in written], "w1")


def pair_hashes(written: Sequence[tuple[str, str]]) -> NDArray[np.uint64]:
    """The `w2` hashes of pairs of words as the vocabulary writes them."""
    return _hashes(written, "w2")


def syllable_hashes(written: Sequence[str]) -> NDArray[np.uint64]:
    """The `s1` hashes of single syllables, normalised."""
    return _hashes([(syllable,) for syllable in written], "s1")


def _hashes(runs: Sequence[tuple[str, ...]], kind: str) -> NDArray[np.uint64]:
    """(n,) the hash of each run of words, which is one term of this kind."""
    lexicon = Lexicon()
    words = [[word.split("_") for word in run] for run in runs]
    ids = np.array([lexicon.id_of(part) for run in words for word in run for part in word], dtype=np.int32)
    starts, broken = np.zeros(ids.size, dtype=bool), np.zeros(ids.size, dtype=bool)
    starts[np.cumsum([0, *(len(word) for run in words for word in run)])[:-1]] = True
    broken[np.cumsum([0, *(sum(map(len, run)) for run in words)])[:-1]] = True
    (terms,) = terms_of(Tokens(ids, ~starts, broken, np.zeros(0, dtype=np.int64)), lexicon, (kind,))
    return terms.hashes


def readable(term: str) -> str:
    """A vocabulary term as people write it: `đối_thoại cấp_cao` is "đối thoại cấp cao"; marks stay as they are."""
    return term if term.startswith('"') else term.replace("_", " ").replace("+", " ")
