"""Guards that the words that decided are marked where they stand, and that the text stays what it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from classifier.types import Reason
from classifier.vietnamese.segmenter import nfc
from training.desk.marks import marked, strongest


def test_words_are_marked_however_they_are_spelt():
    """Whole words, the longest first, in any case and spelling of tone marks."""
    weights = {"hòa bình": 1.0, "hòa": -0.5, "nato": 0.3}
    assert marked("Hoà Bình ở xa; hoà, NATO không phải nation.", weights) == [
        ("Hoà Bình", 1.0),
        (" ở xa; ", 0.0),
        ("hoà", -0.5),
        (", ", 0.0),
        ("NATO", 0.3),
        (" không phải nation.", 0.0),
    ]


@given(st.text(max_size=200))
def test_no_letter_is_lost(text):
    """Whatever the text is."""
    assert "".join(piece for piece, _ in marked(text, {"a": 1.0, "a b": 0.5, "#": 0.1})) == nfc(text)


def test_the_strongest_are_worth_a_mark():
    """In parts of the strongest; the faint ones not."""
    assert strongest([Reason("a", -2.0), Reason("b", 1.0), Reason("c", 0.1)]) == {"a": -1.0, "b": 0.5}
    assert strongest([]) == {}
