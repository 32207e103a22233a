"""The pictures of a report, drawn from nothing but its JSON value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from eval.plots.scores import (
    confusion_matrix,
    coverage_accuracy,
    learning_curve,
    precision_recall,
    reliability_diagram,
    topic_scores,
)
from eval.scores.registry import name_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from eval.scores.intervals import ScoreJson
    from eval.scores.shape import Report, TopicRow

PICTURES = ("confusion", "topics", "reliability", "coverage", "precision_recall", "learning")
MOST_TOPICS = 100
MOST_CURVES = 7  # as many as there are colours
LEAST_SHARE = 0.05  # a threshold that keeps fewer articles is not marked: its accuracy is chance


def pictures(report: Report) -> dict[str, Figure]:
    """The pictures that this report has numbers for, by file name without ending."""
    found: dict[str, Figure] = {}
    if not report["articles"]:
        return found
    rows = report["per_topic"]
    found["confusion"] = confusion_matrix(report["confusion"]["counts"], report["confusion"]["labels"])
    rows = _largest(rows)
    panels = {
        "precision": [_triple(row["precision"]) for row in rows],
        "recall": [_triple(row["recall"]) for row in rows],
        "F1": [_triple(row["f1"]) for row in rows],
    }
    found["topics"] = topic_scores([row["label"] for row in rows], panels, [row["support"] for row in rows])
    if report["reliability"]:
        bins = report["reliability"]["bins"]
        triples = [_triple(row["accuracy"]) for row in bins]
        found["reliability"] = reliability_diagram(
            [_float(row["probability"]) for row in bins],
            [value for value, _, _ in triples],
            [ends for _, *ends in triples],
            [row["articles"] for row in bins],
            _float(report["reliability"]["calibration_error"]["value"]),
        )
    if report["coverage"]:
        curve = report["coverage"]["curve"]
        triples = [_triple(point["accuracy"]) for point in curve]
        marks = [
            (_float(p["threshold"]), _float(p["coverage"]), _float(p["accuracy"]["value"]))
            for p in report["coverage"]["thresholds"]
        ]
        found["coverage"] = coverage_accuracy(
            [_float(point["coverage"]) for point in curve],
            [value for value, _, _ in triples],
            [ends for _, *ends in triples],
            [mark for mark in marks if mark[1] >= LEAST_SHARE],
        )
    if report["label_curves"]:
        shown = sorted(report["label_curves"], key=lambda row: (-row["support"], row["label"]))[:MOST_CURVES]
        found["precision_recall"] = precision_recall(
            {
                row["label"]: [(_float(point["recall"]), _float(point["precision"])) for point in row["curve"]]
                for row in shown
            },
            [_float(row["average_precision"]["value"]) for row in shown],
        )
    if report["learning_curve"]:
        learned = report["learning_curve"]
        sets = report["judged_as"] == "sets"
        series = {
            name_of(name, sets=sets): [_triple(score) for score in scores] for name, scores in learned["scores"].items()
        }
        found["learning"] = learning_curve(learned["sizes"], series)
    return found


def _largest(rows: list[TopicRow]) -> list[TopicRow]:
    """The MOST_TOPICS labels with most articles, in their order: a picture of thousands would be no picture."""
    order = sorted(range(len(rows)), key=lambda row: (-rows[row]["support"], row))[:MOST_TOPICS]
    return [rows[row] for row in sorted(order)]


def _triple(score: ScoreJson) -> tuple[float, float, float]:
    return _float(score["value"]), _float(score["low"]), _float(score["high"])


def _float(number_or_none: float | None) -> float:
    return math.nan if number_or_none is None else number_or_none
