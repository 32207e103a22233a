"""Guards that worker processes neither outlive their run nor talk over it."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from test_crashes import BOUND, _group, _long, _running, linux


@linux
def test_workers_do_not_outlive_a_killed_run(tmp_path, corpus_rows):
    """SIGKILL of the command alone: its workers notice, remove what they shared, and end."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with _running(_long("two jobs", tmp_path, corpus_rows), temporary) as process:
        while len(_group(process.pid)) < 3:
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(1)
        process.kill()
        process.wait()
        deadline = time.monotonic() + 2 * BOUND
        while _group(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert _group(process.pid) == []
    assert list(temporary.iterdir()) == []


@linux
@pytest.mark.parametrize("trials", [1, pytest.param(12, marks=pytest.mark.slow)])
def test_ctrl_c_at_a_terminal_is_one_line_with_workers_too(tmp_path, corpus_rows, trials):
    """A terminal sends it to every process of the command, whatever the workers are just doing."""
    rng = random.Random(trials)  # noqa: S311 (not for secrets)
    (tmp_path / "temporary").mkdir()
    for _ in range(trials):
        with _running(_long("two jobs", tmp_path, corpus_rows), tmp_path / "temporary") as process:
            while len(_group(process.pid)) < 3:
                assert process.poll() is None
                time.sleep(0.005)
            time.sleep(rng.random() * 1.5)  # workers import, read the model, label
            os.killpg(process.pid, signal.SIGINT)
            _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (
            130,
            "chude: error: interrupted; nothing half-written was left behind\n",
        )
