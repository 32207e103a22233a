"""Guards that no command runs code, or reads settings, that lie in the folders somebody works in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import PROJECT, built_in_rows

if TYPE_CHECKING:
    from pathlib import Path

TYPED = [
    "classifier",
    "training",
    "eval",
    "numpy",
    "joblib",
    "sklearn",
    "scipy",
    "click",
    "matplotlib",
    "sitecustomize",
]
MODULES = sorted({*sys.stdlib_module_names, *TYPED} - {"__main__"})
# Every label in a process of its own, and many batches: otherwise only large inputs are worked at so.
MANY_PROCESSES = """
import sys
import training.fit.linear
from classifier.cli import main
from classifier.vietnamese import segmenter
training.fit.linear.PARALLEL_FROM = 0
segmenter.BATCH_CHARACTERS = 5_000
main()
"""


def _plant(folder: Path, told: Path) -> None:
    for name in MODULES:
        folder.joinpath(f"{name}.py").write_text(f"open({str(told)!r}, 'a').write({name!r})\n", encoding="utf-8")


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """(working folder, what its modules write to when they run): every standard module's name stands in it."""
    root = tmp_path_factory.mktemp("planted")
    work, told = root / "work", root / "told"
    for folder in (work, work / "pages", work / "out"):
        folder.mkdir()
        _plant(folder, told)
    for number, page in enumerate(sorted((PROJECT / "classifier" / "samples").glob("*.txt"))[:3]):
        (work / "pages" / f"{number}.txt").write_bytes(page.read_bytes())
    rows = built_in_rows()
    few = [row for label in ("syria", "alliances") for row in [r for r in rows if r["labels"] == [label]][:60]]
    lines = [json.dumps(row, ensure_ascii=False) for row in few]
    (work / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (root / "driver").mkdir()
    (root / "driver" / "chude.py").write_text(MANY_PROCESSES, encoding="utf-8")
    return work, told, root / "driver" / "chude.py"


def _run(planted, *arguments, env=None, expected=(0, 1)):
    work, told, driver = planted
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **(env or {})}
    environment.pop("PYTHONSAFEPATH", None)
    done = subprocess.run(
        [sys.executable, str(driver), *arguments],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=180,
    )
    assert done.returncode in expected, done.stderr.decode()
    assert not told.exists(), told.read_text(encoding="utf-8")
    return done


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_predict_runs_no_module_of_the_working_folder(planted, jobs):
    """Workers and their trackers start as `python -m` and `-c`, which look in the current folder first."""
    _run(planted, "predict", "pages", "gold.jsonl", "--jobs", jobs, "-o", f"out/labels{jobs}.jsonl")


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "gold.jsonl", "-o", "model"),
        ("extract", "pages"),
        ("segment", "pages"),
        ("cluster", "pages", "-o", "clusters"),
        ("eval", "gold.jsonl", "-o", "report"),
        ("check", "gold.jsonl"),
        ("show",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_runs_a_module_of_the_working_folder(planted, arguments):
    """Each of them, with fits in several processes."""
    _run(planted, *arguments)


def test_started_with_m_the_working_folder_is_left_out_too(planted):
    """`python -m classifier` puts the current folder first itself; nothing later is imported from there."""
    work, told, _ = planted
    only = work.parent / "lazy"
    only.mkdir()
    for name in ("csv", "numpy", "rich", "joblib"):  # what Python itself imports to start with is not ours to keep out
        (only / f"{name}.py").write_text(f"open({str(told)!r}, 'a').write({name!r})\n", encoding="utf-8")
    many = work.parent / "many.jsonl"
    many.write_text(
        ((work / "gold.jsonl").read_text(encoding="utf-8") + "\n") * 10, encoding="utf-8"
    )  # several batches
    done = subprocess.run(
        [sys.executable, "-m", "classifier", "predict", str(many), "--jobs", "2", "--format", "csv"],
        cwd=only,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not told.exists(), told.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["", ".:/usr/bin"])
def test_no_program_of_the_working_folder_is_started(planted, tmp_path, path):
    """sklearn asks lscpu for the cores, matplotlib fc-list for fonts; an empty entry of PATH is the current folder."""
    told = tmp_path / "told"
    work = tmp_path / "work"
    work.mkdir()
    for name in ("lscpu", "fc-list", "uname", "ldconfig", "gcc", "cc", "ld", "objdump", "env", "sh", "python3"):
        (work / name).write_text(f"#!/bin/sh\necho {name} >> {told}\n")
        (work / name).chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "MPLCONFIGDIR": str(tmp_path / "new")}
    environment.pop("PATH")
    for arguments in (["predict", "--jobs", "2"], ["cluster", "--k", "3", "-o", "out"]):
        done = subprocess.run(
            [sys.executable, str(planted[2]), *arguments, str(planted[0] / "gold.jsonl")],
            cwd=work,
            env=environment | {"PATH": path},
            capture_output=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr.decode()
    assert not told.exists(), told.read_text()


@pytest.mark.parametrize("kind", ["unknown key", "not utf-8", "pipe"])
def test_a_matplotlibrc_of_the_working_folder_is_not_read(planted, tmp_path, kind):
    """Nor is MPLBACKEND: pictures are drawn without a window."""
    here = tmp_path / "here"
    here.mkdir()
    settings = here / "matplotlibrc"
    if kind == "pipe":
        os.mkfifo(settings)
    else:
        settings.write_bytes(b"\x1b]0;pwn\x07key : 1\n" if kind == "unknown key" else b"\xff\xfe")
    pages = planted[0] / "pages"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "classifier", "cluster", str(pages), "-o", "out"],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "MPLBACKEND": "module://nowhere"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, 1), done.stderr.decode()  # 1: the planted files are named
    assert b"\x1b" not in done.stderr
    assert b"Traceback" not in done.stderr
    assert (here / "out" / "clusters.html").exists()
