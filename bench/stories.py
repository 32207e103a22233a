"""How well `chude stories` follows events: `python -m bench.stories CLUSTERS… [--noise HEADLINES] [--runs N]`.

CLUSTERS are JSONL files of headlines in human-made event clusters (`cluster`, `headline`, `blurb`). Without dates they
are fed at once and in N runs of a random order; with noise (rows with `date`) each event gets days of its own among it:
a random first day, the others geometrically after it.
"""

from __future__ import annotations

import argparse
import json
import lzma
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.stories import Sighting, archive, take_in

if TYPE_CHECKING:
    from collections.abc import Sequence

START = date(2026, 1, 1)
MEAN_GAP = 1.8
SEEDS = (0, 1, 2)


def b_cubed(gold: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """F1, precision and recall (Bagga & Baldwin 1998): for each headline, how pure and how whole its cluster is."""
    golds, founds, both = Counter(gold), Counter(found), Counter(zip(gold, found, strict=True))
    precision = sum(count * count / founds[pair[1]] for pair, count in both.items()) / len(gold)
    recall = sum(count * count / golds[pair[0]] for pair, count in both.items()) / len(gold)
    return 2 * precision * recall / (precision + recall), precision, recall


def follow(runs: Sequence[Sequence[Sighting]]) -> dict[str, str]:
    """{page: story} after taking in one run after the other."""
    with tempfile.TemporaryDirectory() as folder, archive(Path(folder) / "archive.db") as connection:
        for run in runs:
            take_in(connection, run, START)
        query = "SELECT page, story FROM sightings JOIN headlines USING (headline)"
        return {page: story or f"alone {page}" for page, story in connection.execute(query)}


def report(name: str, gold: dict[str, str], found: dict[str, str]) -> str:
    """A line of the table."""
    from sklearn.metrics import adjusted_rand_score

    pages = sorted(gold)
    truth, told = [gold[page] for page in pages], [found.get(page, f"lost {page}") for page in pages]
    f1, precision, recall = b_cubed(truth, told)
    ari = adjusted_rand_score(truth, told)
    return f"| {name} | {ari:.3f} | {f1:.3f} | {precision:.3f} | {recall:.3f} | {len(set(told))} | {len(set(truth))} |"


def read(path: str) -> list[dict[str, Any]]:
    """The rows of a JSONL file, packed or not."""
    data = Path(path).read_bytes()
    return [json.loads(line) for line in (lzma.decompress(data) if path.endswith(".xz") else data).splitlines()]


def among_noise(files: Sequence[str], noise: str, days: int) -> tuple[list[Sighting], dict[str, str]]:
    """Events with days of their own among `days` days of other headlines."""
    random = np.random.default_rng(0)
    items: list[Sighting] = []
    gold: dict[str, str] = {}
    for file in files:
        events: dict[str, list[dict[str, Any]]] = {}
        for row in read(file):
            events.setdefault(f"{file} {row['cluster']}", []).append(row)
        for event, rows in events.items():
            first = int(random.integers(0, days - 7))
            for row in rows:
                day = min(first + int(random.geometric(1 / MEAN_GAP)) - 1, days - 1)
                page = f"gold {len(items)}"
                items.append(Sighting(row["headline"], row["blurb"], page, START + timedelta(days=day)))
                gold[page] = event
    others = sorted(read(noise), key=lambda row: str(row["date"]))
    begin = date.fromisoformat(others[len(others) // 3]["date"])
    for row in others:
        day = (date.fromisoformat(row["date"]) - begin).days
        if 0 <= day < days:
            items.append(Sighting(row["headline"], row["blurb"], row["id"], START + timedelta(days=day)))
    return items, gold


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clusters", nargs="+")
    parser.add_argument("--noise")
    parser.add_argument("--days", type=int, default=45)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args(arguments)
    print("| fed | ARI | B-cubed F1 | precision | recall | stories | events |\n|---|--:|--:|--:|--:|--:|--:|")
    for file in options.clusters:
        rows = read(file)
        gold = {str(at): str(row["cluster"]) for at, row in enumerate(rows)}
        items = [Sighting(row["headline"], row["blurb"], str(at), START) for at, row in enumerate(rows)]
        print(report(f"{Path(file).stem}, at once", gold, follow([items])), flush=True)
        for seed in SEEDS:
            order = np.random.default_rng(seed).permutation(len(items))
            runs = [[items[at] for at in part] for part in np.array_split(order, options.runs)]
            print(report(f"{Path(file).stem}, {options.runs} runs, order {seed}", gold, follow(runs)), flush=True)
    if options.noise:
        items, gold = among_noise(options.clusters, options.noise, options.days)
        days = sorted({item.day for item in items if item.day})
        by_day = [[item for item in items if item.day == day] for day in days]
        print(report(f"all, among {len(items) - len(gold):,} others, by day", gold, follow(by_day)), flush=True)
        shuffled = [by_day[at] for at in np.random.default_rng(1).permutation(len(by_day))]
        print(report("the same, days in a random order", gold, follow(shuffled)), flush=True)


if __name__ == "__main__":
    main()
