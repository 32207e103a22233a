"""The whole of `chude train`: corpus in, artifact out, with its scores and its model card."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier import __version__
from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import duplicate_groups
from classifier.errors import ChudeError
from classifier.features.kinds import readable
from classifier.model.artifact import save
from classifier.model.description import MAX_LABELS
from classifier.vietnamese.pyvi_model import load_pyvi_model
from classifier.wording import shown
from training.card import model_card
from training.fit.defaults import BALANCE, spec_for
from training.fit.fitting import Fitted, fit
from training.hub import metadata
from training.names import display_names
from training.own_scores import cross_validated, of_outer_folds, on_real_news
from training.tune.nested import tune

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classifier.model.model import Model
    from training.corpus import Corpus
    from training.fit.spec import TrainingSpec
    from training.tune.nested import Tuned, Tuning

TOP_TERMS = 12


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with the facts that its artifact records."""

    model: Model
    info: dict[str, Any]
    vocabulary: list[str]
    tuned: Tuned | None = None


def train(
    corpus: Corpus,
    spec: TrainingSpec | None = None,
    *,
    folder: str | Path | None = None,
    name: str = "",
    tuning: Tuning | None = None,
    names: Mapping[str, str] | None = None,
) -> Trained:
    """Trains on a corpus, by default as `spec_for` it says, and, given a folder, writes the artifact there.

    tuning: search for a better specification than `spec` (`training.tune`). names: of labels, as people are to read
    them; UsageError where the corpus has no such label. Other errors as `training.fit.fit` and
    `training.tune.nested.tune`.
    """
    if len(corpus.labels) > MAX_LABELS:
        what = f"the corpus has {len(corpus.labels):,} labels, a model at most {MAX_LABELS:,}"
        raise ChudeError("", what, "name the column of the topics with --label-column")
    name = shown(name or (Path(folder).name if folder else "model"))
    named = display_names(corpus.labels, names)  # before the work
    spec, corpus = spec or spec_for(corpus), corpus.in_one_order()
    prints = fingerprint(corpus.pages)
    groups = duplicate_groups(prints)
    repeated = len(prints) - np.unique(groups).size
    tuned = tune(corpus, groups.tolist(), spec, tuning) if tuning else None
    fitted = fit(corpus, tuned.spec if tuned else spec, groups=groups.tolist())
    model = fitted.model
    model.display_names = {label: named.get(label, label) for label in model.labels}
    model.info = describe(corpus, spec, fitted, name, repeated, tuned)
    trained = Trained(model, model.info, fitted.vocabulary.terms, tuned)
    if folder is not None:
        save(folder, model, trained.vocabulary, model_card(model), prints)
    return trained


def describe(
    corpus: Corpus, spec: TrainingSpec, fitted: Fitted, name: str, near_duplicates: int, tuned: Tuned | None = None
) -> dict[str, Any]:
    """What `model.json` says about the making of the model: enough to repeat and to judge it."""
    found = {
        "name": name,
        "articles": len(corpus.articles),
        "articles_by_topic": corpus.articles_with() if corpus.of_sets else corpus.counts(),
        "skipped": len(corpus.skipped),
        "multi_topic": corpus.multi_topic,
        "corpus_fingerprint": corpus.fingerprint(),
        "training": {key: value for key, value in asdict(fitted.spec).items() if key != "features"},
        "near_duplicates": near_duplicates,
        "usual_known": fitted.usual_known,
        "built_in": corpus.built_in,
        "command": command(corpus, spec, name) + (_tuned_by(tuned) if tuned else ""),
        "cross_validated": of_outer_folds(corpus, tuned) if tuned else cross_validated(corpus, fitted),
        **({"tuning": tuned.as_json()} if tuned else {}),
        **({} if fitted.of_real_news is None else {"real_news": on_real_news(spec, fitted.model, fitted.of_real_news)}),
        "top_terms": top_terms(fitted),
        "segmenter": {"name": "pyvi", "version": version("pyvi"), "model": load_pyvi_model().version},
        "made_with": {"chude": __version__, "python": platform.python_version()}
        | {library: version(library) for library in ("numpy", "scipy", "scikit-learn")},
    }
    return found | {"card": metadata(found)}


def command(corpus: Corpus, spec: TrainingSpec, name: str) -> str:
    """The command that makes this model again, with the options that differ from their defaults."""
    usual = spec_for(corpus)
    options = (
        ("-C", "C"),
        ("--min-df", "min_df"),
        ("--max-terms", "max_terms"),
        ("--folds", "folds"),
        ("--seed", "seed"),
        ("--solver", "solver"),
    )
    given = [
        f" {option} {_plain(getattr(spec, key))}"
        for option, key in options
        if getattr(spec, key) != getattr(usual, key)
    ]
    weights = [f" --class-weight {name}" for name, b in BALANCE.items() if b == spec.balance != usual.balance]
    return f"chude train{'' if corpus.built_in else ' CORPUS'} -o {name}{''.join([*given, *weights])}"


def _tuned_by(tuned: Tuned) -> str:
    return f" --tune --tune-by {tuned.metric.replace('_', '-')}" if tuned.metric else " --tune"


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def top_terms(fitted: Fitted) -> dict[str, list[str]]:
    """The terms with the largest weights of each label, as people write them."""
    found = weighted_terms(fitted.model, fitted.vocabulary.terms)
    return {label: [term for term, _ in weighted] for label, weighted in found.items()}


def weighted_terms(model: Model, vocabulary: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
    """Each label's terms with the largest weights, heaviest first, with weight times inverse document frequency."""
    found = {}
    for column, label in enumerate(model.labels):
        weights = model.weights[:, column] * model.idf
        order = np.lexsort((np.arange(weights.size), -weights))[: 2 * TOP_TERMS].tolist()
        shown: dict[str, float] = {}
        for i in order:
            shown.setdefault(readable(vocabulary[i]), float(weights[i]))
        found[label] = list(shown.items())[:TOP_TERMS]
    return found
