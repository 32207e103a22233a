"""Guards `chude predict --jobs N`, whose workers read rows of JSON lines: the same ids, rows and messages."""

from __future__ import annotations

import gzip
import json

import pytest

from classifier.reading.tables import raw_rows


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """Files whose pages get in each other's way: equal ids, names of rows as ids, and much that is no page."""
    monkeypatch.setattr(raw_rows, "BYTES", 200)  # a few lines travel together
    text = "Nga và Mỹ nối lại đàm phán về tên lửa tầm trung tại Geneva."

    def lines(*rows):
        return "".join(f"{row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)}\n" for row in rows)

    rows = [{"id": "x", "title": f"Bản tin số {at}", "text": text} for at in range(3)]
    nameless = [{"text": f"{text} Tin thứ {at}."} for at in range(4)]
    first = tmp_path / "1"
    second = tmp_path / "2"
    first.mkdir()
    second.mkdir()
    broken = [
        '{"id": "x", "text": ',
        "[1, 2]",
        '{"id": "q"}',
        '{"id": "l", "kind": "list", "related": ["Một tít bài"]}',
    ]
    (first / "a.jsonl").write_text(lines(*rows, "", *broken, *nameless, {"id": "=1+1", "text": text}), "utf-8")
    (first / "b.csv").write_text(f"id,text\nx,{text}\na.jsonl:9,{text}\n", "utf-8")
    (first / "c.jsonl").write_text(lines({"id": "a.jsonl:10", "text": text}, {"data": rows}, *rows), "utf-8")
    (first / "d.txt").write_text(f"Tít của trang\n\n{text}\n", "utf-8")
    (first / "e.jsonl").write_bytes(b"\n\n\n")
    whole = gzip.compress(lines(*({"text": f"{text} {at * at}"} for at in range(200))).encode())
    (first / "f.jsonl.gz").write_bytes(whole[: len(whole) * 2 // 3])
    (first / "g.jsonl").write_text(lines({"id": "d.txt", "text": text}, '"chữ"', {"id": 'a"b', "text": text}), "utf-8")
    (second / "a.jsonl").write_text(lines(*nameless, {"id": 'a"b', "text": text}, *rows), "utf-8")
    return [first, second]


@pytest.mark.parametrize("asked", [("jsonl",), ("csv",), ("tsv", "--explain", "2"), ("jsonl", "--fields", "date,url")])
def test_workers_that_read_make_what_one_process_makes(chude, archive, asked):
    """The same rows under the same ids in the same order, the same messages and summary."""
    alone, together = (chude("predict", *archive, "--format", *asked, "--jobs", jobs) for jobs in (1, 2))
    assert alone.out == together.out
    assert alone.code == together.code == 1
    assert sorted(alone.err.splitlines()) == sorted(together.err.splitlines())
    if asked == ("jsonl",):
        ids = [json.loads(line)["id"] for line in alone.out.splitlines()]
        assert len(set(ids)) == len(ids) > 20
        assert {"x#2", "a.jsonl:10#2", "d.txt#2", 'a"b#2'} <= set(ids)
        assert "e.jsonl: holds no row" in alone.err


def test_workers_are_used(chude, archive, monkeypatch):
    """What this process cannot do, workers did: none of the rows is read here."""
    monkeypatch.setattr(raw_rows.RawRows, "items", None)
    assert chude("predict", archive[1], "--format", "jsonl", "--jobs", 2).code == 0
