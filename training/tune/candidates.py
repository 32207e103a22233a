"""Which specifications a search tries: kinds of terms with and without word vectors first, one change each then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.features.spec import FeatureSpec
from training.fit.solvers import SOLVERS
from training.fit.spec import TrainingSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classifier.types import Page

KINDS: tuple[tuple[str, ...], ...] = (
    ("w1",),
    ("w1", "w2"),
    ("w1", "s1", "s2"),
    ("w1", "s1", "s2", "m1"),
    ("w1", "s1", "s2", "c3", "c4"),
)
PRIOR = 1.25
"""How much word vectors count where a search tries them and the default has none."""
SHORT = 600
"""Characters of the usual text up to which characters are tried as terms: on whole articles they only cost time."""
OPENING = 800
"""Characters of a body that stand for what it is about, where openings are tried."""
FEW = 2_000
"""Articles below which terms that stand in one of them only are tried."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides which choices a corpus has.

    titled: every second article has a title and a body; long: half of the bodies are longer than two openings; usual:
    characters of the article in the middle; vectors: whether word vectors of real news are of use; fixed: fields of
    the specification that the user has set.
    """

    articles: int
    titled: bool
    long: bool
    usual: float
    vectors: bool
    fixed: Mapping[str, Any]

    @classmethod
    def of(cls, pages: Sequence[Page], *, vectors: bool, fixed: Mapping[str, Any]) -> Facts:
        """The facts of some pages."""
        titled = np.mean([bool(page.title) and bool(page.body) for page in pages])
        bodies = np.median([len(page.body) for page in pages])
        usual = float(np.median([len(page.text) for page in pages]))
        return cls(len(pages), bool(titled >= 0.5), bool(bodies > 2 * OPENING), usual, vectors, fixed)


def first_round(facts: Facts, base: TrainingSpec) -> list[TrainingSpec]:
    """Kinds of terms, each with word vectors and without, each with the usual values of C; what is fixed stays."""
    priors = (0.0, base.prior or PRIOR) if facts.vectors else (0.0,)
    kinds = [some for some in KINDS if facts.usual <= SHORT or not set(some) & {"c3", "c4"}]
    found = [
        replace(base, features=FeatureSpec(terms), prior=prior, C=C, min_df=2, balance=0.0)
        for terms in kinds
        for prior in priors
        for C in SOLVERS[base.solver].strengths
    ]
    return distinct(replace(spec, **facts.fixed) for spec in found)


def refinements(facts: Facts, spec: TrainingSpec) -> list[TrainingSpec]:
    """The specification with one thing changed, for each thing that can be; what the user fixed stays."""
    features, usual = spec.features, SOLVERS[spec.solver].strengths[0]
    changes: list[dict[str, Any]] = [
        {"C": round(spec.C * 3, 4)},
        {"C": round(spec.C / 3, 4)},
        *({"min_df": value} for value in (1, 2, 3) if value > 1 or facts.articles < FEW),
        {"features": replace(features, sublinear=not features.sublinear)},
        *(
            {"solver": name, "C": round(spec.C * other.strengths[0] / usual, 4)}
            for name, other in SOLVERS.items()
            if name != spec.solver
        ),
        {"balance": 0.0 if spec.balance else 1.0},
    ]
    if facts.vectors and "w1" in features.terms:
        now = spec.prior or PRIOR
        changes += [{"prior": round(value, 3)} for value in (0.0, now / 2, now, now * 2)]
    if facts.titled:
        changes += [{"features": replace(features, zone_weights=(weight, 1.0, 1.0, 1.0))} for weight in (2.0, 4.0)]
    if facts.long:
        opening = replace(features, zone_weights=(2.0, 2.0, 1.0, 0.25), body_characters=OPENING)
        changes += [{"features": opening}, {"features": replace(opening, zone_weights=(2.0, 2.0, 1.0, 0.0))}]
    found = distinct(replace(spec, **{**change, **facts.fixed}) for change in changes)
    return [one for one in found if one != spec]


def combined(spec: TrainingSpec, ahead: Sequence[TrainingSpec]) -> TrainingSpec:
    """The specification with all that those `ahead` changed of it, the first of two that change the same thing."""
    found = spec
    for one in reversed(ahead):
        found = replace(found, **changed_fields(one, spec))
    return found


def changed_fields(one: TrainingSpec, other: TrainingSpec) -> dict[str, Any]:
    """The fields of one specification that are not the other's."""
    names = TrainingSpec.__dataclass_fields__
    return {name: getattr(one, name) for name in names if getattr(one, name) != getattr(other, name)}


def described(spec: TrainingSpec) -> dict[str, Any]:
    """What a search varies, as plain values: what `model.json` keeps of each trial."""
    features = spec.features
    return {
        "terms": " ".join(features.terms),
        "C": spec.C,
        "solver": spec.solver,
        "prior": spec.prior,
        "min_df": spec.min_df,
        "balance": spec.balance,
        "sublinear": features.sublinear,
        "zone_weights": " ".join(f"{weight:g}" for weight in features.zone_weights),
        "body_characters": features.body_characters,
    }


def in_words(spec: TrainingSpec, other: TrainingSpec) -> str:
    """What sets a specification apart from another: "terms w1 w2 (w1), C 1 (0.3)"."""
    ours, theirs = described(spec), described(other)
    apart = [f"{name} {_plain(ours[name])} ({_plain(theirs[name])})" for name in ours if ours[name] != theirs[name]]
    return ", ".join(apart)


def distinct(specs: Any) -> list[TrainingSpec]:
    """Each specification once, in order."""
    return list(dict.fromkeys(specs))


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
