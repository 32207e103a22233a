"""A report in which labels stand as people say them, for its page, its pictures and the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifier.display import distinct, name_of
from eval.report.notes import notes

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = dict[str, Any]


def shown_report(report: Json, names: Mapping[str, str]) -> Json:
    """A copy of a report with names in the places of labels; report.json itself is written with labels."""
    if not names:
        return report
    names = distinct(names)
    own = notes(report)
    remarks = report["notes"][: len(report["notes"]) - len(own)]
    named = {
        **report,
        **{key: _rows(report[key], names) for key in ("per_topic", "label_curves")},
        "confusion": {**report["confusion"], "labels": [name_of(one, names) for one in report["confusion"]["labels"]]},
        "labels": _counts(report["labels"], names),
        "mistakes": [
            {**one, "gold": _cell(one["gold"], names), "predicted": name_of(one["predicted"], names)}
            for one in report["mistakes"]
        ],
        **{key: _part(report[key], names) for key in ("multi_topic", "repeats")},
        "top_terms": report["top_terms"] and {name_of(key, names): one for key, one in report["top_terms"].items()},
    }
    return {**named, "notes": [*remarks, *notes(named)]}


def _rows(rows: list[Json] | None, names: Mapping[str, str]) -> list[Json] | None:
    return rows and [{**row, "label": name_of(row["label"], names)} for row in rows]


def _part(part: Json | None, names: Mapping[str, str]) -> Json | None:
    return part and {**part, "per_topic": _rows(part["per_topic"], names)}


def _counts(labels: Json, names: Mapping[str, str]) -> Json:
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
