"""Rows of JSON, CSV, TSV, Parquet and fastText files as pages: what counts as what, and what is said of bad rows."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.reading import Columns, limits, read_pages
from classifier.reading.tables import lines
from classifier.reading.tables.delimited import read_records
from classifier.reading.tables.lines import Line
from classifier.records import page_record
from classifier.types import Headline, Page, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read(path: Path, **options: Any) -> tuple[list[Page], list[Skipped]]:
    skipped: list[Skipped] = []
    pages = list(read_pages([path], on_skip=skipped.append, **options))
    return pages, skipped


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def jsonl(path: Path, *rows: Any) -> Path:
    return write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


# What a row means


def test_first_paragraph_of_a_text_is_the_lead(tmp_path: Path) -> None:
    """A text of several paragraphs gives lead and body; a text of one is body alone."""
    path = jsonl(tmp_path / "t.jsonl", {"title": "T", "text": "Một.\n\nHai.\nBa."}, {"text": "Chỉ một đoạn dài."})
    (first, second), _ = read(path)
    assert (first.title, first.lead, first.body) == ("T", "Một.", "Hai.\nBa.")
    assert (second.title, second.lead, second.body) == ("", "", "Chỉ một đoạn dài.")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"headline": "H", "blurb": "B"}, ("H", "B", "")),
        ({"tieu_de": "H", "sapo": "S", "noi_dung": "N1\nN2"}, ("H", "S", "N1\nN2")),
        ({"Title": "H", "CONTENT": "N"}, ("H", "", "N")),
        ({"title": "H", "description": "D", "content": "N"}, ("H", "D", "N")),
        ({"title": "H", "body": "N1\nN2"}, ("H", "", "N1\nN2")),
        ({"title": None, "headline": "H", "text": "", "body": "N"}, ("H", "", "N")),
        ({"text": ["Đoạn một.", "Đoạn hai."]}, ("", "Đoạn một.", "Đoạn hai.")),
        ({"title": 2024, "text": 3.5}, ("2024", "", "3.5")),
    ],
)
def test_usual_column_names(tmp_path: Path, row: dict[str, Any], expected: tuple[str, str, str]) -> None:
    """English and Vietnamese names are known in any case; the first that has something in it counts."""
    (page,), skipped = read(jsonl(tmp_path / "t.jsonl", row))
    assert (page.title, page.lead, page.body) == expected
    assert skipped == []


def test_rows_of_extract_come_back_as_they_were(tmp_path: Path) -> None:
    """What `chude extract` prints is read as the same page, with its related headlines."""
    page = Page(
        id="a",
        title="Tiêu đề",
        byline="An Bình",
        lead="",
        body="Đoạn một.\nĐoạn hai.",
        related=(Headline("Tin khác", "Tóm tắt"), Headline("Tin nữa")),
    )
    row = {
        "id": page.id,
        "source": "x.html",
        "title": page.title,
        "byline": page.byline,
        "lead": page.lead,
        "body": page.body,
        "related": [{"headline": h.headline, "blurb": h.blurb} for h in page.related],
    }
    (back,), _ = read(jsonl(tmp_path / "t.jsonl", row))
    assert (back.id, back.title, back.byline, back.lead, back.body, back.related) == (
        page.id,
        page.title,
        page.byline,
        page.lead,
        page.body,
        page.related,
    )


def test_other_columns_are_kept(tmp_path: Path) -> None:
    """Labels and whatever else a row has stand in `extra`, with their types; so does a known column of another type."""
    row = {
        "text": "Chữ",
        "label": "syria",
        "labels": ["syria"],
        "hard": True,
        "paper": "báo",
        "url": {"href": "/"},
        "keywords": [1],
        "n": {"x": 1},
    }
    (page,), _ = read(jsonl(tmp_path / "t.jsonl", row))
    assert page.extra == {key: value for key, value in row.items() if key != "text"}


def test_columns_can_be_named(tmp_path: Path) -> None:
    """Columns under other names are used as told; label and labels stand in `extra` under their usual names."""
    row = {"ma": 7, "tua": "T", "van_ban": "V", "nhan": "syria", "ngay": "2024-01-01", "title": "khác", "text": "nữa"}
    columns = Columns(id="ma", title="tua", text="van_ban", label="nhan", date="ngay")
    (page,), _ = read(jsonl(tmp_path / "t.jsonl", row), columns=columns)
    assert (page.id, page.title, page.body, page.date) == ("7", "T", "V", "2024-01-01")
    assert page.extra == {"label": "syria", "title": "khác", "text": "nữa"}


def test_what_extract_writes_is_read_as_the_same_page(tmp_path: Path) -> None:
    """Every field of a page comes back from its JSON line, of an article as of a front page."""
    facts = {"date": "2024-01-01T07:30+07:00", "url": "https://bao.example/1", "site": "Báo", "section": "Thế giới"}
    lists = {"keywords": ("Nga", "Mỹ"), "authors": ("An Bình", "Minh Hà")}
    related = (Headline("Tin khác", "Tóm tắt", "https://bao.example/2"), Headline("Tin nữa"))
    pages = [
        Page("a", "Tít", "An Bình", "Sa pô", "Một\nHai", related, **facts, **lists, image="https://bao.example/1.jpg"),
        Page("b", "Trang chủ", related=related, kind="list"),
    ]
    path = jsonl(tmp_path / "t.jsonl", *(page_record(page) for page in pages))
    found, skipped = read(path)
    assert skipped == []
    for number, (page, again) in enumerate(zip(pages, found, strict=True), 1):
        assert (again.line, again.file, again.source) == (number, str(path), f"{path}:{number}")
        assert replace(again, line=0, source="", extra={}) == page


@pytest.mark.parametrize("row", [{"label": "syria"}, {"text": None}, {"text": "  \n"}, {"title": "", "text": ""}])
def test_row_without_text_is_named(tmp_path: Path, row: dict[str, Any]) -> None:
    """A row with nothing to read is reported with its line, and the rows around it are read."""
    path = jsonl(tmp_path / "t.jsonl", {"text": "a"}, row, {"text": "b"})
    pages, skipped = read(path)
    assert [page.body for page in pages] == ["a", "b"]
    assert [(item.source, item.reason) for item in skipped] == [(f"{path}:2", "the row has no text")]


def test_named_column_that_a_row_lacks_is_named(tmp_path: Path) -> None:
    """A row without the column that the user named says which it has."""
    _, (skipped,) = read(jsonl(tmp_path / "t.jsonl", {"van_ban": "x"}), columns=Columns(text="text"))
    assert "has no column 'text'" in skipped.reason
    assert "van_ban" in skipped.remedy


def test_object_where_text_belongs_is_named(tmp_path: Path) -> None:
    """A nested object is no text, and is not turned into some."""
    pages, (skipped,) = read(jsonl(tmp_path / "t.jsonl", {"title": "T", "text": {"vi": "x"}}))
    assert pages == []
    assert "'text' holds no text" in skipped.reason


def test_rows_are_named_by_file_and_line(tmp_path: Path) -> None:
    """Without an id a row is FILE:LINE, counted in lines of the file; its source is always the path and the line."""
    path = write(tmp_path / "t.jsonl", '{"text": "a"}\n\n{"id": 5, "text": "b"}\n{"id": null, "text": "c"}\n')
    pages, skipped = read(path)
    assert [page.id for page in pages] == ["t.jsonl:1", "5", "t.jsonl:4"]
    assert [page.source for page in pages] == [f"{path}:{n}" for n in (1, 3, 4)]
    assert skipped == []


# JSON


def test_broken_json_lines_are_named_and_passed_over(tmp_path: Path) -> None:
    """Each bad line is reported by its number with what is wrong; the good ones are read."""
    deep = "[" * 100_000 + "]" * 100_000
    number = '{"text": 1' + "0" * 5000 + "}"
    bad = ['{"text": "a', "[1, 2]", '"chữ"', "null", "7", "xin chào", deep, number, '{"text": "a\x01b"}']
    path = write(tmp_path / "t.jsonl", "\n".join(['{"text": "đầu"}', *bad, '{"text": "cuối"}']))
    pages, skipped = read(path)
    assert [page.body for page in pages] == ["đầu", "cuối"]
    assert [item.source for item in skipped] == [f"{path}:{n + 2}" for n in range(len(bad))]
    reasons = " | ".join(item.reason for item in skipped)
    for part in (
        "is not JSON (",
        "an array, not a JSON object",
        "a string,",
        "null,",
        "a number,",
        "nested too deeply",
        "too long",
    ):
        assert part in reasons


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    """JSON can spell what UTF-8 cannot write; pairs are characters, halves become U+FFFD."""
    (page,), _ = read(write(tmp_path / "t.jsonl", r'{"text": "a\ud800b \ud83d\ude00 \u0000", "label": "x\udfff"}'))
    assert page.body == "a\ufffdb 😀 \ufffd"
    assert page.extra["label"] == "x\ufffd"


def test_nan_is_no_text(tmp_path: Path) -> None:
    """pandas writes a missing text as NaN; it is not the word nan."""
    pages, (skipped,) = read(write(tmp_path / "t.jsonl", '{"text": NaN}\n{"text": "a"}\n'))
    assert [page.body for page in pages] == ["a"]
    assert skipped.reason == "the row has no text"


@pytest.mark.parametrize("name", ["t.json", "t.json.gz"])
def test_json_array_is_read_row_by_row(tmp_path: Path, name: str) -> None:
    """A .json file may be one array, however it is laid out; its rows are numbered."""
    data = json.dumps([{"text": "một"}, {"text": "hai"}, 3], indent=2, ensure_ascii=False).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    pages, (skipped,) = read(path)
    assert [(page.id, page.body) for page in pages] == [(f"{name}:1", "một"), (f"{name}:2", "hai")]
    assert skipped.source == f"{path}:3"


@pytest.mark.parametrize(
    ("text", "bodies", "problem"),
    [
        ('{"text": "một"}\n{"text": "hai"}\n', ["một", "hai"], ""),
        ('{\n "text": "một"\n}\n{\n "text": "hai"\n}', ["một", "hai"], ""),
        ("[]", [], "holds no row"),
        ('[{"text": "một"}, {"text": "ha', ["một"], "is not JSON"),
        ('[{"text": "một"},', ["một"], "ends in the middle of its array"),
        ('[{"text": "một"} {"text": "hai"}]', ["một"], "no comma before this row"),
    ],
)
def test_other_layouts_of_json(tmp_path: Path, text: str, bodies: list[str], problem: str) -> None:
    """Lines, objects over several lines and arrays are told apart; what is cut off keeps the rows before."""
    pages, skipped = read(write(tmp_path / "t.json", text))
    assert [page.body for page in pages] == bodies
    assert [problem in item.reason for item in skipped] == ([True] if problem else [])


def test_line_over_the_limit_is_named_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line longer than MAX_LINE costs that line alone, in memory that does not grow with it."""
    monkeypatch.setattr(lines, "MAX_LINE", 10_000)
    path = tmp_path / "t.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"text": "a"}\n{"text": "')
        for _ in range(300):
            file.write("x" * 100_000)
        file.write('"}\n{"text": "b"}\n')
    tracemalloc.start()
    pages, (skipped,) = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [page.body for page in pages] == ["a", "b"]
    assert skipped.source == f"{path}:2"
    assert "longer than" in skipped.reason
    assert peak < 2_000_000


def test_stated_limit_of_a_line() -> None:
    """The limit is the one that the documents state."""
    assert limits.MAX_LINE == 64 * 2**20


# Encodings of tables


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["t.jsonl", "t.csv", "t.json"])
def test_tables_in_every_unicode_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    """Tables are found to be UTF-16 or UTF-32 as pages are, and read line by line all the same."""
    body = "Đàm phán hòa bình ở Trung Đông tiếp tục; các bên nói “có thể”."
    text = {
        "t.csv": f'title,text\n"T","{body}"\n',
        "t.jsonl": json.dumps({"title": "T", "text": body}, ensure_ascii=False) + "\n",
        "t.json": json.dumps([{"title": "T", "text": body}], ensure_ascii=False),
    }[name]
    (page,), skipped = read(write(tmp_path / name, text, encoding))
    assert (page.title, page.body, skipped) == ("T", body, [])


def test_line_in_another_encoding_costs_that_line(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are reported for their line, and the table goes on, in JSON as in CSV."""
    good, bad = '{"text": "tốt"}\n'.encode(), b'{"text": "t\xe9t"}\n'
    path = tmp_path / "t.jsonl"
    path.write_bytes(good + bad + good)
    pages, (skipped,) = read(path)
    assert len(pages) == 2
    assert (skipped.source, skipped.reason) == (f"{path}:2", "is not utf-8 (at byte 11)")
    path = tmp_path / "t.csv"
    path.write_bytes('text\ntốt\n"hai\ndòng '.encode() + b'\xe9"\ntot\n')
    pages, (skipped,) = read(path)
    assert [page.body for page in pages] == ["tốt", "tot"]
    assert skipped.source == f"{path}:4"


def test_encoding_by_name_holds_for_tables(tmp_path: Path) -> None:
    """A table in an old encoding is read when it is named."""
    path = tmp_path / "t.csv"
    path.write_bytes("title,text\nTin,Ha\u0300 Nô\u0323i\n".encode("cp1258"))
    (page,), _ = read(path, encoding="windows-1258")
    assert page.body == "Hà Nội"


def test_utf16_that_breaks_off_is_named(tmp_path: Path) -> None:
    """UTF-16 cannot be taken up again after an error: the rows before it are kept and the break is reported."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(('{"text": "một"}\n' * 3).encode("utf-16") + b"\x00\xd8\x20\x00\x20\x00")
    _, skipped = read(path)
    assert [item.source for item in skipped] == [str(path)]
    assert "is not utf-16" in skipped[0].reason


# CSV and TSV


def test_quotes_line_feeds_and_delimiters_in_fields(tmp_path: Path) -> None:
    """A quoted field keeps its line feeds, commas and quotes; lines are counted in the file."""
    path = write(tmp_path / "t.csv", 'title,text\nA,"Đoạn một, có phẩy.\nĐoạn ""hai""."\n\nB,b\n')
    pages, skipped = read(path)
    assert [(page.id, page.lead, page.body) for page in pages] == [
        ("t.csv:2", "Đoạn một, có phẩy.", 'Đoạn "hai".'),
        ("t.csv:5", "", "b"),
    ]
    assert skipped == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "title;text\nA;b, c\n"),
        ("t.csv", "title\ttext\nA\tb, c\n"),
        ("t.tsv", "title\ttext\nA\tb, c\n"),
        ("t.csv", 'title,text\nA,"b, c"\n'),
        ("t.csv", '\n\ntitle,text\r\nA,"b, c"\r\n'),
        ("T.CSV", '\ufefftitle,text\nA,"b, c"\n'),
    ],
)
def test_delimiters(tmp_path: Path, name: str, text: str) -> None:
    """The delimiter is the extension's, or the one that the header has in place of a comma."""
    (page,), skipped = read(write(tmp_path / name, text))
    assert (page.title, page.body, skipped) == ("A", "b, c", [])


def test_header_without_text_is_one_message(tmp_path: Path) -> None:
    """A table with no column of text names its columns and the option, once and not for every row."""
    path = write(tmp_path / "t.csv", "ma,nhan\n1,a\n2,b\n")
    pages, (skipped,) = read(path)
    assert pages == []
    assert str(skipped) == f"{path}: has no column with text, only 'ma', 'nhan'; name it with --text-column"
    _, (skipped,) = read(path, columns=Columns(text="van_ban"))
    assert "has no column 'van_ban', only 'ma', 'nhan'" in skipped.reason


def test_row_with_another_number_of_fields_is_named(tmp_path: Path) -> None:
    """Such a row cannot be trusted: it is reported with both numbers, and not padded or cut."""
    path = write(tmp_path / "t.csv", "title,text\nA,b\nA,b,c\nA\nB,b\n")
    pages, skipped = read(path)
    assert [page.title for page in pages] == ["A", "B"]
    assert [(item.source, item.reason) for item in skipped] == [
        (f"{path}:3", "the row has 3 fields, the header 2"),
        (f"{path}:4", "the row has 1 field, the header 2"),
    ]


def test_quote_left_open_costs_one_row(tmp_path: Path) -> None:
    """A stray quote does not swallow the rows after it, as it would with the csv module alone."""
    rows = "".join(f"T{n},chữ {n}\n" for n in range(2000))
    path = write(tmp_path / "t.csv", f'title,text\nA,"mở mà không đóng\n{rows}')
    pages, (skipped,) = read(path)
    assert len(pages) == 2000
    assert skipped.source == f"{path}:2"
    assert "badly quoted" in skipped.reason


def test_open_quote_cannot_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that never ends is given up at the limit, and the lines it had taken are read as rows."""
    monkeypatch.setattr("classifier.reading.tables.delimited.MAX_LINE", 1_000)
    path = write(tmp_path / "t.csv", 'title,text\nA,"mở\n' + "B,b\n" * 1_000)
    pages, (skipped,) = read(path)
    assert len(pages) == 1_000
    assert "longer than" in skipped.reason


def test_quotes_in_tsv_are_text(tmp_path: Path) -> None:
    """Many tools write TSV without quoting; a title that begins with a quote keeps it."""
    path = write(tmp_path / "t.tsv", 'title\ttext\n"Chảo lửa" lại nóng\tchữ\n"Mở\tchữ\nB\t"hai\ndòng"\n')
    pages, skipped = read(path)
    assert [page.title for page in pages] == ['"Chảo lửa" lại nóng', '"Mở', "B"]
    assert pages[2].lead == "hai"
    assert skipped == []


def test_fields_longer_than_the_csv_modules_limit(tmp_path: Path) -> None:
    """A text of a megabyte is read, and the csv module's limit is as before for everyone else."""
    before = csv.field_size_limit()
    (page,), _ = read(write(tmp_path / "t.csv", "text\n" + "x" * 1_000_000 + "\n"))
    assert len(page.body) == 1_000_000
    assert csv.field_size_limit() == before


def test_columns_of_one_name_do_not_hide_each_other(tmp_path: Path) -> None:
    """A header may have a name twice; the second column is kept under another."""
    (page,), _ = read(write(tmp_path / "t.csv", "text,note,note\na,b,c\n"))
    assert page.extra == {"note": "b", "note#2": "c"}


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_what_the_csv_module_writes_is_read_back(rows: list[tuple[str, str]]) -> None:
    """Every table that Python writes, whatever is in its fields, comes back field by field."""
    table = [[cell.replace("\r", " ").replace("\0", " ") for cell in row] for row in [("title", "text"), *rows]]

    class Collector(list[str]):
        def write(self, text: str) -> None:
            self.append(text)

    out = Collector()
    csv.writer(out, lineterminator="\n").writerows(table)
    texts = "".join(out).split("\n")
    found = read_records((Line(n + 1, f"{text}\n") for n, text in enumerate(texts[:-1])), "t.csv", tabs=False)
    assert [record for _, record in found] == table


# fastText


def test_fasttext_lines(tmp_path: Path) -> None:
    """A .txt that begins with a label is a fastText corpus: a page a line, with one label, several or none."""
    path = write(
        tmp_path / "t.txt", "\n__label__a __label__b_c hai nhãn nhé\n__label__d một nhãn\nkhông nhãn\n__label__e\n"
    )
    pages, (skipped,) = read(path)
    assert [(page.id, page.body, page.extra) for page in pages] == [
        ("t.txt:2", "hai nhãn nhé", {"labels": ["a", "b_c"]}),
        ("t.txt:3", "một nhãn", {"label": "d"}),
        ("t.txt:4", "không nhãn", {}),
    ]
    assert (skipped.source, skipped.reason) == (f"{path}:5", "the row has no text")


# Parquet


def test_parquet_rows(tmp_path: Path) -> None:
    """A Parquet table is read as the same rows in JSON would be, lists and structs included."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [
        {"id": 1, "text": "Một.\nHai.", "labels": ["a", "b"], "related": [{"headline": "H", "blurb": ""}]},
        {"id": 2, "text": None, "labels": [], "related": []},
        {"id": None, "text": "Ba.", "labels": None, "related": None},
    ]
    path = tmp_path / "t.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(rows * 300), path)
    pages, skipped = read(path)
    assert len(pages) == 600
    assert (pages[0].id, pages[0].lead, pages[0].body) == ("1", "Một.", "Hai.")
    assert pages[0].extra == {"labels": ["a", "b"]}
    assert pages[0].related == (Headline("H"),)
    assert (pages[1].id, pages[-1].source) == ("t.parquet:3", f"{path}:900")
    assert {item.reason for item in skipped} == {"the row has no text"}
    assert len(skipped) == 300


def test_damaged_and_foreign_parquet_is_named(tmp_path: Path) -> None:
    """A file that is no Parquet, or has no text, is one message."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = write(tmp_path / "t.parquet", "PAR1 chẳng phải PAR1")
    _, (skipped,) = read(path)
    assert "no readable Parquet" in skipped.reason
    parquet.write_table(pyarrow.table({"n": [1]}), path)
    _, (skipped,) = read(path)
    assert "has no column with text, only 'n'" in skipped.reason
    packed = tmp_path / "t.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    _, (skipped,) = read(packed)
    assert "unpack" in skipped.remedy


def test_without_pyarrow_the_message_tells_what_to_install(tmp_path: Path) -> None:
    """Parquet is an extra: without it the file is reported with the command that helps, and others are read."""
    write(tmp_path / "a.parquet", "PAR1")
    write(tmp_path / "b.txt", "__label__x chữ\n")
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from classifier.reading import read_pages\n"
        f"print([p.id for p in read_pages([{str(tmp_path)!r}], on_skip=lambda s: print(s.remedy))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "pip install 'chude[parquet]'\n['b.txt:1']\n"


# Size


@pytest.mark.parametrize("name", ["t.jsonl", "t.jsonl.gz", "t.jsonl.xz", "t.csv"])
def test_memory_does_not_grow_with_the_table(tmp_path: Path, name: str) -> None:
    """Rows are read one at a time: ten times the rows take the same memory."""

    def peak(count: int) -> int:
        path = tmp_path / name
        row = "chữ " * 500
        line = f'{{"text": "{row}"}}\n' if "jsonl" in name else f"{row}\n"
        data = (("" if "jsonl" in name else "text\n") + line * count).encode()
        packs: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "xz": lzma.compress}
        pack = packs.get(name.rsplit(".", 1)[-1], bytes)
        path.write_bytes(pack(data))
        del data
        tracemalloc.start()
        assert sum(1 for _ in read_pages([path])) == count
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)  # imports and caches
    assert peak(2_000) < peak(200) + 400_000


def test_reading_is_lazy(tmp_path: Path) -> None:
    """The first page is there before the rest of a table is looked at."""
    path = write(tmp_path / "t.jsonl", '{"text": "a"}\n' + "hỏng\n" * 5)
    skipped: list[Skipped] = []
    pages = read_pages([path], on_skip=skipped.append)
    assert next(pages).body == "a"
    assert skipped == []
    assert list(pages) == []
    assert len(skipped) == 5
