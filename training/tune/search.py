"""Successive halving: many specifications on few articles, the better third of them on more, the best on all.

Jamieson & Talwalkar 2016, "Non-stochastic Best Arm Identification and Hyperparameter Optimization". Then one change at
a time of what has won, and all changes together that were ahead. What is kept instead of the default must be ahead of
it on the same articles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from training.fit.choose import clearly_ahead, decided, scaled
from training.fit.defaults import PLAIN
from training.folds import nested_order
from training.tune.budget import rungs
from training.tune.candidates import combined, described, first_round, refinements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.fit.spec import TrainingSpec
    from training.tune.budget import Budget
    from training.tune.candidates import Facts
    from training.tune.task import Rows, Scores, Task

MOST = 8_000
"""Articles that a search asks at most."""
ENTRIES = 800_000
"""Articles times labels that it asks at most, but LEAST articles in any case."""
LEAST = 1_000
CLEARLY = 1.0
"""Standard errors of the paired difference by which accuracy must be ahead of the default's."""
KEPT = 3
"""Of so many specifications one goes on to the next rung."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What so many articles said of a specification: its score, and which of them it had right (n,), each left out in
    turn. scores (n, L): kept where all of the search's articles were asked.
    """

    spec: TrainingSpec
    articles: int
    score: float
    scores: Scores | None
    hits: NDArray[np.bool_]

    def as_json(self) -> dict[str, Any]:
        """What `model.json` keeps of it."""
        return {**described(self.spec), "articles": self.articles, "score": round(self.score, 4)}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search has found. rows: the articles it asked; best and default: their trials on the most of them that
    were asked; trials: all, in their order; articles: how many there are in all; fixed: what the user had set.
    """

    rows: Rows
    best: Trial
    default: Trial
    trials: list[Trial]
    articles: int
    fixed: Mapping[str, Any]

    def for_all(self, trial: Trial) -> TrainingSpec:
        """A trial's specification for all articles, where it was asked of a sample."""
        return scaled(trial.spec, len(self.rows), self.articles, fixed="C" in self.fixed)


class Search:
    """A search among the articles `rows` of a task, whose trials take the time that `budget` allows. seed: of the order
    in which articles are asked.
    """

    def __init__(self, task: Task, rows: Rows, facts: Facts, budget: Budget, seed: int = 0) -> None:
        self.task, self.facts, self.budget, self.articles = task, facts, budget, len(rows)
        most = min(len(rows), MOST, max(LEAST, ENTRIES // len(task.labels)))
        order = rows[nested_order(task.primaries(rows), seed)]
        self._parts = {size: np.sort(order[:size]) for size in rungs(most, LEAST)}
        self._whole = max(self._parts)
        self._done: dict[tuple[TrainingSpec, int], Trial] = {}
        self._planned = 1
        self._last = 0.0

    def find(self, base: TrainingSpec) -> Found:
        """Searches; `base` is the default specification, with what is left open."""
        default = self._default(base)
        specs = first_round(self.facts, default)
        self._planned = len(self._done) + self._to_come(len(specs))
        self.budget.forecast(self._seconds(len(specs)), self._planned)
        *few, whole = self._parts
        for size in few:
            specs = self._ranked(self._tried(specs, size), size)[: max(2, len(specs) // KEPT)]
        best = self._ranked(self._tried([default, *specs], whole), whole)[0]
        best = self._refined(best, (few or [whole])[-1])
        tried, kept = self.run(best, whole), self.run(default, whole)
        chosen = tried if self._worth_it(tried, kept) else kept
        return Found(self._parts[whole], chosen, kept, list(self._done.values()), self.articles, self.facts.fixed)

    def run(self, spec: TrainingSpec, size: int) -> Trial:
        """The trial of a specification on so many articles, once."""
        if (spec, size) not in self._done:
            rows, started = self._parts[size], self.budget.clock()
            scores = self.task.scores(spec, rows)
            judged = self.task.calibrated(scores, spec, rows)
            quality, hits = self.task.quality(judged, rows), self.task.hits(judged, rows)
            self._done[spec, size] = Trial(spec, size, quality, scores if size == self._whole else None, hits)
            self._last = self.budget.clock() - started
            self.budget.progress(f"trial {len(self._done)}", min(1.0, len(self._done) / self._planned))
        return self._done[spec, size]

    def _default(self, base: TrainingSpec) -> TrainingSpec:
        """The specification that would have been used, which the whole sample is asked about."""
        spec = replace(base, open_choice=False)
        if not base.open_choice:
            return spec
        plain = replace(PLAIN, open_choice=False)
        spec = spec if self.facts.vectors else replace(spec, prior=0.0)
        return decided(lambda one: self.run(one, self._whole).hits, spec, plain, self._whole, self.articles)

    def _seconds(self, specs: int) -> float:
        """About how long the search will take: a trial on the whole, for as many articles as will be asked."""
        asked = sum(max(2, specs // int(KEPT**at)) * size for at, size in enumerate(self._parts))
        asked += len(refinements(self.facts, PLAIN)) * list(self._parts)[-2:][0] + KEPT * self._whole
        return asked / self._whole * self._last

    def _to_come(self, specs: int) -> int:
        """About how many trials there will be, for the progress that is told."""
        in_rungs = [max(2, specs // int(KEPT**number)) for number in range(len(self._parts))]
        return sum(in_rungs) + len(refinements(self.facts, PLAIN)) + KEPT

    def _tried(self, specs: Sequence[TrainingSpec], size: int) -> list[TrainingSpec]:
        """Those that there is time to run, the first one in any case."""
        tried = []
        for number, spec in enumerate(specs):
            if number == 0 or (spec, size) in self._done or self.budget.allows():
                self.run(spec, size)
                tried.append(spec)
        return tried

    def _ranked(self, specs: Sequence[TrainingSpec], size: int) -> list[TrainingSpec]:
        """Best first; of equal ones in the order given."""
        return sorted(specs, key=lambda spec: -self.run(spec, size).score)

    def _ahead(self, specs: Sequence[TrainingSpec], of: TrainingSpec, size: int) -> list[TrainingSpec]:
        """Those with a better score than one of them, best first."""
        least = self.run(of, size).score
        return [spec for spec in self._ranked(specs, size) if self.run(spec, size).score > least]

    def _refined(self, spec: TrainingSpec, size: int) -> TrainingSpec:
        """With each change that pays on some articles and on the whole, alone or all together."""
        whole = self._whole
        promising = self._ahead(self._tried([spec, *refinements(self.facts, spec)], size), spec, size)
        better = self._ahead(self._tried([spec, *promising[:KEPT]], whole), spec, whole)
        together = [combined(spec, better)] if len(better) > 1 else []
        return self._ranked(self._tried([*better, *together, spec], whole), whole)[0]

    def _worth_it(self, tried: Trial, default: Trial) -> bool:
        """Whether a trial is so far ahead that the default is left for it."""
        if self.task.metric == "accuracy":
            return clearly_ahead(tried.hits, default.hits, CLEARLY)
        return tried.score > default.score
