"""How far new articles are from what a model knows, told without a label; and over time."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.types import FEW_KNOWN, OTHER
from classifier.vietnamese.dates import day_of
from eval.scores.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from classifier.model.model import Model
    from classifier.types import Page, Prediction

WORDS_FROM, WORDS = 1_000, 8
"""Articles whose words are looked at (every k-th), and how many words of a topic are told."""
SHIFTED = 0.1
"""By how much a topic's share must differ to be called shifted, if its interval says so too."""
FEWEST = 20
"""Articles below which nothing is called shifted."""
_TWO_SIDED = 1.959964
"""Of the normal distribution, for 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of articles with its 95 % interval, and what it was where the model learned (None: not recorded)."""

    value: float
    low: float
    high: float
    usual: float | None = None

    @property
    def shifted(self) -> bool:
        """Whether the usual share is out of the interval, and away by more than SHIFTED."""
        if self.usual is None or self.low <= self.usual <= self.high:
            return False
        return abs(self.value - self.usual) > SHIFTED


@dataclass(frozen=True, slots=True)
class Word:
    """A word that speaks for a topic here: its share of all that does, and whether it is among the model's heaviest."""

    term: str
    share: float
    usual: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """What is told of new articles.

    articles: how many. unknown: the mean share of syllables that the model cannot know. strange: the share of articles
    of which it knows less than FEW_KNOWN. topics: each label's mean probability. words: what speaks for each.
    expected: the accuracy that the probabilities promise, if they are as right here as where they were calibrated; its
    interval is of chance alone. months: the counts of each label by month, "" for articles without a date.
    """

    articles: int
    unknown: float
    strange: Share
    topics: dict[str, Share]
    words: dict[str, tuple[Word, ...]]
    expected: Share
    months: dict[str, dict[str, int]]

    def findings(self, names: Mapping[str, str] | None = None) -> list[str]:
        """What is worth a look, in words. names: of labels, as people are to read them."""
        if self.articles < FEWEST:
            return []
        told = names or {}
        found = [
            f"{told.get(label, label)}: {one.value:.0%} here, {one.usual:.0%} where the model learned"
            for label, one in self.topics.items()
            if one.shifted
        ]
        if self.strange.low > SHIFTED:
            found.append(f"most of {self.strange.value:.0%} of the articles is unknown to the model")
        right, usual = self.expected, self.expected.usual
        if usual is not None and right.high < usual:
            found.append(f"an accuracy of {right.value:.2f} is to be expected, {usual:.2f} was measured")
        return found

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "articles": self.articles,
            "unknown": round(self.unknown, 4),
            "strange": _plain(self.strange),
            "expected_accuracy": _plain(self.expected),
            "topics": {name: _plain(one) | {"shifted": one.shifted} for name, one in self.topics.items()},
            "words": {name: [asdict(word) for word in words] for name, words in self.words.items()},
            "months": self.months,
            "findings": self.findings(),
        }


def drift(pages: Iterable[Page], model: Model) -> Drift:
    """Compare articles, labelled or not, with what a model was made of. Raises ValueError where there are none."""
    pages = list(pages)
    if not pages:
        raise ValueError("there is no article to compare")
    predictions = model.predict(pages)
    shares = np.array([[_of(one, label) for label in model.labels] for one in predictions])
    usual = _usual_shares(model)
    strange = sum(one.known < FEW_KNOWN for one in predictions)
    few = wilson(strange, len(pages))
    topics = {label: _mean(shares[:, place], usual.get(label)) for place, label in enumerate(model.labels)}
    return Drift(
        len(pages),
        1 - float(np.mean([one.known for one in predictions])),
        Share(few.value, few.low, few.high),
        topics,
        _words(pages, model),
        _expected(predictions, model),
        _months(pages, predictions),
    )


def _of(prediction: Prediction, label: str) -> float:
    return next(one.probability for one in prediction.topics if one.topic == label)


def _mean(values: np.ndarray[Any, Any], usual: float | None) -> Share:
    mean = float(values.mean())
    error = _TWO_SIDED * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 1.0
    return Share(mean, max(0.0, mean - error), min(1.0, mean + error), usual)


def _usual_shares(model: Model) -> dict[str, float]:
    """The labels' shares where the model learned: of real news, if it learned from that too."""
    learned = (model.info.get("real_news") or {}).get("articles_by_topic") or model.info.get("articles_by_topic") or {}
    total = sum(learned.values())
    return {label: learned.get(label, 0) / total for label in model.labels} if total else {}


def _expected(predictions: Sequence[Prediction], model: Model) -> Share:
    """The mean of the probabilities of what was named; by chance the accuracy differs as a sum of unlike coins does."""
    sure = np.array([one.probability for one in predictions])
    mean = float(sure.mean())
    error = _TWO_SIDED * float(np.sqrt((sure * (1 - sure)).sum())) / len(sure)
    measured = (model.info.get("real_news") or model.info.get("cross_validated") or {}).get("accuracy")
    return Share(mean, max(0.0, mean - error), min(1.0, mean + error), measured)


def _words(pages: Sequence[Page], model: Model) -> dict[str, tuple[Word, ...]]:
    """What speaks for each topic in the articles that were given it."""
    step = -(-len(pages) // WORDS_FROM)
    pull: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for one in model.iter_predict(pages[::step], explain=50):
        for reason in one.reasons or ():
            if reason.weight > 0:
                pull[one.topic][reason.term] += reason.weight
    found = {}
    top = model.info.get("top_terms", {})
    for label in model.labels:
        heavy, total = {term.casefold() for term in top.get(label, ())}, sum(pull[label].values())
        best = sorted(pull[label].items(), key=lambda item: (-item[1], item[0]))[:WORDS]
        found[label] = tuple(Word(term, round(one / total, 4), term.casefold() in heavy) for term, one in best)
    return found


def _months(pages: Sequence[Page], predictions: Sequence[Prediction]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for page, one in zip(pages, predictions, strict=True):
        day = day_of(page.date) if page.date else None
        found[day.strftime("%Y-%m") if day else ""][one.topic] += 1
    return {month: dict(sorted(found[month].items(), key=_other_last)) for month in sorted(found)}


def _other_last(item: tuple[str, int]) -> tuple[bool, str]:
    return item[0] == OTHER, item[0]


def _plain(share: Share) -> dict[str, Any]:
    told = {"value": share.value, "low": share.low, "high": share.high}
    told |= {"usual": share.usual} if share.usual is not None else {}
    return {name: round(value, 4) for name, value in told.items()}
