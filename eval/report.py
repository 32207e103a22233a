"""The report on a set of predictions: every score with its interval as one JSON value, then a page and pictures of it.

`build_report` makes the value; its fields, all always there (null or [] where there is nothing to say):

- `schema`: 1. `meta`: what the caller says about the run. `articles`: their number. `notes`: what to know first.
- `scores`: accuracy, balanced_accuracy, macro_f1 (over labels that occur in gold), brier and brier_kind, and where
  "other" occurs topics: precision, recall and F1 of the topics proper, pooled.
- `per_topic`: label, support, predicted, precision, recall, f1.
- `confusion`: labels, counts (rows are gold), row_shares.
- `reliability`: bins, calibration_error, calibration_error_if_perfect. Null without probabilities, as is
- `coverage`: thresholds, curve, targets (the threshold that reaches an accuracy; point null where none does).
- `multi_topic`: micro, secondary (topics beyond the primary), macro_f1, exact, per_topic. Null without topic sets.
- `slices`: for each name its values, largest first, with accuracy and macro_f1.
- `leakage`: the same of all articles, of the leaked ones, and of the clean ones.
- `baselines`: each with accuracy, balanced_accuracy, macro_f1 and the paired comparison with it.
- `labels`: gold's and predicted articles of each; unknown_to_model and absent_from_gold by name.
- `mistakes`: the most confident ones. `learning_curve`, `top_terms`: as given by the caller.

A score is {"value", "low", "high", "method"}, numbers rounded to six digits, null where there was nothing to measure.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.intervals import REPLICATES
from eval.report_notes import notes
from eval.report_parts import (
    SMOOTH_REPLICATES,
    baseline,
    confusion_table,
    coverage,
    labels,
    leakage,
    mistakes,
    per_topic,
    reliability,
    scores,
    several_topics,
    slice_scores,
    terms,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.gold import Judged

SCHEMA = 1


def build_report(
    judged: Judged,
    *,
    baselines: Mapping[str, Sequence[str]],
    meta: Mapping[str, Any],
    leaked: Sequence[bool] | None = None,
    learning_curve: Mapping[str, Any] | None = None,
    top_terms: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    replicates: int = REPLICATES,
) -> dict[str, Any]:
    """Everything that can be said of these predictions, as plain JSON values; the fields are listed above.

    `baselines` maps a name to its labels for the same articles; `leaked` marks articles whose text was trained on;
    `learning_curve` is {"sizes": [...], "scores": {name: [[value, low, high], ...]}}; `meta` must be JSON values too.
    """
    report: dict[str, Any] = {
        "schema": SCHEMA,
        "meta": dict(meta),
        "articles": len(judged),
        "scores": scores(judged, replicates),
        "per_topic": per_topic(judged.gold, judged.predicted, replicates),
        "confusion": confusion_table(judged),
        "reliability": reliability(judged, min(replicates, SMOOTH_REPLICATES)),
        "coverage": coverage(judged),
        "multi_topic": several_topics(judged, replicates),
        "slices": {name: slice_scores(judged, values, replicates) for name, values in judged.slices.items()},
        "leakage": None if leaked is None else leakage(judged, leaked, replicates),
        "baselines": {name: baseline(judged, name, given, replicates) for name, given in baselines.items()},
        "labels": labels(judged),
        "mistakes": mistakes(judged),
        "learning_curve": None if learning_curve is None else dict(learning_curve),
        "top_terms": None if top_terms is None else {name: terms(weighted) for name, weighted in top_terms.items()},
    }
    return {**report, "notes": notes(report)}


def write_report(report: dict[str, Any], folder: str | Path) -> list[Path]:
    """Writes report.json, report.html and the pictures into `folder`, the same bytes for the same report.

    Each file is put in place whole. A picture of an earlier report that this one has no numbers for is removed. Returns
    the files written.
    """
    from eval.plots import render
    from eval.report_page import report_page
    from eval.report_pictures import PICTURES, pictures

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    images = {name: render(figure) for name, figure in pictures(report).items()}
    text = json.dumps(report, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
    files = {f"{name}.png": image for name, image in images.items()}
    files |= {"report.json": text.encode(), "report.html": report_page(report, images).encode()}
    for name in PICTURES:
        if name not in images:
            (folder / f"{name}.png").unlink(missing_ok=True)
    for name, content in sorted(files.items()):
        unfinished = folder / f".{name}.part"
        unfinished.write_bytes(content)
        unfinished.replace(folder / name)
    return [folder / name for name in sorted(files)]
