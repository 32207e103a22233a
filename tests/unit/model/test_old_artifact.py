"""Guards the promise across versions: a model that was trained long ago loads, and says what it always said."""

from __future__ import annotations

import hashlib
import json

import pytest
from conftest import PROJECT

from classifier import load
from classifier.model.artifact import read_fingerprints, read_vocabulary
from classifier.types import Page

OLD = PROJECT / "tests" / "data" / "artifacts" / "v1"
EXPECTED = [json.loads(line) for line in (OLD / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
AS_COMMITTED = {
    "card.md": "58abc075d98ca1a7872128440079f1e4790a4a35e4de33240333a99aa948a031",
    "fingerprints.npz": "9f1f9d256b1ff9e591075ebec1ebd0d83b410ca9c19a9d24ff8651d3b4827f52",
    "model.json": "8a7d141e74cce968d313e9d88dd4248853d985edc58f1b07d5b5eeb4b7f0be36",
    "vocabulary.txt": "0dd44fde7f439d7ed572db48528922a2c88e443ecd855af56ebd287e4ca5f185",
    "weights.npz": "3a56cec34de874edf08dd8875729c5777a731be232b403ec66c698db8175f0ef",
}


@pytest.fixture(scope="module")
def old():
    return load(OLD / "model")


def test_the_old_model_is_the_one_that_was_committed():
    """Nobody has made it anew, which would make a promise of nothing."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (OLD / "model").iterdir()}
    assert found == AS_COMMITTED


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["page"]["id"])
def test_an_old_model_says_what_it_always_said(old, row):
    """Topic, every probability to 1e-6, further topics and reasons with their weights, in order.

    The reasons alone were written anew once: since 2026-11-26 terms that are written alike, a word and its syllables,
    are one reason with the sum of their weights.
    """
    prediction = old.predict([Page(**row["page"])], explain=8)[0]
    assert prediction.topic == row["topic"]
    assert prediction.probability == pytest.approx(row["probability"], abs=1e-6)
    assert {score.topic: score.probability for score in prediction.topics} == pytest.approx(row["topics"], abs=1e-6)
    assert list(prediction.secondary) == row["secondary"]
    assert [reason.term for reason in prediction.reasons] == [term for term, _ in row["reasons"]]
    weights = [weight for _, weight in row["reasons"]]
    assert [reason.weight for reason in prediction.reasons] == pytest.approx(weights, abs=1e-6)


def test_what_else_an_old_model_holds_is_still_read(old, chude):
    """The vocabulary a line a term, the fingerprints of its 100 texts, and all that `chude show` prints."""
    assert len(read_vocabulary(OLD / "model")) == old.hashes.size
    assert len(read_fingerprints(OLD / "model")) == old.info["articles"] == 100
    shown = chude("show", OLD / "model")
    assert shown.code == 0
    assert "old model of schema 1: 100 articles" in shown.out
