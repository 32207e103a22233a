"""Judging on articles a model has not seen: repeated cross-validation, past against future, and learning curves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import find_copies
from classifier.errors import ChudeError
from classifier.types import OTHER
from classifier.vietnamese.dates import page_dates
from eval.scores.baselines import largest_class, nearest_key_words
from eval.scores.gold import topic_sets
from eval.scores.label_sets import set_intervals
from eval.scores.registry import brief
from eval.scores.score_intervals import label_intervals
from training.crossval import duplicate_groups, repeat_seed, subset, to_be_judged
from training.fit.fitting import fit
from training.folds import DateSplit, date_split, folds, shrunk, untrainable
from training.learn import weighted_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from classifier.types import Page, Prediction
    from eval.scores.intervals import ScoreJson
    from eval.scores.shape import LearningCurve
    from training.corpus import Corpus
    from training.fit.fitting import Fitted
    from training.fit.spec import TrainingSpec

    Rows = NDArray[np.int64]
    Terms = dict[str, list[tuple[str, float]]]

SHARES = (0.125, 0.25, 0.5)
"""Parts of the training articles that a learning curve has models for, besides the whole."""

LEAST = 3
"""Articles a label, on average, that a part must have."""


@dataclass(frozen=True, slots=True)
class Validated:
    """Articles with what models said that had not seen them.

    `runs` has the predictions of each repeat, all in the order of `corpus`; the first one's have reasons. `baselines`
    are labels by name, learned from the same training articles as the models. `known` are the labels the models could
    give. `leaked` marks articles with a near-duplicate among the training ones, None where splits keep those together.
    """

    corpus: Corpus
    runs: list[list[Prediction]]
    baselines: dict[str, list[str]]
    known: list[str]
    top_terms: Terms
    learning_curve: LearningCurve | None = None
    leaked: list[bool] | None = None
    remarks: list[str] = field(default_factory=list)


def repeated_cross_validation(
    corpus: Corpus, spec: TrainingSpec, k: int, repeats: int = 1, *, curve: bool = False, explain: int = 0
) -> Validated:
    """Labels every article `repeats` times, by models trained on the other folds; near-duplicates share a fold.

    Each repeat deals other folds. Baselines and the learning curve (`curve`) use those of the first. Raises ValueError
    where there are fewer groups of near-duplicates than folds, ChudeError where nothing can be learned.
    """
    groups, spec = duplicate_groups(corpus).tolist(), to_be_judged(spec)
    runs: list[list[Prediction]] = []
    splits: list[tuple[Rows, Rows]] = []
    baselines: dict[str, dict[int, str]] = {"largest class": {}, "nearest key words": {}}
    for repeat in range(repeats):
        found: dict[int, Prediction] = {}
        for train, test in folds(corpus.primaries, k, groups=groups, seed=repeat_seed(spec, repeat)):
            part, pages = subset(corpus, train), [corpus.articles[row].page for row in test.tolist()]
            fitted = fit(part, spec)
            predicted = fitted.model.predict(pages, explain=0 if repeat else explain)
            found.update(zip(test.tolist(), predicted, strict=True))
            if not repeat:
                splits.append((train, test))
                for name, labels in trivial(part, fitted, pages).items():
                    baselines[name].update(zip(test.tolist(), labels, strict=True))
        runs.append([found[row] for row in range(len(corpus.articles))])
    lost = untrainable(corpus.primaries, splits)
    remarks = [f"All articles of the label {label} stand in one fold: no model could learn it." for label in lost]
    order = range(len(corpus.articles))
    return Validated(
        corpus,
        runs,
        {name: [labels[row] for row in order] for name, labels in baselines.items()},
        corpus.labels,
        top_terms_of(fit(corpus, spec)),
        learning_curve(corpus, spec, splits, dict(enumerate(runs[0]))) if curve else None,
        remarks=remarks,
    )


def past_and_future(
    corpus: Corpus, spec: TrainingSpec, fraction: float = 0.2, *, curve: bool = False, explain: int = 0
) -> tuple[Validated, DateSplit]:
    """Trains on the past and labels the future, the last `fraction` of the dated articles.

    Articles without a readable date belong to neither. Raises ValueError without two different dates, ChudeError where
    the past cannot be learned from.
    """
    spec = to_be_judged(spec)
    dates = page_dates(corpus.pages)
    split = date_split(dates.days, fraction)
    past, future = subset(corpus, split.past), subset(corpus, split.future)
    fitted = fit(past, spec)
    predicted = fitted.model.predict(future.pages, explain=explain)
    copies = find_copies(fingerprint(past.pages), fingerprint(future.pages))
    whole = dict(zip(split.future.tolist(), predicted, strict=True))
    found = Validated(
        future,
        [predicted],
        trivial(past, fitted, future.pages),
        list(fitted.model.labels),
        top_terms_of(fitted),
        learning_curve(corpus, spec, [(split.past, split.future)], whole) if curve else None,
        [number >= 0 for number in copies.known.tolist()],
        dates.remarks(),
    )
    return found, split


def trivial(train: Corpus, fitted: Fitted, pages: Sequence[Page]) -> dict[str, list[str]]:
    """What the two trivial ways say of the pages, having seen the training articles alone."""
    terms = {label: [term for term, _ in found] for label, found in top_terms_of(fitted).items() if label != OTHER}
    common = largest_class(Counter(train.primaries), len(pages))
    otherwise = OTHER if OTHER in train.labels else (common or [OTHER])[0]
    return {
        "largest class": common,
        "nearest key words": nearest_key_words((page.text for page in pages), terms, otherwise),
    }


def top_terms_of(fitted: Fitted) -> Terms:
    """The terms that weigh most for each label."""
    return weighted_terms(fitted.model, fitted.vocabulary.terms)


def learning_curve(
    corpus: Corpus, spec: TrainingSpec, splits: Sequence[tuple[Rows, Rows]], whole: Mapping[int, Prediction]
) -> LearningCurve | None:
    """Accuracy and macro-F1 by the number of training articles, with their intervals over the articles labelled.

    Of each split's training articles the first part of one fixed order is taken, so that a larger part holds the
    smaller one; `whole` is what models trained on all of them said, by article. Parts with fewer than
    LEAST articles a label are left out; None where that leaves nothing but the whole.
    """
    tested = np.concatenate([test for _, test in splits])
    articles = [corpus.articles[row] for row in tested.tolist()]
    gold = [article.primary for article in articles]
    sizes: list[int] = []
    scores: dict[str, list[ScoreJson]] = {metric.key: [] for metric in brief(sets=corpus.of_sets)}
    least = LEAST * len(set(gold)) / min(len(train) for train, _ in splits)
    for share in (*(share for share in SHARES if share >= least), 1.0):
        said = [whole[row] for row in tested.tolist()] if share == 1 else _by_part(corpus, spec, splits, share)
        if said is not None:
            sizes.append(round(share * float(np.mean([len(train) for train, _ in splits]))))
            if corpus.of_sets:
                found = set_intervals([article.topics for article in articles], [topic_sets(said)]).scores
            else:
                found = label_intervals(gold, [one.topic for one in said]).scores
            for key, points in scores.items():
                points.append(found[key].as_json())
    return {"sizes": sizes, "scores": scores} if len(sizes) > 1 else None


def _by_part(
    corpus: Corpus, spec: TrainingSpec, splits: Iterable[tuple[Rows, Rows]], share: float
) -> list[Prediction] | None:
    found: list[Prediction] = []
    for train, test in shrunk(corpus.primaries, splits, share, spec.seed):
        try:
            model = fit(subset(corpus, train), spec).model
        except ChudeError:  # one label only, or no term often enough: so few articles are no point of the curve
            return None
        found += model.predict([corpus.articles[row].page for row in test.tolist()])
    return found
