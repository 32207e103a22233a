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

BUILT_IN_OTHER_LOG_ODDS = 2.0
BUILT_IN_CONFIDENCE = 0.8

_SMALL = TrainingSpec(features=FeatureSpec(terms=("w1",), zone_weights=(2.0, 1.0, 1.0, 0.0), body_characters=800))
_LARGE = TrainingSpec(features=FeatureSpec(terms=("w1",)), C=0.3, prior=0.0, min_df=3, folds=3)


def spec_for(corpus: Corpus, **changes: Any) -> TrainingSpec:
    """The default specification for a corpus of this size, with the user's `changes` (c, min_df, max_terms, folds,
    seed).
    """
    spec = _LARGE if len(corpus.articles) >= LARGE else _SMALL
    if corpus.built_in:
        # Half of the built-in corpus is about the four topics, of what papers print far less; and it was written by one
        # team, so that cross-validation on it is surer of itself than it may be of real news.
        spec = replace(spec, other_log_odds=BUILT_IN_OTHER_LOG_ODDS, confidence=BUILT_IN_CONFIDENCE)
    if "c" in changes:
        changes["C"] = changes.pop("c")
    return replace(spec, **changes)
