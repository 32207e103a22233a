"""How many labels the desk saves: a simulated analyst, who answers from gold, on each queue.

python -m bench.desk queues CORPUS [--test CORPUS] [--pool N] [--most N] [--seeds 5] [--topics topics.toml] -o FILE
python -m bench.desk coverage CORPUS …
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.types import OTHER
from eval.scores.metrics import macro_f1
from training.corpus import read_corpus
from training.desk.estimate import estimate
from training.desk.features import Features, features_of
from training.desk.learn import NO_GUESS, OTHER_NUMBER, Fitted, Labels, fit_labels, opinion_of
from training.desk.queue import RANDOM_EVERY, uncertain_first
from training.desk.seeds import Pointed, point
from training.desk.topics import read_topics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RANDOM = "random"
QUEUES = (RANDOM, "margin", "entropy", "spread")
SHARES = (0.9, 0.95, 0.98)
START, GROWTH, LEAST_STEP = 10, 1.08, 5
"""Labels before the first model; how much more there are at each fit; labels between fits at least."""


@dataclass(frozen=True)
class Task:
    """A corpus to label: its features, each article's gold number (n,), which rows are labelled from and judged on."""

    features: Features
    gold: NDArray[np.int64]
    topics: tuple[int, ...]
    names: dict[int, str]
    pool: NDArray[np.int64]
    test: NDArray[np.int64]
    pointed: Pointed | None

    def labels(
        self, rows: NDArray[np.int64], sample: NDArray[np.bool_], turn: NDArray[np.int64], guessed: NDArray[np.int64]
    ) -> Labels:
        """Gold of these rows, as an analyst would give it."""
        given = tuple((number,) if number else () for number in self.gold[rows].tolist())
        return Labels(rows, given, sample, turn, guessed)

    def predicted(self, fitted: Fitted) -> NDArray[np.int64]:
        """(t,) the topic of each test article."""
        found: NDArray[np.int64] = np.array(fitted.columns)[fitted.scores(self.features, self.test).argmax(axis=1)]
        return found


def task(corpus: str, test: str | None, pool: int, judged: int, seed: int, topics: str | None) -> Task:
    """A random part of a corpus as the pool, and articles apart from it as the test."""
    rng = np.random.default_rng(seed)
    found = read_corpus([corpus]).articles
    found = [found[row] for row in rng.permutation(len(found))[: pool + (0 if test else judged)].tolist()]
    size = min(pool, len(found) if test else len(found) - judged)
    if test:
        theirs = read_corpus([test]).articles
        found += [theirs[row] for row in rng.permutation(len(theirs))[:judged].tolist()]
    names = sorted({article.primary for article in found} - {OTHER})
    words = read_topics(Path(topics)) if topics else []
    number_of = {name: number for number, name in enumerate(names, 1)} | {OTHER: OTHER_NUMBER}
    features = features_of(list(range(1, len(found) + 1)), [article.page for article in found])
    gold = np.array([number_of[article.primary] for article in found])
    ordered = [next(one for one in words if one.name == name) for name in names] if words else []
    pointed = point(features, ordered) if ordered else None
    if pointed:  # the test is not there yet when somebody labels
        pointed = Pointed(np.where(np.arange(len(found))[:, None] < size, pointed.scores, -np.inf), pointed.named)
        pointed.named[size:] = False
    numbers = {number: name for name, number in number_of.items()}
    rows = np.arange(len(found))
    return Task(features, gold, tuple(range(1, len(names) + 1)), numbers, rows[:size], rows[size:], pointed)


def session(given: Task, queue: str, most: int, seed: int) -> Iterator[tuple[Labels, Fitted]]:
    """The labels and the model of a session, at each fit."""
    draw = np.random.default_rng(seed).permutation(given.pool)
    turn = np.zeros(given.features.matrix.shape[0], dtype=np.int64)
    turn[draw] = np.arange(draw.size)
    chosen: list[int] = []
    guesses: list[int] = []
    ahead: list[int] = []
    fitted: Fitted | None = None
    want, place, reach = START, 0, -1
    taken: set[int] = set()
    while len(chosen) < most:
        while len(chosen) < min(want, most, given.pool.size):
            at_random = queue == RANDOM or not ahead or len(chosen) % RANDOM_EVERY == RANDOM_EVERY - 1
            if at_random:
                while int(draw[place]) in taken:
                    place += 1
                reach = place
            row = int(draw[place]) if at_random else ahead.pop()
            if row not in taken:
                chosen.append(row)
                taken.add(row)
                guesses.append(_named(given, fitted, row))
        rows = np.array(chosen)
        labels = given.labels(rows, turn[rows] <= reach, turn[rows], np.array(guesses))
        found = fit_labels(given.features, labels, given.pointed, given.topics, other=OTHER_NUMBER in given.gold)
        want = max(len(chosen) + LEAST_STEP, int(len(chosen) * GROWTH))
        if found is None:
            continue
        fitted = found[0]
        yield labels, fitted
        if queue != RANDOM:
            opinion = opinion_of(given.features, fitted, given.names, labels=0, pointed=0, factor=2.5)
            open_rows = np.setdiff1d(given.pool, labels.rows)
            ahead = uncertain_first(given.features, opinion, open_rows, queue).tolist()[::-1]
        if len(chosen) >= given.pool.size:
            return


def _named(given: Task, fitted: Fitted | None, row: int) -> int:
    """What a model names before the label is seen."""
    if fitted is None:
        return NO_GUESS
    return int(fitted.columns[int(fitted.scores(given.features, np.array([row])).argmax())])


def accuracy(given: Task, fitted: Fitted) -> float:
    """On the test articles."""
    return float((given.predicted(fitted) == given.gold[given.test]).mean())


def needed(curve: list[tuple[int, float]], target: float) -> int | None:
    """Labels from which on the accuracy, smoothed over three fits, is at the target; None if it never is."""
    counts = [count for count, _ in curve]
    values = np.convolve(np.pad([value for _, value in curve], 1, mode="edge"), np.ones(3) / 3, mode="valid")
    return next((count for count, value in zip(counts, values.tolist(), strict=True) if value >= target), None)


def queues(options: argparse.Namespace) -> dict[str, Any]:
    """Labels needed for each share of the accuracy that all labels give, for each queue and seed."""
    results: dict[str, Any] = {"full": [], "curves": {}, "needed": {}}
    for seed in range(options.seeds):
        given = task(options.corpus, options.test, options.pool, options.judged, seed, options.topics)
        nothing = np.zeros(given.pool.size, dtype=np.int64)
        every = given.labels(given.pool, nothing.astype(bool), nothing, nothing)
        whole = fit_labels(given.features, every, None, given.topics)
        assert whole is not None  # noqa: S101 (a benchmark)
        full = accuracy(given, whole[0])
        results["full"].append(full)
        for queue in options.queues:
            begun = time.process_time()
            curve = [
                (labels.rows.size, accuracy(given, fitted))
                for labels, fitted in session(given, queue, options.most, seed)
            ]
            results["curves"].setdefault(queue, []).append(curve)
            found = [needed(curve, share * full) for share in SHARES]
            results["needed"].setdefault(queue, []).append(found)
            print(
                f"seed {seed} {queue:8} full {full:.4f} needed {found}; {time.process_time() - begun:.0f} s", flush=True
            )
    return results


def coverage(options: argparse.Namespace) -> dict[str, Any]:
    """How often the estimate's intervals hold the truth: what the same model scores on all articles not labelled."""
    rows = []
    for seed in range(options.seeds):
        given = task(options.corpus, options.test, options.pool, options.judged, seed, options.topics)
        for run in range(options.runs):
            *_, (labels, fitted) = session(given, options.queues[-1], options.most, 1000 * seed + run)
            found = estimate(given.features, labels, given.pointed, given.topics, seed=run)
            if found is None:
                continue
            predicted = given.predicted(fitted)
            gold = given.gold[given.test]
            truth = float((predicted == gold).mean())
            f1 = macro_f1([str(one) for one in gold.tolist()], [str(one) for one in predicted.tolist()])
            held = found.accuracy.low <= truth <= found.accuracy.high
            held_f1 = found.macro_f1.low <= f1 <= found.macro_f1.high
            rows.append(
                [found.labels, found.judged, truth, found.accuracy.value, held, f1, found.macro_f1.value, held_f1]
            )
            print(
                seed,
                run,
                rows[-1],
                f"{np.mean([r[4] for r in rows]):.3f} {np.mean([r[7] for r in rows]):.3f}",
                flush=True,
            )
    return {"rows": rows}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("queues", "coverage"))
    parser.add_argument("corpus")
    parser.add_argument("--test")
    parser.add_argument("--topics")
    parser.add_argument("--pool", type=int, default=20_000)
    parser.add_argument("--judged", type=int, default=5_000)
    parser.add_argument("--most", type=int, default=4_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--queues", nargs="+", default=QUEUES)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    found = queues(options) if options.what == "queues" else coverage(options)
    options.output.write_text(json.dumps(found) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
