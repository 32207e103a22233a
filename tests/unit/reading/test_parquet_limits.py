"""What a few bytes of Parquet stand for never fills the memory, and a column that Python cannot hold costs no row."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from classifier.reading import read_pages
from classifier.reading.tables import parquet as limits
from classifier.reading.tables.rows import Columns

if TYPE_CHECKING:
    from pathlib import Path

    from classifier.types import Page, Skipped

pyarrow = pytest.importorskip("pyarrow")
TEXT = "Tàu chở gạo đã rời cảng Sài Gòn sáng nay."


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns), path, **options)
    return path


def read(path: Path, columns: Columns | None = None) -> tuple[list[Page], list[Skipped]]:
    skipped: list[Skipped] = []
    return list(read_pages([path], columns=columns or Columns(), on_skip=skipped.append)), skipped


def test_one_string_that_all_rows_share_is_read_only_so_often(tmp_path, monkeypatch):
    """A dictionary of one text of 300 KB stands for 300 MB: read up to the allowance, then named."""
    monkeypatch.setattr(limits, "MAX_UNPACKED", 700_000)
    monkeypatch.setattr(limits, "_PACKED", 1)
    long = "gạo " * 50_000
    path = write(tmp_path / "a.parquet", {"text": pyarrow.array([long] * 1000).dictionary_encode()})
    pages, (skipped,) = read(path)
    assert len(pages) == 2
    assert pages[0].text.count("gạo") == 50_000
    assert "after row 2 (its texts come to over 1 times its size)" in skipped.reason


def test_short_texts_may_stand_in_any_number_of_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED", 1000)
    monkeypatch.setattr(limits, "_PACKED", 1)
    pages, skipped = read(write(tmp_path / "a.parquet", {"text": [TEXT] * 3000, "label": ["gạo"] * 3000}))
    assert (len(pages), skipped) == (3000, [])
    assert pages[-1].extra == {"label": "gạo"}


def test_a_row_beyond_the_limit_is_named_and_the_others_are_read(tmp_path, monkeypatch):
    """In a text, in a list, in a map and in a list in a struct alike; what stands beside it is read."""
    monkeypatch.setattr(limits, "MAX_LINE", 50_000)
    monkeypatch.setattr(limits, "PARQUET_BATCH", 10_000)
    long, many = "gạo " * 20_000, ["a"] * 2_000
    kind = pyarrow.map_(pyarrow.string(), pyarrow.int64())
    cells = {
        "text": [TEXT, long, TEXT, TEXT, TEXT, TEXT],
        "keywords": [["gạo"], None, many, [], [], ["gạo"]],
        "m": pyarrow.array([{}, {}, {}, dict.fromkeys(map(str, range(2_000)), 1), {}, {"a": 1}], kind),
        "s": [{"x": [1]}, {"x": None}, None, None, {"x": [1] * 2_000}, None],
    }
    pages, skipped = read(write(tmp_path / "a.parquet", cells))
    assert [page.line for page in pages] == [1, 6]
    assert [one.source.rpartition(":")[2] for one in skipped] == ["2", "3", "4", "5"]
    assert all(one.reason.startswith("the row is longer than") for one in skipped)
    assert (pages[1].keywords, pages[1].extra["m"]) == (("gạo",), [("a", 1)])


def test_lists_of_numbers_without_end_are_left_out_and_those_that_matter_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_JSON_VALUES", 1000)
    nothing = pyarrow.array([[None] * 100_000], pyarrow.list_(pyarrow.int8()))
    pages, (note,) = read(write(tmp_path / "a.parquet", {"text": [TEXT], "vector": nothing, "n": [7]}))
    assert [page.extra for page in pages] == [{"n": 7}]
    assert (note.count, note.reason.partition(":")[0]) == (0, "column 'vector' is left out")
    path = write(tmp_path / "b.parquet", {"text": [TEXT], "labels": nothing})
    pages, (skipped,) = read(path)
    assert not pages
    assert "'labels.list.element' holds 100,000 values after row 0" in skipped.reason


def test_a_column_packed_tighter_than_any_text_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED", 100_000)
    monkeypatch.setattr(limits, "_PACKED", 100)
    path = write(tmp_path / "a.parquet", {"text": ["gạo" * 500_000]}, compression="zstd", use_dictionary=False)
    pages, (skipped,) = read(path)
    assert not pages
    assert "packed tighter than any text" in skipped.reason


def test_more_columns_than_anybody_reads_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_COLUMNS", 20)
    pages, (skipped,) = read(write(tmp_path / "a.parquet", {"text": [TEXT]} | {f"c{n}": [n] for n in range(20)}))
    assert not pages
    assert "has 21 columns" in skipped.reason


def test_moments_that_python_has_no_object_for_cost_no_row(tmp_path):
    """Nanoseconds, a zone that nobody knows, years beyond 9999: read as Arrow writes them."""
    cells = {
        "text": [TEXT, TEXT],
        "date": pyarrow.array([1_772_323_200_000_000_001, None], pyarrow.timestamp("ns")),
        "mars": pyarrow.array([1_772_323_200_000_000, 0], pyarrow.timestamp("us", tz="Mars/Olympus")),
        "far": pyarrow.array([2**55, 0], pyarrow.timestamp("ms")),
        "clock": pyarrow.array([1, 2], pyarrow.time64("ns")),
    }
    pages, skipped = read(write(tmp_path / "a.parquet", cells))
    assert (len(pages), skipped) == (2, [])
    assert (pages[0].date[:10], pages[1].date) == ("2026-03-01", "")
    assert str(pages[0].extra["mars"]).startswith("2026-03-01")
    assert pages[1].extra["far"] is None or str(pages[1].extra["far"]).startswith("1970-01-01")


def test_a_zone_that_is_known_stays(tmp_path):
    moment = datetime.datetime(2026, 3, 1, 1, 0, tzinfo=datetime.UTC)
    cells = {"text": [TEXT], "date": pyarrow.array([moment], pyarrow.timestamp("us", tz="Asia/Ho_Chi_Minh"))}
    (page,), _ = read(write(tmp_path / "a.parquet", cells))
    assert page.date == "2026-03-01 08:00:00+07:00"


def test_columns_of_one_name_are_both_kept(tmp_path):
    from pyarrow import parquet

    table = pyarrow.table([[TEXT], ["x"], ["y"]], names=["text", "n", "n"])
    parquet.write_table(table, tmp_path / "a.parquet")
    (page,), _ = read(tmp_path / "a.parquet")
    assert page.extra == {"n": "x", "n#2": "y"}
