"""Names stand in the places of labels where people read, and two labels never become one."""

from __future__ import annotations

import pytest

from classifier.display import distinct, shown_predictions
from classifier.errors import UsageError
from classifier.types import Prediction, TopicScore
from eval.report.names import shown_report
from eval.report.report import build_report
from eval.scores.gold import Judged
from training.names import display_names

ONE = Prediction("1", "a", 0.8, (TopicScore("a", 0.8), TopicScore("b", 0.2)), ("b",))


def test_a_prediction_is_shown_with_names_and_stays_what_it_was():
    (shown,) = shown_predictions([ONE], {"a": "Alpha"})
    assert (shown.topic, shown.secondary) == ("Alpha", ("b",))
    assert [score.topic for score in shown.topics] == ["Alpha", "b"]
    assert ONE.topic == "a"


def test_two_labels_of_one_name_stay_two():
    assert distinct({"a": "News", "b": "news", "c": " "}) == {"a": "News (a)", "b": "news (b)", "c": "c"}


@pytest.mark.parametrize("names", [{"zzz": "Name"}, {"a": " "}, {"a": "x" * 5_000}])
def test_a_name_that_cannot_be_is_refused(names):
    with pytest.raises(UsageError):
        display_names(["a"], names)


def test_a_report_is_shown_with_names_in_every_part_and_without_names_as_it_is():
    judged = Judged(ids=["1", "2", "3"], gold=["a", "b", "c"], predicted=["a", "a", "b"], known=["a", "b", "z"])
    report = build_report(judged, baselines={}, meta={}, remarks=["first"], top_terms={"a": [("w", 1.0)]})
    assert shown_report(report, {}) is report
    shown = shown_report(report, {label: f"Topic {label.upper()}" for label in "abcz"})
    assert shown["confusion"]["labels"] == ["Topic A", "Topic B", "Topic C"]
    assert [row["label"] for row in shown["per_topic"]] == ["Topic A", "Topic B", "Topic C"]
    assert {one["gold"] for one in shown["mistakes"]} == {"Topic B", "Topic C"}
    assert list(shown["top_terms"]) == ["Topic A"]
    assert shown["notes"][0] == "first"
    assert len(shown["notes"]) == len(report["notes"])
    assert any("the label Topic C" in note for note in shown["notes"])
    assert report["confusion"]["labels"] == ["a", "b", "c"]
