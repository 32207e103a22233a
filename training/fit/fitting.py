"""Fits the linear model and its calibration: corpus in, `Model` and vocabulary out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import duplicate_groups
from classifier.errors import ChudeError
from classifier.features.counts import tf_idf
from classifier.model.known import ENOUGH, usual_share
from classifier.model.model import Model
from classifier.vietnamese.background import background
from training.fit.cache import tokenise_cached
from training.fit.matrix import TokenisedCorpus, Vocabulary, build_vocabulary, count, stack, with_words

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from classifier.model.calibration import Calibration
    from training.corpus import Corpus
    from training.real_news import RealNews

from training.fit.calibrate import calibrate, evened, moved, target_matrix, with_form
from training.fit.choose import chosen
from training.fit.defaults import PLAIN
from training.fit.linear import fit_linear, out_of_fold_scores, sparse
from training.fit.prior import folded, inverse_document_frequency, smoothing_matrix, widened, without_common
from training.fit.spec import TrainingSpec
from training.real_news import real_news


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, its vocabulary, the out-of-fold scores (n, L) of the corpus, and the calibration that fits the corpus
    itself, before it is moved to where the model will be used. groups (n,): near-duplicates share one; spec: with what
    the corpus decided itself. of_real_news (m, L): the out-of-fold scores of the
    counted real news where the model learned from it; there the model's calibration was fitted on these. usual_known:
    see `classifier.model.known`.
    """

    model: Model
    vocabulary: Vocabulary
    out_of_fold: NDArray[np.float64]
    in_corpus: Calibration
    of_real_news: NDArray[np.float64] | None = None
    groups: Sequence[Hashable] | None = None
    spec: TrainingSpec = field(default_factory=TrainingSpec)
    usual_known: float = ENOUGH


@dataclass(frozen=True, slots=True)
class Design:
    """A corpus as the linear machine sees it: vocabulary of V terms, idf (V,), features (n, V + d), and what they were
    widened by (`training.fit.prior`).
    """

    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    features: csr_matrix
    smoothing: NDArray[np.float32] | None


def design(tokens: TokenisedCorpus, spec: TrainingSpec, news: RealNews | None = None) -> Design:
    """Vocabulary and features by a specification; the rows of `news` stand below those of the corpus."""
    vocabulary, counts = build_vocabulary(tokens, spec.features, spec.min_df, spec.max_terms)
    if not vocabulary.terms:
        return Design(vocabulary, np.zeros(0, dtype=np.float32), sparse(counts, 0), None)
    if news:
        vocabulary = with_words(vocabulary, news.words)
    if spec.prior:
        vocabulary = without_common(with_words(vocabulary, background().words), spec.most_common)
        counts = count(tokens, vocabulary.hashes, spec.features)
    if spec.prior and spec.news_idf:
        idf = background().idf(vocabulary.hashes)
    else:
        idf = inverse_document_frequency(vocabulary.document_frequency, tokens.pages)
    if news:
        counts = stack([counts, news.counts(vocabulary.hashes, spec.features)])
    smoothing = smoothing_matrix(vocabulary.hashes, spec)
    matrix = sparse(tf_idf(counts, idf, spec.features), len(vocabulary.terms))
    return Design(vocabulary, idf, widened(matrix, smoothing), smoothing)


def fit(
    corpus: Corpus,
    spec: TrainingSpec | None = None,
    tokens: TokenisedCorpus | None = None,
    groups: Sequence[Hashable] | None = None,
) -> Fitted:
    """Trains on a corpus. `tokens` and `groups` of near-duplicates save the work where the caller has them already.

    The model depends on the order of the articles (`Corpus.in_one_order`), in its last digits, and not on the number of
    threads. Raises ChudeError where the corpus has fewer than two labels or no term occurs often enough.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # sums in another order would end in other digits
        return _fit(corpus, spec or TrainingSpec(), tokens, groups)


def _fit(
    corpus: Corpus, spec: TrainingSpec, tokens: TokenisedCorpus | None, groups: Sequence[Hashable] | None
) -> Fitted:
    labels = corpus.labels
    if len(set(corpus.primaries)) < 2:
        what = f"the corpus has one label only ({corpus.primaries[0]!r})"
        raise ChudeError("", what, "give it articles of at least two labels")
    tokens = tokens or tokenise_cached(corpus.pages, spec.features.body_characters)
    if groups is None:
        groups = duplicate_groups(fingerprint(corpus.pages)).tolist()
    if len(set(groups)) < 2:
        groups = list(range(len(groups)))
    if spec.open_choice:
        spec = chosen(corpus, tokens, spec, groups, PLAIN)
    news = real_news() if spec.real_news else None
    made = design(tokens, spec, news)
    if not made.vocabulary.terms:
        what = f"no term of the corpus stands in {spec.min_df} or more articles"
        raise ChudeError("", what, "add articles or lower --min-df")
    targets, primaries, kept_together = target_matrix(corpus, labels), corpus.primaries, list(groups)
    if news:
        items = news.as_corpus()
        targets = np.concatenate((targets, target_matrix(items, labels)))
        kept_together += news.fold_groups()
        primaries = primaries + items.primaries
    own = _own_weights(corpus, len(targets))
    scores = out_of_fold_scores(made.features, targets, primaries, spec, kept_together, own)
    out_of_fold, of_real_news = scores[: tokens.pages], scores[tokens.pages :]
    spec = with_form(out_of_fold, corpus, labels, spec, groups)  # once: who judges the model asks for it again
    in_corpus = calibrate(out_of_fold, corpus, labels, spec, groups)
    # What was written for the project is like itself; what the model will meet is like real news.
    if news:
        calibration = evened(calibrate(of_real_news, items, labels, spec), items.primaries, labels)
    else:
        calibration = moved(in_corpus, labels, spec)
    model = linear_model(labels, spec, made, targets, calibration, own)
    usual = usual_share(made.vocabulary.hashes, tokens.batches, tokens.lexicon)
    return Fitted(model, made.vocabulary, out_of_fold, in_corpus, of_real_news if news else None, groups, spec, usual)


def linear_model(
    labels: list[str],
    spec: TrainingSpec,
    made: Design,
    targets: NDArray[np.bool_],
    calibration: Calibration,
    own: NDArray[np.float64] | None = None,
) -> Model:
    """The model of a design's articles (n, V) and which labels apply to them (n, L); own (n,): their weights."""
    weights, intercepts = fit_linear(made.features, targets, spec, own)
    return Model(
        labels=labels,
        features=spec.features,
        hashes=made.vocabulary.hashes,
        idf=made.idf,
        weights=folded(weights, made.smoothing).astype(np.float32),
        intercepts=intercepts.astype(np.float32),
        calibration=calibration,
    )


def _own_weights(corpus: Corpus, rows: int) -> NDArray[np.float64] | None:
    """(rows,) the articles' weights, 1 for the counted news below them; None where all weigh the same."""
    weights = [article.weight for article in corpus.articles]
    if all(weight == 1 for weight in weights):
        return None
    return np.array(weights + [1.0] * (rows - len(weights)))
