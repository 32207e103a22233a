"""Guards the one definition of a Vietnamese syllable, with accents and without."""

from __future__ import annotations

import pytest

from classifier.vietnamese.pyvi_model import load_pyvi_model
from classifier.vietnamese.syllable import bare, is_bare_syllable, is_syllable


@pytest.mark.parametrize("word", ["nghiêng", "Việt", "quốc", "giữ", "gì", "ưa", "Hòa", "hoà", "khuỷu", "ĐÔNG"])
def test_words_spelled_as_a_syllable_are_one_in_any_case(word):
    """Onset, rhyme and at most one tone; without its accents the same word is one typed without any."""
    assert is_syllable(word)
    assert is_bare_syllable(bare(word.lower()))


@pytest.mark.parametrize("word", ["Estonia", "al", "Jong", "việtt", "bấ́t", "bac", "zô", "", "v1"])
def test_other_words_are_none(word):
    """Foreign names, two tones, a stopped rhyme without the tone that it must have."""
    assert not is_syllable(word)


def test_words_without_accents_are_told_from_english():
    """`bac` can stand for `bắc`; words of English mostly can not be typed syllables."""
    assert all(
        map(
            is_bare_syllable, ["chinh", "phu", "viet", "nam", "bac", "bo", "thong", "tin", "ve", "quyet", "dinh", "moi"]
        )
    )
    english = [
        "the",
        "government",
        "said",
        "that",
        "new",
        "agreements",
        "were",
        "reached",
        "between",
        "both",
        "countries",
    ]
    assert sum(map(is_bare_syllable, english)) < len(english) / 3


def test_nearly_all_syllables_of_pyvis_words_are_syllables():
    """Of the different ones in its list of words of two syllables; the rest are foreign."""
    found = {part for entry in load_pyvi_model().bigrams for part in entry if part.isalpha() and not part.isascii()}
    assert len(found) > 2_000
    assert sum(map(is_syllable, found)) / len(found) > 0.98
