"""The whole of tuning: a search on all articles for the model, and one on each outer fold for its score.

What is reported comes from articles that had no part in the choice (Cawley & Talbot 2010, "On Over-fitting in Model
Selection"): each outer fold is labelled by what a search among the other folds' articles has chosen, and by what they
would have got by default.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import UsageError
from eval.scores.compare import compare
from eval.scores.gold import topic_sets
from eval.scores.label_sets import compare_sets
from training.crossval import subset
from training.fit.calibrate import calibrate
from training.fit.fitting import linear_model
from training.folds import folds
from training.tune.budget import ENDLESS, Budget
from training.tune.candidates import Facts, described, in_words
from training.tune.counts import Counted
from training.tune.search import Search
from training.tune.task import FOLDS, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from classifier.model.model import Model
    from classifier.types import Prediction
    from eval.scores.compare import Comparison
    from training.corpus import Corpus
    from training.fit.spec import TrainingSpec
    from training.tune.search import Found, Trial
    from training.tune.task import Rows

OUTER = 3
"""Outer folds: each costs a search on two thirds of the articles."""
CONFIRMED = 1.0
"""Standard errors by which a search must be ahead of the default in the outer folds, or the default stays."""


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """What tuning has found.

    found: the search on all articles. confirmed: whether outer folds say that searching is ahead of the default here;
    spec: what was found, or else the default. comparison: of what searches said of articles they had not seen with what
    the default says of these; predictions: of every article, by the one that was kept. winners: what each outer fold
    chose. metric: the score that the user wanted it to choose by ("": the usual one). cut: whether the budget ran out.
    """

    spec: TrainingSpec
    confirmed: bool
    found: Found
    predictions: list[Prediction]
    comparison: Comparison
    winners: list[TrainingSpec]
    metric: str
    cut: bool

    def as_json(self) -> dict[str, Any]:
        """What `model.json` keeps: every trial, what won, and the paired comparison with the default."""
        told = self.comparison.as_json()
        return {
            "trials": [trial.as_json() for trial in self.found.trials],
            "default": described(self.found.for_all(self.found.default)),
            "chosen": described(self.spec),
            "found": described(self.found.for_all(self.found.best)),
            "confirmed": self.confirmed,
            "chosen_in_outer_folds": [described(spec) for spec in self.winners],
            "outer_folds": len(self.winners),
            "inner_folds": FOLDS,
            "metric": self.metric or "default",
            "budget_cut": self.cut,
            "against_default": {name: told[name] for name in told if name not in ("changes", "names")},
        }

    def sentences(self) -> list[str]:
        """What was tried, what won over the default and by how much, each a line."""
        default = self.found.for_all(self.found.default)
        specs = {trial.spec for trial in self.found.trials}
        apart = in_words(self.found.for_all(self.found.best), default)
        lines = [f"tried {len(specs)} specifications on up to {len(self.found.rows):,} articles"]
        if self.cut:
            lines[0] += "; the budget cut the search short: with more minutes it may end elsewhere"
        lines.append(f"chosen, with the default in brackets: {apart}" if apart else "chosen: the default")
        lines.append(
            f"{len(self.winners)} outer folds, each labelled by a search without it: {self.comparison.sentence}"
        )
        if apart and not self.confirmed:
            lines.append(
                "so what the search has found is not confirmed by articles it had not seen: the default is kept"
            )
        return lines


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a corpus is searched.

    minutes: after which nothing more is tried. metric: the score to choose by, of the registry's keys ("": accuracy, or
    the micro-F1 of label sets). fixed: fields of the specification that the search leaves as they are. tell: called
    with what is being done and the share of all done; say: called with what it will cost.
    """

    minutes: float = ENDLESS
    metric: str = ""
    fixed: tuple[str, ...] = ()
    tell: Callable[[str, float], None] = lambda _what, _share: None
    say: Callable[[str], None] = lambda _line: None


def tune(corpus: Corpus, groups: Sequence[Hashable], spec: TrainingSpec, tuning: Tuning) -> Tuned:
    """Chooses how a corpus is learned, and judges the choice on outer folds.

    groups: near-duplicates share one, and a fold. spec: the default, with what the user has set. Raises UsageError for
    the built-in corpus, whose specification was chosen on real news, and where there are too few articles for folds
    within folds. The same for every number of threads.
    """
    from threadpoolctl import threadpool_limits

    check(corpus, groups)
    with threadpool_limits(limits=1):
        return _tune(corpus, groups, spec, tuning)


def _tune(corpus: Corpus, groups: Sequence[Hashable], spec: TrainingSpec, tuning: Tuning) -> Tuned:
    shares = (1.0, *((OUTER - 1) / OUTER for _ in range(OUTER)))
    budget = Budget(60 * tuning.minutes, shares, tuning.tell, tuning.say)
    task = Task.of(corpus, Counted(corpus.pages), groups, tuning.metric)
    fixed = {name: getattr(spec, name) for name in tuning.fixed}
    facts = Facts.of(corpus.pages, vectors=task.counted.vectors_are_of_use(), fixed=fixed)
    found = Search(task, np.arange(len(corpus.articles)), facts, budget, spec.seed).find(spec)
    said: tuple[dict[int, Prediction], ...] = ({}, {})
    winners = []
    for train, test in folds(corpus.primaries, OUTER, groups=groups, seed=spec.seed):
        budget.next_search()
        inside = Search(task, train, facts, budget, spec.seed).find(spec)
        winners.append(inside.for_all(inside.best))
        pages = [corpus.articles[row].page for row in test.tolist()]
        for trial, predictions in zip((inside.best, inside.default), said, strict=True):
            given = model_of(task, train, inside, trial).predict(pages)
            predictions.update(zip(test.tolist(), given, strict=True))
    tuned, default = ([one[row] for row in range(len(corpus.articles))] for one in said)
    comparison = compared(corpus, default, tuned)
    lead = comparison.differences[task.metric]
    confirmed = bool(lead.value > 0 and lead.value >= CONFIRMED * (lead.high - lead.low) / (2 * 1.96))
    best = found.best if confirmed else found.default
    kept = default if best is found.default else tuned
    return Tuned(found.for_all(best), confirmed, found, kept, comparison, winners, tuning.metric, budget.cut)


def check(corpus: Corpus, groups: Sequence[Hashable]) -> None:
    """Raises UsageError where there is nothing to tune, or too little to tune by."""
    if corpus.built_in:
        what = "the built-in corpus is learned as was chosen on real news"
        raise UsageError("--tune", what, "name a corpus of your own")
    if len(set(groups)) < OUTER * FOLDS:
        what = f"takes {OUTER * FOLDS} articles that are no near-duplicates, the corpus has {len(set(groups))}"
        raise UsageError("--tune", what, "train without it")


def model_of(task: Task, rows: Rows, found: Found, trial: Trial) -> Model:
    """The model that a trial's specification learns of some articles, calibrated on scores of inner folds."""
    spec = replace(found.for_all(trial), folds=FOLDS)
    known = trial.scores  # the search has them already, unless it asked a sample
    scores = known if known is not None and len(known) == len(rows) else task.scores(spec, rows)
    part, groups = subset(task.corpus, rows), [task.groups[row] for row in rows.tolist()]
    made = task.counted.design(spec, rows)
    calibration = calibrate(scores, part, task.labels, spec, groups)
    return linear_model(task.labels, spec, made, task.targets[rows], calibration)


def compared(corpus: Corpus, default: Sequence[Prediction], tuned: Sequence[Prediction]) -> Comparison:
    """The tuned predictions against the default's, on the same articles."""
    names, ids = ("the default", "the tuned model"), [page.id for page in corpus.pages]
    if corpus.of_sets:
        gold = [set(article.topics) for article in corpus.articles]
        return compare_sets(gold, topic_sets(default), topic_sets(tuned), ids=ids, names=names)
    sides = ([one.topic for one in side] for side in (default, tuned))
    return compare(corpus.primaries, *sides, ids=ids, names=names)
