"""Readers take time in proportion to their input where a simpler way would take its square; what they say stays."""

from __future__ import annotations

import re

import pytest

from classifier.reading.html.facts import without_site
from classifier.reading.page_lines import sections, tail
from classifier.reading.raw import legacy_vietnamese

PLAIN = re.compile(rf"(?:^|[.!?…]\s+)[\s\"'“”‘’(\[-]*([{legacy_vietnamese._SHARED}])", re.MULTILINE)
"""What a beginning is, in the words that take the square of a run of spaces."""


@pytest.mark.parametrize(
    "before", ["", " ", "\n", "a. ", "a.\n", "a.", 'a. "', 'a."  ', "a\n - (", "a ", "a… “", "a, ", "\n\n\n", "  ("]
)
def test_a_letter_begins_a_sentence_where_the_plain_words_say_so(before):
    for letter in legacy_vietnamese._SHARED:
        for text in (before + letter, f"{before}{letter}{before}{letter}x"):
            plain = PLAIN.sub(lambda match: match[0][:-1] + match[1].upper(), text)
            assert legacy_vietnamese._BEGINNING.sub(legacy_vietnamese._one_beginning, text) == plain


def test_runs_of_hundreds_of_thousands_are_read_once():
    """At the square of it each of these would take hours."""
    many = 300_000
    assert legacy_vietnamese._BEGINNING.sub(legacy_vietnamese._one_beginning, "a" + "\n" * many + "b").endswith("\nb")
    for dated in (tail._DATED, sections._DATED):
        assert not dated.search("a" + " " * many + "b")
        assert dated.sub("", "Tin vắn  (12/03/2025)") == "Tin vắn"
    assert without_site("Tin chính" + " | a" * many, "Báo a") == "Tin chính"


@pytest.mark.parametrize(
    ("title", "site", "left"),
    [
        ("Mưa lớn ở Huế - Báo Sông Hương", "Báo Sông Hương", "Mưa lớn ở Huế"),
        ("Mưa lớn ở Huế | Thời sự | Sông Hương", "Sông Hương", "Mưa lớn ở Huế | Thời sự"),
        ("Mưa lớn - và gió giật", "Sông Hương", "Mưa lớn - và gió giật"),
        ("", "", ""),
    ],
)
def test_the_name_of_the_paper_is_taken_off_a_title(title, site, left):
    assert without_site(title, site) == left
