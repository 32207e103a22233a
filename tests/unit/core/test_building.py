"""Guards that nobody must compile: without a compiler the build goes on, and the wheel carries one library for all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import PROJECT

pytest.importorskip("setuptools", "77")

SOURCES = ("classifier", "training", "eval", "artifacts/world-news")
FILES = ("setup.py", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in")


def _setup(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "setup.py", "-q", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_without_a_compiler_the_build_says_so_in_one_line_and_goes_on(tmp_path):
    """CC=false stands for a machine that has none."""
    done = _setup(PROJECT, "build_ext", "--build-lib", tmp_path / "lib", "--build-temp", tmp_path / "temp", CC="false")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("chude: ")]
    assert len(said) == 1
    assert said[0].startswith("chude: the native core was not built (")
    assert said[0].endswith("); going on without: the same, slower")
    assert not list(tmp_path.rglob("*.so"))


def _wheel(tmp_path, **environment):
    source = tmp_path / "source"
    for name in SOURCES:
        shutil.copytree(PROJECT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in FILES:
        shutil.copy(PROJECT / name, source / name)
    done = _setup(source, "bdist_wheel", "-d", tmp_path / "dist", **environment)
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    return wheel


def _predict(tmp_path, **environment):
    """What the installed wheel says it is, and of the sample pages."""
    found = []
    for arguments in (["--version"], ["predict", PROJECT / "classifier" / "samples", "--format", "jsonl"]):
        done = subprocess.run(
            [sys.executable, "-m", "classifier", *map(str, arguments)],
            cwd=tmp_path / "installed",
            env={**os.environ, "PYTHONPATH": str(tmp_path / "installed"), **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(done.stdout)
    return found


@pytest.mark.slow
def test_one_wheel_for_every_python_and_the_same_labels_without_its_core(tmp_path):
    """Its name promises the stable ABI from Python 3.11 on; without a compiler the same labels come out."""
    if shutil.which("cc") is None and shutil.which("gcc") is None:
        pytest.skip("no C compiler here")
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    wheel = _wheel(tmp_path / "with")
    assert "-cp311-abi3-" in wheel.name
    (library,) = (tmp_path / "with" / "installed").rglob("*.so")
    assert library.name == "_native.abi3.so"
    version, labels = _predict(tmp_path / "with")
    assert "(native core)" in version
    _wheel(tmp_path / "without", CC="false")
    assert not list((tmp_path / "without" / "installed").rglob("*.so"))
    version, same = _predict(tmp_path / "without")
    assert "(pure core)" in version
    assert same == labels
