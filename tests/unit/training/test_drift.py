"""Guards what is told of articles that a model has not met: what is as usual is not called a shift, what is not, is."""

from __future__ import annotations

import json

import pytest

from classifier.types import Page
from training.drift import FEWEST, drift


def pages(rows, **more):
    return [Page(row["id"], row["title"], body=row["text"], **more) for row in rows]


def test_its_own_articles_are_as_the_model_expects(small_model, small_corpus):
    """Shares near those it learned from, hardly an unknown word, words among its heaviest."""
    found = drift(small_corpus.pages, small_model)
    assert found.findings() == []
    assert found.articles == len(small_corpus.pages)
    assert found.unknown < 0.05
    assert sum(one.value for one in found.topics.values()) == pytest.approx(1)
    assert all(one.low <= one.value <= one.high for one in (*found.topics.values(), found.expected, found.strange))
    assert any(word.usual for word in found.words["syria"])
    assert all(sum(word.share for word in words) <= 1 for words in found.words.values())


def test_one_topic_alone_is_a_shift(small_model, corpus_rows):
    """It is named with what it was, by the name that people read."""
    found = drift(pages([row for row in corpus_rows if row["label"] == "syria"][:40]), small_model)
    assert found.topics["syria"].shifted
    (said,) = [one for one in found.findings({"syria": "Chiến sự Syria"}) if one.startswith("Chiến sự Syria")]
    assert "where the model learned" in said
    assert (
        drift(pages([row for row in corpus_rows if row["label"] == "syria"][: FEWEST - 1]), small_model).findings()
        == []
    )


def test_another_language_is_strange(small_model):
    """Most of its words are unknown."""
    english = "The ministers of both countries met again on Tuesday to talk about wheat prices and shipping lanes."
    found = drift([Page(str(n), body=f"{english} {n}") for n in range(30)], small_model)
    assert found.strange.value == 1
    assert found.unknown > 0.5
    assert any("unknown to the model" in one for one in found.findings())


def test_months_and_plain_values(small_model, corpus_rows):
    """Articles without a date stand apart; everything can be written as JSON."""
    rows = corpus_rows[:6]
    some = [*pages(rows[:3], date="2018-04-14"), *pages(rows[3:5], date="ngày 2 tháng 5 năm 2018"), *pages(rows[5:])]
    found = drift(some, small_model)
    months = {month: sum(counts.values()) for month, counts in found.months.items()}
    assert months == {"": 1, "2018-04": 3, "2018-05": 2}
    assert json.loads(json.dumps(found.as_json()))["articles"] == 6
    with pytest.raises(ValueError, match="no article"):
        drift([], small_model)
