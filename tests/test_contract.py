"""The command line keeps its contract: exit codes, one clear line an error, data alone on stdout."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import unicodedata

import pytest
from conftest import PROJECT

PAGE = """Syria: quân đội tái chiếm thị trấn ở Idlib

Quân đội Syria ngày 3/2 giành lại một thị trấn ở Idlib từ phiến quân.
"""
SAMPLES = PROJECT / "classifier" / "samples"


def chude(*arguments, stdin=""):
    return subprocess.run(
        [sys.executable, "-m", "classifier", *map(str, arguments)],
        capture_output=True,
        input=stdin.encode(),
        check=False,
    )


def _one_page(done):
    assert done.returncode == 0, done.stderr.decode()
    (line,) = done.stdout.decode().splitlines()
    return json.loads(line)


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
def test_an_input_that_cannot_be_used_is_one_line_and_the_rest_goes_on(tmp_path, name, content):
    """Alone it is exit 3; beside a good page it is named, counted and exit 1. The line says what to do."""
    good, bad = tmp_path / "good.txt", tmp_path / name
    good.write_text(PAGE, encoding="utf-8")
    if content is not None:
        bad.write_bytes(content)
    alone = chude("predict", bad)
    assert (alone.returncode, alone.stdout) == (3, b"")
    both = chude("predict", bad, good, "--format", "jsonl")
    errors = both.stderr.decode().splitlines()
    assert both.returncode == 1
    assert len(both.stdout.splitlines()) == 1
    assert errors[0].startswith(f"chude: error: {bad}: ")
    assert "1 input skipped" in errors[-1]
    assert "Traceback" not in both.stderr.decode()


def test_a_folder_without_pages_is_named(tmp_path):
    """Exit 3, with what chude reads."""
    (tmp_path / "picture.png").write_bytes(b"x")
    done = chude("predict", tmp_path)
    assert done.returncode == 3
    assert "holds no page" in done.stderr.decode()


@pytest.mark.parametrize(
    "arguments",
    [("predict",), ("predict", "--bogus", "x"), ("bogus",), ("cluster", "x", "--k", "0"), ("eval", "-o", "x")],
)
def test_wrong_usage_is_exit_2(arguments):
    """And one line that names the help."""
    done = chude(*arguments)
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("chude: error: ")
    assert "--help" in line


def test_an_artifact_that_is_none_is_exit_4(tmp_path):
    """A missing folder, a folder of something else, a file."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for model in (tmp_path / "missing", tmp_path, tmp_path / "file"):
        done = chude("predict", SAMPLES, "-m", model)
        assert (done.returncode, done.stdout) == (4, b"")


def test_encodings_and_unicode_forms_give_one_label(tmp_path):
    """UTF-8 with and without BOM, UTF-16, decomposed letters, CRLF, standard input: the same prediction."""
    forms = {
        "plain.txt": PAGE.encode(),
        "bom.txt": b"\xef\xbb\xbf" + PAGE.encode(),
        "utf16.txt": PAGE.encode("utf-16"),
        "nfd.txt": unicodedata.normalize("NFD", PAGE).encode(),
        "crlf.txt": PAGE.replace("\n", "\r\n").encode(),
    }
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
    found = [_one_page(chude("predict", tmp_path / name, "--format", "jsonl")) for name in forms]
    found.append(_one_page(chude("predict", "-", "--format", "jsonl", stdin=PAGE)))
    assert len({(one["title"], one["topic"], one["probability"]) for one in found}) == 1
    assert found[0]["topic"] == "syria"


def test_the_json_fields_are_the_contracts(tmp_path):
    """predict, extract and cluster write the fields that scripts rely on, Vietnamese as it is."""
    one = json.loads(chude("predict", SAMPLES, "--format", "jsonl", "--explain", "3").stdout.decode().splitlines()[0])
    assert list(one) == ["id", "source", "title", "topic", "probability", "topics", "secondary", "reasons"]
    assert set(one["topics"][0]) == {"topic", "probability"}
    assert set(one["reasons"][0]) == {"term", "weight"}
    assert len(one["reasons"]) == 3
    extracted = chude("extract", SAMPLES, "--format", "jsonl").stdout.decode()
    assert "\\u1" not in extracted
    page = json.loads(extracted.splitlines()[0])
    assert list(page) == ["id", "source", "title", "byline", "lead", "body", "related"]
    assert set(page["related"][0]) == {"headline", "blurb"}
    clusters = [
        json.loads(line) for line in chude("cluster", SAMPLES, "--k", "9", "--format", "jsonl").stdout.splitlines()
    ]
    assert {"cluster", "size", "topic", "keywords", "representative", "headlines"} <= set(clusters[0])
    assert sum(cluster["kind"] == "news" for cluster in clusters) == 9
    assert set(clusters[0]["headlines"][0]) == {"headline", "blurb", "pages"}


def test_the_output_file_is_what_stdout_would_be(tmp_path):
    """-o FILE writes the same bytes and takes the format from its name; --jobs changes nothing."""
    target = tmp_path / "out.jsonl"
    direct = chude("predict", SAMPLES, "--format", "jsonl").stdout
    assert chude("predict", SAMPLES, "-o", target).returncode == 0
    assert target.read_bytes() == direct
    assert chude("predict", SAMPLES, "--format", "jsonl", "--jobs", "2").stdout == direct


def test_csv_cells_start_no_formula(tmp_path):
    """A headline that a spreadsheet would calculate gets an apostrophe before it."""
    (tmp_path / "page.txt").write_text(
        "=cmd|' /C calc'!A0\n\nQuân đội Syria giành lại Idlib hôm nay.\n", encoding="utf-8"
    )
    done = chude("predict", tmp_path / "page.txt", "--format", "csv")
    (row,) = csv.DictReader(done.stdout.decode().splitlines())
    assert row["title"].startswith("'=")


def test_a_readers_own_topics(tmp_path):
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
    assert trained.returncode == 0, trained.stderr.decode()
    assert "macro-F1" in trained.stdout.decode()
    assert "bóng đá" in chude("show", model).stdout.decode()
    predictions = tmp_path / "predictions.csv"
    assert chude("predict", table, "--text-column", "content", "-m", model, "-o", predictions).returncode == 0
    judged = chude("eval", "-m", model, table, *columns, "-o", tmp_path / "report")
    assert judged.returncode == 0, judged.stderr.decode()
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["scores"]["accuracy"]["value"] == 1
    assert (tmp_path / "report" / "report.html").exists()
    compared = chude("compare", model, predictions, table, *columns)
    assert "do not differ" in compared.stdout.decode()
    assert chude("check", table, *columns, "--no-label-errors").returncode in (0, 1)


@pytest.mark.parametrize(
    "command", ["train", "predict", "extract", "segment", "cluster", "eval", "compare", "check", "show", "demo"]
)
def test_every_command_has_help_with_an_example(command):
    """-h shows at least one line to copy."""
    done = chude(command, "-h")
    assert done.returncode == 0
    assert "$ " in done.stdout.decode() or "chude " in done.stdout.decode().split("Options:")[0].split("\n", 1)[1]
