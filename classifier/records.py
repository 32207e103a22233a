"""Predictions, pages and clusters as plain records: what JSON lines, rows of Parquet and engines' batches hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classifier.clustering import Cluster
    from classifier.types import Page, Prediction

PREDICTION: dict[str, Any] = {
    "id": str,
    "source": str,
    "title": str,
    "topic": str,
    "probability": float,
    "secondary": [str],
    "topics": [{"topic": str, "probability": float}],
}
"""The columns of a prediction, and what is in them: str, float, [shape] for a list, {name: shape} for an object."""
REASONS: dict[str, Any] = {"reasons": [{"term": str, "weight": float}]}
"""A further column where predictions are explained."""
COVERING: dict[str, Any] = {"set": [str]}
"""A further column where sets of topics are asked for."""
KNOWN: dict[str, Any] = {"known": float}
"""The last column: how much of the text the model can know."""

PAGE: dict[str, Any] = {
    **dict.fromkeys(("id", "source", "kind", "title", "byline"), str),
    "authors": [str],
    **dict.fromkeys(("date", "url", "site", "section"), str),
    "keywords": [str],
    **dict.fromkeys(("image", "lead", "body"), str),
    "related": [{"headline": str, "blurb": str, "url": str}],
}
"""The columns of a page as it was read: its fields of the same names."""


def prediction_record(prediction: Prediction) -> dict[str, Any]:
    """The prediction as the contract's JSON object; probabilities to six digits."""
    row: dict[str, Any] = {
        "id": prediction.id,
        "source": prediction.source,
        "title": prediction.title,
        "topic": prediction.topic,
        "probability": round(prediction.probability, 6),
        "topics": [{"topic": s.topic, "probability": round(s.probability, 6)} for s in prediction.topics],
        "secondary": list(prediction.secondary),
    }
    if prediction.reasons is not None:
        row["reasons"] = [{"term": r.term, "weight": round(r.weight, 6)} for r in prediction.reasons]
    if prediction.covering is not None:
        row["set"] = list(prediction.covering)
    row["known"] = round(prediction.known, 4)
    return row


def page_record(page: Page) -> dict[str, Any]:
    """The page as the contract's JSON object: the fields that PAGE names, in its order."""
    related = [{"headline": item.headline, "blurb": item.blurb, "url": item.url} for item in page.related]
    fields = {name: getattr(page, name) for name in PAGE if name != "related"}
    return {name: list(one) if isinstance(one, tuple) else one for name, one in fields.items()} | {"related": related}


def cluster_record(cluster: Cluster) -> dict[str, Any]:
    """The cluster as the contract's JSON object; `kind` tells news from service items and outliers."""
    from classifier.clustering.weeks import days_of, weeks

    row: dict[str, Any] = {
        "cluster": cluster.number,
        "kind": cluster.kind,
        "size": cluster.size,
        "topic": cluster.topic,
        "keywords": list(cluster.keywords),
        "representative": cluster.representative,
        "silhouette": round(cluster.silhouette, 4),
        "headlines": [
            {"headline": item.headline, "blurb": item.blurb, "pages": list(item.pages)}
            | ({"dates": list(item.dates)} if item.dates else {})
            for item in cluster.headlines
        ],
    }
    if days := days_of(cluster):
        row |= {"first": days[0].isoformat(), "last": days[-1].isoformat()}
    if any(item.dates for item in cluster.headlines):
        row["weeks"] = weeks(cluster)
    return row
