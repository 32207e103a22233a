"""Runs a job in a process of its own and takes its time and peak memory; prints tables with date and machine."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = ("numpy", "scipy", "scikit-learn", "pyvi", "underthesea", "underthesea_core", "fasttext", "fasttext-wheel")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process took.

    wall: seconds from its start to its end; cpu: seconds that it and its children computed (on a busy machine the
    fairer figure); peak: largest resident memory of it or of one child, in MB; output: its stdout.
    """

    wall: float
    cpu: float
    peak: float
    output: str


def run(command: Sequence[str]) -> Measured:
    """Runs a command with one BLAS thread; raises CalledProcessError with its messages where it fails.

    Exit code 1 alone is no failure: with it chude says that some inputs were skipped.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:  # pipes could fill up and block
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=environment)
        # wait4 rather than wait: it gives this child's own figures, with those of its own children.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode not in (0, 1):
            raise subprocess.CalledProcessError(process.returncode, command, out.read(), errors.read())
        if process.returncode == 1 and b"Traceback (most recent call last)" in (messages := errors.read()):
            raise subprocess.CalledProcessError(1, command, b"", messages)
        return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read().decode())


def python(code: str, *arguments: str) -> Measured:
    """Runs Python code in a fresh interpreter."""
    return run([sys.executable, "-c", code, *arguments])


def best_cpu(code: str, repeats: int = 5) -> float:
    """CPU seconds of a fresh interpreter that runs `code`, the least of a few: other work on the machine only adds."""
    return min(python(code).cpu for _ in range(repeats))


def about() -> str:
    """Date, machine, load and versions, for the line above a table."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} missing")
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    return f"{today}; Python {platform.python_version()}, {machine}; {', '.join(found)}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
