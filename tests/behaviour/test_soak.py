"""Guards that hours of work take no more memory than minutes: nothing grows, no file stays open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT

WORKS = ("predict", "iter_predict", "segment", "read_pages", "cluster")
SLACK = 12 << 20
"""Bytes by which the peaks of two stretches of work may differ: tables of known words fill up and are emptied again,
and where in that a stretch ends is chance; a page that stayed would show as more within seconds.
"""
SMALL_TABLES, MIDDLING_TABLES = 4_000, 20_000
"""Words after which the tables are emptied, so that short runs see it happen; else it takes minutes."""
pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")


def _soaked(work, seconds, *more):
    """The rounds of one kind of work, in a process of its own."""
    done = subprocess.run(
        [sys.executable, PROJECT / "tests" / "soak.py", work, str(seconds), *map(str, more)],
        capture_output=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=seconds + 120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _growth(rounds):
    """By how much the peak of the last third is above that of the second; the first third is warming up."""
    third = len(rounds) // 3
    return max(row["bytes"] for row in rounds[-third:]) - max(row["bytes"] for row in rounds[third : 2 * third])


def test_labelling_does_not_grow_when_its_tables_are_full():
    """With tables that fill within a second, so that they are emptied many times: a plateau, and no file left open."""
    rounds = _soaked("iter_predict", 3, SMALL_TABLES)
    assert len(rounds) >= 3
    assert _growth(rounds) < SLACK
    assert len({row["files"] for row in rounds}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("work", WORKS)
def test_no_work_grows(work):
    """Half a minute each: memory and files stay level. With CHUDE_SOAK_SECONDS=900, tables of real size."""
    asked = os.environ.get("CHUDE_SOAK_SECONDS")
    rounds = _soaked(work, float(asked)) if asked else _soaked(work, 25, MIDDLING_TABLES)
    assert len(rounds) >= 6
    assert _growth(rounds) < SLACK
    assert len({row["files"] for row in rounds}) == 1
