"""scikit-learn's way: a classifier and a vectoriser that take texts, and fit into pipelines and searches.

Both are made of what `chude train` is made of: a fitted `TopicClassifier` gives the numbers of a model that the command
trained on the same corpus.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from classifier import given
from classifier.duplicates.fingerprints import fingerprint
from classifier.engines.batches import rows_of
from classifier.features.counts import tf_idf
from classifier.features.spec import FeatureSpec
from classifier.model.artifact import load, read_fingerprints, read_vocabulary, save
from classifier.types import OTHER, Page
from training.card import model_card
from training.corpus import Article, Corpus, unordered
from training.fit.defaults import spec_for
from training.fit.linear import sparse
from training.fit.matrix import build_vocabulary, count, tokenise
from training.fit.prior import inverse_document_frequency
from training.learn import train, weighted_terms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_matrix

    from classifier.model.model import Model
    from classifier.types import Prediction

_SHOWN_TERMS = 6
_KINDS = {"int": int, "float": float, "bool": bool, "str": str}
"""What the classes of a saved model may be besides its labels' names."""


class TopicClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Topics of texts, calibrated.

    X: (n,) texts, `Page`s or dicts with a `text` (and `title`, `lead`), a Series of texts, or a DataFrame with such
    columns. y: (n,) classes, (n, L) an indicator matrix, or n collections of classes (several topics an article).

    C, solver ("svm", "logistic"), class_weight ("none", "balanced"), min_df, max_terms, folds: as the options of
    `chude train`; None: as it chooses. terms: kinds of terms ("w1" words, "w2" pairs, "s1" syllables …; see
    `classifier.features.kinds`). random_state: the seed of every random choice (None: 13).

    Fitted attributes: classes_ (L,); model_, the model as `chude` uses it; spec_, what it was trained with;
    vocabulary_, its terms.
    """

    def __init__(
        self,
        *,
        C: float | None = None,
        solver: str | None = None,
        class_weight: str | None = None,
        terms: Sequence[str] | None = None,
        min_df: int | None = None,
        max_terms: int | None = None,
        folds: int | None = None,
        random_state: int | None = None,
    ) -> None:
        self.C = C
        self.solver = solver
        self.class_weight = class_weight
        self.terms = terms
        self.min_df = min_df
        self.max_terms = max_terms
        self.folds = folds
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Train on texts and their topics.

        sample_weight (n,): how much each counts in the linear machines; one of 0 is left out. Calibration counts each
        once. Raises ValueError for lengths that differ, TypeError for what is no text, and what
        `training.learn.train` raises.
        """
        pages = _pages(X)
        self._many = _is_many(y)
        classes, chosen = _classes(y, len(pages), many=self._many)
        weights = _weights(sample_weight, len(pages))
        names = [_name(one) for one in classes]
        articles = []
        for page, own, weight in zip(pages, chosen, weights.tolist(), strict=True):
            topics = tuple(names[place] for place in own if names[place] != OTHER)
            if weight:
                articles.append(Article(page, topics[0] if topics else OTHER, topics, weight))
        corpus = Corpus(articles, multi_topic=self._many)
        corpus = unordered(corpus) if self._many else corpus
        trained = train(corpus, self._spec(corpus), name="estimator")
        self.classes_ = classes
        self.model_, self.vocabulary_ = trained.model, trained.vocabulary
        self.spec_ = trained.info["training"]
        self._indicator = _is_indicator(y)
        self._prints = fingerprint(corpus.in_one_order().pages)
        return self

    def predict(self, X: Any) -> Any:
        """Return the topic of each text (n,); where several were learnt, an (n, L) indicator matrix or, for a y of
        collections, a list of tuples.
        """
        predictions = self._predictions(X)
        if not self._many:
            return self.classes_[self._shares(predictions).argmax(axis=1)]
        places = {_name(one): place for place, one in enumerate(self.classes_)}
        found = np.zeros((len(predictions), len(self.classes_)), dtype=int)
        for row, one in enumerate(predictions):
            found[row, [places[name] for name in (one.topic, *one.secondary) if name in places]] = 1
        if self._indicator:
            return found
        return [tuple(self.classes_[place] for place in np.flatnonzero(row).tolist()) for row in found]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the calibrated probability (n, L) of each class; of each by itself where several were learnt."""
        if not self._many:
            return self._shares(self._predictions(X))
        check_is_fitted(self)
        applies = self.model_.calibration.applies(self.model_.scores(_pages(X)))
        return np.asarray(applies[:, self._columns()], dtype=np.float64)

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return the scores (n, L) before calibration; (n,) for two classes, positive for the second."""
        check_is_fitted(self)
        scores = self.model_.scores(_pages(X))[:, self._columns()]
        if len(self.classes_) == 2 and not self._many:
            return np.asarray(scores[:, 1] - scores[:, 0])
        return np.asarray(scores)

    def save(self, folder: str | Path) -> None:
        """Write the model as `chude train -o` does: plain files, nothing pickled."""
        check_is_fitted(self)
        kinds = {type(one.item() if isinstance(one, np.generic) else one).__name__ for one in self.classes_}
        self.model_.info["estimator"] = {
            "classes": kinds.pop() if len(kinds) == 1 else "str",
            "names": [_name(one) for one in self.classes_],
            "several": self._many,
            "indicator": self._indicator,
            "parameters": self.get_params(),
        }
        save(folder, self.model_, self.vocabulary_, model_card(self.model_), self._prints)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return what was saved, or any model that `chude train` wrote. Raises ArtifactError as `classifier.load`."""
        model = load(folder)
        about = model.info.get("estimator", {})
        kept = about.get("parameters", {})
        made = cls(**{name: kept[name] for name in cls().get_params() if name in kept})
        kind = _KINDS.get(about.get("classes", "str"), str)
        several = bool(about.get("several", model.info.get("multi_topic", False)))
        names = about.get("names", sorted(name for name in model.labels if not several or name != OTHER))
        made.classes_ = np.array([name == "True" if kind is bool else kind(name) for name in names])
        made.model_, made.vocabulary_ = model, read_vocabulary(folder)
        made.spec_ = model.info.get("training", {})
        made._many = several
        made._indicator = bool(about.get("indicator", False))
        made._prints = read_fingerprints(folder)
        return made

    def _spec(self, corpus: Corpus) -> Any:
        options = {"c": self.C, "solver": self.solver, "class_weight": self.class_weight, "min_df": self.min_df}
        options |= {"max_terms": self.max_terms, "folds": self.folds, "seed": self.random_state}
        changes: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        if self.terms is not None:
            changes["features"] = FeatureSpec(terms=tuple(self.terms))
        return spec_for(corpus, **changes)

    def _predictions(self, texts: Any) -> list[Prediction]:
        check_is_fitted(self)
        return self.model_.predict(_pages(texts))

    def _shares(self, predictions: list[Prediction]) -> NDArray[np.float64]:
        places = {_name(one): place for place, one in enumerate(self.classes_)}
        shares = np.zeros((len(predictions), len(self.classes_)))
        for row, one in enumerate(predictions):
            for score in one.topics:
                shares[row, places[score.topic]] = score.probability
        return shares

    def _columns(self) -> list[int]:
        return [self.model_.labels.index(_name(one)) for one in self.classes_]

    def __getstate__(self) -> Any:
        """Leave out what a model has met: it is large, and made again."""
        state = super().__getstate__()
        model: Model | None = state.get("model_")
        return state | ({"model_": model.without_caches()} if model is not None else {})

    def __sklearn_tags__(self) -> Any:
        """Say that texts are taken, and several topics."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        return tags

    def _html_repr(self) -> str:
        """Show, once fitted, a row a label: its score in cross-validation and its heaviest terms."""
        if not hasattr(self, "model_"):
            return str(super()._html_repr())
        scores = self.model_.info.get("cross_validated", {}).get("per_topic", {})
        rows = []
        for label, terms in weighted_terms(self.model_, self.vocabulary_).items():
            f1 = scores.get(label, {}).get("f1")
            cells = (label, "–" if f1 is None else f"{f1:.3f}", ", ".join(term for term, _ in terms[:_SHOWN_TERMS]))
            rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        head = "<tr><th>topic</th><th>F1, cross-validated</th><th>heaviest terms</th></tr>"
        return f"<pre>{html.escape(repr(self))}</pre><table><thead>{head}</thead><tbody>{body}</tbody></table>"


class SegmentedTfidf(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Tf-idf of texts with the words of pyvi, at chude's speed: rows of unit length, logarithmic frequencies.

    X: as `TopicClassifier`. terms: kinds of terms ("w1" words, "w2" pairs of words, "s1" syllables …; see
    `classifier.features.kinds`). min_df: in how many texts a term must stand. max_terms: the most frequent so many are
    kept (0: all). sublinear: whether tf becomes 1 + ln(tf). idf: ln((1 + n) / (1 + df)) + 1, as scikit-learn's.

    Fitted attributes: vocabulary_, V terms; idf_ (V,).
    """

    def __init__(
        self, *, terms: Sequence[str] = ("w1",), min_df: int = 1, max_terms: int = 0, sublinear: bool = True
    ) -> None:
        self.terms = terms
        self.min_df = min_df
        self.max_terms = max_terms
        self.sublinear = sublinear

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn terms and frequencies. Raises ValueError where no term stands in `min_df` texts."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> csr_matrix:  # noqa: ARG002  (scikit-learn's names)
        """Learn terms and frequencies; return the texts' rows (n, V)."""
        features = self._features()
        tokens = tokenise(_pages(X))
        vocabulary, counts = build_vocabulary(tokens, features, self.min_df, self.max_terms)
        if not vocabulary.terms:
            raise ValueError(f"no term stands in {self.min_df} texts; lower min_df or give other texts")
        self.vocabulary_, self._hashes = vocabulary.terms, vocabulary.hashes
        self.idf_ = inverse_document_frequency(vocabulary.document_frequency, tokens.pages)
        return sparse(tf_idf(counts, self.idf_, features), len(self.vocabulary_))

    def transform(self, X: Any) -> csr_matrix:
        """Return the texts' rows (n, V)."""
        check_is_fitted(self)
        features = self._features()
        return sparse(tf_idf(count(tokenise(_pages(X)), self._hashes, features), self.idf_, features), len(self.idf_))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:  # noqa: ARG002  (scikit-learn's)
        """Return the terms (V,), syllables of words joined by underscores."""
        check_is_fitted(self)
        return np.array(self.vocabulary_, dtype=object)

    def _features(self) -> FeatureSpec:
        return FeatureSpec.from_json(
            {"terms": self.terms, "zone_weights": (1, 1, 1, 1), "body_characters": 0, "sublinear": self.sublinear}
        )

    def __sklearn_tags__(self) -> Any:
        """Say that texts are taken."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = True
        return tags


def _pages(texts: Any) -> list[Page]:
    """The pages of whatever scikit-learn's users hold texts in."""
    if hasattr(texts, "columns") and hasattr(texts, "iloc"):
        texts = rows_of(texts)
    elif isinstance(texts, np.ndarray):
        if texts.ndim == 2 and texts.shape[1] == 1:
            texts = texts[:, 0]
        if texts.ndim != 1:
            raise ValueError(f"texts are wanted, one a row, and this is an array of shape {texts.shape}")
        texts = texts.tolist()
    elif not isinstance(texts, list | tuple) and hasattr(texts, "tolist"):
        texts = texts.tolist()
    return list(given.pages(texts, "fit or predict"))


def _is_indicator(y: Any) -> bool:
    return hasattr(y, "shape") and len(y.shape) == 2 and y.shape[1] > 1


def _is_many(y: Any) -> bool:
    """Whether articles have several topics each: a matrix, or collections."""
    if _is_indicator(y):
        return True
    one = next(iter(y), None)
    return isinstance(one, Iterable) and not isinstance(one, str | bytes | Mapping | np.ndarray)


def _classes(y: Any, count: int, *, many: bool) -> tuple[NDArray[Any], list[list[int]]]:
    """The classes (L,) in order, and the places of each article's in it."""
    if _is_indicator(y):
        matrix = y.toarray() if hasattr(y, "toarray") else np.asarray(y)
        classes, chosen = np.arange(matrix.shape[1]), [np.flatnonzero(row).tolist() for row in matrix]
    elif many:
        wanted = [list(dict.fromkeys(one)) for one in y]
        classes = np.array(sorted({name for one in wanted for name in one}))
        place = {name: number for number, name in enumerate(classes.tolist())}
        chosen = [[place[name] for name in one] for one in wanted]
    else:
        try:
            classes, inverse = np.unique(np.asarray(y).ravel(), return_inverse=True)
        except TypeError as error:
            raise TypeError("the classes are of several types; make them all texts, or all numbers") from error
        chosen = [[place] for place in inverse.ravel().tolist()]
    if len(chosen) != count:
        raise ValueError(f"there are {count} texts and {len(chosen)} labels")
    return classes, chosen


def _weights(sample_weight: ArrayLike | None, count: int) -> NDArray[np.float64]:
    if sample_weight is None:
        return np.ones(count)
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.ndim == 0:
        weights = np.full(count, float(weights))
    if weights.shape != (count,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(f"sample_weight must be {count} numbers of at least 0, and is of shape {weights.shape}")
    return weights


def _name(one: Any) -> str:
    return str(one.item() if isinstance(one, np.generic) else one)
