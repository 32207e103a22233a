"""What each choice of the default model is worth on real news: python -m bench.features GOLD.

Each row changes one thing, trains on the built-in corpus and is judged on GOLD. Then the learning curve.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.measure import about, table
from classifier.types import OTHER
from eval.scores.calibration import expected_calibration_error
from eval.scores.metrics import macro_f1
from training.corpus import read_corpus
from training.crossval import subset
from training.fit.defaults import spec_for
from training.fit.fitting import fit

if TYPE_CHECKING:
    from training.corpus import Corpus
    from training.fit.spec import TrainingSpec

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
HEADER = ("change", "macro-F1", "full texts", "one sentence", "recall, least", "false topics", "ECE")
ONE_SENTENCE = 60
"""Runs of text up to which an article counts as a headline with a sentence."""


def variants(default: TrainingSpec) -> dict[str, TrainingSpec]:
    """Name -> specification, each with one thing changed."""
    features = default.features

    def with_features(**changes: Any) -> TrainingSpec:
        return replace(default, features=replace(features, **changes))

    return {
        "the default": default,
        "no word vectors (prior 0.001)": replace(default, prior=0.001),
        "nothing counted on real news (prior 0)": replace(default, prior=0.0),
        "word vectors count double (prior 3)": replace(default, prior=3.0),
        "function words kept": replace(default, most_common=1.0),
        "words and word pairs": with_features(terms=("w1", "w2")),
        "words and syllable pairs": with_features(terms=("w1", "s2")),
        "syllables, 1 to 3": with_features(terms=("s1", "s2", "s3")),
        "title counts once": with_features(zone_weights=(1.0, 1.0, 1.0, 0.0)),
        "title counts four times": with_features(zone_weights=(4.0, 1.0, 1.0, 0.0)),
        "the rest of the body counts 0.2": with_features(zone_weights=(2.0, 1.0, 1.0, 0.2)),
        "the whole body counts": with_features(body_characters=0),
        "opening of 400 characters": with_features(body_characters=400),
        "tf not sublinear": with_features(sublinear=False),
        "C = 0.3": replace(default, C=0.3),
        "C = 3": replace(default, C=3.0),
        "min_df = 1": replace(default, min_df=1),
        "min_df = 4": replace(default, min_df=4),
        "calibrated for the corpus, not moved": replace(default, other_log_odds=0.0, confidence=1.0),
        "moved in prior only": replace(default, confidence=1.0),
    }


def row(name: str, train: Corpus, spec: TrainingSpec, gold: Corpus) -> list[str]:
    """The scores of one variant."""
    predictions = fit(train, spec).model.predict(gold.pages)
    labels, predicted = gold.primaries, [prediction.topic for prediction in predictions]
    hits = np.array([a == b for a, b in zip(labels, predicted, strict=True)])
    short = np.array([len(page.text.split()) <= ONE_SENTENCE for page in gold.pages])
    probability = np.array([prediction.probability for prediction in predictions])
    of = np.array(labels)
    topics = [topic for topic in gold.labels if topic != OTHER]
    return [
        name,
        f"{macro_f1(labels, predicted):.3f}",
        *(f"{macro_f1(of[part].tolist(), np.array(predicted)[part].tolist()):.3f}" for part in (~short, short)),
        f"{min(hits[of == topic].mean() for topic in topics):.2f}",
        f"{1 - hits[of == OTHER].mean():.3f}",
        f"{expected_calibration_error(probability, hits):.3f}",
    ]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold")
    arguments = parser.parse_args()
    train, gold = read_corpus(), read_corpus([arguments.gold])
    default = spec_for(train)
    print(about())
    rows = [row(name, train, spec, gold) for name, spec in variants(default).items()]
    print(table(HEADER, rows))
    order = np.random.default_rng(default.seed).permutation(len(train.articles))
    curve = []
    for share in SHARES:
        part = subset(train, np.sort(order[: round(share * order.size)]))
        curve.append(row(f"{len(part.articles):,} articles", part, default, gold))
    print(table(("learning curve", *HEADER[1:]), curve))


if __name__ == "__main__":
    main()
