"""Guards that commands work, and lose nothing, where standard input, output or error are closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from conftest import PROJECT

ALL = (0, 1, 2)
CHECKED = 1
"""`check` has findings about so few articles."""


@pytest.fixture
def table(tmp_path, corpus_rows):
    """Twelve articles of two topics, each a headline too."""
    rows = [row for label in ("syria", "alliances") for row in [r for r in corpus_rows if r["labels"] == [label]][:6]]
    lines = [{"id": row["id"], "title": row["title"], "text": row["text"], "label": row["labels"][0]} for row in rows]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def run(closed, *args):
    """`chude ARGS…` as `chude ARGS… >&-` starts it; (exit code, stdout, stderr)."""
    # Closed by the process itself before Python begins: between fork and exec nothing else must be closed.
    script = " ".join(f"{number}>&-" if number else "<&-" for number in closed)
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {script}', "sh", sys.executable, "-m", "classifier", *map(str, args)],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX is needed")
@pytest.mark.parametrize("closed", [(1,), (2,), ALL])
def test_files_are_written_as_ever(closed, table, small_artifact, tmp_path):
    """Rows by one job and by two, and a folder: the same bytes as with all streams open, exit code 0."""
    for name, args in {
        "one.csv": ["predict", table, "-m", small_artifact],
        "two.csv": ["predict", table, "-m", small_artifact, "--jobs", "2"],
        "clusters": ["cluster", table, "-m", small_artifact],
    }.items():
        open_, shut = tmp_path / f"open-{name}", tmp_path / f"shut-{name}"
        assert run((), *args, "-o", open_)[0] == 0
        code, out, err = run(closed, *args, "-o", shut)
        assert (code, b"Traceback" in out + err) == (0, False)
        pairs = [(open_, shut)] if open_.is_file() else [(path, shut / path.name) for path in open_.iterdir()]
        assert pairs
        assert all(one.read_bytes() == other.read_bytes() for one, other in pairs)


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX is needed")
@pytest.mark.parametrize("closed", [pytest.param((1,), marks=pytest.mark.slow), ALL])
@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["show", "MODEL"], 0),
        (["extract", "TABLE"], 0),
        (["segment", "TABLE"], 0),
        (["check", "TABLE"], CHECKED),
        (["compare", "MODEL", "MODEL", "TABLE"], 0),
        (["stories", "TABLE", "-s", "STORE"], 0),
        (["--version"], 0),
        (["--help"], 0),
        (["predict", "-"], 3),
        (["predict", "nowhere"], 3),
        (["nonsense"], 2),
    ],
)
def test_every_command_ends_with_its_own_code(args, expected, closed, table, small_artifact, tmp_path):
    """What nobody reads is written nowhere; errors keep their exit codes; standard input is empty."""
    names = {"MODEL": small_artifact, "TABLE": table, "STORE": tmp_path / "a.db"}
    code, out, err = run(closed, *(names.get(one, one) for one in args))
    assert (code, b"Traceback" in out + err) == (expected, False)
