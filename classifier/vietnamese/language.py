"""Tells a text in another language from Vietnamese, with its accents or without."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from classifier.vietnamese.syllable import bare, is_bare_syllable

READ_CHARACTERS = 600
LEAST_LETTERS = 20
"""With fewer letters (a name, an abbreviation) nothing can be told."""
LEAST_ACCENTED = 0.06
"""Share of accented letters from which a text is taken for Vietnamese: its own has 0.25 to 0.35, French about 0.04."""
LEAST_FORMED = 0.65
"""Share of words of a Vietnamese form from which a text without accents still is: its own has 0.8, English 0.4."""
MOST_ACCENTED = 0.02
"""Share of accented letters up to which a text counts as typed without them: a name or two in it may have some."""
_GLANCE, _SOME = 120, 6

_ACCENTED = re.compile("[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]")
_WORD = re.compile(r"[^\W\d_]+")


def foreign_share(text: str) -> float | None:
    """None for a Vietnamese text or one too short to tell; else the share of its words without a syllable's form.

    A text is Vietnamese if it has the accents or, for those typed without any, if most words could be its syllables.
    """
    text = unicodedata.normalize("NFC", text[:READ_CHARACTERS]).lower()
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    if letters < LEAST_LETTERS or len(_ACCENTED.findall(text)) >= LEAST_ACCENTED * letters:
        return None
    share = sum(map(_could_be, words)) / len(words)
    return None if share >= LEAST_FORMED else 1 - share


def lacks_accents(text: str) -> bool:
    """Whether a text is Vietnamese typed without accents."""
    if len(_ACCENTED.findall(text, 0, _GLANCE)) > _SOME:  # as nearly every text has
        return False
    text = unicodedata.normalize("NFC", text[:READ_CHARACTERS]).lower()
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    if letters < LEAST_LETTERS or len(_ACCENTED.findall(text)) >= MOST_ACCENTED * letters:
        return False
    return sum(map(_could_be, words)) >= LEAST_FORMED * len(words)


@lru_cache(maxsize=1 << 14)
def _could_be(word: str) -> bool:
    """Whether a word in small letters could be a syllable, typed with its accents or without."""
    return is_bare_syllable(bare(word))
