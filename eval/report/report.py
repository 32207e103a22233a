"""The report on a set of predictions: every score with its interval as one JSON value, then a page and pictures of it.

`build_report` makes the value. Its fields are always all there, null or [] where there is nothing to say; what each
means stands in docs/report-fields.md, and a test holds the two together. A score is {"value", "low", "high", "method"},
numbers rounded to six digits, null where there was nothing to measure.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.disk.atomic import Contents, write_whole
from eval.report.names import shown_report
from eval.report.notes import notes
from eval.report.parts import (
    SMOOTH_REPLICATES,
    baseline,
    confusion_table,
    coverage,
    label_curves,
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
from eval.report.pictures import PICTURES, pictures
from eval.scores.clusters import clusters_as_json
from eval.scores.intervals import REPLICATES
from eval.scores.repeats import repeats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.scores.clusters import Clustered
    from eval.scores.gold import Judged
    from eval.scores.shape import LearningCurve, Report

SCHEMA = 1
KINDS = ("png", "svg")
"""Every picture is written as each of these; the page holds the first."""
CONTENTS = Contents("report.json", ("report.html", *(f"{name}.{kind}" for name in PICTURES for kind in KINDS)))


def build_report(
    judged: Judged,
    *,
    baselines: Mapping[str, Sequence[str]],
    meta: Mapping[str, Any],
    leaked: Sequence[bool] | None = None,
    learning_curve: LearningCurve | None = None,
    top_terms: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    clusters: Clustered | None = None,
    remarks: Sequence[str] = (),
    left_out: Sequence[str] = (),
    replicates: int = REPLICATES,
) -> Report:
    """Everything that can be said of these predictions, as plain JSON values.

    `baselines` maps a name to its labels for the same articles; `leaked` marks articles whose text was trained on;
    `learning_curve` is {"sizes": [...], "scores": {name: [score, ...]}}; `remarks` are sentences that come first
    among the notes; `left_out` are ids that could not be judged; `meta` must be JSON values too.
    """
    report: Report = {
        "schema": SCHEMA,
        "meta": dict(meta),
        "articles": len(judged),
        "judged_as": "sets" if judged.sets else "labels",
        "left_out": list(left_out),
        "scores": scores(judged, replicates),
        "repeats": repeats(judged, replicates),
        "per_topic": per_topic(judged, replicates),
        "confusion": confusion_table(judged),
        "reliability": reliability(judged, min(replicates, SMOOTH_REPLICATES)),
        "coverage": coverage(judged),
        "label_curves": label_curves(judged),
        "multi_topic": several_topics(judged, replicates),
        "slices": {name: slice_scores(judged, values, replicates) for name, values in judged.slices.items()},
        "leakage": None if leaked is None else leakage(judged, leaked, replicates),
        "baselines": {name: baseline(judged, name, given, replicates) for name, given in baselines.items()},
        "labels": labels(judged),
        "mistakes": mistakes(judged),
        "learning_curve": learning_curve,
        "top_terms": None if top_terms is None else {name: terms(weighted) for name, weighted in top_terms.items()},
        "clusters": None if clusters is None else clusters_as_json(clusters, min(replicates, SMOOTH_REPLICATES)),
        "notes": [],
    }
    report["notes"] = [*remarks, *notes(report)]
    return report


def write_report(report: Report, folder: str | Path, names: Mapping[str, str] | None = None) -> list[Path]:
    """Writes report.json, report.html and the pictures into `folder`, the same bytes for the same report.

    Each file is put in place whole. A picture of an earlier report that this one has no numbers for is removed. `names`
    of labels stand in the page and the pictures; report.json has the labels. Returns the files written.
    """
    from eval.pages.report import report_page
    from eval.plots.figures import render

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    named = shown_report(report, names or {})
    figures = pictures(named)
    drawn = {(name, kind): render(figure, kind) for name, figure in figures.items() for kind in KINDS}
    images = {name: drawn[name, KINDS[0]] for name in figures}
    text = json.dumps(report, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
    files = {f"{name}.{kind}": picture for (name, kind), picture in drawn.items()}
    page = report_page(named, images)
    # Names of files need not be UTF-8: what is not becomes an escape, which JSON reads back as it was.
    files |= {"report.json": text.encode("utf-8", "backslashreplace"), "report.html": page.encode("utf-8", "replace")}
    for name in PICTURES:
        if name not in images:
            for kind in KINDS:
                (folder / f"{name}.{kind}").unlink(missing_ok=True)
    for name, content in sorted(files.items()):
        write_whole(folder / name, content)
    return [folder / name for name in sorted(files)]
