"""Fits the linear model and its calibration: corpus in, `Model` and vocabulary out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.background import background
from classifier.errors import ChudeError
from classifier.features import Counts, FeatureSpec, tf_idf
from classifier.isolation import strangers_modules_out
from classifier.model import Calibration, Model
from classifier.types import OTHER
from eval.splits import stratified_folds
from training.cache import tokenise_cached
from training.matrix import TokenisedCorpus, Vocabulary, build_vocabulary, count, with_words

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from training.corpus import Corpus

PARALLEL_FROM = 20_000_000
"""From so many entries of the matrix on, the labels are fitted in several processes."""


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """Everything that a training run depends on besides its corpus.

    C: inverse regularisation of the linear SVM. prior: how much the word vectors of real news count (0: document
    frequencies and weights come from the corpus alone). most_common: with a prior, terms in a larger share of real news
    than this are left out. min_df: in how many articles a term must stand. max_terms: the most frequent so
    many are kept (0: all). folds: of the cross-validation that calibration and the reported scores come from.
    threshold: least probability at which a topic is named; secondary_threshold: likewise for further topics.
    other_log_odds: by how much more (natural logarithm of the odds) an article is "other" where the model will be used
    than in the corpus; confidence: by what factor its log-odds shrink there. seed: of every random choice.
    """

    features: FeatureSpec = field(default_factory=FeatureSpec)
    C: float = 1.0
    prior: float = 1.5
    most_common: float = 0.1
    min_df: int = 2
    max_terms: int = 0
    folds: int = 5
    threshold: float = 0.0
    secondary_threshold: float = 0.5
    other_log_odds: float = 0.0
    confidence: float = 1.0
    seed: int = 13


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, its vocabulary, the out-of-fold scores (n, L) its calibration was fitted on, and that calibration as it
    fits the corpus itself, before it is moved to where the model will be used.
    """

    model: Model
    vocabulary: Vocabulary
    out_of_fold: NDArray[np.float64]
    in_corpus: Calibration


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
    if spec.prior:
        vocabulary = without_common(with_words(vocabulary, background().words), spec.most_common)
        counts = count(tokens, vocabulary.hashes, spec.features)
        idf = background().idf(vocabulary.hashes)
    else:
        idf = inverse_document_frequency(vocabulary.document_frequency, tokens.pages)
    matrix = sparse(tf_idf(counts, idf, spec.features), len(vocabulary.terms))
    smoothing = smoothing_matrix(vocabulary.terms, spec)
    features = widened(matrix, smoothing)
    targets = target_matrix(corpus, labels)
    weights, intercepts = fit_linear(features, targets, spec)
    out_of_fold = out_of_fold_scores(features, targets, corpus.primaries, spec)
    in_corpus = calibrate(out_of_fold, corpus, labels, spec)
    model = Model(
        labels=labels,
        features=spec.features,
        hashes=vocabulary.hashes,
        idf=idf,
        weights=folded(weights, smoothing).astype(np.float32),
        intercepts=intercepts.astype(np.float32),
        calibration=moved(in_corpus, labels, spec),
    )
    return Fitted(model, vocabulary, out_of_fold, in_corpus)


def without_common(vocabulary: Vocabulary, share: float) -> Vocabulary:
    """The terms that stand in at most this share of real news: the rest are function words, which explain nothing."""
    figures = background()
    kept = np.flatnonzero(figures.document_frequency(vocabulary.hashes) <= share * figures.documents)
    return Vocabulary(
        [vocabulary.terms[i] for i in kept.tolist()], vocabulary.hashes[kept], vocabulary.document_frequency[kept]
    )


def smoothing_matrix(terms: list[str], spec: TrainingSpec) -> NDArray[np.float32] | None:
    """(V, d) the word vectors of the terms times `spec.prior`, zeros for terms without one; None without a prior.

    A linear model over [x, x @ E] is one over x with the weights w + E @ v: the same as a Gaussian prior with
    covariance I + E E^T on the weights, under which words that keep company in real news get like weights, also those
    the corpus never uses.
    """
    if not spec.prior:
        return None
    figures = background()
    place = {word: row for row, word in enumerate(figures.words)}
    matrix = np.zeros((len(terms), figures.vectors.shape[1]), dtype=np.float32)
    rows = [(column, place[term]) for column, term in enumerate(terms) if term in place]
    columns, sources = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    matrix[columns] = spec.prior * figures.vectors[sources]
    return matrix


def widened(matrix: csr_matrix, smoothing: NDArray[np.float32] | None) -> csr_matrix:
    """(n, V + d) the rows with their latent coordinates behind them."""
    if smoothing is None:
        return matrix
    from scipy.sparse import csr_matrix as as_csr
    from scipy.sparse import hstack

    return hstack([matrix, as_csr(matrix @ smoothing)]).tocsr()


def folded(weights: NDArray[np.float64], smoothing: NDArray[np.float32] | None) -> NDArray[np.float64]:
    """(V, L) the weights of terms that give the same scores as weights (V + d, L) of the widened rows."""
    if smoothing is None:
        return weights
    terms = len(smoothing)
    whole: NDArray[np.float64] = weights[:terms] + smoothing.astype(np.float64) @ weights[terms:]
    return whole


def inverse_document_frequency(document_frequency: NDArray[np.int64], documents: int) -> NDArray[np.float32]:
    """ln((1 + n) / (1 + df)) + 1, as scikit-learn's TfidfTransformer smooths it."""
    return (np.log((1 + documents) / (1 + document_frequency)) + 1).astype(np.float32)


def sparse(rows: Counts, terms: int) -> csr_matrix:
    """The rows as a scipy matrix (n, terms)."""
    from scipy.sparse import csr_matrix

    return csr_matrix((rows.values, rows.columns, rows.indptr), shape=(rows.indptr.size - 1, terms))


def target_matrix(corpus: Corpus, labels: list[str]) -> NDArray[np.bool_]:
    """(n, L) which labels apply to which article: its primary topic and every further one."""
    place = {label: number for number, label in enumerate(labels)}
    targets = np.zeros((len(corpus.articles), len(labels)), dtype=bool)
    for row, article in enumerate(corpus.articles):
        targets[row, place[article.primary]] = True
        for topic in article.topics:
            targets[row, place[topic]] = True
    return targets


def fit_linear(
    matrix: csr_matrix, targets: NDArray[np.bool_], spec: TrainingSpec
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One linear SVM a label (squared hinge, L2; Fan et al. 2008, LIBLINEAR): weights (V, L) and intercepts (L,)."""
    from joblib import Parallel, delayed

    # Not threads: LIBLINEAR draws from one random state a process, so that threads would race for it. Processes only
    # pay for large corpora.
    with strangers_modules_out():
        columns = Parallel(n_jobs=-1 if matrix.nnz >= PARALLEL_FROM else 1)(
            delayed(_fit_one)(matrix, targets[:, label], spec) for label in range(targets.shape[1])
        )
    return np.stack([column[:-1] for column in columns], axis=1), np.array([column[-1] for column in columns])


def _fit_one(matrix: csr_matrix, target: NDArray[np.bool_], spec: TrainingSpec) -> NDArray[np.float64]:
    from sklearn.svm import LinearSVC

    if target.all() or not target.any():  # in a fold a rare label may be missing: its score says "no" (or "yes") always
        return np.append(np.zeros(matrix.shape[1]), 1.0 if target.all() else -1.0)
    machine = LinearSVC(C=spec.C, dual=True, max_iter=5_000, random_state=spec.seed).fit(matrix, target)
    weights: NDArray[np.float64] = np.append(machine.coef_[0], machine.intercept_[0])
    return weights


def out_of_fold_scores(
    matrix: csr_matrix, targets: NDArray[np.bool_], primaries: list[str], spec: TrainingSpec
) -> NDArray[np.float64]:
    """(n, L) scores of each article by a model that did not see it."""
    scores = np.zeros(targets.shape)
    fold_of = folds_of(primaries, spec)
    for fold in range(int(fold_of.max()) + 1):
        train, test = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        weights, intercepts = fit_linear(matrix[train], targets[train], spec)
        scores[test] = matrix[test] @ weights + intercepts
    return scores


def folds_of(primaries: list[str], spec: TrainingSpec) -> NDArray[np.int64]:
    """(n,) the fold that each article is left out with."""
    return stratified_folds(primaries, None, max(2, min(spec.folds, len(primaries))), spec.seed)


def calibrate(scores: NDArray[np.float64], corpus: Corpus, labels: list[str], spec: TrainingSpec) -> Calibration:
    """Fits both parts of the calibration on out-of-fold scores."""
    from sklearn.linear_model import LogisticRegression

    primary = np.array([labels.index(label) for label in corpus.primaries])
    size = len(labels)
    scale, offset = np.zeros((size, size)), np.zeros(size)
    machine = LogisticRegression(C=10.0, max_iter=2_000).fit(scores, primary)
    if machine.classes_.size == 2:  # scikit-learn keeps one row for two classes: the second against the first
        second = machine.classes_[1]
        scale[:, second], offset[second] = machine.coef_[0], machine.intercept_[0]
    else:
        scale[:, machine.classes_], offset[machine.classes_] = machine.coef_.T, machine.intercept_
    # A few articles, each judged by models that had one less of its label, can score lower on their own label than the
    # rest do. A calibration that learns this turns every label around; the scores as they are do not.
    others = (scale.sum(axis=1) - scale.diagonal()) / (size - 1)
    if (scale.diagonal() - others)[primary].mean() <= 0:
        scale, offset = np.eye(size), np.zeros(size)
    offset[np.setdiff1d(np.arange(size), machine.classes_)] = -30.0  # never primary in this corpus
    secondary = np.array([_platt(scores[:, at], target) for at, target in enumerate(target_matrix(corpus, labels).T)])
    return Calibration(
        scale.astype(np.float32),
        offset.astype(np.float32),
        secondary.astype(np.float32),
        spec.threshold,
        spec.secondary_threshold if corpus.multi_topic else 2.0,  # exclusive labels have no second topic
    )


def moved(calibration: Calibration, labels: list[str], spec: TrainingSpec) -> Calibration:
    """The calibration for the news the model will meet: less confident, with more articles that are "other"."""
    offset = calibration.offset * np.float32(spec.confidence)
    if OTHER in labels:
        offset[labels.index(OTHER)] += np.float32(spec.other_log_odds)
    return replace(calibration, scale=calibration.scale * np.float32(spec.confidence), offset=offset)


def _platt(scores: NDArray[np.float64], target: NDArray[np.bool_]) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    if target.all() or not target.any():
        return 0.0, 30.0 if target.all() else -30.0
    machine: Any = LogisticRegression(C=1e3).fit(scores[:, None], target)
    return float(machine.coef_[0, 0]), float(machine.intercept_[0])
