"""A report in which labels stand as people say them, for its page, its pictures and the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from classifier.display import distinct, name_of
from eval.report.notes import notes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eval.scores.shape import LabelCount, LabelCurve, Labels, RepeatRow, Report, SeveralRow, TopicRow

Row = TypeVar("Row", "TopicRow", "LabelCurve", "SeveralRow", "RepeatRow", "LabelCount")


def shown_report(report: Report, names: Mapping[str, str]) -> Report:
    """A copy of a report with names in the places of labels; report.json itself is written with labels."""
    if not names:
        return report
    names = distinct(names)
    own = notes(report)
    remarks = report["notes"][: len(report["notes"]) - len(own)]
    multi, repeats, terms = report["multi_topic"], report["repeats"], report["top_terms"]
    named: Report = {
        **report,
        "per_topic": _rows(report["per_topic"], names),
        "label_curves": report["label_curves"] and _rows(report["label_curves"], names),
        "confusion": {**report["confusion"], "labels": [name_of(one, names) for one in report["confusion"]["labels"]]},
        "labels": _counts(report["labels"], names),
        "mistakes": [
            {**one, "gold": _cell(one["gold"], names), "predicted": name_of(one["predicted"], names)}
            for one in report["mistakes"]
        ],
        "multi_topic": multi and {**multi, "per_topic": _rows(multi["per_topic"], names)},
        "repeats": repeats and {**repeats, "per_topic": _rows(repeats["per_topic"], names)},
        "top_terms": terms and {name_of(key, names): one for key, one in terms.items()},
    }
    return {**named, "notes": [*remarks, *notes(named)]}


def _rows(rows: list[Row], names: Mapping[str, str]) -> list[Row]:
    return [cast("Row", {**row, "label": name_of(row["label"], names)}) for row in rows]


def _counts(labels: Labels, names: Mapping[str, str]) -> Labels:
    return {
        **labels,
        "counts": _rows(labels["counts"], names),
        "unknown_to_model": [name_of(one, names) for one in labels["unknown_to_model"]],
        "absent_from_gold": [name_of(one, names) for one in labels["absent_from_gold"]],
    }


def _cell(gold: str, names: Mapping[str, str]) -> str:
    """One label, or a set of labels with a comma between."""
    if gold in names:
        return names[gold]
    parts = gold.split(", ")
    return ", ".join(names[one] for one in parts) if all(one in names for one in parts) else gold
