"""How the service bears load, against `chude predict` on the same articles in the same run.

python -m bench.serve CORPUS [--articles 5000] [--seconds 60] [--rate 50] [--jobs 1]

Batches of 100 from two clients, as fast as they are answered; then single articles at a steady rate from eight clients,
each at its time whether the one before it has been answered or not; the memory of all processes before and after.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.reading import read_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BATCH, CLIENTS = 100, 2


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--jobs", default="1")
    options = parser.parse_args()
    pages = itertools.islice(read_pages([options.corpus]), options.articles)
    rows = [{"id": page.id, "title": page.title, "text": f"{page.lead}\n{page.body}"} for page in pages]
    plain = _predicted(rows)
    command = [sys.executable, "-m", "classifier", "serve", "--port", "0", "--jobs", options.jobs]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None  # noqa: S101 (a benchmark)
        address = next(found[0] for line in process.stderr if (found := re.search(r"http://\S+", line))).rstrip("/")
        try:
            batched = _batches(address, rows)
            before = _memory(process.pid)
            times, failed = _steady(address, rows, options.rate, options.seconds)
            after = _memory(process.pid)
        finally:
            process.terminate()
            process.wait()
    results = {
        "predict, articles a second": plain,
        "batches of 100, two clients, articles a second": batched,
        "ratio": batched / plain,
        "single pages": len(times),
        "failed": failed,
        "ms, median": float(np.median(times) * 1000),
        "ms, 99 of 100": float(np.quantile(times, 0.99) * 1000),
        "MiB before": before,
        "MiB after": after,
    }
    print(json.dumps({name: round(value, 3) for name, value in results.items()}, indent=1))
    return 0


def _predicted(rows: Sequence[dict[str, Any]]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.jsonl")
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        begun = time.perf_counter()
        command = [sys.executable, "-m", "classifier", "predict", str(file), "-o", str(Path(folder, "b.jsonl"))]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return len(rows) / (time.perf_counter() - begun)


def _batches(address: str, rows: Sequence[dict[str, Any]]) -> float:
    import httpx

    firsts = iter(range(0, len(rows), BATCH))

    def ask() -> None:
        with httpx.Client(base_url=address, timeout=60) as client:
            for first in firsts:
                client.post("/v1/predict", json={"pages": rows[first : first + BATCH]}).raise_for_status()

    begun = time.perf_counter()
    _in_threads(ask, CLIENTS)
    return len(rows) / (time.perf_counter() - begun)


def _in_threads(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _steady(address: str, rows: Sequence[dict[str, Any]], rate: float, seconds: float) -> tuple[list[float], int]:
    """Seconds from when each request was due to its answer, and how many had none."""
    import httpx

    times: list[float] = []
    failed = 0
    numbers = itertools.count()
    begun = time.perf_counter()

    def ask() -> None:
        nonlocal failed
        with httpx.Client(base_url=address, timeout=60) as client:
            while (due := (number := next(numbers)) / rate) < seconds:
                time.sleep(max(0.0, due - (time.perf_counter() - begun)))
                answer = client.post("/v1/predict", json={"pages": [rows[number % len(rows)]]})
                failed += answer.status_code != httpx.codes.OK
                times.append(time.perf_counter() - begun - due)

    _in_threads(ask, 8)
    return times, failed


def _memory(parent: int) -> float:
    """MiB that a process and its children take, shared pages by halves."""
    children = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout.split()
    total = 0
    for pid in (str(parent), *children):
        lines = Path("/proc", pid, "smaps_rollup").read_text(encoding="utf-8").splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


if __name__ == "__main__":
    sys.exit(main())
