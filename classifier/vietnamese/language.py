"""Tells a text in another language from Vietnamese, with its accents or without."""

from __future__ import annotations

import re
import unicodedata

from classifier.vietnamese.syllable import bare, is_bare_syllable

READ_CHARACTERS = 600
LEAST_LETTERS = 20
"""With fewer letters (a name, an abbreviation) nothing can be told."""
LEAST_ACCENTED = 0.06
"""Share of accented letters from which a text is taken for Vietnamese: its own has 0.25 to 0.35, French about 0.04."""
LEAST_FORMED = 0.65
"""Share of words of a Vietnamese form from which a text without accents still is: its own has 0.8, English 0.4."""

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
    share = sum(is_bare_syllable(bare(word)) for word in words) / len(words)
    return None if share >= LEAST_FORMED else 1 - share
