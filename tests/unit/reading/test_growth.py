"""Readers take time in proportion to their input where a simpler way would take its square; what they say stays."""

from __future__ import annotations

import re

import pytest

from classifier.errors import UnreadableError
from classifier.reading.html.facts import without_site
from classifier.reading.html.page import parse_html
from classifier.reading.page_lines import line_forms
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
    assert not line_forms._DATED.search("a" + " " * many + "b")
    assert line_forms.undated("Tin vắn  (12/03/2025)") == "Tin vắn"
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


def test_a_page_of_millions_of_tags_is_refused_before_a_tree_is_made():
    """A few kilobytes that unpack to four million paragraphs would take gigabytes."""
    with pytest.raises(UnreadableError, match="has 600,001 tags"):
        parse_html(b"<p>" * 600_000 + b"<p>Ba\xcc\x81o", id="a", source="a.html")


def test_boxes_in_boxes_are_looked_into_once(monkeypatch):
    """Boxes that stand in each other, all called as a share bar is: each element is measured once, however deep."""
    from classifier.reading.html import frame, tree

    added = []
    monkeypatch.setattr(
        frame.Measure, "add", lambda self, other, plain=frame.Measure.add: added.append(1) or plain(self, other)
    )
    for boxes in (1, 100):
        added.clear()
        text = "<div class='share'>" * boxes + "<p>Một dòng ngắn thôi.</p>" * 20 + "</div>" * boxes
        nodes = list(tree.parse_tree(f"<html><body>{text}</body></html>", "a").iter())
        frame.frame_of(nodes, frame.measure(nodes))
        assert len(added) < len(nodes)


def test_a_table_whose_every_line_leaves_a_quote_open_is_not_read_to_its_end_again_and_again(monkeypatch):
    """After PATIENCE lines that were read twice a record has at most FEW_LINES; every line is named all the same."""
    from classifier.reading.tables import delimited
    from classifier.reading.tables.lines import Line
    from classifier.types import Skipped

    monkeypatch.setattr(delimited, "PATIENCE", 1_000)
    monkeypatch.setattr(delimited, "FEW_LINES", 10)
    count, handed = 800, []

    def lines():
        yield Line(1, "title,text\n")
        for number in range(2, count + 2):
            yield Line(number, f'"mở {number},chữ\n')

    real = delimited._Lines.__next__
    monkeypatch.setattr(delimited._Lines, "__next__", lambda self: handed.append(1) or real(self))
    found = list(delimited.read_records(lines(), "a.csv", tabs=False))
    named = [number for number, record in found if isinstance(record, Skipped)]
    assert named == list(range(2, named[-1] + 1))
    assert named[-1] == count + 1 or f"(lines {named[-1]} to {count + 1})" in found[-1][1].reason
    assert len(handed) < 30 * count
