"""Tokens to terms: words, word pairs and syllable n-grams as 64-bit hashes, without making a string.

A term is an n-gram of words (`w1`, `w2`) or of syllables (`s1` ... `s3`). Its hash is computed from its syllables'
hashes by array operations; a vocabulary is a table from hashes to columns. Strings exist only for explanations and when
a vocabulary is written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray


from classifier.features.spec import TERM_KINDS
from classifier.features.tokens import Lexicon, Tokens

_POWERS = np.array([pow(0xD1342543DE82EF95, n, 1 << 64) for n in range(1, 65)], dtype=np.uint64)
_SALTS = {
    kind: np.uint64(int.from_bytes(hashlib.blake2b(kind.encode(), digest_size=8).digest(), "little") | 1)
    for kind in TERM_KINDS
}


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): spreads close sums over all 64 bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of some pages, one entry an occurrence: `hashes` (m,), where each begins and ends in the units below it
    (`first`, `last`: syllable positions), and the kind they share.
    """

    kind: str
    hashes: NDArray[np.uint64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def terms_of(tokens: Tokens, hashes: NDArray[np.uint64], kinds: Iterable[str]) -> Iterator[Terms]:
    """All term occurrences of each kind; `hashes` are the lexicon's."""
    syllable_hashes = hashes[tokens.syllables]
    word_starts = np.flatnonzero(~tokens.joined)
    word_lasts = np.concatenate((word_starts[1:], [tokens.syllables.size])) - 1 if word_starts.size else word_starts
    of_words: NDArray[np.uint64] | None = None
    positions = np.arange(tokens.syllables.size)
    for kind in kinds:
        if kind[0] == "w":
            if of_words is None:
                of_words = _word_hashes(syllable_hashes, word_starts)
            units, firsts, lasts, broken = of_words, word_starts, word_lasts, tokens.broken[word_starts]
        else:
            units, firsts, lasts, broken = syllable_hashes, positions, positions, tokens.broken
        yield _ngrams(kind, units, firsts, lasts, broken)


def _word_hashes(syllable_hashes: NDArray[np.uint64], word_starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    if word_starts.size == 0:
        return np.zeros(0, dtype=np.uint64)
    lengths = np.diff(np.concatenate((word_starts, [syllable_hashes.size])))
    within = np.arange(syllable_hashes.size) - np.repeat(word_starts, lengths)
    return _mixed(np.add.reduceat(syllable_hashes * _POWERS[within % _POWERS.size], word_starts))


def _ngrams(
    kind: str,
    units: NDArray[np.uint64],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    broken: NDArray[np.bool_],
) -> Terms:
    size = int(kind[1])
    count = max(units.size - size + 1, 0)
    total = units[:count] * _POWERS[0]
    whole = np.ones(count, dtype=bool)
    for offset in range(1, size):
        total = total + units[offset : offset + count] * _POWERS[offset]
        whole &= ~broken[offset : offset + count]
    (at,) = np.nonzero(whole)
    return Terms(kind, _mixed(total[at] * _SALTS[kind]), firsts[at], lasts[at + size - 1])


def word_hashes(words: Sequence[str]) -> NDArray[np.uint64]:
    """The `w1` hashes of words written as `term_string` writes them."""
    lexicon = Lexicon()
    parts = [word.split("_") for word in words]
    ids = np.array([lexicon.id_of(part) for word in parts for part in word], dtype=np.int32)
    starts = np.zeros(ids.size, dtype=bool)
    starts[np.cumsum([0, *(len(word) for word in parts)])[:-1]] = True
    (terms,) = terms_of(Tokens(ids, ~starts, starts, np.zeros(0, dtype=np.int64)), lexicon.hashes, ("w1",))
    return terms.hashes


def term_string(tokens: Tokens, lexicon: Lexicon, kind: str, first: int, last: int) -> str:
    """A term as the vocabulary writes it: syllables of a word joined by `_`, words by a space, syllable n-grams with
    `+`.
    """
    out: str = lexicon.strings[tokens.syllables[first]]
    for position in range(first + 1, last + 1):
        glue = "+" if kind[0] == "s" else ("_" if tokens.joined[position] else " ")
        out += glue + lexicon.strings[tokens.syllables[position]]
    return out
