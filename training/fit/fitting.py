"""Fits the linear model and its calibration: corpus in, `Model` and vocabulary out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.errors import ChudeError
from classifier.features.counts import tf_idf
from classifier.model.model import Model
from classifier.vietnamese.background import background
from training.fit.cache import tokenise_cached
from training.fit.matrix import TokenisedCorpus, Vocabulary, build_vocabulary, count, stack, with_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.model.calibration import Calibration
    from training.corpus import Corpus

from training.fit.calibrate import calibrate, evened, moved, target_matrix
from training.fit.linear import fit_linear, out_of_fold_scores, sparse
from training.fit.prior import folded, inverse_document_frequency, smoothing_matrix, widened, without_common
from training.fit.spec import TrainingSpec
from training.real_news import real_news


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, its vocabulary, the out-of-fold scores (n, L) of the corpus, and the calibration that fits the corpus
    itself, before it is moved to where the model will be used. of_real_news (m, L): the out-of-fold scores of the
    counted real news where the model learned from it; there the model's calibration was fitted on these.
    """

    model: Model
    vocabulary: Vocabulary
    out_of_fold: NDArray[np.float64]
    in_corpus: Calibration
    of_real_news: NDArray[np.float64] | None = None


def fit(corpus: Corpus, spec: TrainingSpec | None = None, tokens: TokenisedCorpus | None = None) -> Fitted:
    """Trains on a corpus. `tokens` saves the segmentation where the caller has it already.

    The model depends on the order of the articles (`Corpus.in_one_order`), in its last digits, and not on the number of
    threads. Raises ChudeError where the corpus has fewer than two labels or no term occurs often enough.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # sums in another order would end in other digits
        return _fit(corpus, spec or TrainingSpec(), tokens)


def _fit(corpus: Corpus, spec: TrainingSpec, tokens: TokenisedCorpus | None) -> Fitted:
    labels = corpus.labels
    if len(set(corpus.primaries)) < 2:
        what = f"the corpus has one label only ({corpus.primaries[0]!r})"
        raise ChudeError("", what, "give it articles of at least two labels")
    tokens = tokens or tokenise_cached(corpus.pages, spec.features.body_characters)
    vocabulary, counts = build_vocabulary(tokens, spec.features, spec.min_df, spec.max_terms)
    if not vocabulary.terms:
        what = f"no term of the corpus stands in {spec.min_df} or more articles"
        raise ChudeError("", what, "add articles or lower --min-df")
    news = real_news() if spec.real_news else None
    if news:
        vocabulary = with_words(vocabulary, news.words)
    if spec.prior:
        vocabulary = without_common(with_words(vocabulary, background().words), spec.most_common)
        counts = count(tokens, vocabulary.hashes, spec.features)
        idf = background().idf(vocabulary.hashes)
    else:
        idf = inverse_document_frequency(vocabulary.document_frequency, tokens.pages)
    if news:
        counts = stack([counts, news.counts(vocabulary.hashes, spec.features)])
    matrix = sparse(tf_idf(counts, idf, spec.features), len(vocabulary.terms))
    smoothing = smoothing_matrix(vocabulary.hashes, spec)
    features = widened(matrix, smoothing)
    targets, primaries, groups = target_matrix(corpus, labels), corpus.primaries, None
    if news:
        items = news.as_corpus()
        targets = np.concatenate((targets, target_matrix(items, labels)))
        groups = [*(f"text {number}" for number in range(len(primaries))), *news.fold_groups()]
        primaries = primaries + items.primaries
    weights, intercepts = fit_linear(features, targets, spec)
    scores = out_of_fold_scores(features, targets, primaries, spec, groups)
    out_of_fold, of_real_news = scores[: tokens.pages], scores[tokens.pages :]
    in_corpus = calibrate(out_of_fold, corpus, labels, spec)
    # What was written for the project is like itself; what the model will meet is like real news.
    if news:
        calibration = evened(calibrate(of_real_news, items, labels, spec), items.primaries, labels)
    else:
        calibration = moved(in_corpus, labels, spec)
    model = Model(
        labels=labels,
        features=spec.features,
        hashes=vocabulary.hashes,
        idf=idf,
        weights=folded(weights, smoothing).astype(np.float32),
        intercepts=intercepts.astype(np.float32),
        calibration=calibration,
    )
    return Fitted(model, vocabulary, out_of_fold, in_corpus, of_real_news if news else None)
