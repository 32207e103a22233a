"""Cross-validation: every article labelled by a model that saw neither it nor its near-duplicates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import duplicate_groups as near_duplicate_groups
from training.fit.fitting import fit
from training.folds import folds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from classifier.types import Prediction
    from training.corpus import Corpus
    from training.fit.spec import TrainingSpec


def subset(corpus: Corpus, rows: NDArray[np.int64]) -> Corpus:
    """The articles of `rows`, in that order."""
    return replace(corpus, articles=[corpus.articles[row] for row in rows.tolist()], skipped=[])


def duplicate_groups(corpus: Corpus) -> NDArray[np.int64]:
    """(n,) a number for each article, the same for near-duplicates, so that folds can keep them together."""
    return near_duplicate_groups(fingerprint(corpus.pages))


def cross_validate(
    corpus: Corpus, spec: TrainingSpec, k: int, *, groups: Sequence[int] | None = None, explain: int = 0
) -> list[Prediction]:
    """A prediction for each article, by the model trained on the folds it is not in; vocabulary and calibration
    included. groups: articles that share a fold, by default near-duplicates.
    """
    groups = duplicate_groups(corpus).tolist() if groups is None else groups
    spec = to_be_judged(spec)
    found: dict[int, Prediction] = {}
    for train, test in folds(corpus.primaries, k, groups=groups, seed=spec.seed):
        model = fit(subset(corpus, train), spec).model
        predictions = model.predict([corpus.articles[row].page for row in test.tolist()], explain=explain)
        found.update(zip(test.tolist(), predictions, strict=True))
    return [found[row] for row in range(len(corpus.articles))]


def to_be_judged(spec: TrainingSpec) -> TrainingSpec:
    """The specification for judging a corpus as itself, not as a sample of the news its model will be used on."""
    return replace(spec, other_log_odds=0.0, confidence=1.0, real_news=False)


def repeat_seed(spec: TrainingSpec, repeat: int) -> int:
    """The seed of a repeat's folds; the first repeat has the specification's own."""
    return spec.seed + 1_000 * repeat
