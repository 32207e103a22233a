"""The user's word for a column wins over a column that is merely called as usual."""

from __future__ import annotations

import itertools

import pytest

from classifier.reading.tables.rows import Columns, page_from_row

TEXT = "Hai nước ký hiệp ước về biển"


@pytest.mark.parametrize("role", ["label", "labels"])
@pytest.mark.parametrize("twin", ["label", "labels"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_twin_of_the_named_label_column_teaches_nothing(role, twin, order):
    """In any order of columns; what the twin holds is kept under a name of its own."""
    items = [("text", TEXT), ("chuyên mục", "biển"), (twin, "sai")]
    row = dict(items[place] for place in order)
    page = page_from_row(row, Columns(**{role: "chuyên mục"}), fallback_id="1", source="x.csv")
    assert {name: page.extra[name] for name in ("label", "labels") if name in page.extra} == {role: "biển"}
    assert "sai" in page.extra.values()


def test_a_row_without_the_named_column_has_no_label():
    page = page_from_row({"text": TEXT, "label": "sai"}, Columns(label="chủ đề"), fallback_id="1", source="x.jsonl")
    assert "label" not in page.extra


@pytest.mark.parametrize("role", ["id", "title", "text", "date"])
def test_other_named_columns_win_too(role):
    row = {"cột": "Bão số chín vào bờ", role: "sai", "lead": TEXT}
    page = page_from_row(row, Columns(**{role: "cột"}), fallback_id="1", source="x.csv")
    assert "sai" not in (page.id, page.title, page.lead, page.body, page.date)
