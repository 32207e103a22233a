"""What each choice of the default model is worth on real news: python -m bench.features.

Each row changes one thing, trains on the built-in corpus and the counts of real news, and is judged on the latter,
cross-validated as the model card says. No text of theirs is needed, so anyone can run it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.measure import about, table
from classifier.features.counts import row_products, tf_idf
from classifier.types import OTHER
from training.corpus import read_corpus
from training.crossval import subset
from training.fit.defaults import spec_for
from training.fit.fitting import fit
from training.own_scores import on_real_news
from training.real_news import real_news

if TYPE_CHECKING:
    from training.corpus import Corpus
    from training.fit.spec import TrainingSpec

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
HEADER = ("change", "macro-F1", "of the clear", "recall, least", "false topics", "ECE", "right at 0.9")


def variants(default: TrainingSpec) -> dict[str, TrainingSpec]:
    """Name -> specification, each with one thing changed."""
    features = default.features

    def zones(*weights: float) -> TrainingSpec:
        title, lead, opening, rest = weights
        return replace(default, features=replace(features, zone_weights=(title, lead, opening, rest)))

    return {
        "the default": default,
        "real news only calibrates": replace(default, real_news=False),
        "no word vectors (prior 0.001)": replace(default, prior=0.001),
        "nothing counted on unlabelled news (prior 0)": replace(default, prior=0.0),
        "word vectors count half (prior 1)": replace(default, prior=1.0),
        "word vectors count more (prior 3)": replace(default, prior=3.0),
        "function words kept": replace(default, most_common=1.0),
        "all zones count the same": zones(1, 1, 1, 1),
        "title counts twice": zones(2, 2, 1, 0.25),
        "title counts eight times": zones(8, 2, 1, 0.25),
        "title and lead alone": zones(4, 2, 0, 0),
        "no rest of the body": zones(4, 2, 1, 0),
        "rest of the body counts 0.5": zones(4, 2, 1, 0.5),
        "tf not sublinear": replace(default, features=replace(features, sublinear=False)),
        "logistic regression, C = 10": replace(default, solver="logistic", C=10.0),
        "C = 0.1": replace(default, C=0.1),
        "C = 1": replace(default, C=1.0),
        "min_df = 4": replace(default, min_df=4),
    }


def row(name: str, train: Corpus, spec: TrainingSpec) -> list[str]:
    """The scores of one variant."""
    fitted = fit(train, spec)
    model, scores = fitted.model, fitted.of_real_news
    if scores is None:
        counts = real_news().counts(model.hashes, model.features)
        scores = row_products(tf_idf(counts, model.idf, model.features), model.weights) + model.intercepts
    found: dict[str, Any] = on_real_news(spec, model, scores)
    recalls = [one["recall"] for topic, one in found["per_topic"].items() if topic != OTHER]
    values = (found["macro_f1"], found["clear_macro_f1"], min(recalls), found["false_topics"])
    last = (found["calibration_error"], found["right_where_sure"])
    return [name, *(f"{value:.3f}" for value in (*values, *last))]


def main() -> None:
    """The command line."""
    train = read_corpus().in_one_order()
    default = spec_for(train)
    print(about())
    print(table(HEADER, [row(name, train, spec) for name, spec in variants(default).items()]))
    order = np.random.default_rng(default.seed).permutation(len(train.articles))
    parts = [subset(train, np.sort(order[: round(share * order.size)])) for share in SHARES]
    curve = [row(f"{len(part.articles):,} built-in articles", part, default) for part in parts]
    print(table(("learning curve", *HEADER[1:]), curve))


if __name__ == "__main__":
    main()
