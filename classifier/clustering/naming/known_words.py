"""What a word is, by pyvi's word list and by real news."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from classifier.features.kinds import pair_hashes, syllable_hashes, word_hashes
from classifier.vietnamese.background import background
from classifier.vietnamese.collocations import collocations
from classifier.vietnamese.normalise import normalise
from classifier.vietnamese.pyvi_model import load_pyvi_model
from classifier.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable

KNOWN = 30.0
"""A word of two syllables that the dictionary lacks is one if so many articles of real news have it."""
JOINED = 0.6
"""Two syllables are one word if they are so closely tied, whatever the segmentation says: nghi phạm."""
BOUND = 0.06
"""A syllable that is a word by itself in a smaller share of the articles that have it is none."""


@lru_cache(maxsize=1)
def dictionary() -> frozenset[str]:
    """The words of two and three syllables that pyvi's word list has, as keys."""
    model = load_pyvi_model()
    return frozenset("_".join(normalise(part) for part in entry) for entry in (*model.bigrams, *model.trigrams))


@lru_cache(maxsize=1 << 16)
def frequency(key: str) -> float:
    """How many articles of real news have a word."""
    return float(background().document_frequency(word_hashes([key]))[0])


@lru_cache(maxsize=1 << 16)
def tie(one: str, other: str) -> float:
    """How closely two words are tied in real news; 0 for two that are not known to belong together."""
    return float(collocations().tie(pair_hashes([(one, other)]))[0])


@lru_cache(maxsize=1 << 14)
def is_bound(syllable: str) -> bool:
    """Whether a syllable hardly ever stands alone in real news: it is a part of a word that has been cut."""
    if not is_syllable(syllable):
        return False
    figures = background()
    return frequency(syllable) < BOUND * float(figures.document_frequency(syllable_hashes([syllable]))[0])


def is_word(key: str) -> bool:
    """Whether a run of syllables is a word: in the dictionary, made of two that are, or common in real news."""
    words = dictionary()
    if key in words:
        return True
    parts = key.split("_")
    if len(parts) == 2:
        return frequency(key) >= KNOWN or tie(parts[0], parts[1]) > 0
    return len(parts) == 4 and "_".join(parts[:2]) in words and "_".join(parts[2:]) in words


def joined(pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Those pairs of syllables that are one word in much of real news, looked up at once."""
    some = sorted(pairs)
    if not some:
        return frozenset()
    ties = collocations().tie(pair_hashes(some)).tolist()
    often = background().document_frequency(word_hashes([f"{one}_{other}" for one, other in some])).tolist()
    words = dictionary()
    return frozenset(
        pair
        for pair, value, number in zip(some, ties, often, strict=True)
        if value >= JOINED or (number >= KNOWN and "_".join(pair) in words)
    )


def is_commoner(other: str, own: str) -> bool:
    """Whether the one cut makes a word that is far commoner than that of the other."""
    return other in dictionary() and frequency(other) > 2 * frequency(own)
