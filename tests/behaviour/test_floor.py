"""The scores on what ships with chude do not fall, and the model that ships is the one its corpus gives."""

from __future__ import annotations

import json

import numpy as np
import pytest

from classifier.model.artifact import default_artifact, load, read_vocabulary
from training.corpus import read_corpus
from training.fit.defaults import spec_for
from training.fit.fitting import fit
from training.floor import FLOOR, measure, problems


@pytest.fixture(scope="module")
def floor():
    return json.loads(FLOOR.read_text(encoding="utf-8"))


def test_no_score_is_below_the_floor(floor):
    """Cross-validated macro-F1 and the labels of the sample pages hold the floor, on the data it was set on."""
    found = measure()
    assert found["data"] == floor["data"], "set the floor anew: python -m training.floor --update"
    assert problems(found, floor) == []


def test_a_fall_is_noticed(floor):
    """A lower score or another label of a sample page is named."""
    worse = {**floor, "macro_f1": floor["macro_f1"] - 0.02, "samples": dict.fromkeys(floor["samples"], "other")}
    assert len(problems(worse, floor)) >= 2


def test_the_shipped_model_is_what_its_corpus_gives():
    """Training on the built-in corpus gives the vocabulary and, up to rounding, the weights that ship."""
    shipped = load(default_artifact())
    corpus = read_corpus()
    assert shipped.info["corpus_fingerprint"] == corpus.fingerprint(), "make train, and commit the model"
    made = fit(corpus, spec_for(corpus))
    assert made.vocabulary.terms == read_vocabulary(default_artifact())
    assert np.abs(made.model.weights - shipped.weights).max() < 0.02
