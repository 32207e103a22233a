"""The choices `chude train` makes unless told otherwise, each by measurement (docs/model.md has the tables)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from classifier.features.spec import FeatureSpec
from training.fit.spec import TrainingSpec

if TYPE_CHECKING:
    from training.corpus import Corpus

LARGE = 5_000
"""From this many articles on, terms must be more frequent: rare ones only cost memory there."""

_SMALL = TrainingSpec(features=FeatureSpec(terms=("w1",), zone_weights=(2.0, 1.0, 1.0, 0.0), body_characters=800))
_BUILT_IN = TrainingSpec(
    features=FeatureSpec(terms=("w1",), zone_weights=(4.0, 2.0, 1.0, 0.25), body_characters=800),
    C=0.5,
    prior=2.0,
    secondary_threshold=0.35,
    real_news=True,
)
"""Chosen by cross-validation on the labelled real news, whose counts the model learns from and is calibrated on."""
_LARGE = TrainingSpec(features=FeatureSpec(terms=("w1",)), C=0.3, prior=0.0, min_df=3, folds=3)


def spec_for(corpus: Corpus, **changes: Any) -> TrainingSpec:
    """The default specification for a corpus of this size, with the user's `changes` (c, min_df, max_terms, folds,
    seed).
    """
    spec = _BUILT_IN if corpus.built_in else _LARGE if len(corpus.articles) >= LARGE else _SMALL
    if "c" in changes:
        changes["C"] = changes.pop("c")
    return replace(spec, **changes)
