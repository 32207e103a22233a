"""The whole of `chude train`: corpus in, artifact out, with its scores and its model card."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier import __version__
from classifier.artifact import save
from classifier.fingerprints import fingerprint
from classifier.model import readable
from classifier.segmentation.pyvi_model import load_pyvi_model
from classifier.types import OTHER
from eval.metrics import accuracy, macro_f1, per_label
from training.card import model_card
from training.fit import Fitted, TrainingSpec, fit

if TYPE_CHECKING:
    from classifier.model import Model
    from training.corpus import Corpus

DISPLAY_NAMES = {
    "arms_control": "Arms control",
    "ukraine_talks": "Ukraine talks",
    "syria": "Syria",
    "alliances": "Alliances",
    OTHER: "Other",
}
TOP_TERMS = 12


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with the facts that its artifact records."""

    model: Model
    info: dict[str, Any]
    vocabulary: list[str]


def train(
    corpus: Corpus, spec: TrainingSpec | None = None, *, folder: str | Path | None = None, name: str = ""
) -> Trained:
    """Trains on a corpus and, given a folder, writes the artifact there. Errors as `training.fit.fit`."""
    spec = spec or TrainingSpec()
    fitted = fit(corpus, spec)
    model = fitted.model
    model.display_names = {label: DISPLAY_NAMES.get(label, label) for label in model.labels}
    model.info = describe(corpus, spec, fitted, name or (Path(folder).name if folder else "model"))
    trained = Trained(model, model.info, fitted.vocabulary.terms)
    if folder is not None:
        save(folder, model, trained.vocabulary, model_card(model), fingerprint(corpus.pages))
    return trained


def describe(corpus: Corpus, spec: TrainingSpec, fitted: Fitted, name: str) -> dict[str, Any]:
    """What `model.json` says about the making of the model: enough to repeat and to judge it."""
    return {
        "name": name,
        "articles": len(corpus.articles),
        "articles_by_topic": corpus.counts(),
        "skipped": len(corpus.skipped),
        "multi_topic": corpus.multi_topic,
        "corpus_fingerprint": corpus.fingerprint(),
        "training": {key: value for key, value in asdict(spec).items() if key != "features"},
        "cross_validated": cross_validated(corpus, fitted),
        "top_terms": top_terms(fitted),
        "segmenter": {"name": "pyvi", "version": version("pyvi"), "model": load_pyvi_model().version},
        "made_with": {"chude": __version__, "python": platform.python_version()}
        | {library: version(library) for library in ("numpy", "scipy", "scikit-learn")},
    }


def cross_validated(corpus: Corpus, fitted: Fitted) -> dict[str, Any]:
    """Scores of the out-of-fold predictions on the corpus as it is, calibrated on the same scores (few parameters)."""
    model = fitted.model
    probabilities = fitted.in_corpus.primary(fitted.out_of_fold)
    chosen = probabilities.argmax(axis=1)
    named = probabilities[np.arange(len(chosen)), chosen] >= model.calibration.threshold
    predicted = [model.labels[i] if ok else OTHER for i, ok in zip(chosen.tolist(), named.tolist(), strict=True)]
    gold = corpus.primaries
    return {
        "accuracy": round(accuracy(gold, predicted), 4),
        "macro_f1": round(macro_f1(gold, predicted), 4),
        "per_topic": {
            row.label: {"precision": round(row.precision, 4), "recall": round(row.recall, 4), "f1": round(row.f1, 4)}
            for row in per_label(gold, predicted)
        },
    }


def top_terms(fitted: Fitted) -> dict[str, list[str]]:
    """The terms with the largest weights of each label, as people write them."""
    model, terms = fitted.model, fitted.vocabulary.terms
    found = {}
    for column, label in enumerate(model.labels):
        weights = model.weights[:, column] * model.idf
        order = np.lexsort((np.arange(weights.size), -weights))
        shown = dict.fromkeys(readable(terms[i]) for i in order[: 2 * TOP_TERMS].tolist())
        found[label] = list(shown)[:TOP_TERMS]
    return found
