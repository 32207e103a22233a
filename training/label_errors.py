"""Finds labels that are likely wrong: two models that never saw the article, and see it differently, name another.

Confident learning (Northcutt, Jiang, Chuang 2021): an article is suspect where its label is less probable than is usual
for that label, and another label at least as probable as is usual for that one. One model alone also reports every
article that it finds hard; two that share no features rarely find the same ones hard.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from classifier.features.counts import tf_idf
from classifier.features.spec import FeatureSpec
from training.fit.calibrate import calibrate, target_matrix
from training.fit.linear import fit_linear, sparse
from training.fit.matrix import TokenisedCorpus, build_vocabulary, tokenise
from training.fit.prior import inverse_document_frequency
from training.fit.spec import TrainingSpec
from training.folds import folds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.corpus import Corpus

LARGE = 5_000
"""Articles from which on it is enough to look at frequent terms, in fewer folds."""
MARGIN = 0.5
"""By how much the other label must be more probable in both models.

With 5 % of the labels of the built-in corpus changed, nine of ten reports are changed ones, and half of the changed
ones are found; with none changed, four articles in 1,000 are reported.
"""
BODY_CHARACTERS = 800
QUICK = 10_000
"""Up to so many articles this takes seconds; ten times as many take minutes."""

_WORDS = TrainingSpec(FeatureSpec(("w1",), (3.0, 2.0, 1.0, 0.0), BODY_CHARACTERS), C=0.3)
_SYLLABLE_PAIRS = TrainingSpec(FeatureSpec(("s2",), (1.0, 1.0, 1.0, 0.0), BODY_CHARACTERS), C=1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Suspects:
    """For n articles the number of the label that is likelier than theirs (n,), or -1, and by how much (n,)."""

    other: NDArray[np.int64]
    margin: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelError:
    """An article by its number, the label that fits it better, and by how much more probable that one is, 0 to 1."""

    article: int
    other: str
    margin: float


def likely_label_errors(corpus: Corpus, groups: NDArray[np.int64], *, least: int, seed: int) -> list[LabelError]:
    """Articles whose label is likely wrong, the likeliest first.

    groups: (n,) numbers of near-duplicates, which stay in one fold. Labels with fewer than `least` articles are neither
    doubted nor proposed. seed: of the folds.
    """
    labels = corpus.labels
    targets = target_matrix(corpus, labels)
    primary = np.array([labels.index(label) for label in corpus.primaries])
    judged = np.bincount(primary, minlength=len(labels)) >= least
    if judged.sum() < 2:
        return []
    tokens = tokenise(corpus.pages, BODY_CHARACTERS)
    views = []
    for number, view in enumerate((_WORDS, _SYLLABLE_PAIRS)):
        # Folds of its own for each model: what both are wrong about is then less likely to be chance.
        spec = replace(view, seed=seed + number)
        if len(corpus.articles) >= LARGE:
            spec = replace(spec, min_df=5, folds=3)  # two thirds of the time for the same findings
        probabilities = out_of_fold(corpus, tokens, targets, groups, spec)
        if probabilities is None:
            return []
        views.append(suspects(probabilities, primary, targets, judged))
    words, pairs = views
    agreed = (words.other == pairs.other) & (words.other >= 0)
    margin = np.where(agreed, np.minimum(words.margin, pairs.margin), 0.0)
    rows = [row for row in np.lexsort((np.arange(margin.size), -margin)).tolist() if margin[row] >= MARGIN]
    return [LabelError(row, labels[words.other[row]], float(margin[row])) for row in rows]


def out_of_fold(
    corpus: Corpus, tokens: TokenisedCorpus, targets: NDArray[np.bool_], groups: NDArray[np.int64], spec: TrainingSpec
) -> NDArray[np.float64] | None:
    """(n, L) calibrated probabilities of each article by a model that saw neither it nor its near-duplicates.

    None where the corpus is too small for that.
    """
    number = min(spec.folds, np.unique(groups).size)
    vocabulary, counts = build_vocabulary(tokens, spec.features, spec.min_df)
    if number < 2 or not vocabulary.terms:
        return None
    idf = inverse_document_frequency(vocabulary.document_frequency, tokens.pages)
    matrix = sparse(tf_idf(counts, idf, spec.features), len(vocabulary.terms))
    scores = np.zeros(targets.shape)
    for train, test in folds(corpus.primaries, number, groups=groups.tolist(), seed=spec.seed):
        weights, intercepts = fit_linear(matrix[train], targets[train], spec)
        scores[test] = matrix[test] @ weights + intercepts
    return calibrate(scores, corpus, corpus.labels, spec).primary(scores)


def suspects(
    probabilities: NDArray[np.float64],
    primary: NDArray[np.int64],
    targets: NDArray[np.bool_],
    judged: NDArray[np.bool_],
) -> Suspects:
    """The off-diagonal of the confident joint: which articles (n,) count as another label than their own.

    probabilities (n, L); primary (n,) each article's label; targets (n, L) every label it has, none of which can be the
    other; judged (L,) labels that may be doubted and proposed.
    """
    rows = np.arange(primary.size)
    own = probabilities[rows, primary]
    members = np.bincount(primary, minlength=judged.size)
    usual = np.bincount(primary, weights=own, minlength=judged.size) / np.maximum(members, 1)
    possible = (probabilities >= usual) & ~targets & judged
    candidates = np.where(possible, probabilities, -1.0)
    other = candidates.argmax(axis=1)
    margin = candidates[rows, other] - own
    suspect = possible[rows, other] & (own < usual[primary]) & judged[primary] & (margin > 0)
    return Suspects(np.where(suspect, other, -1), np.where(suspect, margin, 0.0))
