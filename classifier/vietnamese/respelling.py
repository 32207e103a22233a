"""Texts in the spelling that models know, for features only: accents put back, names, words that are joined already.

A text in the usual spelling comes back as it is, and the looks that tell it are cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.vietnamese.accents import with_accents
from classifier.vietnamese.language import lacks_accents
from classifier.vietnamese.names import with_usual_names
from classifier.vietnamese.segmenter import composed, nfc

if TYPE_CHECKING:
    from collections.abc import Sequence


def respelled(texts: Sequence[str]) -> list[str]:
    """The parts of one page in the usual spelling; whether it has accents is told by all of them together."""
    usual = [_in_usual_spelling(text) for text in texts]
    if lacks_accents(_beginning(usual)):
        usual = [with_accents(nfc(text)) for text in usual]
    return usual


def _beginning(texts: Sequence[str]) -> str:
    return max(texts, key=len, default="")


def _in_usual_spelling(text: str) -> str:
    if "_" in text:  # syllables that another segmenter joined: pyvi joins its own
        text = text.replace("_", " ")
    if "-" in text or "\u2010" in text or "\u2011" in text:
        text = with_usual_names(composed(text))
    return text
