"""Guards that every command that writes rows writes them in every format, the same facts in each."""

from __future__ import annotations

import csv
import json
import sys

import pytest
from conftest import PROJECT

from classifier import wording
from classifier.cli import writers

pq = pytest.importorskip("pyarrow.parquet")
SAMPLES = PROJECT / "classifier" / "samples"


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """A corpus with a copy in it and a label spelt in two ways. Not to be changed."""
    path = tmp_path_factory.mktemp("formats") / "copies.jsonl"
    rows = [
        {"id": f"a{n}", "text": "Mưa lớn gây ngập nhiều tuyến phố ở Huế", "label": "Mưa" if n else "mưa"}
        for n in range(3)
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def command(small_artifact, copies):
    """The arguments of each command."""
    return {
        "predict": ("predict", SAMPLES, "-m", small_artifact, "--explain", 3),
        "extract": ("extract", SAMPLES),
        "cluster": ("cluster", SAMPLES, "-m", small_artifact),
        "check": ("check", copies, "--no-label-errors"),
    }


@pytest.mark.parametrize("name", ["predict", "extract", "cluster", "check"])
def test_every_format_has_the_same_rows(name, command, chude, tmp_path):
    """JSON lines, CSV, TSV and Parquet by the ending of -o; the last has lists and numbers, not text of them."""
    for ending in ("jsonl", "csv", "tsv", "parquet"):
        done = chude(*command[name], "-o", tmp_path / f"rows.{ending}")
        assert done.code == (name == "check"), done.err
    lines = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    table = pq.read_table(tmp_path / "rows.parquet")
    if name == "cluster":  # the flat formats have a row a headline
        shared = ("cluster", "kind", "topic", "keywords")
        lines = [{**{k: line[k] for k in shared}, "dates": [], **item} for line in lines for item in line["headlines"]]
    assert table.to_pylist() == [{column: line[column] for column in table.column_names} for line in lines]
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as stream:
        cells = list(csv.reader(stream))
    with (tmp_path / "rows.tsv").open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream, delimiter="\t")) == cells
    assert cells[0] == table.column_names
    assert len(cells) == len(lines) + 1
    plain = [column for column in cells[0] if isinstance(lines[0][column], str | int)]
    for line, row in zip(lines, cells[1:], strict=True):
        found = dict(zip(cells[0], row, strict=True))
        said = {column: "" if line[column] is None else str(line[column]) for column in plain}
        assert {column: wording.unguarded(found[column]) for column in plain} == said


def test_parquet_is_streamed_in_groups_whatever_the_jobs(command, chude, tmp_path, monkeypatch):
    """Rows are held by the group, not all; the file is the same bytes with workers."""
    monkeypatch.setattr(writers, "ROWS_A_GROUP", 3)
    for jobs in (1, 2):
        assert chude(*command["predict"], "--jobs", jobs, "-o", tmp_path / f"{jobs}.parquet").code == 0
    assert pq.ParquetFile(tmp_path / "1.parquet").num_row_groups == 3
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()


def test_parquet_without_rows_has_its_columns(chude, copies, tmp_path):
    """A clean corpus gives an empty table, not a broken file."""
    codes = [part for code in writers_codes() for part in ("--ignore", code)]
    assert chude("check", copies, "--no-label-errors", *codes, "-o", tmp_path / "none.parquet").code == 0
    assert pq.read_table(tmp_path / "none.parquet").num_rows == 0


def writers_codes():
    """All codes of `chude check`."""
    from training.findings import RULES

    return list(RULES)


def test_a_failed_run_leaves_the_old_parquet_file(command, chude, tmp_path):
    """As with every output: nothing to label, nothing replaced."""
    old = tmp_path / "rows.parquet"
    old.write_bytes(b"old")
    (tmp_path / "empty").mkdir()
    assert chude("predict", tmp_path / "empty", *command["predict"][2:], "-o", old).code == 3
    assert old.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "rows.parquet"]


def test_parquet_needs_a_file_and_cannot_be_resumed(command, chude, tmp_path):
    """Both said before the work."""
    done = chude(*command["predict"], "--format", "parquet")
    assert (done.code, done.out) == (2, "")
    assert "name a file with -o FILE.parquet" in done.err
    done = chude(*command["predict"], "--resume", "-o", tmp_path / "x.parquet")
    assert done.code == 2
    assert "Parquet" in done.err


def test_a_missing_pyarrow_is_named_with_the_remedy(command, chude, tmp_path, monkeypatch):
    """Before the work, in one line."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = chude(*command["extract"], "-o", tmp_path / "x.parquet")
    assert done.code == 2
    assert done.err.endswith("needs pyarrow to be written; pip install 'chude[parquet]'\n")
