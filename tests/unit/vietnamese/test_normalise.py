"""Guards the one spelling that features use."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.vietnamese.normalise import NUMBER, normalise
from classifier.vietnamese.pyvi_model import load_pyvi_model

SYLLABLES = sorted({s for entry in load_pyvi_model().bigrams for s in entry})


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("NATO.", "nato"),
        ("Mỹ", "mỹ"),
        ("Mĩ", "mỹ"),
        ("hoà", "hòa"),
        ("Hoá", "hóa"),
        ("khoẻ", "khỏe"),
        ("thuỷ", "thủy"),
        ("quý", "quý"),
        ("quí", "quý"),
        ("toàn", "toàn"),
        ("Kì", "kỳ"),
        ("gì", "gì"),
        ("nghỉ", "nghỉ"),
        ("Matxcơva", "moscow"),
        ("Moscow", "moscow"),
        ("Kyiv", "kiev"),
        ("Ukraina", "ukraine"),
        ("TP.", "tp"),
        ("S", "s"),
    ],
)
def test_spellings_of_one_syllable_have_one_form(written, form):
    """Case, place of the tone mark, i for y, the full stop of an abbreviation, transliterations."""
    assert normalise(written) == form


@pytest.mark.parametrize("syllable", ["5", "2.5", "1_000", "3G", "٣٤", "²"])
def test_what_begins_with_a_digit_is_a_number(syllable):
    """Counts and years are one form."""
    assert normalise(syllable) == NUMBER


@pytest.mark.parametrize("syllable", [".", "...", "“", "==>", "_", "\n", "\x00", "a@b.vn", "http://x.vn", "\ud800"])
def test_punctuation_and_addresses_are_nothing(syllable):
    """They say nothing of what an article is about."""
    assert normalise(syllable) == ""


@given(st.sampled_from(SYLLABLES))
@settings(max_examples=300, deadline=None)
def test_a_form_is_its_own_form_whatever_the_case(syllable):
    """Normalising twice changes nothing, and capitals make no difference."""
    form = normalise(syllable)
    if form not in ("", NUMBER):
        assert normalise(form) == form
        assert normalise(syllable.upper()) == normalise(syllable.title()) == form


@given(st.text(min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_syllable_has_a_form(syllable):
    """No string fails; a form that is something has a letter or digit in it, or stands for a number."""
    form = normalise(syllable)
    assert form in ("", NUMBER) or any(character.isalnum() for character in form)
