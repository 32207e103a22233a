"""Punctuation, symbols and emoticons as units of terms, and that a number stood somewhere.

News is told by its words; what people write to a shop or a friend is told by `!!!`, `:(` and 😂 as well.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from classifier.features.terms import Units

if TYPE_CHECKING:
    from classifier.features.tokens import Lexicon, Tokens


def is_mark(syllable: str) -> bool:
    """Whether a syllable is made of punctuation and symbols alone, emoticons among them."""
    return all(unicodedata.category(character)[0] in "PS" for character in syllable)


def marks(tokens: Tokens, lexicon: Lexicon) -> Units:
    """Each mark; a term of several stood without a word between them, and is written between quotes."""
    if tokens.marks is None:
        raise AssertionError("tokenised without marks")
    ids = tokens.marks.ids

    def write(first: int, last: int) -> str:
        return f'"{"".join(lexicon.strings[number] for number in ids[first : last + 1].tolist())}"'

    return Units(lexicon.hashes[ids], tokens.marks.broken, tokens.marks.ends, write)
