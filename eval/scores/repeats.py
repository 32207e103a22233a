"""How far repeats of a cross-validation, with other folds each, agree about the same articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eval.scores.intervals import plain
from eval.scores.label_sets import set_intervals, set_table, set_value
from eval.scores.metrics import per_label
from eval.scores.registry import METRICS
from eval.scores.score_intervals import repeated_intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.scores.gold import Judged
    from eval.scores.intervals import Score
    from eval.scores.shape import RepeatRow, Repeats, Spread


def repeats(judged: Judged, replicates: int) -> Repeats | None:
    """Each score of each repeat, its standard deviation over them, and every label's mean F1; None without repeats."""
    if not judged.further_runs or not len(judged):
        return None
    runs = [judged.predicted, *judged.further_runs]
    if judged.gold_topics is not None and judged.predicted_topics is not None and judged.sets:
        gold, sets = judged.gold_topics, [judged.predicted_topics, *judged.further_topics]
        means = set_intervals(gold, sets, replicates=replicates).f1
        tables = [{row.label: row.f1 for row in set_table(gold, run)} for run in sets]
        each = {one.key: [set_value(one.key, gold, run) for run in sets] for one in METRICS}
    else:
        means = repeated_intervals(judged.gold, runs, replicates=replicates).f1
        tables = [{row.label: row.f1 for row in per_label(judged.gold, run)} for run in runs]
        each = {one.key: [one.of(judged.gold, run) for run in runs] for one in METRICS}
    return {
        "number": len(runs),
        "scores": {key: _spread(values) for key, values in each.items()},
        "per_topic": [_row(label, mean, [table.get(label, 0.0) for table in tables]) for label, mean in means.items()],
    }


def _row(label: str, mean: Score, values: Sequence[float]) -> RepeatRow:
    return {"label": label, "f1": mean.as_json(), **_spread(values)}


def _spread(values: Sequence[float]) -> Spread:
    return {"each": [plain(value) for value in values], "sd": plain(float(np.std(values, ddof=1)))}
