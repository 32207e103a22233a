"""The choices `chude train` makes unless told otherwise, each by measurement (docs/model.md has the tables)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from classifier.features.spec import FeatureSpec
from training.fit.spec import TrainingSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from training.corpus import Corpus

_BUILT_IN = TrainingSpec(
    features=FeatureSpec(terms=("w1",), zone_weights=(4.0, 2.0, 1.0, 0.25), body_characters=800),
    C=0.5,
    prior=2.0,
    secondary_threshold=0.35,
    calibration="matrix",
    real_news=True,
)
"""Chosen by cross-validation on the labelled real news, whose counts the model learns from and is calibrated on."""
_OTHERS = TrainingSpec(
    features=FeatureSpec(terms=("w1", "s1", "s2", "m1")),
    C=0.0,
    prior=1.25,
    news_idf=False,
    most_common=1.0,
    open_choice=True,
)
"""Chosen on ten corpora of titles, sentences, headlines and whole articles, with 2 to 300 labels (docs/model.md)."""
PLAIN = replace(_OTHERS, features=FeatureSpec(terms=("w1",)), prior=0.0, min_df=3, folds=3)
"""What a corpus of many articles gets where the rest does not pay."""


BALANCE = {"none": 0.0, "balanced": 1.0}
"""How far the rarer side of each label outweighs its number, by the name of the weights."""


def fixed_by(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that settings fix, as `spec_for` takes them; folds and seed are nothing that could be chosen."""
    names = {"c": "C", "class_weight": "balance"}
    return tuple(names.get(name, name) for name in settings if name not in ("folds", "seed"))


def spec_for(corpus: Corpus, **changes: Any) -> TrainingSpec:
    """The default specification for a corpus, with the user's `changes` (c, min_df, max_terms, folds, seed, solver,
    class_weight).
    """
    spec = _BUILT_IN if corpus.built_in else _OTHERS
    if "c" in changes:
        changes["C"] = changes.pop("c")
    if "class_weight" in changes:
        changes["balance"] = BALANCE[changes.pop("class_weight")]
    return replace(spec, **changes)
