"""Guards `chude predict --engine dask`: the rows of plain `predict`, part for part, whoever makes them, none twice."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys

import pytest
from conftest import PROJECT
from pyarrow import parquet

pytest.importorskip("distributed")

from classifier.engines import dataset, store

SUMMARY = "labelled in"


@pytest.fixture
def rows(corpus_rows):
    """Ninety articles."""
    return [{"id": str(at), "title": row["title"], "text": row["text"]} for at, row in enumerate(corpus_rows[:90])]


@pytest.fixture
def table(tmp_path, rows):
    """They as JSON lines, with a row that is no JSON and one without text."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    lines.insert(30, "{")
    lines.insert(60, '{"id": "nothing", "title": ""}')
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def small_parts(monkeypatch):
    """A file of a hundred rows makes several parts."""
    monkeypatch.setattr(dataset, "PART_BYTES", 15_000)


@pytest.fixture
def predict(chude, small_artifact, small_parts):
    """`chude predict … --engine dask` in this process."""
    return lambda *args: chude("predict", *args, "-m", small_artifact, "--engine", "dask")


def _parts(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*"))}


def test_parts_are_the_rows_of_predict_whatever_the_workers(tmp_path, table, predict, chude, small_artifact):
    """One worker or two: the same parts, and joined the very bytes of the local engine; the numbers add up."""
    plain = tmp_path / "plain.jsonl"
    said = chude("predict", table, "-m", small_artifact, "-o", plain).err
    one, two = predict(table, "-o", tmp_path / "one"), predict(table, "-o", tmp_path / "two", "--jobs", "2")
    assert (one.code, two.code) == (1, 1)
    parts = _parts(tmp_path / "one")
    assert len(parts) > 3
    assert parts == _parts(tmp_path / "two")
    assert b"".join(parts.values()) == plain.read_bytes()
    assert [line for line in said.splitlines() if "error" in line] == sorted(
        (line for line in two.err.splitlines() if "error" in line), key=lambda line: int(line.split(":")[3])
    )
    assert f"90 pages {SUMMARY} {len(parts)} parts of 1 file, 2 inputs skipped" in one.err
    manifest = json.loads((tmp_path / "two" / "_manifest.json").read_text(encoding="utf-8"))
    assert manifest["state"] == "complete"
    assert manifest["sums"]["rows_in"] == 92 == manifest["sums"]["rows_out"] + sum(manifest["sums"]["skipped"].values())
    assert manifest["inputs"][0]["sha256"] == store.digest_of(table)
    assert [one["bytes"] for one in manifest["parts"]] == [len(data) for data in parts.values()]
    _resumes(tmp_path, table, predict, parts)


def _resumes(tmp_path, table, predict, parts):
    """Only what is missing is made again; what was changed since is refused."""
    folder = tmp_path / "two"
    again = predict(table, "-o", folder)
    assert (again.code, "--resume goes on with it" in again.err) == (2, True)
    names = sorted(parts)
    (folder / names[1]).unlink()
    (folder / names[2]).write_bytes(b"torn")
    kept = (folder / names[0]).stat().st_mtime_ns
    done = predict(table, "-o", folder, "--resume")
    assert f"{len(parts) - 2} parts of {len(parts)} done by an earlier run" in done.err
    assert f"90 pages {SUMMARY} {len(parts)} parts of 1 file, 2 inputs skipped" in done.err
    assert _parts(folder) == parts
    assert (folder / names[0]).stat().st_mtime_ns == kept
    refused = predict(table, "-o", folder, "--resume", "--explain", "2")
    assert (refused.code, "differs in explain" in refused.err) == (2, True)
    table.write_text(table.read_text(encoding="utf-8").replace("Nga", "NGA"), encoding="utf-8")
    refused = predict(table, "-o", folder, "--resume")
    assert (refused.code, "rows.jsonl: has changed since" in refused.err) == (2, True)
    assert _parts(folder) == parts


def test_every_kind_of_file_here_or_at_an_address(tmp_path, rows, predict, chude, small_artifact):
    """A folder of packed lines, CSV, Parquet and pages, and the same at an address, in and out."""
    import fsspec

    folder = tmp_path / "news"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.jsonl.gz").write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows[:30]).encode()))
    (folder / "b.csv").write_text(
        "id,title,text\n" + "".join(f'{r["id"]},"{r["title"]}","{r["text"]}"\n' for r in rows[30:33]), encoding="utf-8"
    )
    import pyarrow

    parquet.write_table(pyarrow.Table.from_pylist(rows[40:60]), folder / "deep" / "c.parquet")
    page = f"<html><body><h1>{rows[70]['title']}</h1><p>{rows[70]['text']}</p></body></html>"
    (folder / "deep" / "d.html").write_text(page, encoding="utf-8")
    (folder / "broken.parquet").write_bytes(b"PAR1 no more")
    (folder / "notes.docx").write_bytes(b"x")
    plain = chude("predict", folder, "-m", small_artifact, "--format", "jsonl")
    ours = predict(folder, "-o", tmp_path / "out", "--format", "parquet")
    assert ours.code == 1
    expected = [json.loads(line) for line in plain.out.splitlines()]
    parts = sorted((tmp_path / "out").glob("*.parquet"))
    made = [row for path in parts for row in parquet.read_table(path).to_pylist()]
    assert made == expected
    assert "broken.parquet: is no readable Parquet" in ours.err
    assert "1 file of other kinds left out" in ours.err
    system = fsspec.filesystem("memory")
    system.put(f"{folder}/", "/news", recursive=True)
    remote = predict("memory://news", "-o", "memory://out", "--jobs", "2")
    assert remote.code == 1
    lines = [system.cat_file(name) for name in sorted(system.glob("/out/part-*.jsonl"))]
    found = [json.loads(line) for line in b"".join(lines).splitlines()]
    assert [{**row, "source": ""} for row in found] == [{**row, "source": ""} for row in expected]
    assert all(row["source"].startswith("memory://") for row in found)
    system.rm("/", recursive=True)


def test_wrong_usage_is_one_line(tmp_path, table, predict, chude, small_artifact):
    """Before any worker is started."""
    assert "needs -o OUT" in predict(table).err
    assert "writes jsonl or parquet, not csv" in predict(table, "-o", tmp_path / "o", "--format", "csv").err
    assert "cannot read standard input" in predict("-", "-o", tmp_path / "o").err
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x", encoding="utf-8")
    assert "is not empty; name a new folder" in predict(table, "-o", tmp_path / "full").err
    assert "is a file" in predict(table, "-o", tmp_path / "full" / "mine.txt").err
    assert predict(tmp_path / "nothing", "-o", tmp_path / "o").code == 3
    assert "goes with --engine dask" in chude("predict", table, "--scheduler", "tcp://x:1").err
    assert not (tmp_path / "o").exists()


def test_nobody_elses_modules_are_run_by_workers(tmp_path, table, small_artifact):
    """What lies in the folder somebody works in is not imported by the processes of a cluster of its own."""
    work, told = tmp_path / "work", tmp_path / "told"
    work.mkdir()
    driver = tmp_path / "driver" / "chude.py"
    driver.parent.mkdir()
    driver.write_text("from classifier.cli import main\nif __name__ == '__main__':\n    main()\n", encoding="utf-8")
    theirs = {"classifier", "numpy", "dask", "distributed", "cloudpickle", "msgpack", "tornado", "sitecustomize"}
    for name in {*sys.stdlib_module_names, *theirs} - {"__main__"}:
        (work / f"{name}.py").write_text(f"open({str(told)!r}, 'a').write({name!r})\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    environment.pop("PYTHONSAFEPATH", None)
    command = [sys.executable, driver, "predict", table, "-o", "out", "-m", small_artifact, "--engine", "dask"]
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, check=False, timeout=120)
    assert done.returncode == 1, done.stderr.decode()
    assert not told.exists(), told.read_text(encoding="utf-8")
    assert _parts(work / "out")
