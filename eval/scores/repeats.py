"""How far repeats of a cross-validation, with other folds each, agree about the same articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eval.scores.intervals import plain
from eval.scores.metrics import per_label
from eval.scores.registry import METRICS
from eval.scores.score_intervals import repeated_intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.scores.gold import Judged


def repeats(judged: Judged, replicates: int) -> dict[str, Any] | None:
    """Each score of each repeat, its standard deviation over them, and every label's mean F1; None without repeats."""
    if not judged.further_runs or not len(judged):
        return None
    runs = [judged.predicted, *judged.further_runs]
    means = repeated_intervals(judged.gold, runs, replicates=replicates).f1
    tables = [{row.label: row.f1 for row in per_label(judged.gold, run)} for run in runs]
    return {
        "number": len(runs),
        "scores": {one.key: _spread([one.of(judged.gold, run) for run in runs]) for one in METRICS},
        "per_topic": [
            {"label": label, "f1": mean.as_json(), **_spread([table.get(label, 0.0) for table in tables])}
            for label, mean in means.items()
        ],
    }


def _spread(values: Sequence[float]) -> dict[str, Any]:
    return {"each": [plain(value) for value in values], "sd": plain(float(np.std(values, ddof=1)))}
