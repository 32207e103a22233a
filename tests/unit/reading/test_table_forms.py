"""Guards that a table is known by its content, and that what is wrong with a record makes no other records."""

from __future__ import annotations

import csv
import io
import json

import pytest

from classifier.reading import Columns, read_pages

ROWS = [
    {"id": "a", "title": "Mưa đá ở hai huyện vùng cao", "text": "Mái ngói vỡ, ngô đổ rạp.", "label": "thời tiết"},
    {
        "id": "b",
        "title": "Chợ nổi họp lại",
        "text": "Ghe hàng về đông từ sáng sớm.\nKhách quen gọi nhau.",
        "label": "chợ",
    },
    {"id": "c", "title": "Mở đường lên bản", "text": "Xe máy đi được, ô tô còn chờ cầu.", "label": "giao thông"},
]


def table(rows=ROWS, delimiter=",", **options):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], delimiter=delimiter, lineterminator="\n", **options)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(path, content, columns=None):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    skipped = []
    pages = list(read_pages([path], columns=columns or Columns(), on_skip=skipped.append))
    return pages, skipped


def seen(pages):
    return [(page.id, page.title, page.text.split("\n", 1)[1], page.extra["label"]) for page in pages]


EXPECTED = [(row["id"], row["title"], row["text"], row["label"]) for row in ROWS]
BY_COLUMN = {name: {str(number): row[name] for number, row in enumerate(ROWS)} for name in ROWS[0]}
TASKS = [
    {
        "id": number,
        "data": row | {"label": ""},
        "annotations": [{"result": [{"from_name": "topic", "value": {"choices": [row["label"]]}}]}],
    }
    for number, row in enumerate(ROWS)
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a", table()),
        ("a.txt", table()),
        ("a.txt", table(delimiter="\t").encode("utf-16")),
        ("a.txt", table(delimiter="\t")),
        ("a.csv", table(delimiter=";")),
        ("a.csv", table(delimiter="|")),
        ("a.tsv", table()),
        ("a.csv", "sep=;\n" + table(delimiter=";")),
        ("a.csv", "# xuất ngày 3/4\n\n" + table()),
        ("a.csv", table(quotechar="'", quoting=csv.QUOTE_ALL)),
        ("a.csv", table([{**row, "text": row["text"].replace("\n", " ")} for row in ROWS]).replace("\n", "\r")),
        ("a.csv", table(ROWS, quoting=csv.QUOTE_ALL).replace('"\n"', '",\n"').replace('label",', 'label"', 1)),
        ("a.csv", table([{"": str(number), **row} for number, row in enumerate(ROWS, start=1)])),
        (
            "a.csv",
            table([{"": str(n), **row} for n, row in enumerate(ROWS, 1)])
            .replace(",id,", "id,", 1)
            .replace("id,", "ma,", 1),
        ),
        ("a.jsonl", json.dumps(ROWS)),
        ("a.jsonl", json.dumps(ROWS, indent=1)),
        ("a.json", "\n".join(json.dumps(row, indent=2) for row in ROWS)),
        ("a.jsonl", "\n".join('{ "id"' + json.dumps(row, indent=2)[8:] for row in ROWS)),
        ("a", json.dumps(ROWS, ensure_ascii=False).encode("utf-16")),
        ("a.txt", "\n".join(map(json.dumps, ROWS))),
        ("a.json", json.dumps({"articles": ROWS, "count": 3})),
        ("a.jsonl", json.dumps({"title": "Xuất dữ liệu", "items": ROWS})),
        ("a.json", json.dumps(BY_COLUMN)),
        ("a.json", json.dumps({str(number): row for number, row in enumerate(ROWS)})),
        (
            "a.json",
            json.dumps({"columns": list(ROWS[0]), "index": [0, 1, 2], "data": [list(row.values()) for row in ROWS]}),
        ),
        ("a.json", json.dumps({"schema": {"fields": [{"name": "id"}]}, "data": ROWS})),
        ("a.json", json.dumps(TASKS)),
    ],
)
def test_a_table_is_read_in_every_form_that_programs_write(tmp_path, name, content):
    """The same three rows, whatever the file is called."""
    pages, skipped = read(tmp_path / name, content)
    if "ma," in str(content):  # R's: the names of rows are a column without a name
        pages = [page for page in pages if page.extra.pop("row.names")]
        assert [page.extra["ma"] for page in pages] == ["a", "b", "c"]
        return
    assert skipped == []
    found = [(one, two, three.replace("\n", " "), four) for one, two, three, four in seen(pages)]
    assert found == [(one, two, three.replace("\n", " "), four) for one, two, three, four in EXPECTED]


@pytest.mark.parametrize(
    "text",
    [
        "Chợ phiên, họp sáng\n\nNgười đến từ ba xã, mang theo gà, rau, măng.\nGiá không tăng, hàng bán hết sớm.\n",
        "Title\n\nNgười đến từ ba xã; hàng hết sớm.\n",
        "{Ghi chú} Chợ phiên họp sáng\n\nNgười đến từ ba xã.\n",
        "[Ảnh] Chợ phiên họp sáng\n\nNgười đến từ ba xã.\n",
    ],
)
def test_a_page_is_no_table(tmp_path, text):
    """Commas in a headline, one word that is a column's name, brackets."""
    (page,), skipped = read(tmp_path / "a.txt", text)
    assert skipped == []
    assert "ba xã" in page.text


def test_a_table_of_unknown_columns_is_refused_and_no_page(tmp_path):
    """With the option to use, which then reads it."""
    content = table([{"ma": row["id"], "noidungbai": row["text"].replace("\n", " ")} for row in ROWS], "\t")
    pages, (skipped,) = read(tmp_path / "a.txt", content)
    assert pages == []
    assert "has no column with text, only 'ma', 'noidungbai'" in skipped.reason
    assert "--text-column" in skipped.remedy
    assert len(read(tmp_path / "a.txt", content, Columns(text="noidungbai"))[0]) == 3


def test_form_and_delimiter_are_the_users_word(tmp_path):
    """Whatever the file looks like."""
    content = table(delimiter="^")
    pages, skipped = read(tmp_path / "a.dat", content, Columns(form="csv", delimiter="^"))
    assert (seen(pages), skipped) == (EXPECTED, [])
    (page,), _ = read(tmp_path / "b.csv", table(), Columns(form="text"))
    assert "thời tiết" in page.text
    pages, _ = read(tmp_path / "c.csv", table(delimiter="\t"), Columns(delimiter="tab"))
    assert seen(pages) == EXPECTED


MULTI = '"x","Một dòng.\nHai, ba, bốn.\nNăm, sáu, bảy.","chợ"'


@pytest.mark.parametrize(
    ("broken", "lines"),
    [
        (f"{MULTI},\n", 3),
        (f'{MULTI},"thừa"\n', 3),
        ('"x","Một dòng.\nHai, ba, bốn."\n', 2),
        ('"x","Ông nói "không" rồi\nhai, ba, bốn\nđi về.","chợ"\n', 3),
        ('"x","mở mà không đóng,chợ\n', 1),
        ("x,Thiếu cột\n", 1),
    ],
)
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_a_broken_record_makes_no_rows(tmp_path, broken, lines, quoting):
    """It is named with its lines, and those before and behind it are read; no line of its text becomes a row."""
    rows = [{"id": one["id"], "text": one["text"], "label": one["label"]} for one in (ROWS * 3)]
    good = table(rows, quoting=quoting)
    head, rest = good.split("\n", 1)
    at = rest.index("\na,", 5) + 1 if quoting == csv.QUOTE_MINIMAL else rest.index('\n"a"', 5) + 1
    pages, (skipped,) = read(tmp_path / "a.csv", f"{head}\n{rest[:at]}{broken}{rest[at:]}")
    assert [page.extra["label"] for page in pages] == [row["label"] for row in rows]
    assert skipped.source.endswith(":6")
    assert (f"(lines 6 to {5 + lines})" in skipped.reason) == (lines > 1)


def test_two_files_joined_and_columns_that_stand_twice(tmp_path):
    """A header that comes again is named and no row; of two columns of a name the user says which."""
    pages, (skipped,) = read(tmp_path / "a.csv", table() + "\ufeff" + table())
    assert len(pages) == 6
    assert "is the header again" in skipped.reason
    twice = "text,label,text\n" + "Chợ họp,a,Đường mở\n"
    pages, (skipped,) = read(tmp_path / "b.csv", twice)
    assert (pages, skipped.reason) == ([], "has two columns 'text'")
    (page,), _ = read(tmp_path / "b.csv", twice, Columns(text="text#2"))
    assert page.text == "Đường mở"


def test_label_studios_annotators_who_disagree_are_named(tmp_path):
    """As are tasks that are labelled in several ways; several choices are several labels; none is none."""
    one = {"data": {"text": "Chợ họp"}, "annotations": []}

    def result(*choices, name="topic"):
        return {"result": [{"from_name": name, "value": {"choices": list(choices)}}]}

    tasks = [
        one,
        one | {"annotations": [result("a", "b")]},
        one | {"annotations": [result("a"), result("b")]},
        one | {"annotations": [result("a"), result("a"), {**result("b"), "was_cancelled": True}]},
        one | {"annotations": [result("a"), result("c", name="giọng")]},
    ]
    pages, skipped = read(tmp_path / "a.json", json.dumps(tasks))
    labels = [page.extra.get("labels") or page.extra.get("label") for page in pages]
    assert labels == [None, ["a", "b"], "a"]
    assert [item.reason.split(" (")[0] for item in skipped] == [
        "its annotators disagree",
        "is labelled in several ways",
    ]


def test_a_broken_array_stops_at_the_row_and_a_long_one_is_read_in_pieces(tmp_path):
    """Rows before the damage are read; no more than a piece of the file is held."""
    rows = [{"text": f"Bài số {number} " + "chữ " * 200} for number in range(3000)]
    text = json.dumps(rows, ensure_ascii=False)
    pages, skipped = read(tmp_path / "a.json", text)
    assert (len(pages), skipped) == (3000, [])
    cut = text[: text.index("Bài số 2000")]
    pages, (skipped,) = read(tmp_path / "a.json", cut)
    assert len(pages) == 2000
    assert skipped.source.endswith(":2001")
    pages, (skipped,) = read(tmp_path / "a.json", text.replace('{"text": "Bài số 2000', "{text: Bài", 1))
    assert len(pages) == 2000
    assert "is not JSON (expecting property name" in skipped.reason
    assert "character 2" in skipped.reason
