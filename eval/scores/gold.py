"""What is judged: the gold labels of a corpus beside what was predicted for its articles, by whatever tool."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from classifier.errors import UsageError
from classifier.reading.cleaning import clean
from classifier.types import OTHER
from classifier.vietnamese.normalise import one_spelling
from eval.scores.metrics import label_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from classifier.types import Prediction

Term = tuple[str, float]
"""A term and its weight for the predicted label."""


_BETWEEN = re.compile(r"[\s_\-‐-―]+")
MOST_LABELS = 1_000
"""Different labels that can be judged: matrices of all pairs of them are made, shown and drawn from again and again."""


def check_labels(*sides: Iterable[str]) -> None:
    """Raises UsageError where gold and predictions have more than MOST_LABELS different labels between them."""
    count = len(set().union(*sides))
    if count > MOST_LABELS:
        what = f"gold and predictions have {count:,} different labels, a report at most {MOST_LABELS:,}"
        raise UsageError("", what, "name the column of the topics with --label-column")


def reads_as(label: str) -> str:
    """What two spellings of one label have in common: letters without case, whatever the spaces and hyphens, the
    Unicode form, what cannot be seen, letters of other scripts that look alike, and where the
    tone mark stands (hoá, hóa).
    """
    name = unicodedata.normalize("NFKC", clean(label)).casefold()
    return " ".join(map(one_spelling, _BETWEEN.sub(" ", name).split()))


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """n articles with gold and prediction, each field in the same order; None or {} where something is not known.

    `probability` (n,) is that of the predicted label. The topic sets hold primary and further topics. `slices` maps a
    name ("site", "year", "hard") to each article's value. `reasons` are the terms behind each prediction, strongest
    first. `distribution` (n, L) has a probability for each of `distribution_labels`. `further_runs` are the labels that
    repeats gave, each (n,), `predicted` being those of the first, and `further_topics` their topic sets. `known` are
    the labels the model can give; without them those of the distribution, else those that it gave. `sets`: the topic
    sets are what is judged, and `gold` is made by `nearest`, so that it is the predicted label where the set has that.
    Raises ValueError where lengths or numbers do not fit.
    """

    ids: Sequence[str]
    gold: Sequence[str]
    predicted: Sequence[str]
    titles: Sequence[str] = ()
    probability: NDArray[np.float64] | None = None
    gold_topics: Sequence[Collection[str]] | None = None
    predicted_topics: Sequence[Collection[str]] | None = None
    slices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reasons: Sequence[Sequence[Term]] | None = None
    distribution: NDArray[np.float64] | None = None
    distribution_labels: Sequence[str] = ()
    known: Collection[str] | None = None
    further_runs: Sequence[Sequence[str]] = ()
    further_topics: Sequence[Sequence[Collection[str]]] = ()
    sets: bool = False

    def __post_init__(self) -> None:
        columns = {
            "gold": self.gold,
            "predicted": self.predicted,
            "probability": self.probability,
            "gold_topics": self.gold_topics,
            "predicted_topics": self.predicted_topics,
            "reasons": self.reasons,
            "distribution": self.distribution,
            **{f"topics of run {number}": found for number, found in enumerate(self.further_topics, start=2)},
            **{f"run {number}": labels for number, labels in enumerate(self.further_runs, start=2)},
            **{f"slice {name}": values for name, values in self.slices.items()},
        }
        if len(self.titles):
            columns["titles"] = self.titles
        for name, values in columns.items():
            if values is not None and len(values) != len(self.ids):
                raise ValueError(f"{name}: {len(values)} values for {len(self.ids)} articles")
        if self.sets and (self.gold_topics is None or self.predicted_topics is None):
            raise ValueError("sets are judged by gold_topics and predicted_topics: give both")
        if self.distribution is not None and self.distribution.shape[1:] != (len(self.distribution_labels),):
            raise ValueError(f"distribution {self.distribution.shape} for {len(self.distribution_labels)} labels")
        for name, numbers in (("probability", self.probability), ("distribution", self.distribution)):
            if numbers is not None and not bool(np.all((numbers >= 0) & (numbers <= 1))):
                worst = np.argwhere(~((numbers >= 0) & (numbers <= 1)))[0][0]
                raise ValueError(f"{name} of {self.ids[worst]}: not between 0 and 1")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each predicted label is the gold one, shape (n,)."""
        return np.array([g == p for g, p in zip(self.gold, self.predicted, strict=True)], dtype=bool)

    @property
    def model_labels(self) -> list[str]:
        """The labels the model can give, as far as they are known, in label order."""
        return label_order(self.known if self.known is not None else (self.distribution_labels or self.predicted))

    @property
    def gold_labels(self) -> set[str]:
        """Every label that stands in gold, as a primary topic or a further one."""
        return set().union(self.gold, *(self.gold_topics or ()))

    def gold_shown(self, i: int) -> str:
        """The gold of article i as one cell: its label, or its set."""
        if not self.sets or self.gold_topics is None:
            return self.gold[i]
        return ", ".join(label_order(set(self.gold_topics[i]) - {OTHER})) or OTHER

    @property
    def unknown_to_model(self) -> list[str]:
        """Labels that stand in gold but that the model cannot give: each such article is a miss, whatever it says."""
        return label_order(self.gold_labels.difference(self.model_labels))

    @property
    def absent_from_gold(self) -> list[str]:
        """Labels that the model can give but that no article of the gold has: nothing is measured about them."""
        return label_order({*self.model_labels, *self.predicted}.difference(self.gold_labels))

    @property
    def look_alikes(self) -> list[tuple[str, str]]:
        """Gold labels the model cannot give, each with one of its own that reads the same but for case or spacing."""
        own: dict[str, str] = {}
        for label in self.model_labels:
            own.setdefault(reads_as(label), label)
        return [(label, own[reads_as(label)]) for label in self.unknown_to_model if reads_as(label) in own]

    def title(self, i: int) -> str:
        """The title of article i, "" where there is none."""
        return self.titles[i] if len(self.titles) else ""


def judge(
    predictions: Sequence[Prediction],
    gold: Sequence[str],
    *,
    gold_topics: Sequence[Collection[str]] | None = None,
    slices: Mapping[str, Sequence[str]] | None = None,
    known: Collection[str] | None = None,
    further_runs: Sequence[Sequence[Prediction]] = (),
    sets: bool = False,
    titles: Sequence[str] | None = None,
) -> Judged:
    """Puts a model's predictions beside gold; their further topics are judged only where gold has topic sets too.

    sets: gold is nothing but sets. A label out of the set is then as right as any other of it: the gold label of an
    article is the predicted one where its set has that, else the one given.
    titles: what a reader knows the articles by, by default those of the predictions.
    """
    labels = label_order({score.topic for one in predictions for score in one.topics})
    column = {label: i for i, label in enumerate(labels)}
    table = np.zeros((len(predictions), len(labels)))
    for row, one in zip(table, predictions, strict=True):
        for score in one.topics:
            row[column[score.topic]] = score.probability
    reasons = [[(reason.term, reason.weight) for reason in one.reasons or ()] for one in predictions]
    return Judged(
        ids=[one.id for one in predictions],
        titles=[one.title for one in predictions] if titles is None else titles,
        gold=nearest(gold, [one.topic for one in predictions], gold_topics if sets else None),
        predicted=[one.topic for one in predictions],
        probability=np.array([one.probability for one in predictions], dtype=float),
        gold_topics=gold_topics,
        predicted_topics=None if gold_topics is None else topic_sets(predictions),
        slices=slices or {},
        reasons=reasons if any(reasons) else None,
        distribution=table if labels else None,
        distribution_labels=labels,
        known=known,
        further_runs=[[one.topic for one in run] for run in further_runs],
        further_topics=() if gold_topics is None else [topic_sets(run) for run in further_runs],
        sets=sets,
    )


def topic_sets(predictions: Sequence[Prediction]) -> list[set[str]]:
    """All that each prediction names, the primary topic and further ones; nothing for "other"."""
    return [{one.topic, *one.secondary} - {OTHER} for one in predictions]


def nearest(
    gold: Sequence[str], predicted: Sequence[str], topics: Sequence[Collection[str]] | None = None
) -> list[str]:
    """The gold label beside each predicted one: that same one where it is in the article's `topics`."""
    if topics is None:
        return list(gold)
    return [p if p in some else g for g, p, some in zip(gold, predicted, topics, strict=True)]
