"""Raw text to model and to labels, beside the obvious pipeline and the peers: python -m bench.pipeline TRAIN TEST.

Each tool trains and labels in a process of its own, one after the other; one that is not installed is called missing.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Measured, about, python, run, table
from bench.peers import PEERS
from classifier.reading import read_pages
from eval.scores.metrics import accuracy

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS = {"chude": 1, "chude-2": 2}
"""chude's own rows and their --jobs."""
HEADER = ["tool", "accuracy", "train s", "train CPU s", "train MB"]
HEADER += ["predict s", "predict CPU s", "articles/s", "predict MB", "model MB"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What training and labelling with one tool took, its labels, and the size of its model in MB."""

    trained: Measured
    labelled: Measured
    predicted: list[str]
    size: float


def write_plain(corpus: str, target: Path, every: int) -> list[str]:
    """Writes every N-th article of a corpus as the JSONL that all tools read; returns the labels."""
    labels = []
    with target.open("w", encoding="utf-8") as stream:
        for number, page in enumerate(read_pages([corpus])):
            if number % every:
                continue
            text = "\n".join(part for part in (page.lead, page.body) if part)
            row = {"id": page.id, "title": page.title, "text": text, "label": str(page.extra["label"])}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            labels.append(row["label"])
    return labels


def chude(folder: Path, jobs: int) -> Outcome:
    """Trains (once for all --jobs, with nothing cached) and labels through the command line, as a user would."""
    command = [sys.executable, "-m", "classifier"]
    model, out = folder / f"chude-{jobs}", folder / f"chude-{jobs}.csv"
    train, test = str(folder / "train.jsonl"), str(folder / "test.jsonl")
    os.environ["CHUDE_CACHE"] = "off"
    trained = run([*command, "train", train, "-o", str(model)])
    labelled = run([*command, "predict", test, "-m", str(model), "--jobs", str(jobs), "-o", str(out)])
    with out.open(encoding="utf-8", newline="") as stream:
        return Outcome(trained, labelled, [row["topic"] for row in csv.DictReader(stream)], _size(model))


def peer(folder: Path, short: str) -> Outcome:
    """Trains and labels with one of PEERS."""
    model, out = folder / f"{short}.model", folder / f"{short}.out"
    code = PEERS[short][1]
    trained = python(code, "train", str(folder / "train.jsonl"), str(model), str(out))
    labelled = python(code, "predict", str(folder / "test.jsonl"), str(model), str(out))
    return Outcome(trained, labelled, json.loads(out.read_text(encoding="utf-8")), _size(model))


def row_of(tool: str, folder: Path, gold: Sequence[str]) -> list[str]:
    """The table's row for a tool; "missing" or "failed" with its last message where it gave no result."""
    name = PEERS[tool][0] if tool in PEERS else f"chude, --jobs {OURS[tool]}"
    try:
        found = chude(folder, OURS[tool]) if tool in OURS else peer(folder, tool)
    except subprocess.CalledProcessError as error:
        last = (error.stderr.decode(errors="replace").strip().splitlines() or [str(error)])[-1]
        return [name, f"{'missing' if 'ModuleNotFoundError' in last else 'failed'}: {last}", *[""] * (len(HEADER) - 2)]
    trained, labelled = found.trained, found.labelled
    return [
        name,
        f"{accuracy(gold, found.predicted):.4f}",
        f"{trained.wall:.1f}",
        f"{trained.cpu:.1f}",
        f"{trained.peak:,.0f}",
        f"{labelled.wall:.1f}",
        f"{labelled.cpu:.1f}",
        f"{len(gold) / labelled.wall:,.0f}",
        f"{labelled.peak:,.0f}",
        f"{found.size:.1f}",
    ]


def _size(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every N-th article of both")
    known = [*PEERS, *OURS]
    parser.add_argument("--tools", nargs="+", choices=known, default=known, metavar="TOOL", help=", ".join(known))
    options = parser.parse_args(arguments)
    print(about(), flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        articles = len(write_plain(options.train, folder / "train.jsonl", options.every))
        gold = write_plain(options.test, folder / "test.jsonl", options.every)
        print(f"trained on {articles:,} articles, tested on {len(gold):,}", flush=True)
        for tool in options.tools:
            rows.append(row_of(tool, folder, gold))
            print(f"{rows[-1][0]}: done", file=sys.stderr, flush=True)
    print(table(HEADER, rows))


if __name__ == "__main__":
    main()
