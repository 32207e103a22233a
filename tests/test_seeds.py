"""Guards the five real saved pages that this project exists for: the default model labels them as a reader would."""

from __future__ import annotations

import pytest

from classifier import load, read_pages
from classifier.artifact import default_artifact

# 003 is about Syria and about strikes on chemical weapons; the first is what its headline says.
EXPECTED = {
    "000": {"arms_control"},
    "001": {"ukraine_talks"},
    "002": {"ukraine_talks"},
    "003": {"syria", "arms_control"},
    "004": {"arms_control"},
}


@pytest.fixture(scope="module")
def predictions(shared):
    """The default model's prediction for each seed, by its number."""
    folder = default_artifact()
    if not folder.is_dir():
        pytest.skip("no default model yet: make it with `chude train -o artifacts/world-news`")
    pages = list(read_pages(sorted((shared / "seeds").glob("*.txt"))))
    return {page.id[:3]: found for page, found in zip(pages, load(folder).predict(pages, explain=5), strict=True)}


@pytest.mark.parametrize("seed", EXPECTED)
def test_a_seed_gets_the_topic_a_reader_gives_it(predictions, seed):
    """The primary topic, with reasons."""
    prediction = predictions[seed]
    assert prediction.topic in EXPECTED[seed], prediction
    assert prediction.reasons


def test_every_seed_is_labelled(predictions):
    """Five pages, five predictions."""
    assert sorted(predictions) == sorted(EXPECTED)
