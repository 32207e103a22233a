"""Guards that no file makes the time grow with the square of its size: each reader at n, 2n and 4n, as a ratio.

The one place where times are tested: an attacker needs no more than a slope. Slow, and lenient: a fourfold file may
take six times as long, and a quarter of a second is given to everybody.
"""

from __future__ import annotations

import pytest
from square import COMMANDS, READERS, time_of, times

pytestmark = pytest.mark.slow
STEPS = (1, 2, 4)
MOST, GIVEN = 6.0, 0.25


@pytest.mark.parametrize("name", READERS)
def test_four_times_the_file_takes_about_four_times_as_long(name, tmp_path):
    """Tried twice where it seems to grow faster: other work on the machine is no fault of the reader."""
    ending, start, make = READERS[name]
    paths = []
    for step in STEPS:
        paths.append(tmp_path / f"{step}.{ending}")
        paths[-1].write_bytes(make(start * step))
    for _ in range(2):
        one, two, four = times(paths)
        if four <= MOST * one + GIVEN:
            return
    pytest.fail(f"{name}: {one:.2f}, {two:.2f} and {four:.2f} CPU seconds at {start:,}, {2 * start:,}, {4 * start:,}")


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_too(name, small_artifact, tmp_path):
    """The same for whole commands, over what they hold in memory at once; their start is taken off."""
    arguments, start, make = COMMANDS[name]
    took = []
    for step in (0, *STEPS):
        (tmp_path / f"{step}.jsonl").write_bytes(make(max(10, start * step)))
        names = {"FILE": f"{step}.jsonl", "OUT": f"out{step}", "MODEL": str(small_artifact), "OUT.db": f"{step}.db"}
        names["OUT.jsonl"] = f"out{step}.jsonl"
        took.append(time_of([names.get(each, each) for each in arguments], tmp_path))
    one, two, four = (each - took[0] for each in took[1:])
    said = f"{name}: {one:.2f}, {two:.2f} and {four:.2f} CPU seconds at {start:,}, {2 * start:,}, {4 * start:,}"
    assert four <= MOST * max(one, 0.0) + 2 * GIVEN, said
