"""The five real pages that this project exists for, and the pages that ship with it, get labels a reader would give."""

from __future__ import annotations

import pytest
from conftest import PROJECT

from classifier import load, read_pages
from classifier.model.artifact import default_artifact

# By ../shared/codebook.md. The fourth plans talks between two powers over Syria, Korea and much else: its title, lead
# and opening are none of the four topics, and half of its paragraphs are about Syria.
SEEDS = {"000": "arms_control", "001": "ukraine_talks", "002": "ukraine_talks", "003": "syria", "004": "arms_control"}


@pytest.fixture(scope="module")
def model():
    return load(default_artifact())


def test_the_seeds_get_the_labels_of_the_codebook(model, shared):
    """Each of the five has its primary topic."""
    assert {one.id[:3]: one.topic for one in model.predict(read_pages([shared / "seeds"]))} == SEEDS


def test_the_reasons_are_words_of_the_page_that_name_its_subject(model):
    """The strongest reason of each sample page stands in the page and is no function word."""
    for page in read_pages([PROJECT / "classifier" / "samples"]):
        (prediction,) = model.predict([page], explain=1)
        (reason,) = prediction.reasons
        assert reason.weight > 0
        assert reason.term.lower() in page.text.lower()
        assert reason.term not in {"và", "của", "là", "các", "những", "một", "cho", "với"}


def test_scores_on_real_news_hold(model, shared):
    """On articles it never saw: macro-F1, recall of each topic, false topics and calibration as the README says."""
    from classifier.types import OTHER
    from eval.scores.calibration import expected_calibration_error
    from eval.scores.metrics import macro_f1, per_label
    from training.corpus import read_corpus

    gold = read_corpus([shared / "data" / "gold_dev.jsonl"])
    predictions = model.predict(gold.pages)
    predicted = [prediction.topic for prediction in predictions]
    assert macro_f1(gold.primaries, predicted) >= 0.87
    rows = {row.label: row for row in per_label(gold.primaries, predicted)}
    assert min(row.recall for label, row in rows.items() if label != OTHER) >= 0.74
    assert 1 - rows[OTHER].recall <= 0.065
    correct = [a == b for a, b in zip(gold.primaries, predicted, strict=True)]
    assert expected_calibration_error([prediction.probability for prediction in predictions], correct) <= 0.03
    sure = [right for right, one in zip(correct, predictions, strict=True) if one.probability >= 0.9]
    assert sum(sure) >= 0.97 * len(sure)
