"""Runs a job in a process of its own and takes its wall time and peak memory; prints tables with date, machine, versions."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = ("numpy", "scipy", "scikit-learn", "pyvi", "underthesea", "underthesea_core", "fasttext")


@dataclass(frozen=True, slots=True)
class Measured:
    """wall: seconds from start to end of the process; peak: largest resident memory of it or of one child, in MB."""

    wall: float
    peak: float
    output: str


def run(command: Sequence[str], *, stdin: str | None = None) -> Measured:
    """Runs a command with one BLAS thread; raises CalledProcessError with its messages where it fails (chude's 1 is "some skipped")."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE if stdin else None, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        # Output is small here, so it fits the pipe; wait4 then gives this child's own peak memory.
        if stdin and process.stdin:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        output = process.stdout.read() if process.stdout else b""
        errors = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command, output, errors)
    return Measured(wall, usage.ru_maxrss / 1024, output.decode())


def python(code: str, *arguments: str) -> Measured:
    """Runs Python code in a fresh interpreter."""
    return run([sys.executable, "-c", code, *arguments])


def about() -> str:
    """Date, machine and versions, for the line above a table."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} missing")
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return f"{today}; Python {platform.python_version()}, {os.cpu_count()} cores {platform.machine()}; {', '.join(found)}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
