"""A desk at work: what is decided, what the model thinks of the rest, and what is shown next."""

from __future__ import annotations

import secrets
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.desk.store import OTHER_NUMBER, Decision
from classifier.errors import UsageError
from training.desk import jobs
from training.desk.learn import ENOUGH, NO_GUESS, USUAL_FACTOR, Labels
from training.desk.queue import RANDOM_EVERY, random_order
from training.desk.search import Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from classifier.desk.store import Desk, Topic
    from training.desk.estimate import Estimate
    from training.desk.features import Features

QUEUES = ("uncertain", "random", "rare", "doubt", "search", "cluster")
LOOK = 10
"""Articles that are looked at before many are accepted."""
BULK = "bulk"


@dataclass(frozen=True)
class Wanted:
    """Which queue an article is to come from, with what is searched for or the number of the cluster."""

    queue: str = QUEUES[0]
    text: str = ""
    cluster: int = -1


@dataclass(frozen=True)
class Look:
    """Guesses that may be accepted together: rows, the topic of each, and the ten to be looked at."""

    ticket: str
    rows: tuple[int, ...]
    topics: tuple[int, ...]
    shown: tuple[int, ...]


class Session:
    """One desk, one thread: everything but what `jobs` does runs where the desk's file was opened."""

    def __init__(self, desk: Desk, features: Features, told: Mapping[str, NDArray[np.float32]] | None = None) -> None:
        self.desk, self.features, self.told = desk, features, dict(told or {})
        twins = desk.twins()
        numbers = features.numbers.tolist()
        self.heads = np.flatnonzero(np.array([twins[number] == number for number in numbers], dtype=bool))
        self.head_of = {number: features.row_of[twins[number]] for number in numbers}
        self.draw = [row for row in random_order(features.numbers, desk.seed).tolist() if self._is_head(row)]
        self._rank = {row: rank for rank, row in enumerate(self.draw)}
        self.learned = jobs.Learned(0, None, np.zeros(0, dtype=np.int64))
        self.estimate: Estimate | None = None
        self.doubts: tuple[int, list[tuple[int, int, float]]] = (-1, [])
        self.clusters: list[jobs.Cluster] | None = None
        self._factor = USUAL_FACTOR
        self._pointing = jobs.Pointing(features)
        self._search = Search(features)
        self._pool = ThreadPoolExecutor(1, "desk")
        self._job: tuple[str, int, Future[Any]] | None = None
        self._judged = -1
        self._want: set[str] = set()
        self._look: Look | None = None
        self.revision = 0
        self.reload()

    def _is_head(self, row: int) -> bool:
        return bool(self.head_of[int(self.features.numbers[row])] == row)

    def close(self) -> None:
        """Waits for what is being worked out, and leaves it."""
        self._pool.shutdown(cancel_futures=True)

    # What is decided

    def reload(self) -> None:
        """Reads topics and standing decisions again, and has the model fitted anew."""
        self.topics: list[Topic] = self.desk.topics()
        self._merged = self.desk.merged()
        self.standing = {one.article: one for one in self.desk.decisions()}
        self._changed()

    def _changed(self) -> None:
        self.revision += 1
        self._closed = {self.head_of[number] for number in self.standing if number in self.head_of}

    def labels(self) -> Labels:
        """What is labelled by now, each group of near-duplicates once; the draw reaches as far as it was asked."""
        reach = max((self._rank.get(self.head_of.get(one.article, -1), -1) for one in self._drawn()), default=-1)
        kept: dict[int, Decision] = {}
        for one in self.standing.values():
            if one.kind == "label" and one.article in self.head_of:
                kept[self.head_of[one.article]] = one
        rows = np.array(sorted(kept), dtype=np.int64)
        sample = [self._rank[row] <= reach and kept[row].queue != BULK for row in rows.tolist()]
        turns = [self._rank[row] for row in rows.tolist()]
        guesses = [self._guess(kept[row]) for row in rows.tolist()]
        topics = tuple(kept[row].topics for row in rows.tolist())
        arrays = np.array(sample, dtype=bool), np.array(turns, dtype=np.int64), np.array(guesses, dtype=np.int64)
        return Labels(rows, topics, *arrays)

    def _guess(self, decision: Decision) -> int:
        """The topic that the model held likeliest when an article was decided on; merged topics count as one."""
        shares: dict[int, float] = {}
        for named, share in (decision.opinion or {}).items():
            topic = self._merged.get(named, named)
            shares[topic] = shares.get(topic, 0.0) + share
        return max(shares, key=lambda topic: (shares[topic], -topic), default=NO_GUESS)

    def _drawn(self) -> list[Decision]:
        return [one for one in self.standing.values() if one.queue == "random"]

    def decide(
        self, article: int, kind: str, topics: Sequence[int] = (), *, note: str = "", queue: str = "", batch: int = 0
    ) -> None:
        """Keeps a decision with what the model thinks at this moment."""
        decision = Decision(article, kind, tuple(topics), note, queue, self.speaker, self.shares(article), batch)
        self.desk.decide([decision])
        self.standing[article] = decision
        self._changed()

    def undo(self) -> list[Decision]:
        """Takes back what was decided last, and gives it."""
        taken = self.desk.undo()
        self.reload()
        return taken

    # What the model thinks

    @property
    def speaker(self) -> str:
        """Which model speaks: "" while none does."""
        opinion = self.learned.opinion
        if opinion is None:
            return ""
        words = "model" if self.told else "words"
        parts = [f"{opinion.labels} labels"] * bool(opinion.labels) + [words] * bool(opinion.pointed)
        return " + ".join(parts)

    def shares(self, article: int) -> dict[int, float]:
        """How likely each topic is for an article by now, likeliest first."""
        opinion = self.learned.opinion
        if opinion is None:
            return {}
        there = {topic.topic for topic in self.topics} | {OTHER_NUMBER}
        shares = opinion.probabilities[self.features.row_of[article]].tolist()
        found = {topic: share for topic, share in zip(opinion.columns, shares, strict=True) if topic in there}
        return dict(sorted(found.items(), key=lambda one: -one[1]))

    def poll(self) -> bool:
        """Takes over what was worked out, and starts what is to be worked out; whether anything is being."""
        if self._job is not None and self._job[2].done():
            kind, revision, future = self._job
            self._job = None
            self._take(kind, revision, future.result())
        if self._job is None:
            self._start()
        return self._job is not None

    def _take(self, kind: str, revision: int, found: Any) -> None:
        if kind == "learn":
            self.learned = found
        elif kind == "doubt":
            self.doubts = revision, found
        elif kind == "cluster":
            self.clusters = found
        else:
            self._judged = revision
            self._keep(found)

    def _keep(self, found: Estimate | None) -> None:
        self.estimate = found
        if found is None:
            return
        self._factor = found.factor if found.judged >= ENOUGH else USUAL_FACTOR
        scores = found.accuracy, found.macro_f1
        if not any(np.isnan(score.low) for score in scores):
            accuracy, f1 = ((score.value, score.low, score.high) for score in scores)
            self.desk.keep_estimate(found.labels, found.judged, accuracy, f1)

    def _start(self) -> None:
        known = jobs.Known(self.revision, tuple(self.topics), self.labels(), self.told, self._factor)
        seed, features = self.desk.seed, self.features
        if self.learned.revision != self.revision:
            job = self._pool.submit(jobs.learn, features, known, self._pointing, self.heads)
            self._job = "learn", self.revision, job
        elif "doubt" in self._want and self.doubts[0] != self.revision:
            self._job = "doubt", self.revision, self._pool.submit(jobs.doubts, features, known, seed)
        elif "cluster" in self._want and self.clusters is None:
            self._job = "cluster", self.revision, self._pool.submit(jobs.clusters, features, self.heads, seed)
        elif self._judged != self.revision:
            judged = self._pool.submit(jobs.judge, features, known, self._pointing, seed)
            self._job = "judge", self.revision, judged

    # What is shown next

    def next(self, wanted: Wanted) -> tuple[int, str]:
        """(the article to show, the queue it comes from); 0 where that queue has none, or none yet."""
        row = next(iter(self.rows_of(wanted)), None)
        if wanted.queue == QUEUES[0] and (self._turn() or row is None):
            row, wanted = next(iter(self._open_draw()), None), Wanted("random")
        return (0 if row is None else int(self.features.numbers[row])), wanted.queue

    def _turn(self) -> bool:
        """Whether the random draw has its turn."""
        asked = sum(one.queue in QUEUES[:2] for one in self.standing.values())
        return asked % RANDOM_EVERY == RANDOM_EVERY - 1

    def ask(self, queue: str) -> None:
        """Has worked out what this queue needs."""
        self._want.add(queue)

    def rows_of(self, wanted: Wanted) -> Iterator[int]:
        """The open rows of a queue, in its order."""
        self.ask(wanted.queue)
        if wanted.queue == "doubt":
            return (row for row, *_ in self.doubts[1] if self._unconfirmed(row))
        if wanted.queue == "random":
            return self._open_draw()
        if wanted.queue == "search":
            return self._open(self._search.rows(wanted.text))
        if wanted.queue == "cluster":
            found = self.clusters or []
            return self._open(found[wanted.cluster].rows if 0 <= wanted.cluster < len(found) else ())
        order = self.learned.order
        return self._open(self._rare() if wanted.queue == "rare" else order)

    def _open(self, rows: Any) -> Iterator[int]:
        return (row for row in map(int, rows) if row not in self._closed and self._is_head(row))

    def open_count(self, rows: Any) -> int:
        """How many of these rows are open."""
        return sum(1 for _ in self._open(rows))

    def _open_draw(self) -> Iterator[int]:
        """The draw in its order; what was accepted with many others is asked all the same when its turn comes."""
        bulk = {self.head_of[one.article] for one in self.standing.values() if one.queue == BULK}
        return (row for row in self.draw if row not in self._closed or row in bulk)

    def _unconfirmed(self, row: int) -> bool:
        one = self.standing.get(int(self.features.numbers[row]))
        return one is not None and one.queue != "doubt"

    def _rare(self) -> NDArray[np.int64]:
        """All rows, those first that are likeliest of the topic that has the fewest labels."""
        opinion = self.learned.opinion
        if opinion is None:
            return self.learned.order
        counts = self.labels().counts()
        there = [topic.topic for topic in self.topics if topic.topic in opinion.columns]
        if not there:
            return self.learned.order
        column = opinion.columns.index(min(there, key=lambda topic: (counts.get(topic, 0), topic)))
        return np.argsort(-opinion.probabilities[:, column], kind="stable")

    # Many at once

    def look(self, wanted: Wanted, least: float, topic: int | None = None) -> Look:
        """The guesses of a search or a cluster that are at least so likely, and ten of them to be looked at.

        topic: only guesses of it. Raises UsageError where there are none.
        """
        opinion = self.learned.opinion
        if wanted.queue not in ("search", "cluster") or opinion is None:
            raise UsageError(wanted.queue, "is nothing to accept guesses of", "search, or take a cluster, first")
        best = opinion.probabilities.argmax(axis=1)
        rows = [
            row
            for row in self.rows_of(wanted)
            if opinion.probabilities[row, best[row]] >= least and topic in (None, opinion.columns[best[row]])
        ]
        if not rows:
            raise UsageError("guesses", f"none is as likely as {least:g}", "take a lower probability")
        shown = np.random.default_rng(secrets.randbits(32)).permutation(len(rows))[:LOOK].tolist()
        topics = tuple(opinion.columns[int(best[row])] for row in rows)
        self._look = Look(secrets.token_hex(8), tuple(rows), topics, tuple(rows[place] for place in shown))
        return self._look

    def accept(self, ticket: str) -> int:
        """Accepts what was looked at last, as one that is undone as one; how many. Raises UsageError for another."""
        look, self._look = self._look, None
        if look is None or not secrets.compare_digest(ticket, look.ticket):
            raise UsageError("guesses", "have not been looked at", "look at ten of them first")
        batch = self.desk.new_batch()
        made = []
        for row, topic in zip(look.rows, look.topics, strict=True):
            if row not in self._closed:
                article = int(self.features.numbers[row])
                topics = (topic,) if topic else ()
                made.append(Decision(article, "label", topics, "", BULK, self.speaker, self.shares(article), batch))
        self.desk.decide(made)
        self.reload()
        return len(made)
