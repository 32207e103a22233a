"""Draws clusters for a reader to judge by their key words: python -m bench.names HEADLINES PAGES… [--seed N].

Thirty clusters of three and more from three times three days of HEADLINES (rows with `date`), thirty of two and more
from four times nine of PAGES, as `chude cluster` finds them. What a reader says of them goes into docs/clusters.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from bench.stories import read

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 6


def clusters_of(paths: Sequence[str], least: int) -> list[dict[str, Any]]:
    """The clusters of news of at least so many headlines, as the command writes them."""
    command = [sys.executable, "-m", "classifier", "cluster", *paths, "--format", "jsonl"]
    written = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = [json.loads(line) for line in written.splitlines()]
    return [one for one in found if one["size"] >= least and one["kind"] == "news"]


def drawn(headlines: str, pages: Sequence[str], seed: int) -> list[dict[str, Any]]:
    """Up to sixty clusters, none twice."""
    rng = Random(seed)  # noqa: S311  not for secrets
    rows, found = read(headlines), []
    days = sorted({row["date"][:10] for row in rows})
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(3):
            first = days.index(rng.choice(days))
            some = Path(folder) / "days.jsonl"
            chosen = [row for row in rows if row["date"][:10] in days[first : first + 3]]
            some.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in chosen), encoding="utf-8")
            known = clusters_of([str(some)], 3)
            found += rng.sample(known, min(10, len(known)))
    for _ in range(4):
        known = clusters_of(rng.sample(sorted(pages), min(9, len(pages))), 2)
        found += rng.sample(known, min(8, len(known)))
    return list({json.dumps(one["headlines"]): one for one in found}.values())


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the clusters, key words first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("headlines")
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    for number, one in enumerate(drawn(options.headlines, options.pages, options.seed), start=1):
        print(f"{number}. {' · '.join(one['keywords'])}")
        for item in one["headlines"][:SHOWN]:
            print(f"      {item['headline']}")


if __name__ == "__main__":
    main()
