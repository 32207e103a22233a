"""The value of report.json as types, part by part: what docs/report-fields.md tells, so that a misspelt field is found
before a report is made.

Scores of the registry (`eval.scores.registry`) stand under their metric's key; `of_metric` reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, cast

from eval.scores.intervals import ScoreJson  # noqa: TC001  types are read while the program runs too

if TYPE_CHECKING:
    from collections.abc import Mapping

Number = float | None
"""Null where there was nothing to measure."""


class Rates(TypedDict):
    """Precision, recall and F1 with their intervals."""

    precision: ScoreJson
    recall: ScoreJson
    f1: ScoreJson


class Scores(TypedDict):
    """The headline scores; those of the registry beside these two."""

    accuracy: ScoreJson
    macro_f1: ScoreJson
    brier: ScoreJson | None
    brier_kind: str | None
    top_in_gold: ScoreJson | None
    topics: Rates | None


class TopicRow(TypedDict):
    """A label with its scores."""

    label: str
    support: int
    predicted: int
    precision: ScoreJson
    recall: ScoreJson
    f1: ScoreJson


class Spread(TypedDict):
    """A score of each repeat, and their standard deviation."""

    each: list[Number]
    sd: Number


class RepeatRow(Spread):
    """A label's F1 over the repeats."""

    label: str
    f1: ScoreJson


class Repeats(TypedDict):
    """Repeats of a cross-validation."""

    number: int
    scores: dict[str, Spread]
    per_topic: list[RepeatRow]


class ConfusionTable(TypedDict):
    """Articles by gold label (row) and predicted label (column)."""

    labels: list[str]
    counts: list[list[int]]
    row_shares: list[list[Number]]


class Bin(TypedDict):
    """A bin of the reliability diagram, (low, high]."""

    low: Number
    high: Number
    articles: int
    probability: Number
    accuracy: ScoreJson


class Reliability(TypedDict):
    """Calibration of the predicted label's probability."""

    bins: list[Bin]
    calibration_error: ScoreJson
    calibration_error_if_perfect: Number


class CoveragePoint(TypedDict):
    """What is kept where only labels of at least this probability are."""

    threshold: Number
    articles: int
    coverage: Number
    accuracy: ScoreJson


class Target(TypedDict):
    """The threshold that keeps most articles at a wanted accuracy."""

    accuracy: float
    point: CoveragePoint | None


class Coverage(TypedDict):
    """What thresholds buy."""

    thresholds: list[CoveragePoint]
    curve: list[CoveragePoint]
    targets: list[Target]


class CurvePoint(TypedDict):
    """A threshold on one label's probability."""

    threshold: Number
    precision: Number
    recall: Number


class LabelCurve(TypedDict):
    """Precision against recall of one label's own probability."""

    label: str
    support: int
    expected: Number
    average_precision: ScoreJson
    calibration_error: Number
    curve: list[CurvePoint]


class SeveralRow(TypedDict):
    """A topic of sets of topics."""

    label: str
    support: int
    predicted: int
    precision: ScoreJson
    recall: ScoreJson
    f1: Number


class SeveralTopics(TypedDict):
    """Sets of topics: pooled, those beyond the primary, each."""

    micro: Rates
    macro_f1: Number
    exact: ScoreJson
    secondary: Rates
    secondary_in_gold: int
    secondary_predicted: int
    per_topic: list[SeveralRow]


class Part(TypedDict):
    """Some of the articles with their scores; those of the registry beside these."""

    articles: int
    accuracy: ScoreJson


class Slice(Part):
    """The articles with one value of a column."""

    value: str


class Leakage(TypedDict):
    """All articles, those that stood in the training texts, and the others."""

    all: Part
    leaked: Part
    clean: Part


class McNemar(TypedDict):
    """Articles that one side alone has right, and the exact test of them."""

    only_a: int
    only_b: int
    p_value: Number


class Compared(TypedDict):
    """The paired comparison of the model with a baseline; the differences of the registry's scores beside this one."""

    accuracy_difference: ScoreJson
    mcnemar: McNemar
    sentence: str


class Baseline(TypedDict):
    """A trivial way to label, on the same articles."""

    macro_f1: ScoreJson
    comparison: Compared


class LabelCount(TypedDict):
    """A label's articles in gold and predictions."""

    label: str
    gold: int
    predicted: int


class LookAlike(TypedDict):
    """A label of the gold and one of the model's that differ in case or spacing alone."""

    gold: str
    model: str


class Labels(TypedDict):
    """The labels of both sides."""

    counts: list[LabelCount]
    unknown_to_model: list[str]
    absent_from_gold: list[str]
    look_alikes: list[LookAlike]


class Term(TypedDict):
    """A word with its weight."""

    term: str
    weight: Number


class Mistake(TypedDict):
    """A wrong prediction."""

    id: str
    title: str
    gold: str
    predicted: str
    probability: Number
    reasons: list[Term]


class LearningCurve(TypedDict):
    """Scores of models trained on part of the articles."""

    sizes: list[int]
    scores: dict[str, list[ScoreJson]]


class Stability(TypedDict):
    """How alike clusterings of parts of the headlines are."""

    mean: Number
    lowest: Number
    highest: Number
    pairs: int
    share: float
    headlines: int


class ClusterRow(TypedDict):
    """One of the largest clusters."""

    name: str
    size: int
    silhouette: Number


class Clusters(TypedDict):
    """How well the headlines fall into clusters."""

    headlines: int
    apart: int
    clusters: int
    silhouette: ScoreJson
    stability: Stability | None
    largest: list[ClusterRow]


class Report(TypedDict):
    """The whole value of report.json."""

    schema: int
    meta: dict[str, Any]
    articles: int
    judged_as: str
    left_out: list[str]
    scores: Scores
    repeats: Repeats | None
    per_topic: list[TopicRow]
    confusion: ConfusionTable
    reliability: Reliability | None
    coverage: Coverage | None
    label_curves: list[LabelCurve] | None
    multi_topic: SeveralTopics | None
    slices: dict[str, list[Slice]]
    leakage: Leakage | None
    baselines: dict[str, Baseline]
    labels: Labels
    mistakes: list[Mistake]
    learning_curve: LearningCurve | None
    top_terms: dict[str, list[Term]] | None
    clusters: Clusters | None
    notes: list[str]


def of_metric(part: Scores | Part | Baseline, key: str) -> ScoreJson:
    """The score of a metric of the registry, by its key."""
    return cast("Mapping[str, ScoreJson]", part)[key]
