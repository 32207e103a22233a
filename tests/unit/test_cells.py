"""Cells of CSV and TSV carry no character that steers a terminal."""

from __future__ import annotations

import unicodedata

from classifier.wording import cell


def test_of_all_control_characters_only_tab_and_new_line_are_in_a_cell():
    every = "".join(map(chr, range(256)))
    left = {letter for letter in cell(f"x{every}y") if unicodedata.category(letter) == "Cc"}
    assert left == {"\t", "\n"}
    assert cell("một\x0bhai\x0cba") == "một hai ba"
