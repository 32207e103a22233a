"""Guards every command on a machine whose /dev/shm is read-only, tiny or missing: the true reason in a line, no page
lost, and no warning of a library's.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = "/dev/shm"  # noqa: S108  where systems keep what processes share
STATES = {
    "read-only": f"mount -t tmpfs -o ro tmpfs {SHARED}",
    "full": f"mount -t tmpfs -o size=4k tmpfs {SHARED}",
}


@pytest.fixture
def table(tmp_path, corpus_rows):
    """Enough articles for several batches."""
    path = tmp_path / "rows.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for number, row in enumerate(corpus_rows[:600] * 2):
            label = (row["labels"] or ["other"])[0]
            one = {"id": str(number), "title": row["title"], "text": row["text"], "label": label}
            stream.write(json.dumps(one) + "\n")
    return path


def run(state, *args):
    """`chude ARGS…` in a mount namespace of its own with such a /dev/shm; (exit code, stderr)."""
    if shutil.which("unshare") is None or not Path(SHARED).is_dir():
        pytest.skip("no file system can be mounted here")
    tried = subprocess.run(["unshare", "-m", "sh", "-c", STATES[state]], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this user may not mount a disk")
    script = f'{STATES[state]} && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-m", "classifier", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stderr


@pytest.mark.parametrize("state", STATES)
def test_predict_goes_on_with_one_process_and_says_why(state, table, small_artifact, tmp_path):
    """The same rows as ever; where no lock can be shared, a line that names /dev/shm."""
    code, said = run(state, "predict", table, "-m", small_artifact, "--jobs", "2", "-o", tmp_path / "x.csv")
    assert code == 0, said
    assert "Warning" not in said
    lines = said.splitlines()
    assert lines[-1] == "chude: 1,200 pages labelled"
    assert lines[:-1] == [] or (len(lines) == 2 and SHARED in lines[0] and "no page is lost" in lines[0])
    assert state != "read-only" or len(lines) == 2
    whole = [sys.executable, "-m", "classifier", "predict", str(table), "-m", str(small_artifact)]
    subprocess.run([*whole, "-o", str(tmp_path / "y.csv")], check=True, capture_output=True)
    assert (tmp_path / "x.csv").read_bytes() == (tmp_path / "y.csv").read_bytes()


def test_libraries_say_nothing_of_it(table, tmp_path):
    """joblib warns with its own path and line; who trains can do nothing with that."""
    for args in (["check", table], ["train", table, "-o", tmp_path / "model", "--folds", "2"]):
        code, said = run("read-only", *args)
        assert code in (0, 1), said
        assert "Warning" not in said
        assert "joblib" not in said
