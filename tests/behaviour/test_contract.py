"""The promises that scripts rely on, with the model that ships: exit codes, one clear line an error, the fields."""

from __future__ import annotations

import csv
import json

import pytest
from conftest import PROJECT

from classifier.cli import COMMANDS

PAGE = """Syria: quân đội tái chiếm thị trấn ở Idlib

Quân đội Syria ngày 3/2 giành lại một thị trấn ở Idlib từ phiến quân.
"""
SAMPLES = PROJECT / "classifier" / "samples"


def test_every_command_of_the_contract_is_there():
    """Further ones may come."""
    promised = {"train", "predict", "extract", "segment", "cluster", "eval", "compare", "check", "show", "demo"}
    assert promised <= set(COMMANDS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.txt", None),
        ("empty.txt", b""),
        ("binary.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("not-utf8.txt", b"Ti\xea\xf1u \xff\xfe\xfa"),
        ("columns.csv", b"a,b\n1,2\n"),
    ],
)
def test_an_input_that_cannot_be_used_is_one_line_and_the_rest_goes_on(chude, tmp_path, name, content):
    """Alone it is exit 3; beside a good page it is named, counted and exit 1. The line says what to do."""
    good, bad = tmp_path / "good.txt", tmp_path / name
    good.write_text(PAGE, encoding="utf-8")
    if content is not None:
        bad.write_bytes(content)
    alone = chude("predict", bad)
    assert (alone.code, alone.out) == (3, "")
    both = chude("predict", bad, good, "--format", "jsonl")
    errors = both.err.splitlines()
    assert both.code == 1
    assert len(both.rows) == 1
    assert errors[0].startswith(f"chude: error: {bad}: ")
    assert "1 input skipped" in errors[-1]
    assert "Traceback" not in both.err


def test_a_folder_without_pages_is_named(chude, tmp_path):
    """Exit 3, with what chude reads."""
    (tmp_path / "picture.png").write_bytes(b"x")
    done = chude("predict", tmp_path)
    assert done.code == 3
    assert "holds no page" in done.err


def test_line_ends_and_standard_input_change_no_label(chude, tmp_path):
    """CRLF, a byte order mark or a pipe: the same prediction."""
    (tmp_path / "plain.txt").write_bytes(PAGE.encode())
    (tmp_path / "crlf.txt").write_bytes(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode())
    found = chude("predict", tmp_path, "--format", "jsonl").rows
    found += chude("predict", "-", "--format", "jsonl", stdin=PAGE.encode()).rows
    assert len(found) == 3
    assert len({(one["title"], one["topic"], one["probability"]) for one in found}) == 1
    assert found[0]["topic"] == "syria"


def test_the_json_fields_are_the_contracts(chude):
    """predict, extract and cluster write the fields that scripts rely on, Vietnamese as it is."""
    one = chude("predict", SAMPLES, "--format", "jsonl", "--explain", "3").rows[0]
    assert list(one) == ["id", "source", "title", "topic", "probability", "topics", "secondary", "reasons", "known"]
    assert set(one["topics"][0]) == {"topic", "probability"}
    assert set(one["reasons"][0]) == {"term", "weight"}
    assert len(one["reasons"]) == 3
    extracted = chude("extract", SAMPLES, "--format", "jsonl")
    assert "\\u1" not in extracted.out
    page = extracted.rows[0]
    facts = ["byline", "authors", "date", "url", "site", "section", "keywords", "image"]
    assert list(page) == ["id", "source", "kind", "title", *facts, "lead", "body", "related"]
    assert set(page["related"][0]) == {"headline", "blurb", "url"}
    clusters = chude("cluster", SAMPLES, "--k", "9", "--format", "jsonl").rows
    assert {"cluster", "size", "topic", "keywords", "representative", "headlines"} <= set(clusters[0])
    assert sum(cluster["kind"] == "news" for cluster in clusters) == 9
    assert {"headline", "blurb", "pages"} <= set(clusters[0]["headlines"][0]) <= {"headline", "blurb", "pages", "dates"}


def test_a_readers_own_topics(chude, png_alone, tmp_path):
    """Train on a CSV, then show, predict, eval, compare and check with it."""
    rows = [
        ("bóng đá", "Đội tuyển thắng trận bóng đá, cầu thủ ghi bàn phút cuối"),
        ("giá vàng", "Giá vàng tăng mạnh, tỷ giá đô la"),
    ]
    table = tmp_path / "mine.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "content", "section"])
        for number in range(24):
            label, text = rows[number % 2]
            writer.writerow(
                [
                    f"a{number}",
                    f"{text} hôm {number}, theo phóng viên {'thể thao' if number % 2 == 0 else 'kinh tế'}.",
                    label,
                ]
            )
    columns = ("--text-column", "content", "--label-column", "section")
    model = tmp_path / "model"
    trained = chude("train", table, *columns, "-o", model)
    assert trained.code == 0, trained.err
    assert "macro-F1" in trained.out
    assert "bóng đá" in chude("show", model).out
    predictions = tmp_path / "predictions.csv"
    assert chude("predict", table, "--text-column", "content", "-m", model, "-o", predictions).code == 0
    judged = chude("eval", "-m", model, table, *columns, "-o", tmp_path / "report")
    assert judged.code == 0, judged.err
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["scores"]["accuracy"]["value"] == 1
    assert (tmp_path / "report" / "report.html").exists()
    compared = chude("compare", model, predictions, table, *columns)
    assert "do not differ" in compared.out
    assert chude("check", table, *columns, "--no-label-errors").code in (0, 1)
