"""Guards that equal input gives equal bytes: again, in another order, with other jobs, hash seeds and threads."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from functools import partial

import pytest
from conftest import PROJECT, captured

OLD_MODEL = PROJECT / "tests" / "data" / "artifacts" / "v1" / "model"
SETTINGS = [
    {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"},
    {"PYTHONHASHSEED": "random", "OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4", "MKL_NUM_THREADS": "4"},
]


def _run(*arguments, cwd, settings):
    """The program in a process of its own; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "classifier", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "CHUDE_CACHE": "off", **settings},
        timeout=600,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.stdout


def _run_here(*arguments, cwd):
    """The same in this process, with the threads and the hash seed that it has; its libraries are there already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        patch.setenv("CHUDE_CACHE", "off")
        done = captured(*arguments)
    assert done.code in (0, 1), done.err
    return done.out.encode()


def _digests(folder):
    """The digest of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _differing(outcomes):
    """The names of what is not the same in all outcomes."""
    return sorted(
        {name for one in outcomes[1:] for name in one | outcomes[0] if one.get(name) != outcomes[0].get(name)}
    )


def _write(folder, rows, order):
    """The rows as three files, in an order of their own; the same rows in the same file each time."""
    folder.mkdir()
    parts = defaultdict(list)
    for row in order(rows):
        parts[row["file"]].append({key: value for key, value in row.items() if key != "file"})
    for name, part in parts.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def _job(folder, settings, files, jobs):
    """Trains, labels, clusters and evaluates on the files in `folder`; digests of everything written."""
    model = folder / "out" / "model"
    printed = {}
    run = {"cwd": folder, "settings": settings}
    printed["train"] = _run("train", *files, "-o", model, **run)
    _run("eval", *files, "-m", model, "-o", folder / "out" / "report", **run)
    _run("cluster", *files, "-m", model, "-o", folder / "out" / "clusters", **run)
    _run("cluster", *files, "-m", model, "--plot", folder / "out" / "map.svg", **run)
    labelled = _run("predict", *files, "-m", model, "--format", "jsonl", "--explain", "3", "--jobs", jobs, **run)
    # A row for each input row, in the input's order: that and the line it names apart, the rows are the same.
    rows = sorted((json.loads(line) | {"source": ""} for line in labelled.splitlines()), key=lambda row: row["id"])
    printed["predict"] = json.dumps(rows, ensure_ascii=False).encode()
    return _digests(folder / "out") | {name: hashlib.sha256(text).hexdigest() for name, text in printed.items()}


def _shuffled(seed):
    def order(rows):
        mixed = list(rows)
        random.Random(seed).shuffle(mixed)  # noqa: S311 (no secret: another order)
        return mixed

    return order


def _outcomes(rows, tmp_path):
    """The same job in different circumstances, each time with the rows of each file in another order."""
    files = sorted({f"{row['file']}.jsonl" for row in rows})
    found = []
    for number, settings in enumerate(SETTINGS):
        folder = tmp_path / f"run{number}"
        _write(folder, rows, list if number == 0 else _shuffled(number))
        found.append(_job(folder, settings, files if number < 2 else files[::-1], 2**number))
    return found


@pytest.fixture
def few_rows(corpus_rows):
    """Ten articles a label with ids, dates and headlines, in three files."""
    by_label = defaultdict(list)
    for row in corpus_rows:
        by_label[row.get("label")].append(row)
    chosen = [row for label in sorted(by_label) for row in by_label[label][:10]]
    return [{**row, "id": f"r{number}", "file": f"part{number % 3}"} for number, row in enumerate(chosen)]


def test_labels_and_clusters_are_the_same_bytes_whatever_the_order_threads_and_hash_seed(few_rows, tmp_path):
    """With a given model: a row for each article, and the clusters, with one job and with two."""
    found = []
    for number, way in enumerate((_run_here, partial(_run, settings=SETTINGS[1]))):
        folder = tmp_path / f"run{number}"
        _write(folder, few_rows, _shuffled(number))
        files = sorted(path.name for path in folder.iterdir())[:: -1 if number else 1]
        run = partial(way, cwd=folder)
        asked = ["-m", OLD_MODEL, "--format", "jsonl"]
        labelled = run("predict", *files, *asked, "--explain", "3", "--jobs", 1 + number)
        rows = {row["id"]: row | {"source": ""} for row in map(json.loads, labelled.splitlines())}
        assert len(rows) == len(few_rows)
        found.append({"predict": json.dumps(rows, sort_keys=True), "cluster": run("cluster", *files, *asked)})
    assert _differing(found) == []


def test_training_is_the_same_bytes_whatever_the_order_threads_and_hash_seed(few_rows, tmp_path):
    """The same articles, shuffled and with their files named the other way round, give the same model."""
    found = []
    for number, way in enumerate((_run_here, partial(_run, settings=SETTINGS[1]))):
        folder = tmp_path / f"run{number}"
        _write(folder, few_rows, list if number == 0 else _shuffled(number))
        files = sorted(path.name for path in folder.iterdir())[:: -1 if number else 1]
        printed = way("train", *files, "-o", "model", "--folds", "2", cwd=folder)
        found.append(_digests(folder / "model") | {"printed": printed})
    assert _differing(found) == []


@pytest.mark.slow
def test_everything_is_the_same_bytes_in_every_circumstance(corpus_rows, tmp_path):
    """Model, labels, clusters, report and pictures of a quarter of the built-in corpus: 1, 2 and 4 jobs and threads,
    three hash seeds, three orders.
    """
    # Dates within half a year: drawing sixteen years by weeks, thrice, would take longer than all the rest.
    rows = [
        {**row, "id": f"r{number}", "date": f"2026-0{1 + number % 6}-03", "file": f"part{number % 4}"}
        for number, row in enumerate(corpus_rows[::4])
    ]
    outcomes = _outcomes(rows, tmp_path)
    assert {"model/weights.npz", "report/report.html", "report/report.json", "map.svg"} <= set(outcomes[0])
    assert _differing(outcomes) == []
